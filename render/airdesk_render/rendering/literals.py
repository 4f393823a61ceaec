"""Python source for values, laid out as a formatter would, so that they can never become code.

Whatever a manifest says reaches the rendered file through `source_of` alone. `guard` parses the
file again and compares, so a slip here stops the rendering instead of running somewhere.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from airdesk_render.expressions import Code, Invoke, Method

WIDTH = 100
_ANY_WIDTH = -(10**9)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHORT = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ODD = re.compile(
    "[\\\\\x00-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u1680\u180e\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u3000\ud800-\uf8ff\ufeff\ufff0-\uffff\U000e0000-\U0010ffff]"
)
"""Backslashes and what cannot be seen or turns text about. What Python calls printable is no
measure: that changes from version to version."""


def text_literal(text: str) -> str:
    """One line of source for a text, in the quotes that need fewer escapes."""
    if _ODD.search(text) is not None:
        text = _ODD.sub(_escape, text)
    if '"' in text and text.count('"') > text.count("'"):
        return "'" + text.replace("'", "\\'") + "'"
    return '"' + text.replace('"', '\\"') + '"'


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    if character in _SHORT:
        return _SHORT[character]
    number = ord(character)
    if number < 256:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 65_536 else f"\\U{number:08x}"


def block_literal(text: str) -> str | None:
    """A text of several lines in triple quotes, or `None` where that would not be exact."""
    if "\n" not in text or '"""' in text or text.endswith(('"', " ")) or " \n" in text:
        return None
    if _ODD.search(text.replace("\n", "")) is not None:
        return None
    return f'"""\\\n{text}"""'


def width(text: str) -> int:
    """Columns that a text takes, as formatters count them: two for wide signs, none for marks."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    # A fixed version of Unicode, so that every Python lays out the same; it knows no pictures yet.
    if unicodedata.ucd_3_2_0.category(character) in ("Mn", "Me"):
        return 0
    wide = unicodedata.ucd_3_2_0.east_asian_width(character) in ("W", "F")
    return 2 if wide or "\U0001f300" <= character <= "\U0001faff" else 1


def source_of(value: object, indent: int = 0, used: int = 0) -> str:
    """Source of a value.

    Args:
        value: `str`, numbers, `bool`, `None`, and `list`, `dict`, `frozenset` of these; `Code`;
            `Invoke`; `Method`.
        indent: spaces before the line on which the value begins.
        used: columns of that line taken already, and those for what follows.

    Raises:
        TypeError: something else.
        ValueError: a keyword argument that is no plain name.
    """
    if isinstance(value, str):
        return text_literal(value)
    if isinstance(value, Code):
        return value.text
    if value is None or isinstance(value, bool | int | float):
        return repr(value).replace("e+", "e")
    row = _row(value)
    if width(row) + used <= WIDTH or row in ("[]", "{}") or row.endswith("()"):
        return row
    return exploded(value, indent)


def _row(value: object) -> str:
    if isinstance(value, Method):
        return f"{_row(value.of)}.{value.name}({', '.join(_named(value.named, 0, _ANY_WIDTH))})"
    opening, closing = _brackets(value)
    return opening + ", ".join(_parts(value, 0, _ANY_WIDTH)) + closing


def exploded(value: object, indent: int = 0) -> str:
    """Source of a collection or a call with one part a line."""
    if isinstance(value, Method):
        return _exploded_method(value, indent)
    opening, closing = _brackets(value)
    return _lines(opening, _parts(value, indent + 4, indent + 5), closing, indent)


def _exploded_method(value: Method, indent: int) -> str:
    """The call one part a line; the method after it in one line where there is room."""
    call = exploded(value.of, indent)
    row = f".{value.name}({', '.join(_named(value.named, 0, _ANY_WIDTH))})"
    if indent + 1 + width(row) <= WIDTH or not value.named:
        return call + row
    return call + _lines(
        f".{value.name}(", _named(value.named, indent + 4, indent + 5), ")", indent
    )


def _lines(opening: str, parts: Iterator[str], closing: str, indent: int) -> str:
    inner = " " * (indent + 4)
    return "\n".join((opening, *(f"{inner}{part}," for part in parts), f"{' ' * indent}{closing}"))


def _brackets(value: object) -> tuple[str, str]:
    if isinstance(value, Invoke):
        return f"{value.function}(", ")"
    if isinstance(value, list | tuple):
        return "[", "]"
    if isinstance(value, dict) or (isinstance(value, frozenset) and value):
        return "{", "}"
    raise TypeError(f"{type(value).__name__} {value!r} has no source here.")


def _parts(value: object, indent: int, used: int) -> Iterator[str]:
    if isinstance(value, Invoke):
        for item in value.positional:
            yield source_of(item, indent, used)
        yield from _named(value.named, indent, used)
    elif isinstance(value, dict):
        for key, item in value.items():
            name = text_literal(str(key))
            yield f"{name}: {source_of(item, indent, used + width(name) + 2)}"
    elif isinstance(value, frozenset):
        yield from (source_of(item, indent, used) for item in sorted(value))
    elif isinstance(value, list | tuple):
        yield from (source_of(item, indent, used) for item in value)


def _named(values: Mapping[str, object], indent: int, used: int) -> Iterator[str]:
    for name, item in values.items():
        if not is_name(name):
            raise ValueError(f"{name!r} is no keyword argument.")
        yield f"{name}={source_of(item, indent, used + len(name) + 1)}"


@lru_cache(maxsize=1024)
def is_name(text: str) -> bool:
    """Whether a text is a plain Python name."""
    return _NAME.fullmatch(text) is not None and not keyword.iskeyword(text)
