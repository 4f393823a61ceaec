"""Text made ready for the eye: highlighted code and coloured diffs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup
from pygments import highlight  # type: ignore[import-untyped]  # it ships no types
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]  # likewise
from pygments.lexers import (  # type: ignore[import-untyped]  # likewise
    TextLexer,
    get_lexer_for_filename,
)
from pygments.util import ClassNotFound  # type: ignore[import-untyped]  # likewise

from airdesk_sandbox.gitlab.repo.diff import FileDiff

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
MAX_SHOWN = 400_000


@dataclass(frozen=True)
class DiffLine:
    """`kind`: added, removed, same, or hunk (the line that says where)."""

    kind: str
    old: int | None
    new: int | None
    text: str


def code(text: str, name: str) -> Markup:
    """Highlighted lines with numbers."""
    try:
        lexer = get_lexer_for_filename(name, stripnl=False)
    except ClassNotFound:
        lexer = TextLexer(stripnl=False)
    formatter = HtmlFormatter(linenos="table", cssclass="code", lineanchors="L")
    return Markup(highlight(text[:MAX_SHOWN], lexer, formatter))  # noqa: S704  pygments escapes


def code_style() -> str:
    return str(HtmlFormatter(style="default").get_style_defs(".code"))


def diff_lines(change: FileDiff) -> list[DiffLine]:
    lines: list[DiffLine] = []
    old = new = 0
    for text in change.diff.splitlines():
        if match := _HUNK.match(text):
            old, new = int(match[1]), int(match[2])
            lines.append(DiffLine("hunk", None, None, text))
        elif text.startswith("+"):
            lines.append(DiffLine("added", None, new, text[1:]))
            new += 1
        elif text.startswith("-"):
            lines.append(DiffLine("removed", old, None, text[1:]))
            old += 1
        elif text.startswith(("\\", "Binary")):
            lines.append(DiffLine("hunk", None, None, text))
        else:
            lines.append(DiffLine("same", old, new, text[1:]))
            old, new = old + 1, new + 1
    return lines
