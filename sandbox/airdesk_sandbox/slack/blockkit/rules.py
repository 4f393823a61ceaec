"""A small language for the shapes Slack accepts; what does not fit becomes a `Problem`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where (a JSON pointer), worded as Slack words it."""

    pointer: str
    text: str

    def __str__(self) -> str:
        return f"{self.text} [json-pointer:{self.pointer}]"


Rule = Callable[[Any, str], list[Problem]]
Fields = Mapping[str, Rule]


def string(most: int, least: int = 1, pattern: str | None = None, hint: str = "") -> Rule:
    """A text of `least` to `most` characters, matching `pattern` in full if there is one."""

    def check(value: Any, at: str) -> list[Problem]:
        if not isinstance(value, str):
            return [Problem(at, "must be a string")]
        if len(value) > most:
            return [Problem(at, f"must be less than {most + 1} characters")]
        if len(value) < least:
            return [Problem(at, f"must be more than {least - 1} characters")]
        if pattern is not None and not re.fullmatch(pattern, value):
            return [Problem(at, hint or f"must match the pattern {pattern}")]
        return []

    return check


def choice(*allowed: str) -> Rule:
    def check(value: Any, at: str) -> list[Problem]:
        if value in allowed:
            return []
        return [Problem(at, f"must be a valid enum value, one of: {', '.join(allowed)}")]

    return check


def boolean(value: Any, at: str) -> list[Problem]:
    return [] if isinstance(value, bool) else [Problem(at, "must be a boolean")]


def integer(low: int, high: int) -> Rule:
    def check(value: Any, at: str) -> list[Problem]:
        if not isinstance(value, int) or isinstance(value, bool):
            return [Problem(at, "must be an integer")]
        if not low <= value <= high:
            return [Problem(at, f"must be between {low} and {high}")]
        return []

    return check


def items(rule: Rule, most: int, least: int = 1) -> Rule:
    """A list of `least` to `most` values that each fit `rule`."""

    def check(value: Any, at: str) -> list[Problem]:
        if not isinstance(value, list):
            return [Problem(at, "must be an array")]
        if len(value) > most:
            return [Problem(at, f"no more than {most} items allowed")]
        if len(value) < least:
            return [Problem(at, f"no fewer than {least} items allowed")]
        return [
            problem for index, item in enumerate(value) for problem in rule(item, f"{at}/{index}")
        ]

    return check


def record(required: Fields, optional: Fields | None = None, *extra: Rule) -> Rule:
    """An object with these fields and no others; `extra` rules look at the whole object."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str) -> list[Problem]:
        if not isinstance(value, dict):
            return [Problem(at, "must provide an object")]
        problems = [
            Problem(at, f"missing required field: {name}")
            for name in required
            if value.get(name) is None
        ]
        for name, item in value.items():
            if name not in known:
                problems.append(Problem(at, f"invalid additional property: {name}"))
            elif item is not None:
                problems += known[name](item, f"{at}/{name}")
        for rule in extra:
            problems += rule(value, at)
        return problems

    return check


def by_type(kinds: Callable[[], Mapping[str, Rule]]) -> Rule:
    """An object whose `type` says which rule it must fit. `kinds` is asked late, for recursion."""

    def check(value: Any, at: str) -> list[Problem]:
        if not isinstance(value, dict):
            return [Problem(at, "must provide an object")]
        kind = value.get("type")
        if kind is None:
            return [Problem(at, "missing required field: type")]
        rule = kinds().get(kind) if isinstance(kind, str) else None
        if rule is None:
            return [Problem(f"{at}/type", f"unsupported type: {kind}")]
        return rule({k: v for k, v in value.items() if k != "type"}, at)

    return check


def anything(value: Any, at: str) -> list[Problem]:
    return []


def one_of_fields(*names: str) -> Rule:
    """At least one of these fields must be there."""

    def check(value: Any, at: str) -> list[Problem]:
        if any(value.get(name) for name in names):
            return []
        return [Problem(at, f"must define either {' or '.join(f'`{name}`' for name in names)}")]

    return check


def not_both(first: str, second: str) -> Rule:
    def check(value: Any, at: str) -> list[Problem]:
        if value.get(first) and value.get(second):
            return [Problem(at, f"must not define both `{first}` and `{second}`")]
        return []

    return check
