"""The form itself."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from airdesk.model import Membership
from airdesk_render.names import CONNECTION_NAME_PATTERN

from airdesk_bot.views.blocks import context, plain, section
from airdesk_bot.views.card import Block
from airdesk_bot.views.new_dag.form import SLACK_CONNECTION, NewDagForm
from airdesk_bot.views.new_dag.inputs import Choice, input_block, select, text_input

CALLBACK_ID = "new_dag"
_CONNECTION = re.compile(CONNECTION_NAME_PATTERN)
DATA_CLASSES = (
    Choice("public", "Public", "Anybody may see it"),
    Choice("internal", "Internal", "Colleagues only; first rows may appear in Slack"),
    Choice("pii", "Personal data (PII)", "No rows and no logs ever appear in Slack"),
)


def new_dag_modal(
    *,
    memberships: Sequence[Membership],
    connections: Sequence[str] | None,
    channel: str,
    form: NewDagForm | None = None,
) -> Block:
    """The view for `views.open`, empty or with what was typed before.

    Args:
        memberships: teams of the person; with one, the form does not ask for the team.
        connections: names the teams have in Vault; `None` where Vault could not be asked.
        channel: id of the Slack channel that the change card will stand in.
        form: what to fill in again.
    """
    if not memberships:
        return _no_team(channel)
    teams = [membership.team for membership in memberships]
    form = form or NewDagForm(team=teams[0], data_class="internal")
    only = teams[0] if len(teams) == 1 else None
    blocks = [
        *([] if only else [_team(teams, form)]),
        *_identity(form, only),
        *_query(form, connections),
        *_message(form),
    ]
    return {
        **_frame({"channel": channel, "team": only}),
        "submit": plain("Submit", 24),
        "blocks": blocks,
    }


def _frame(metadata: dict[str, str | None]) -> Block:
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": plain("New DAG", 24),
        "close": plain("Cancel", 24),
        "private_metadata": json.dumps(metadata, sort_keys=True),
    }


def _no_team(channel: str) -> Block:
    text = (
        "You are in no team yet. A team is a group in GitLab with a project named `pipelines`; ask "
        "your lead to add you there as Developer, then try again."
    )
    return {**_frame({"channel": channel, "team": None}), "blocks": [section(text)]}


def _team(teams: Sequence[str], form: NewDagForm) -> Block:
    menu = select([Choice(team, team) for team in teams], form.team, placeholder="Pick a team")
    return input_block("team", "Team", menu)


def _identity(form: NewDagForm, team: str | None) -> list[Block]:
    return [
        input_block(
            "dag_name",
            "Name",
            text_input(form.dag_name, placeholder="delays_by_carrier", max_length=100),
            hint=f"Small letters, digits and _. Airflow will know it as {team or 'team'}.name.",
        ),
        input_block(
            "description",
            "What does it report?",
            text_input(
                form.description, placeholder="Which carriers ran late yesterday", max_length=250
            ),
        ),
        input_block(
            "schedule",
            "When does it run?",
            text_input(form.schedule, placeholder="0 6 * * 1-5", max_length=150),
            hint=(
                "Cron: minute, hour, day, month, weekday. 0 6 * * 1-5 is 6:00 from Monday "
                "to Friday, in UTC; add a time zone for yours: 0 6 * * 1-5 Asia/Ho_Chi_Minh. Or "
                "@hourly, @daily, @weekly, @monthly; or manual, to run it only by hand."
            ),
        ),
        input_block(
            "data_class",
            "What kind of data is it?",
            select(DATA_CLASSES, form.data_class, placeholder="Pick a data class"),
            hint="It decides what may be shown in Slack. When in doubt, pick personal data.",
        ),
    ]


def _query(form: NewDagForm, connections: Sequence[str] | None) -> list[Block]:
    return [
        *_connection(form, connections),
        input_block(
            "sql",
            "Query",
            text_input(
                form.sql,
                placeholder="select carrier, avg(arr_delay) as delay from flights group by carrier",
                multiline=True,
            ),
            hint="One SELECT. {{ ds }} becomes the day it runs for, such as 2026-12-01.",
        ),
        input_block(
            "options",
            "Further options of the query",
            text_input(form.options, placeholder="max_rows: 5", multiline=True, max_length=1000),
            hint="One per line, as name: value. Leave it empty if you need none.",
            optional=True,
        ),
        input_block(
            "check_sql",
            "Check before posting",
            text_input(
                form.check_sql, placeholder="select count(*) > 0 from flights", multiline=True
            ),
            hint="If its first row holds a false or zero, the run fails and posts nothing.",
            optional=True,
        ),
    ]


def _connection(form: NewDagForm, connections: Sequence[str] | None) -> list[Block]:
    hint = "Where the query runs. Its password stays in Vault; you never need it."
    # The reports' Slack app is a connection too, but nothing that a query could ask.
    names = set(connections or ()) - {SLACK_CONNECTION}
    usable = sorted(name for name in names if _CONNECTION.fullmatch(name))
    if usable:
        choices = [Choice(name, name) for name in usable]
        picked = usable[0] if len(usable) == 1 and not form.connection else form.connection
        menu = select(choices, picked, placeholder="Pick a connection")
        return [input_block("connection", "Connection", menu, hint=hint)]
    typed = text_input(form.connection, placeholder="warehouse", max_length=63)
    field = input_block("connection", "Connection", typed, hint=hint)
    if connections is None:
        why = "Vault could not be asked for your connections just now, so please type the name."
    else:
        why = "Your team has no connection in Vault yet; type the name that security will give it."
    return [field, context(f"⚠️ {why}")]


def _message(form: NewDagForm) -> list[Block]:
    return [
        input_block(
            "channel",
            "Post to channel",
            text_input(form.channel, placeholder="#growth-data", max_length=82),
            hint="Gets the first rows, and a card when a run fails. Empty: nothing is posted.",
            optional=True,
        ),
        input_block(
            "message",
            "Message above the rows",
            text_input(form.message, placeholder="Delays by carrier on {{ ds }}", multiline=True),
            hint="Empty: the description and the day.",
            optional=True,
        ),
    ]
