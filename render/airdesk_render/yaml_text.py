"""Plain data as YAML text that a person could have written and every YAML tool reads alike.

`inline` gives one line, `entry` and `item` the lines of `key: value` and `- value`. A text stays
bare only where YAML 1.1 and 1.2 both read it as that text; texts of several lines become blocks.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from airdesk_render.scalars import AMBIGUOUS, UnusableScalar, plain_value

WIDTH = 100
"""Columns that a list or mapping in a row may reach; longer ones stand one item per line."""

_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`~")
_IN_ROW = re.compile(r"[,\[\]{}]|:$|^[=<]")
_OTHERWISE_READ = re.compile(r"[-+.]?[0-9][0-9_:.,eE+-]*|0[box][0-9a-fA-F_]+|[yYnN]|<<|=|\.\.\..*")
"""What some YAML reader takes for a number, a time, a boolean, a merge or the document's end."""
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*")
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class Bare(str):
    """A text to be written without quotes; its maker knows that it reads back as itself."""

    __slots__ = ()


def inline(value: Any, *, in_row: bool = True) -> str:
    """A value on one line, whatever it holds.

    Args:
        in_row: whether it stands in brackets or braces, where commas end a bare text.
    """
    if isinstance(value, Mapping):
        parts = (f"{inline(str(key))}: {inline(item)}" for key, item in value.items())
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(inline(item) for item in value)}]"
    if isinstance(value, str):
        return _text(value, in_row=in_row)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else repr(value)


def entry(key: str, value: Any, indent: int, *, row: bool = False) -> list[str]:
    """The lines of `key: value`, the key in column `indent`.

    Args:
        row: whether a mapping may stand in a row; lists of plain values always may.
    """
    return _lines(f"{' ' * indent}{_text(key, in_row=False)}:", value, indent, row=row)


def item(value: Any, indent: int) -> list[str]:
    """The lines of `- value`, the dash in column `indent`."""
    dash = f"{' ' * indent}-"
    if isinstance(value, Mapping) and value:
        lines = [line for key, part in value.items() for line in entry(str(key), part, indent + 2)]
        lines[0] = f"{dash} {lines[0].lstrip()}"
        return lines
    return _lines(dash, value, indent, row=False)


def _lines(head: str, value: Any, indent: int, *, row: bool) -> list[str]:
    if isinstance(value, str):
        return _block(head, value, indent) or [f"{head} {_text(value, in_row=False)}"]
    if isinstance(value, Mapping) and value and not (row and _fits_row(head, value)):
        parts = (entry(str(key), part, indent + 2) for key, part in value.items())
        return [head, *(line for lines in parts for line in lines)]
    if isinstance(value, list | tuple) and value and not _fits_row(head, value):
        return [head, *(line for part in value for line in item(part, indent + 2))]
    return [f"{head} {inline(value)}"]


def _fits_row(head: str, value: Any) -> bool:
    parts = list(value.values()) if isinstance(value, Mapping) else list(value)
    return (
        all(not isinstance(part, Mapping | list | tuple) for part in parts)
        and not any(isinstance(part, str) and "\n" in part for part in parts)
        and len(head) + len(inline(value)) < WIDTH
    )


def _block(head: str, value: str, indent: int) -> list[str] | None:
    """A text of several lines as it is, below `|`; `None` where it would read differently."""
    body, lines = value.rstrip("\n"), value.rstrip("\n").split("\n")
    if "\n" not in value or not body or lines[0] != lines[0].lstrip() or not lines[0]:
        return None
    if not all(line == line.rstrip() and _shows(line) for line in lines):
        return None
    ends = len(value) - len(body)
    chomping = "-" if ends == 0 else "" if ends == 1 else "+"
    inside = " " * (indent + 2)
    shown = (f"{inside}{line}" if line else "" for line in lines)
    return [f"{head} |{chomping}", *shown, *([""] * (ends - 1))]


def _shows(line: str) -> bool:
    return line.replace("\t", "").isprintable() and "\ufeff" not in line


def _text(value: str, *, in_row: bool) -> str:
    if isinstance(value, Bare):
        return value
    if _may_be_bare(value) and not (in_row and _IN_ROW.search(value)):
        return value
    if not value.isprintable():
        return f'"{"".join(_escaped(character) for character in value)}"'
    if '"' in value or "\\" in value:
        doubled = value.replace("'", "''")
        return f"'{doubled}'"
    return f'"{value}"'


def _may_be_bare(value: str) -> bool:
    if not value or value != value.strip() or not value.isprintable() or value[0] in _INDICATORS:
        return False
    if ": " in value or " #" in value or value.endswith(":") or value in AMBIGUOUS:
        return False
    if _OTHERWISE_READ.fullmatch(value) or _MOMENT.fullmatch(value):
        return False
    try:
        return isinstance(plain_value(value), str)
    except UnusableScalar:
        return False


def _escaped(character: str) -> str:
    if (short := _SHORT_ESCAPES.get(character)) is not None:
        return short
    if character.isprintable():
        return character
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
