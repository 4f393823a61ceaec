"""Composition objects: texts, options, confirmation dialogs."""

from __future__ import annotations

from airdesk_sandbox.slack.blockkit.rules import (
    Rule,
    boolean,
    by_type,
    choice,
    items,
    not_both,
    one_of_fields,
    record,
    string,
)

ACTION_ID = string(255)
BLOCK_ID = string(255)
URL = string(3000, pattern=r"https?://\S+|mailto:\S+", hint="must be a valid URL")


def plain(most: int, least: int = 1) -> Rule:
    """A `plain_text` object of at most `most` characters."""
    fields = record({"text": string(most, least)}, {"emoji": boolean})
    return by_type(lambda: {"plain_text": fields})


def any_text(most: int, least: int = 1) -> Rule:
    """A `plain_text` or `mrkdwn` object of at most `most` characters."""
    plain_text = record({"text": string(most, least)}, {"emoji": boolean})
    mrkdwn = record({"text": string(most, least)}, {"verbatim": boolean})
    return by_type(lambda: {"plain_text": plain_text, "mrkdwn": mrkdwn})


PLACEHOLDER = plain(150)
OPTION = record({"text": plain(75), "value": string(150)}, {"description": plain(75)})
RICH_OPTION = record({"text": any_text(75), "value": string(150)}, {"description": any_text(75)})
OVERFLOW_OPTION = record(
    {"text": plain(75)}, {"value": string(150), "description": plain(75), "url": URL}
)
OPTION_GROUP = record({"label": plain(75), "options": items(OPTION, 100)})

CHOICES = (
    not_both("options", "option_groups"),
    one_of_fields("options", "option_groups"),
)

CONFIRM = record(
    {"title": plain(100), "text": any_text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
