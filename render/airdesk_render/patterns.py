"""Regular expressions of manifests: plain ones, which no text can make slow.

Browsers and Python both run them, and backtracking makes some expressions take longer than
anybody waits. Which ones these are follows from their automaton: whether a text can be read in
exponentially many ways, or in ways that grow with more than the square of its length.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from re import _constants as sre  # type: ignore[attr-defined]  # typeshed leaves it out
from re import _parser as sre_parser  # type: ignore[attr-defined]  # likewise
from typing import Any

_MOST_POSITIONS = 150
_MOST_STEPS = 60_000
_OTHERS = 1 << 256
"""Stands for all characters beyond Latin-1."""
_ALL = (1 << 257) - 1
_FEW = 10
"""Repeats up to this often are written out; more count as any number."""


class _Refused(Exception):
    """The text is a sentence."""


@lru_cache(maxsize=512)
def pattern_problem(pattern: str) -> str | None:
    """A sentence about what is wrong with a regular expression; `None` if it can be used."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what may change in later versions of Python
            re.compile(pattern)
            automaton = _Automaton(sre_parser.parse(pattern))
    except re.error as error:
        return f"This is no regular expression: {error.msg}."
    except _Refused as refused:
        return str(refused)
    except (RecursionError, OverflowError, MemoryError):
        return "This regular expression is too large."
    return automaton.problem()


_CATEGORIES = {
    sre.CATEGORY_DIGIT: "0123456789",
    sre.CATEGORY_SPACE: " \t\n\r\f\v",
    sre.CATEGORY_WORD: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
}
_NEGATED = {
    sre.CATEGORY_NOT_DIGIT: sre.CATEGORY_DIGIT,
    sre.CATEGORY_NOT_SPACE: sre.CATEGORY_SPACE,
    sre.CATEGORY_NOT_WORD: sre.CATEGORY_WORD,
}


def _bits(codes: Iterable[int]) -> int:
    mask = 0
    for code in codes:
        mask |= _OTHERS if code > 255 else 1 << code
    return mask


def _category(name: Any) -> int:
    if name in _NEGATED:
        return _ALL & ~_bits(map(ord, _CATEGORIES[_NEGATED[name]]))
    return _bits(map(ord, _CATEGORIES[name])) | _OTHERS


def _set(items: list[tuple[Any, Any]]) -> int:
    mask, negate = 0, False
    for kind, value in items:
        if kind is sre.NEGATE:
            negate = True
        elif kind is sre.LITERAL:
            mask |= _bits((value,))
        elif kind is sre.RANGE:
            low, high = value
            mask |= _bits(range(low, min(high, 256) + 1))
        else:
            mask |= _category(value)
    # Part of the characters beyond Latin-1 may remain either way.
    return (_ALL & ~mask) | _OTHERS if negate else mask


class _Part:
    """A part of the expression: whether it may be empty, and where it begins and ends."""

    def __init__(self, nullable: bool, first: set[int], last: set[int]) -> None:
        self.nullable = nullable
        self.first = first
        self.last = last


class _Automaton:
    """One position per character of the expression (Glushkov's construction)."""

    def __init__(self, parsed: Any) -> None:
        self.characters: list[int] = []
        self.follow: list[set[int]] = []
        self.twice: set[tuple[int, int]] = set()
        self.steps = 0
        if parsed.state.flags & ~re.UNICODE:
            raise _Refused("Leave flags such as (?i) out of a pattern.")
        self._sequence(parsed)

    def _position(self, characters: int) -> _Part:
        if len(self.characters) >= _MOST_POSITIONS:
            raise _Refused("This regular expression is too large.")
        self.characters.append(characters)
        self.follow.append(set())
        here = len(self.characters) - 1
        return _Part(nullable=False, first={here}, last={here})

    def _sequence(self, items: Iterable[tuple[Any, Any]]) -> _Part:
        whole = _Part(nullable=True, first=set(), last=set())
        for kind, value in items:
            whole = self._joined(whole, self._part(kind, value))
        return whole

    def _joined(self, one: _Part, other: _Part) -> _Part:
        self._connect(one.last, other.first)
        return _Part(
            one.nullable and other.nullable,
            one.first | other.first if one.nullable else one.first,
            one.last | other.last if other.nullable else other.last,
        )

    def _connect(self, ends: set[int], begins: set[int]) -> None:
        for end, begin in product(ends, begins):
            if begin in self.follow[end]:
                self.twice.add((end, begin))
            self.follow[end].add(begin)

    def _part(self, kind: Any, value: Any) -> _Part:
        if kind is sre.LITERAL:
            return self._position(_bits((value,)))
        if kind is sre.NOT_LITERAL:
            return self._position(_ALL & ~_bits((value,)) | _OTHERS)
        if kind is sre.ANY:
            return self._position(_ALL & ~_bits((10,)))
        if kind is sre.IN:
            return self._position(_set(value))
        if kind is sre.AT:
            return _Part(nullable=True, first=set(), last=set())
        if kind is sre.SUBPATTERN:
            if value[1] or value[2]:
                raise _Refused("Leave flags such as (?i) out of a pattern.")
            return self._sequence(value[3])
        if kind is sre.BRANCH:
            return self._branch(value[1])
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            return self._repeat(*value)
        raise _Refused("Use a plain regular expression, without lookaround or backreferences.")

    def _branch(self, ways: Iterable[Any]) -> _Part:
        parts = [self._sequence(way) for way in ways]
        if sum(part.nullable for part in parts) > 1:
            raise _Refused("Two ways of a | match the same text. Keep one of them.")
        return _Part(
            any(part.nullable for part in parts),
            {one for part in parts for one in part.first},
            {one for part in parts for one in part.last},
        )

    def _repeat(self, least: int, most: Any, items: Any) -> _Part:
        if most is not sre.MAXREPEAT and most <= _FEW:
            whole = _Part(nullable=True, first=set(), last=set())
            for number in range(most):
                part = self._sequence(items)
                part.nullable = part.nullable or number >= least
                whole = self._joined(whole, part)
            return whole
        part = self._sequence(items)
        self._connect(part.last, part.first)
        part.nullable = part.nullable or least == 0
        return part

    def problem(self) -> str | None:
        """A sentence where some text makes it slow."""
        reach = [self._reached_from(position) for position in range(len(self.follow))]
        slow = "Some texts would take forever to match. Make clear where each repeat ends."
        if any(end in reach[begin] for end, begin in self.twice):
            return slow
        loops = [position for position, reached in enumerate(reach) if position in reached]
        try:
            if any(self._splits(position) for position in loops):
                return slow
            return slow if self._chain(loops, reach) > 1 else None
        except _Refused as refused:
            return str(refused)

    def _reached_from(self, position: int) -> set[int]:
        reached: set[int] = set()
        waiting = list(self.follow[position])
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting.extend(self.follow[one])
        return reached

    def _together(self, state: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """States that walkers at these positions reach by one and the same character."""
        for following in product(*(self.follow[position] for position in state)):
            self.steps += 1
            if self.steps > _MOST_STEPS:
                raise _Refused("This regular expression is too complex.")
            common = _ALL
            for position in following:
                common &= self.characters[position]
            if common:
                yield following

    def _walk(self, start: tuple[int, ...], goal: tuple[int, ...]) -> bool:
        seen = {start}
        waiting = [start]
        while waiting:
            for state in self._together(waiting.pop()):
                if state == goal:
                    return True
                if state not in seen:
                    seen.add(state)
                    waiting.append(state)
        return False

    def _splits(self, position: int) -> bool:
        """Whether two ways part here and meet here again: each round doubles the ways."""
        seen: set[tuple[int, ...]] = set()
        waiting: list[tuple[int, ...]] = [(position, position)]
        while waiting:
            for state in self._together(waiting.pop()):
                if state in seen:
                    continue
                seen.add(state)
                waiting.append(state)
        parted = [state for state in seen if state[0] != state[1]]
        return any(self._walk(state, (position, position)) for state in parted)

    def _chain(self, loops: list[int], reach: list[set[int]]) -> int:
        """How many times in a row one loop may hand over to the next at any place of a text."""
        after = {
            one: [
                other
                for other in loops
                if other in reach[one]
                and one not in reach[other]
                and self._walk((one, one, other), (one, other, other))
            ]
            for one in loops
        }
        longest: dict[int, int] = {}

        def length(one: int) -> int:
            if one not in longest:
                longest[one] = max((1 + length(other) for other in after[one]), default=0)
            return longest[one]

        return max((length(one) for one in loops), default=0)
