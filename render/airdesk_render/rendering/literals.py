"""Python source for values, laid out as a formatter would, so that they can never become code.

Whatever a manifest says reaches the rendered file through `source_of` alone. `guard` parses the
file again and compares, so a slip here stops the rendering instead of running somewhere.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from airdesk_render.expressions import Code, Invoke, Method

WIDTH = 100
_ANY_WIDTH = -(10**9)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def text_literal(text: str) -> str:
    """One line of source for a text, in the quotes that need fewer escapes."""
    if "\\" in text or not text.isprintable():
        text = "".join(map(_escaped, text))
    if '"' in text and text.count('"') > text.count("'"):
        return "'" + text.replace("'", "\\'") + "'"
    return '"' + text.replace('"', '\\"') + '"'


def _escaped(character: str) -> str:
    if character == "\\":
        return "\\\\"
    return character if character.isprintable() else repr(character)[1:-1]


def block_literal(text: str) -> str | None:
    """A text of several lines in triple quotes, or `None` where that would not be exact."""
    if "\n" not in text or "\\" in text or '"""' in text or text.endswith('"'):
        return None
    if not text.replace("\n", "").isprintable():
        return None
    if any(line != line.rstrip() for line in text.split("\n")):
        return None
    return f'"""\\\n{text}"""'


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
    if len(row) + used <= WIDTH or row in ("[]", "{}") or row.endswith("()"):
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
    if indent + 1 + len(row) <= WIDTH or not value.named:
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
            yield f"{name}: {source_of(item, indent, used + len(name) + 2)}"
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
