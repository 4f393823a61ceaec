"""Python literals as a person would write them, and so that they can never become code.

Whatever a manifest says reaches the rendered file through `literal` alone. The renderer parses
its own output and compares, so a slip here stops the rendering instead of running somewhere.
"""

from __future__ import annotations

import keyword
import re

from airdesk_render.operators.base import Code

WIDTH = 100
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


def literal(value: object, indent: int = 0, used: int = 0) -> str:
    """Source of plain data, as a formatter would lay it out.

    Args:
        value: `str`, numbers, `bool`, `None`, `list`, `tuple`, `dict` of these, or `Code`.
        indent: spaces before the line on which the value begins.
        used: columns of that line taken already, and one for what follows.

    Raises:
        TypeError: something that is no plain data.
    """
    if isinstance(value, Code):
        return value.text
    if isinstance(value, str):
        return text_literal(value)
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    if not isinstance(value, dict | list | tuple):
        raise TypeError(f"{type(value).__name__} has no literal.")
    if not value:
        return "{}" if isinstance(value, dict) else "[]"
    row = _row(value)
    if len(row) + used <= WIDTH:
        return row
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    inner = indent + 4
    lines = [f"{' ' * inner}{item}," for item in _items(value, inner)]
    return "\n".join((opening, *lines, f"{' ' * indent}{closing}"))


def _row(value: dict[object, object] | list[object] | tuple[object, ...]) -> str:
    if isinstance(value, dict):
        pairs = (
            f"{literal(key, 0, -(10**6))}: {literal(item, 0, -(10**6))}"
            for key, item in value.items()
        )
        return "{" + ", ".join(pairs) + "}"
    return "[" + ", ".join(literal(item, 0, -(10**6)) for item in value) + "]"


def _items(
    value: dict[object, object] | list[object] | tuple[object, ...], indent: int
) -> list[str]:
    if isinstance(value, dict):
        items = []
        for key, item in value.items():
            name = literal(key)
            items.append(f"{name}: {literal(item, indent, indent + len(name) + 3)}")
        return items
    return [literal(item, indent, indent + 1) for item in value]


def call(function: str, arguments: dict[str, object], indent: int = 0) -> str:
    """A call with one keyword argument a line.

    Raises:
        ValueError: a keyword that is no plain Python name.
    """
    lines = [f"{function}("]
    inner = indent + 4
    for name, value in arguments.items():
        if not _NAME.fullmatch(name) or keyword.iskeyword(name):
            raise ValueError(f"{name!r} is no keyword argument.")
        lines.append(f"{' ' * inner}{name}={literal(value, inner, inner + len(name) + 2)},")
    return "\n".join((*lines, f"{' ' * indent})"))
