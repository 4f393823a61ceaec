"""Python names for what a file holds: tasks, groups, modules of shared operators."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

LONGEST = 44
"""So that `first >> second` stays on one line at the indentation of a DAG's body."""

_RESERVED = frozenset((*keyword.kwlist, *keyword.softkwlist, *dir(builtins)))
_OTHER = re.compile(r"[^a-z0-9]+")


class Names:
    """Hands out names that clash neither with Python's words nor with each other.

    No task id ends with an underscore, so underscores at the end keep apart what would clash.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._used = {*_RESERVED, *taken}

    def take(self, wanted: str) -> str:
        """A name like `wanted`, which may hold any characters: `clean.dedupe` is `clean_dedupe`."""
        name = _OTHER.sub("_", wanted.lower())[:LONGEST].strip("_") or "task"
        if name[0].isdigit():
            name = f"n{name}"
        while name in self._used:
            name += "_"
        self._used.add(name)
        return name

    def take_all(self, full_ids: Iterable[str]) -> dict[str, str]:
        """Full ids of tasks and groups to names; what stands higher in the tree chooses first."""
        by_depth = sorted(full_ids, key=lambda one: one.count("."))
        return {full_id: self.take(full_id) for full_id in by_depth}
