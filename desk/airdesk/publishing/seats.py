"""Giving each needed approval a person of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Seats(NamedTuple):
    """Who sits where.

    Attributes:
        kinds: for each person the kind they count as, `None` for one too many.
        empty: needed kinds for which nobody is left.
    """

    kinds: tuple[str | None, ...]
    empty: tuple[str, ...]


def seated(needed: Sequence[str], people: Sequence[Sequence[str]]) -> Seats:
    """As many needed kinds as possible, each with another person.

    Args:
        needed: kinds, one for each person wanted.
        people: for each person the kinds that they are.
    """
    seat_of: dict[int, int] = {}

    def find(seat: int, tried: set[int]) -> bool:
        """Seat somebody, moving others on where that helps (an augmenting path)."""
        for person, kinds in enumerate(people):
            if needed[seat] in kinds and person not in tried:
                tried.add(person)
                if person not in seat_of or find(seat_of[person], tried):
                    seat_of[person] = seat
                    return True
        return False

    empty = tuple(kind for seat, kind in enumerate(needed) if not find(seat, set()))
    kinds = tuple(
        needed[seat_of[person]] if person in seat_of else None for person in range(len(people))
    )
    return Seats(kinds, empty)
