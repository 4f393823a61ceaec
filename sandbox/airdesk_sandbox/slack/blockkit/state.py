"""The values of inputs: what a view starts with, what a person enters, what counts as empty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airdesk_sandbox.slack.blockkit.identify import elements_of

Value = dict[str, Any]
Values = dict[str, dict[str, Value]]

# element type: (key of the value in the state, key of its start in the element, empty value)
_KEYS: dict[str, tuple[str, str, Any]] = {
    "plain_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
}


def value_key(kind: str) -> str | None:
    """Under which key the state keeps this element's value; None for buttons and menus."""
    keys = _KEYS.get(kind)
    return keys[0] if keys else None


def initial_values(blocks: Sequence[dict[str, Any]], *, channel: str = "") -> Values:
    """The state of blocks nobody has touched; `channel` is where the person is."""
    values: Values = {}
    for block in blocks:
        for element in elements_of(block):
            keys = _KEYS.get(element["type"])
            if keys is None:
                continue
            key, initial, empty = keys
            value = element.get(initial, empty)
            if value == empty and element.get("default_to_current_conversation") and channel:
                value = [channel] if isinstance(empty, list) else channel
            entry = {"type": element["type"], key: value}
            values.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return values


def keep_entered(fresh: Values, entered: Values) -> Values:
    """`fresh`, with what was entered already where ids and types are the same."""
    for block_id, actions in fresh.items():
        for action_id, value in actions.items():
            old = entered.get(block_id, {}).get(action_id)
            if old is not None and old["type"] == value["type"]:
                actions[action_id] = old
    return fresh


def is_empty(value: Value) -> bool:
    key = value_key(value["type"])
    return key is not None and value.get(key) in (None, "", [])


def complete(element: dict[str, Any], given: dict[str, Any]) -> Value:
    """A value as Slack writes it, from what a page or a script gave for this element.

    Options may be given by their `value` alone; `{"value": …}` will do for any kind of element.

    Raises:
        ValueError: the option is not among those offered, or the kind is another.
    """
    kind = element["type"]
    key = value_key(kind)
    if key is None:
        raise ValueError(f"a {kind} holds no value")
    if given.get("type", kind) != kind:
        raise ValueError(f"this is a {kind}, not a {given['type']}")
    raw = given.get(key, given.get("value"))
    if key == "value":
        return {"type": kind, "value": None if raw in (None, "") else str(raw)}
    if key == "selected_options":
        return {"type": kind, key: [_option(element, one) for one in raw or []]}
    if key == "selected_option":
        return {"type": kind, key: None if raw in (None, "") else _option(element, raw)}
    return {"type": kind, key: raw or _KEYS[kind][2]}


def _option(element: dict[str, Any], given: Any) -> dict[str, Any]:
    word = given.get("value") if isinstance(given, dict) else given
    if "external" in element["type"]:
        if not isinstance(given, dict) or "text" not in given:
            raise ValueError("give the whole option, as the app suggested it")
        return given
    offered = [*element.get("options", [])]
    for group in element.get("option_groups", []):
        offered += group["options"]
    for option in offered:
        if option["value"] == word:
            found: dict[str, Any] = option
            return found
    raise ValueError(f"{word!r} is not among the options")
