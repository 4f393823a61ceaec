"""Ids for blocks and elements that came without, as Slack invents them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

_WITHOUT_ACTION = ("image", "plain_text", "mrkdwn")


def with_block_ids(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Copies of the blocks, with a `block_id` and, where a person can act, an `action_id`."""
    return [_identified(block) for block in blocks]


def elements_of(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The interactive elements of a block: its input, its accessory, its actions."""
    if block["type"] == "input":
        yield block["element"]
    elif block["type"] == "actions":
        yield from block["elements"]
    elif block["type"] == "section" and block.get("accessory", {}).get("type", "image") != "image":
        yield block["accessory"]


def find_element(
    blocks: Sequence[dict[str, Any]], block_id: str, action_id: str
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The block and the element with these ids, or None."""
    for block in blocks:
        if block.get("block_id") != block_id:
            continue
        for element in elements_of(block):
            if element.get("action_id") == action_id:
                return block, element
    return None


def _identified(block: dict[str, Any]) -> dict[str, Any]:
    copy = dict(block)
    copy.setdefault("block_id", secrets.token_urlsafe(4))
    for key in ("element", "accessory"):
        if isinstance(copy.get(key), dict) and copy["type"] in ("input", "section"):
            copy[key] = _with_action_id(copy[key])
    if copy["type"] == "actions":
        copy["elements"] = [_with_action_id(element) for element in copy["elements"]]
    return copy


def _with_action_id(element: dict[str, Any]) -> dict[str, Any]:
    if element["type"] in _WITHOUT_ACTION:
        return element
    return {"action_id": secrets.token_urlsafe(4), **element}
