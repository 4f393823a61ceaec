"""Params: patterns that can be used, and defaults that keep to them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

from airdesk_render.checks.place import Inspection
from airdesk_render.language.params import Param
from airdesk_render.manifest import Manifest


def check_params(inspection: Inspection, manifest: Manifest) -> None:
    for name, param in manifest.params.items():
        path = ("params", name)
        if param.pattern is not None:
            from airdesk_render.patterns import pattern_problem

            problem = pattern_problem(param.pattern)
            if problem is not None:
                inspection.report("param-pattern", problem, (*path, "pattern"))
                continue
        for value, where in _texts(param):
            if param.pattern is not None and re.fullmatch(param.pattern, value) is None:
                message = f"{value[:60]!r} does not match the pattern."
                inspection.report("param-default", message, (*path, *where))
            elif not _has_format(value, param.format):
                message = f"{value[:60]!r} is no {param.format}."
                inspection.report("param-default", message, (*path, *where))


def _texts(param: Param) -> list[tuple[str, tuple[str | int, ...]]]:
    """Texts that must keep to pattern and format, with their path in the param."""
    found: list[tuple[str, tuple[str | int, ...]]] = []
    if isinstance(param.default, str) and not (param.nullable and param.default == ""):
        found.append((param.default, ("default",)))
    for index, value in enumerate(param.enum or ()):
        if isinstance(value, str):
            found.append((value, ("enum", index)))
    return found


def _is_date(text: str) -> bool:
    dt.date.fromisoformat(text)
    return len(text) == len("2026-12-01")


def _is_moment(text: str) -> bool:
    dt.datetime.fromisoformat(text)
    return "T" in text


def _is_time(text: str) -> bool:
    dt.time.fromisoformat(text)
    return True


_FORMATS: Mapping[str, Callable[[str], object]] = {
    "date": _is_date,
    "date-time": _is_moment,
    "time": _is_time,
    "email": lambda text: re.fullmatch(r"[^@\s]+@[^@\s]+", text),
    "uri": lambda text: re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", text),
}


def _has_format(text: str, name: str | None) -> bool:
    try:
        return name is None or name not in _FORMATS or bool(_FORMATS[name](text))
    except ValueError:
        return False
