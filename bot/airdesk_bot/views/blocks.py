"""Block Kit pieces, each kept within Slack's limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airdesk_bot.views.card import Block
from airdesk_bot.views.text import clip, is_link, one_line

MAX_SECTION = 3000
MAX_HEADER = 150
MAX_BUTTON = 75
MAX_BUTTON_VALUE = 2000
MAX_FALLBACK = 1000


def plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": clip(one_line(text), limit) or "–", "emoji": True}


def mrkdwn(text: str) -> Block:
    # `verbatim` keeps Slack from making links and mentions out of bare words.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, MAX_HEADER)}


def section(text: str) -> Block:
    """`text` is mrkdwn of at most 3000 characters, put together from escaped parts."""
    return {"type": "section", "text": mrkdwn(text)}


def context(*texts: str) -> Block:
    """One to ten small grey texts in a row, each mrkdwn."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts]}


def actions(elements: Sequence[Block | None]) -> list[Block]:
    """The row of buttons, or nothing where there is no button to show."""
    shown = [element for element in elements if element is not None]
    return [{"type": "actions", "elements": shown}] if shown else []


def button(
    label: str,
    *,
    action_id: str,
    value: str,
    style: str | None = None,
    confirm: Block | None = None,
) -> Block:
    """`style` is `primary`, `danger` or none; `value` comes back with the click."""
    element: dict[str, Any] = {
        "type": "button",
        "action_id": action_id,
        "text": plain(label, MAX_BUTTON),
        "value": clip(value, MAX_BUTTON_VALUE),
    }
    if style:
        element["style"] = style
    if confirm:
        element["confirm"] = confirm
    return element


def link_button(
    label: str, url: str | None, *, action_id: str, style: str | None = None
) -> Block | None:
    """A button that opens an address; `None` where the address is none Slack would take."""
    if url is None or not is_link(url):
        return None
    element: Block = {
        "type": "button",
        "action_id": action_id,
        "text": plain(label, MAX_BUTTON),
        "url": url,
    }
    if style:
        element["style"] = style
    return element


def confirm(*, title: str, text: str, yes: str, no: str = "Not yet") -> Block:
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }
