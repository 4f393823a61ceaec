"""Operator classes that are imported when somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from airdesk_render.operators.base import ManagedOperator

OperatorClass = type[ManagedOperator]


class LazyOperators(Mapping[str, OperatorClass]):
    """Key to class, where `places` says `package.module:Class` for those not imported yet."""

    def __init__(
        self, places: Mapping[str, str], more: Mapping[str, OperatorClass] | None = None
    ) -> None:
        self._places = {**places, **dict.fromkeys(more or {}, "")}
        self._found: dict[str, OperatorClass] = dict(more or {})

    def __getitem__(self, key: str) -> OperatorClass:
        if (found := self._found.get(key)) is not None:
            return found
        module, _, name = self._places[key].partition(":")
        operator: OperatorClass = getattr(import_module(module), name)
        self._found[key] = operator
        return operator

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    @classmethod
    def of(
        cls, base: Mapping[str, OperatorClass], more: Mapping[str, OperatorClass]
    ) -> LazyOperators:
        """Those of `base` and some more, without importing any."""
        if isinstance(base, LazyOperators):
            return cls(base._places, {**base._found, **more})
        return cls({}, {**base, **more})
