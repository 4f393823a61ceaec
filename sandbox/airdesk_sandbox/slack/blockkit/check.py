"""Checks the blocks of a message and whole views, as strictly as Slack does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airdesk_sandbox.slack.blockkit.blocks import IN_MESSAGES, IN_VIEWS
from airdesk_sandbox.slack.blockkit.rules import (
    Problem,
    boolean,
    by_type,
    items,
    record,
    string,
)
from airdesk_sandbox.slack.blockkit.texts import plain

MAX_TABLE_CHARACTERS = 10_000
MAX_MARKDOWN_CHARACTERS = 12_000

_MESSAGE = items(by_type(lambda: IN_MESSAGES), 50, 0)
_VIEW_BLOCKS = items(by_type(lambda: IN_VIEWS), 100, 0)
_VIEW_FIELDS = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_HOME = record({"blocks": _VIEW_BLOCKS}, _VIEW_FIELDS)
_MODAL = record(
    {"blocks": _VIEW_BLOCKS, "title": plain(24)},
    {
        **_VIEW_FIELDS,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)


def check_message_blocks(blocks: Sequence[Any]) -> list[Problem]:
    """What Slack would refuse about a message's blocks; empty when it would take them."""
    problems = _MESSAGE(list(blocks), "/blocks")
    if problems:
        return problems
    return [*_unique_block_ids(blocks, "/blocks"), *_totals(blocks)]


def check_view(view: Any) -> list[Problem]:
    """What Slack would refuse about a modal or a Home tab; empty when it would take it."""
    problems = by_type(lambda: {"modal": _MODAL, "home": _HOME})(view, "/view")
    if problems:
        return problems
    blocks = view["blocks"]
    problems = [*_unique_block_ids(blocks, "/view/blocks"), *_response_urls(blocks)]
    asks = any(block["type"] == "input" for block in blocks)
    if view["type"] == "modal" and asks and not view.get("submit"):
        problems.append(Problem("/view", "missing required field: submit"))
    return problems


def _unique_block_ids(blocks: Sequence[dict[str, Any]], at: str) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id is None:
            continue
        if block_id in seen:
            problems.append(
                Problem(f"{at}/{index}/block_id", f"`block_id` {block_id} already exists")
            )
        seen.add(block_id)
    return problems


def _totals(blocks: Sequence[dict[str, Any]]) -> list[Problem]:
    tables = [index for index, block in enumerate(blocks) if block["type"] == "table"]
    if len(tables) > 1:
        return [Problem(f"/blocks/{tables[1]}", "only_one_table_allowed")]
    problems = []
    for index in tables:
        cells = [cell for row in blocks[index]["rows"] for cell in row]
        if sum(_length(cell) for cell in cells) > MAX_TABLE_CHARACTERS:
            text = f"must be less than {MAX_TABLE_CHARACTERS + 1} characters in all cells"
            problems.append(Problem(f"/blocks/{index}/rows", text))
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > MAX_MARKDOWN_CHARACTERS:
        text = f"must be less than {MAX_MARKDOWN_CHARACTERS + 1} characters in all markdown blocks"
        problems.append(Problem("/blocks", text))
    return problems


def _length(cell: Any) -> int:
    if isinstance(cell, dict):
        own = len(cell["text"]) if isinstance(cell.get("text"), str) else 0
        return own + sum(_length(part) for part in cell.get("elements", []))
    return 0


def _response_urls(blocks: Sequence[dict[str, Any]]) -> list[Problem]:
    """`response_url_enabled` is for selects in input blocks of modals only."""
    problems = []
    for index, block in enumerate(blocks):
        elements = [("accessory", block.get("accessory"))]
        elements += [(f"elements/{i}", one) for i, one in enumerate(block.get("elements", []))]
        for name, element in elements:
            if isinstance(element, dict) and element.get("response_url_enabled"):
                at = f"/view/blocks/{index}/{name}"
                problems.append(
                    Problem(at, "`response_url_enabled` can only be used in input blocks")
                )
    return problems
