"""Python source for values, laid out as a formatter would, so that they can never become code.

Whatever a manifest says reaches the rendered file through `source_of` alone. `guard` parses the
file again and compares, so a slip here stops the rendering instead of running somewhere.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from airdesk_render.expressions import Code, Invoke

WIDTH = 100
_ANY_WIDTH = -(10**9)
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def text_literal(text: str) -> str:
    """One line of source for a text, in the quotes that need fewer escapes."""
    escaped = "".join(_escaped(character) for character in text)
    if text.count('"') > text.count("'"):
        return "'" + escaped.replace("'", "\\'") + "'"
    return '"' + escaped.replace('"', '\\"') + '"'


def _escaped(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character.isprintable():
        return character
    return repr(character)[1:-1]


def block_literal(text: str) -> str | None:
    """A text of several lines in triple quotes, or `None` where that would not be exact."""
    plain = all(character.isprintable() or character == "\n" for character in text)
    if "\n" not in text or not plain or "\\" in text or '"""' in text or text.endswith('"'):
        return None
    if any(line != line.rstrip() for line in text.split("\n")):
        return None
    return f'"""\\\n{text}"""'


def source_of(value: object, indent: int = 0, used: int = 0) -> str:
    """Source of a value.

    Args:
        value: `str`, numbers, `bool`, `None`, and `list`, `dict`, `frozenset` of these; `Code`;
            `Invoke`.
        indent: spaces before the line on which the value begins.
        used: columns of that line taken already, and those for what follows.

    Raises:
        TypeError: something else.
        ValueError: a keyword argument that is no plain name.
    """
    if isinstance(value, Code):
        return value.text
    if isinstance(value, str):
        return text_literal(value)
    if value is None or isinstance(value, bool | int | float):
        return repr(value).replace("e+", "e")
    opening, closing = _brackets(value)
    row = opening + ", ".join(_parts(value, 0, _ANY_WIDTH)) + closing
    if len(row) + used <= WIDTH or row == opening + closing:
        return row
    return exploded(value, indent)


def exploded(value: object, indent: int = 0) -> str:
    """Source of a collection or a call with one part a line."""
    opening, closing = _brackets(value)
    inner = indent + 4
    lines = [f"{' ' * inner}{part}," for part in _parts(value, inner, inner + 1)]
    return "\n".join((opening, *lines, f"{' ' * indent}{closing}"))


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
        yield from _parts(list(value.positional), indent, used)
        for name, item in value.named.items():
            if not _NAME.fullmatch(name) or keyword.iskeyword(name):
                raise ValueError(f"{name!r} is no keyword argument.")
            yield f"{name}={source_of(item, indent, used + len(name) + 1)}"
    elif isinstance(value, dict):
        for key, item in value.items():
            name = text_literal(str(key))
            yield f"{name}: {source_of(item, indent, used + len(name) + 2)}"
    elif isinstance(value, frozenset):
        yield from (source_of(item, indent, used) for item in sorted(value))
    elif isinstance(value, list | tuple):
        yield from (source_of(item, indent, used) for item in value)
