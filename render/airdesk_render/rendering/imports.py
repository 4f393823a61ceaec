"""What a rendered file imports, and under which names."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from airdesk_render.expressions import Code, Invoke, Method
from airdesk_render.rendering.literals import is_name

_SDK = (
    *("DAG", "Asset", "AssetAll", "AssetAny", "AssetOrTimeSchedule", "AsyncCallback"),
    *("CronTriggerTimetable", "DeadlineAlert", "DeadlineReference", "DeltaTriggerTimetable"),
    *("Param", "TaskGroup"),
)
KNOWN: Mapping[str, tuple[str, str]] = {
    **{name: ("airflow.sdk", name) for name in _SDK},
    "timedelta": ("datetime", "timedelta"),
    "pendulum": ("pendulum", ""),
}
"""First name of a call or an expression to what it is imported from; "" is the module itself."""
_LINE = re.compile(r"import ([\w.]+)|from ([\w.]+) import (\w+)")


@dataclass(frozen=True)
class Import:
    """`import module`, or `from module import names`.

    Attributes:
        names: name and the name it gets here, in the order in which they are written.
    """

    module: str
    names: tuple[tuple[str, str], ...] = ()

    @property
    def is_standard(self) -> bool:
        """Whether it comes with Python."""
        return self.module.partition(".")[0] in sys.stdlib_module_names


class Imports:
    """Collects imports. Two things of one name are kept apart: the second gets a number."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._local: dict[tuple[str, str], str] = {}
        self._used: set[str] = set(reserved)

    def name(self, module: str, name: str) -> str:
        """The local name of `name` from `module`, which is imported from now on.

        Raises:
            ValueError: one of them is no Python name.
        """
        found = self._local.get((module, name))
        if found is not None:
            return found
        if not all(map(is_name, module.split("."))) or not (name == "" or is_name(name)):
            raise ValueError(f"{module}.{name} cannot be imported: it is no Python name.")
        first = local = name or module
        number = 2
        while local in self._used or KNOWN.get(local, (module, name)) != (module, name):
            local = f"{first}{number}"
            number += 1
        self._used.add(local)
        self._local[module, name] = local
        return local

    def line(self, text: str) -> None:
        """Import what one line of a helper's source asks for: `from math import isfinite`."""
        found = _LINE.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no plain import.")
        self.name(found[1] or found[2], found[3] or "")

    def known(self, values: Iterable[object]) -> None:
        """Import what the calls and expressions in these values need of `KNOWN`."""
        for value in values:
            if isinstance(value, Invoke):
                self._first(value.function)
                self.known(value.positional)
                self.known(value.named.values())
            elif isinstance(value, Method):
                self.known((value.of, *value.named.values()))
            elif isinstance(value, Code):
                self._first(value.text)
            elif isinstance(value, dict):
                self.known(value.values())
            elif isinstance(value, list | tuple):
                self.known(value)

    def _first(self, text: str) -> None:
        known = KNOWN.get(text.partition(".")[0])
        if known is not None:
            self.name(*known)

    @property
    def names(self) -> set[str]:
        """All local names, reserved ones too."""
        return set(self._used)

    def sorted(self) -> tuple[Import, ...]:
        """In the order in which people's tools sort them."""
        modules: dict[str, list[tuple[str, str]]] = {}
        plain = []
        for (module, name), local in self._local.items():
            if name:
                modules.setdefault(module, []).append((name, local))
            else:
                plain.append(Import(module))
        made = plain + [
            Import(module, tuple(sorted(names, key=_member_order)))
            for module, names in modules.items()
        ]
        return tuple(sorted(made, key=_module_order))


def _module_order(one: Import) -> tuple[bool, bool, str]:
    return (not one.is_standard, bool(one.names), one.module)


def _member_order(pair: tuple[str, str]) -> tuple[int, str, str, str]:
    """Constants, then classes, then the rest."""
    name, local = pair
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return (kind, name.lower(), name, local)
