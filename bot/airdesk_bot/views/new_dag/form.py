"""What somebody typed into the form, as typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

ACTION_ID = "value"
REPORT, NOT_EMPTY, POST = "report", "not_empty", "post"
SLACK_CONNECTION = "slack"
"""The team's connection of the app that posts reports."""


class NewDagForm(BaseModel):
    """One text per block of the form; what was left empty is an empty string.

    `channel` is the Slack channel that the DAG posts to, not the one the command was typed in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    team: str
    dag_name: str = ""
    description: str = ""
    schedule: str = ""
    data_class: str = ""
    connection: str = ""
    sql: str = ""
    check_sql: str = ""
    channel: str = ""
    message: str = ""
    options: str = ""


class FormError(Exception):
    """The form cannot become a manifest; `errors` is ready for Slack's `response_action: errors`.

    Attributes:
        errors: block id to a sentence.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{block}: {text}" for block, text in errors.items()))
        self.errors = dict(errors)


def read_new_dag(view: Mapping[str, Any]) -> NewDagForm:
    """The form out of a `view_submission`'s view.

    The team of somebody who has only one stands in `private_metadata`.
    """
    values = view.get("state", {}).get("values", {})
    typed = {
        block: _text(elements[ACTION_ID])
        for block, elements in values.items()
        if block in NewDagForm.model_fields and ACTION_ID in elements
    }
    typed.setdefault("team", str(metadata_of(view).get("team") or ""))
    return NewDagForm(**typed)


def metadata_of(view: Mapping[str, Any]) -> dict[str, Any]:
    """What the form carried along: `channel` it was asked for in, and `team` if there is one."""
    try:
        metadata = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return metadata if isinstance(metadata, dict) else {}


def _text(element: Mapping[str, Any]) -> str:
    option = element.get("selected_option")
    value = option.get("value") if option else element.get("value")
    return str(value) if value is not None else ""
