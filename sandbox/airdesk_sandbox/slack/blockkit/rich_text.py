"""The rich_text block: sections, lists, quotes and preformatted text of inline elements."""

from __future__ import annotations

from airdesk_sandbox.slack.blockkit.rules import (
    Rule,
    anything,
    boolean,
    by_type,
    choice,
    integer,
    items,
    record,
    string,
)
from airdesk_sandbox.slack.blockkit.texts import BLOCK_ID, URL

_STYLE = record(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), boolean
    ),
)
_STYLED = {"style": _STYLE}
_INLINE: dict[str, Rule] = {
    "text": record({"text": string(12_000)}, _STYLED),
    "link": record({"url": URL}, {"text": string(12_000), "unsafe": boolean, **_STYLED}),
    "emoji": record({"name": string(100)}, {"unicode": string(100), **_STYLED}),
    "user": record({"user_id": string(100)}, _STYLED),
    "usergroup": record({"usergroup_id": string(100)}, _STYLED),
    "channel": record({"channel_id": string(100)}, _STYLED),
    "broadcast": record({"range": choice("here", "channel", "everyone")}, _STYLED),
    "color": record({"value": string(20)}),
    "date": record(
        {"timestamp": integer(0, 99_999_999_999), "format": string(500)},
        {"url": URL, "fallback": string(500), **_STYLED},
    ),
}
_ELEMENTS = items(by_type(lambda: _INLINE), 1000, 0)
_BORDER = {"border": integer(0, 1)}
_SECTION = record({"elements": _ELEMENTS})
_PARTS: dict[str, Rule] = {
    "rich_text_section": _SECTION,
    "rich_text_list": record(
        {
            "style": choice("bullet", "ordered"),
            "elements": items(by_type(lambda: {"rich_text_section": _SECTION}), 1000),
        },
        {"indent": integer(0, 8), "offset": integer(0, 100_000), **_BORDER},
    ),
    "rich_text_preformatted": record({"elements": _ELEMENTS}, {**_BORDER, "language": string(100)}),
    "rich_text_quote": record({"elements": _ELEMENTS}, _BORDER),
}
RICH_TEXT = record({"elements": items(by_type(lambda: _PARTS), 1000)}, {"block_id": BLOCK_ID})
RICH_CELL = record({"elements": items(by_type(lambda: _PARTS), 100)}, {"block_id": anything})
