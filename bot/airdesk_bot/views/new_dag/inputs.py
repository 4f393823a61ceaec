"""Input blocks of a modal, within Slack's limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from airdesk_bot.views.blocks import plain
from airdesk_bot.views.card import Block
from airdesk_bot.views.new_dag.form import ACTION_ID
from airdesk_bot.views.text import clip

MAX_TYPED = 3000
MAX_OPTIONS = 100
MAX_OPTION = 75


@dataclass(frozen=True)
class Choice:
    """`value` comes back as it is; label and description are cut to 75 characters."""

    value: str
    label: str
    description: str | None = None

    def block(self) -> Block:
        option: Block = {"text": plain(self.label, MAX_OPTION), "value": self.value}
        if self.description:
            option["description"] = plain(self.description, MAX_OPTION)
        return option


def input_block(
    block_id: str, label: str, element: Block, *, hint: str | None = None, optional: bool = False
) -> Block:
    block: dict[str, Any] = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 2000),
        "element": {**element, "action_id": ACTION_ID},
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, 2000)
    return block


def text_input(
    initial: str, *, placeholder: str, multiline: bool = False, max_length: int = MAX_TYPED
) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "multiline": multiline,
        "max_length": max_length,
        "placeholder": plain(placeholder, 150),
    }
    if initial:
        element["initial_value"] = clip(initial, max_length)
    return element


def select(choices: Sequence[Choice], initial: str, *, placeholder: str) -> Block:
    """A menu of at least one choice; `initial` is picked where it is among the first hundred."""
    shown = choices[:MAX_OPTIONS]
    element: Block = {
        "type": "static_select",
        "placeholder": plain(placeholder, 150),
        "options": [choice.block() for choice in shown],
    }
    picked = [choice.block() for choice in shown if choice.value == initial]
    if picked:
        element["initial_option"] = picked[0]
    return element
