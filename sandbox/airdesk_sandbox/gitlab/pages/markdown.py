"""Markdown as GitLab shows it: safe HTML, highlighted fences, and graphs that Mermaid draws."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from pygments import highlight  # type: ignore[import-untyped]  # it ships no types
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]  # likewise
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]  # likewise
from pygments.util import ClassNotFound  # type: ignore[import-untyped]  # likewise

# what GitLab's sanitizer lets pass and people use; without attributes, but for <details open>
_ALLOWED = (
    "b|br|code|dd|del|details|div|dl|dt|em|h[1-6]|hr|i|ins|kbd|li|ol|p|pre|s|samp|strong|sub"
    "|summary|sup|table|tbody|td|th|thead|tr|ul|var"
)
_TAG = re.compile(rf"<(/?)({_ALLOWED})((?:\s+open)?)\s*/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TASK = re.compile(r"(<li>(?:<p>)?)\[([ xX])\] ")
MERMAID_LIMIT = 2000
"""Characters of a graph that GitLab draws without being asked."""


def markdown(text: str) -> Markup:
    """Safe HTML: of raw HTML a few harmless tags are kept, all else is shown as text."""
    rendered = str(_MARKDOWN.render(text))
    tasks = _TASK.sub(_checkbox, rendered)
    return Markup(tasks)  # noqa: S704  the renderer escapes, and raw HTML goes through _harmless


def _checkbox(found: re.Match[str]) -> str:
    checked = " checked" if found[2] in "xX" else ""
    return f'{found[1]}<input type="checkbox" disabled{checked}> '


def _harmless(html: str) -> str:
    """Raw HTML with every tag that is not allowed turned into text."""
    result, at = "", 0
    without = _COMMENT.sub("", html)
    for found in _TAG.finditer(without):
        result += escape(without[at : found.start()], quote=False)
        opened = " open" if found[3] and found[2].lower() == "details" else ""
        result += f"<{found[1]}{found[2].lower()}{opened}>"
        at = found.end()
    return result + escape(without[at:], quote=False)


def _raw(_self: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return _harmless(tokens[index].content)


def _fence(_self: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    token = tokens[index]
    language = token.info.strip().split(" ")[0].lower()
    if language == "mermaid":
        fits = len(token.content) <= MERMAID_LIMIT
        name = "mermaid" if fits else "mermaid-too-long"
        return f'<pre class="{name}">{escape(token.content)}</pre>\n'
    try:
        lexer = get_lexer_by_name(language or "text", stripnl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text", stripnl=False)
    return str(highlight(token.content, lexer, HtmlFormatter(cssclass="code", wrapcode=True)))


_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_MARKDOWN.add_render_rule("html_block", _raw)
_MARKDOWN.add_render_rule("html_inline", _raw)
_MARKDOWN.add_render_rule("fence", _fence)
STYLE = str(HtmlFormatter(style="default").get_style_defs(".md .code"))
