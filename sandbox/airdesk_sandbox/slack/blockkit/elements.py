"""Block elements and where they may stand."""

from __future__ import annotations

from airdesk_sandbox.slack.blockkit.rules import (
    Fields,
    Rule,
    anything,
    boolean,
    choice,
    integer,
    items,
    one_of_fields,
    record,
    string,
)
from airdesk_sandbox.slack.blockkit.texts import (
    ACTION_ID,
    CHOICES,
    CONFIRM,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    PLACEHOLDER,
    RICH_OPTION,
    URL,
    plain,
)

DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}", hint="must be in the format YYYY-MM-DD")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d", hint="must be in the format HH:mm")
NUMBER = string(100, pattern=r"-?\d+(\.\d+)?", hint="must be a number")
ID_LIST = items(string(100), 100)

_COMMON: Fields = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}
_ASKING: Fields = {**_COMMON, "placeholder": PLACEHOLDER}
_SELECTED = {"max_selected_items": integer(1, 1000)}
_DISPATCH = record(
    {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"), 2)}
)
_TYPING: Fields = {
    "action_id": ACTION_ID,
    "placeholder": PLACEHOLDER,
    "focus_on_load": boolean,
    "dispatch_action_config": _DISPATCH,
}
_FILTER = record(
    {},
    {
        "include": items(choice("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    one_of_fields("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
_CONVERSATIONS: Fields = {
    **_ASKING,
    "filter": _FILTER,
    "default_to_current_conversation": boolean,
}


def _select(name: str, single: Fields, multiple: Fields, *extra: Rule) -> dict[str, Rule]:
    return {
        f"{name}_select": record({}, {**_ASKING, **single}, *extra),
        f"multi_{name}_select": record({}, {**_ASKING, **_SELECTED, **multiple}, *extra),
    }


_STATIC: Fields = {"options": items(OPTION, 100), "option_groups": items(OPTION_GROUP, 100)}
_RESPONSE = {"response_url_enabled": boolean}

SELECTS: dict[str, Rule] = {
    **_select(
        "static",
        {**_STATIC, "initial_option": OPTION},
        {**_STATIC, "initial_options": items(OPTION, 100)},
        *CHOICES,
    ),
    **_select(
        "external",
        {"initial_option": OPTION, "min_query_length": integer(0, 100)},
        {"initial_options": items(OPTION, 100), "min_query_length": integer(0, 100)},
    ),
    **_select("users", {"initial_user": string(100)}, {"initial_users": ID_LIST}),
    **_select(
        "conversations",
        {**_CONVERSATIONS, **_RESPONSE, "initial_conversation": string(100)},
        {**_CONVERSATIONS, "initial_conversations": ID_LIST},
    ),
    **_select(
        "channels",
        {**_RESPONSE, "initial_channel": string(100)},
        {"initial_channels": ID_LIST},
    ),
}

BUTTON = record(
    {"text": plain(75)},
    {
        "action_id": ACTION_ID,
        "url": URL,
        "value": string(2000, 0),
        "style": choice("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
IMAGE = record(
    {"alt_text": string(2000)},
    {"image_url": URL, "slack_file": anything},
    one_of_fields("image_url", "slack_file"),
)
OVERFLOW = record(
    {"options": items(OVERFLOW_OPTION, 5)}, {"action_id": ACTION_ID, "confirm": CONFIRM}
)
CHECKBOXES = record(
    {"options": items(RICH_OPTION, 10)}, {**_COMMON, "initial_options": items(RICH_OPTION, 10)}
)
RADIO = record({"options": items(RICH_OPTION, 10)}, {**_COMMON, "initial_option": RICH_OPTION})
PICKERS: dict[str, Rule] = {
    "datepicker": record({}, {**_ASKING, "initial_date": DATE}),
    "timepicker": record({}, {**_ASKING, "initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": record({}, {**_COMMON, "initial_date_time": integer(1, 9_999_999_999)}),
}
CLICKABLE: dict[str, Rule] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO,
    **PICKERS,
}
SINGLE_SELECTS = {name: rule for name, rule in SELECTS.items() if not name.startswith("multi_")}

IN_SECTION = {**CLICKABLE, **SELECTS, "image": IMAGE}
IN_ACTIONS = {**CLICKABLE, **SINGLE_SELECTS}
IN_INPUT: dict[str, Rule] = {
    "plain_text_input": record(
        {},
        {
            **_TYPING,
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    "number_input": record(
        {"is_decimal_allowed": boolean},
        {**_TYPING, "initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
    ),
    "email_text_input": record({}, {**_TYPING, "initial_value": string(3000)}),
    "url_text_input": record({}, {**_TYPING, "initial_value": string(3000)}),
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO,
    **PICKERS,
    **SELECTS,
}
