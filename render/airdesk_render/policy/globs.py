"""Names against patterns with `*` and `?`."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from functools import lru_cache


def matches(pattern: str, name: str) -> bool:
    """Whether `*` (any text) and `?` (one character) make the pattern this name; case counts."""
    return _compiled(pattern).fullmatch(name) is not None


def first_match(patterns: Iterable[str], name: str) -> str | None:
    return next((pattern for pattern in patterns if matches(pattern, name)), None)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Brackets mean themselves: a team who reads [a-z] as letters would be allowed too little.
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")))
