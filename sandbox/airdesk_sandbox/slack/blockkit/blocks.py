"""Layout blocks, and which surface takes which."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.slack.blockkit.elements import IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION
from airdesk_sandbox.slack.blockkit.rich_text import RICH_CELL, RICH_TEXT
from airdesk_sandbox.slack.blockkit.rules import (
    Problem,
    Rule,
    anything,
    boolean,
    by_type,
    choice,
    items,
    one_of_fields,
    record,
    string,
)
from airdesk_sandbox.slack.blockkit.texts import BLOCK_ID, URL, any_text, plain

_ID = {"block_id": BLOCK_ID}


def _unique_action_ids(value: Any, at: str) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for index, element in enumerate(value.get("elements") or []):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if action_id is None:
            continue
        if action_id in seen:
            pointer = f"{at}/elements/{index}/action_id"
            problems.append(Problem(pointer, f"`action_id` {action_id} already exists"))
        seen.add(action_id)
    return problems


_CONTEXT_KINDS: dict[str, Rule] = {
    "image": IMAGE,
    "plain_text": record({"text": string(3000)}, {"emoji": boolean}),
    "mrkdwn": record({"text": string(3000)}, {"verbatim": boolean}),
}
_CELL_KINDS: dict[str, Rule] = {
    "raw_text": record({"text": string(10_000)}),
    "rich_text": RICH_CELL,
}
_COLUMN = record({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})

_EVERYWHERE: dict[str, Rule] = {
    "section": record(
        {},
        {
            **_ID,
            "text": any_text(3000),
            "fields": items(any_text(2000), 10),
            "accessory": by_type(lambda: IN_SECTION),
            "expand": boolean,
        },
        one_of_fields("text", "fields"),
    ),
    "header": record({"text": plain(150)}, _ID),
    "divider": record({}, _ID),
    "context": record({"elements": items(by_type(lambda: _CONTEXT_KINDS), 10)}, _ID),
    "actions": record(
        {"elements": items(by_type(lambda: IN_ACTIONS), 25)}, _ID, _unique_action_ids
    ),
    "image": record(
        {"alt_text": string(2000)},
        {**_ID, "image_url": URL, "slack_file": anything, "title": plain(2000)},
        one_of_fields("image_url", "slack_file"),
    ),
    "input": record(
        {"label": plain(2000), "element": by_type(lambda: IN_INPUT)},
        {**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
}

IN_MESSAGES: dict[str, Rule] = {
    **_EVERYWHERE,
    "markdown": record({"text": string(12_000)}, _ID),
    "table": record(
        {"rows": items(items(by_type(lambda: _CELL_KINDS), 20), 100)},
        {**_ID, "column_settings": items(_COLUMN, 20)},
    ),
}
IN_VIEWS = _EVERYWHERE
