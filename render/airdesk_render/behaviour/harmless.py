"""Texts of strangers, made harmless for where they are shown."""

from __future__ import annotations

import html
import re
import unicodedata

_RUNS = re.compile(r"`+")
_SIGNS = re.compile(r"[^\w\s,.;'/()-]|_")
_PLAIN = frozenset(" _.()-")
"""Signs without a meaning between the quotes of a Mermaid graph."""


def visible(text: str, *, keep: str = "") -> str:
    """The text with everything that cannot be seen, or reorders what is, written as its number.

    Args:
        keep: characters that stay all the same, such as a tab.
    """
    if text.isprintable():
        return text
    return "".join(
        character if character in keep or not _hidden(character) else _escaped(character)
        for character in text
    )


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _escaped(character: str) -> str:
    number = ord(character)
    if character == "\n":
        return "⏎"
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def code(text: str) -> str:
    """A Markdown code span: in one no name, link, tag or command of GitLab has any meaning."""
    shown = visible(text).strip() or "nothing"
    fence = "`" * (max((len(run) for run in _RUNS.findall(shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def prose(text: str) -> str:
    """A sentence of the platform's inside Markdown: its signs mean themselves."""
    return _SIGNS.sub(r"\\\g<0>", visible(text))


def html_code(text: str) -> str:
    """The same inside an HTML tag, where Markdown is not read."""
    return f"<code>{html.escape(visible(text)) or 'nothing'}</code>"


def fenced(text: str, language: str) -> str:
    """A Markdown code block that its content cannot close."""
    lines = [visible(line, keep="\t") for line in text.split("\n")]
    shown = "\n".join(lines)
    fence = "`" * max(3, max((len(run) for run in _RUNS.findall(shown)), default=0) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def label(text: str) -> str:
    """A text between quotes in a Mermaid graph: all but plain letters as `#code;`."""
    return "".join(
        one if (one.isascii() and one.isalnum()) or one in _PLAIN else f"#{ord(one)};"
        for one in visible(text)
    )
