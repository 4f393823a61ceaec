"""The files of a repository, with a note of what was asked of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from airdesk_render.repository import Repository

ALL = "*"
"""In place of a path: the names of all files."""


def named(name: str) -> str:
    """In place of a path: which manifests have this name."""
    return f"@{name}"


class Watched(Repository):
    """A repository's texts by path; `asked` collects the reads of an `Entry`."""

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository)
        self._repository = repository
        self.asked: dict[str, None] = {}

    def __getitem__(self, path: str) -> str:
        self.asked[path] = None
        return self._repository[path]

    def __contains__(self, path: object) -> bool:
        self.asked[str(path)] = None
        return path in self._repository

    def __iter__(self) -> Iterator[str]:
        self.asked[ALL] = None
        return iter(self._repository)

    @cached_property
    def manifests(self) -> Mapping[str, tuple[str, ...]]:
        return _Named(self._repository.manifests, self.asked)


class _Named(Mapping[str, tuple[str, ...]]):
    def __init__(self, manifests: Mapping[str, tuple[str, ...]], asked: dict[str, None]) -> None:
        self._manifests = manifests
        self._asked = asked

    def __getitem__(self, name: str) -> tuple[str, ...]:
        self._asked[named(name)] = None
        return self._manifests[name]

    def __iter__(self) -> Iterator[str]:
        self._asked[ALL] = None
        return iter(self._manifests)

    def __len__(self) -> int:
        return len(self._manifests)
