"""What Slack checks in the person's own window before it bothers the app with a submission."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from airdesk_sandbox.slack.blockkit.identify import elements_of
from airdesk_sandbox.slack.blockkit.state import Value, Values, complete, is_empty
from airdesk_sandbox.slack.interactions.people import ImpossibleError

REQUIRED = "Please complete this required field."
MAX_TEXT = 3000
_EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_URL = r"https?://\S+"


def merge(
    blocks: Sequence[dict[str, Any]],
    values: Values,
    given: Mapping[str, Mapping[str, dict[str, Any]]],
) -> Values:
    """`values` with what was entered laid over it.

    Raises:
        ImpossibleError: a block or element does not exist, or the value cannot be entered there.
    """
    merged = {block_id: dict(actions) for block_id, actions in values.items()}
    elements = {
        (block["block_id"], element["action_id"]): element
        for block in blocks
        for element in elements_of(block)
    }
    for block_id, actions in given.items():
        for action_id, value in actions.items():
            element = elements.get((block_id, action_id))
            if element is None:
                raise ImpossibleError(f"There is no input {block_id}/{action_id} in this view.")
            try:
                merged.setdefault(block_id, {})[action_id] = complete(element, value)
            except ValueError as error:
                raise ImpossibleError(f"{block_id}/{action_id}: {error}.") from error
    return merged


def complaints(blocks: Sequence[dict[str, Any]], values: Values) -> dict[str, str]:
    """Sentences under the fields that cannot be sent, by block id."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = values[block["block_id"]][element["action_id"]]
        if is_empty(value):
            if not block.get("optional"):
                found[block["block_id"]] = REQUIRED
        elif sentence := _complaint(element, value):
            found[block["block_id"]] = sentence
    return found


def _complaint(element: dict[str, Any], value: Value) -> str:
    text = str(value.get("value", ""))
    match element["type"]:
        case "plain_text_input":
            return _length(element, text)
        case "number_input":
            return _number(element, text)
        case "email_text_input" if not re.fullmatch(_EMAIL, text):
            return "Please enter a valid email address."
        case "url_text_input" if not re.fullmatch(_URL, text):
            return "Please enter a valid URL."
        case kind if kind.startswith("multi_"):
            most = element.get("max_selected_items")
            chosen = next(v for k, v in value.items() if k != "type")
            if most is not None and len(chosen) > most:
                return f"Please select no more than {most} items."
    return ""


def _length(element: dict[str, Any], text: str) -> str:
    if len(text) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    most = element.get("max_length", MAX_TEXT)
    return f"Please enter no more than {most} characters." if len(text) > most else ""


def _number(element: dict[str, Any], text: str) -> str:
    allowed = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(allowed, text):
        kind = "number" if element["is_decimal_allowed"] else "whole number"
        return f"Please enter a {kind}."
    if "min_value" in element and float(text) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(text) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return ""
