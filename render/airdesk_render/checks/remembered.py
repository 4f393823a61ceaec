"""Texts in which an earlier check found nothing wrong: the same text need not be read again.

What is remembered is the hash of a text and of all that the answer depends on beside it. Outside
of `remembering` nothing is known and nothing is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Memory:
    """Attributes:
    fine: hashes of the texts that were fine this time, in the order in which they came.
    """

    def __init__(self, before: Iterable[str]) -> None:
        self._before = frozenset(before)
        self.fine: dict[str, None] = {}

    def knows(self, key: str) -> bool:
        """Whether it was fine before, and so is again."""
        if key in self._before:
            self.fine[key] = None
        return key in self.fine


_MEMORY: ContextVar[Memory | None] = ContextVar("_MEMORY", default=None)


@contextmanager
def remembering(before: Iterable[str]) -> Iterator[Memory]:
    """Know what was fine before, and keep what is now."""
    memory = Memory(before)
    token = _MEMORY.set(memory)
    try:
        yield memory
    finally:
        _MEMORY.reset(token)


def key_of(*parts: object) -> str:
    """Hash of a text and all that matters beside it: texts, numbers, yes and no."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def was_fine(key: str) -> bool:
    memory = _MEMORY.get()
    return memory is not None and memory.knows(key)


def is_fine(key: str) -> None:
    """Nothing is wrong with it: remember that."""
    if (memory := _MEMORY.get()) is not None:
        memory.fine[key] = None
