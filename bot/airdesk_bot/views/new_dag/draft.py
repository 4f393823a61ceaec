"""The form as files of the team's repository."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from airdesk.model import ChangeDraft
from airdesk_render.manifest import write_manifest
from airdesk_render.names import DAG_NAME_PATTERN, MANIFEST_FOLDER, Team

from airdesk_bot.views.new_dag.form import (
    NOT_EMPTY,
    POST,
    REPORT,
    SLACK_CONNECTION,
    FormError,
    NewDagForm,
)
from airdesk_bot.views.new_dag.options import read_options
from airdesk_bot.views.text import clean, clip

MANUAL = frozenset({"", "manual", "@manual", "none", "@none", "by hand"})
_UNSEEN = re.compile("[\u200b-\u200f\u2060-\u2069\ufeff\ufffe\uffff]")
# Five fields or a preset, and behind them a time zone such as Asia/Ho_Chi_Minh.
_ZONED = re.compile(r"(?P<cron>@\w+|\S+(?: \S+){4}) (?P<zone>UTC|[A-Za-z]+(?:/[A-Za-z0-9_+-]+)+)")


def draft_of(form: NewDagForm, *, owner: str, now: datetime) -> ChangeDraft:
    """The manifest and its SQL file.

    Args:
        form: as read.
        owner: directory name of the person, the DAG's first owner.
        now: aware; the schedule begins with this day, as it is called in the schedule's zone. A
            later start would let a run by hand end at once, without having done anything.

    Raises:
        FormError: name, team or options cannot stand in a manifest at all. Everything else is
            left to the check, whose findings `errors_of` takes back to the fields.
    """
    _refuse_unwritable(form)
    name = form.dag_name.strip()
    folder = MANIFEST_FOLDER
    manifest_path = f"{folder}/{name}.dag.yaml"
    manifest = {
        "version": 1,
        "dag_id": name,
        "description": _line(form.description),
        "owners": [owner],
        "data_class": form.data_class,
        "schedule": _schedule(form, now),
        **_notify(form),
        "tasks": _tasks(form),
    }
    return ChangeDraft(
        team=form.team,
        dag_name=name,
        title=clip(f"{name}: {_line(form.description)}", 250),
        manifest_path=manifest_path,
        files={
            manifest_path: write_manifest(manifest),
            sql_path(name): f"{_typed(form.sql)}\n",
        },
    )


def sql_path(dag_name: str) -> str:
    """Repository path of the query."""
    return f"{MANIFEST_FOLDER}/sql/{dag_name}.sql"


def _typed(text: str) -> str:
    """Without the unseen characters that come along when a text is pasted from a web page."""
    return _UNSEEN.sub("", clean(text)).strip()


def _line(text: str) -> str:
    return " ".join(_typed(text).split())


def _refuse_unwritable(form: NewDagForm) -> None:
    errors: dict[str, str] = {}
    if not re.fullmatch(DAG_NAME_PATTERN, form.dag_name.strip()):
        errors["dag_name"] = _name_sentence(form.dag_name)
    try:
        Team(form.team)
    except ValueError:
        errors["team"] = "Pick one of your teams."
    try:
        read_options(form.options)
    except FormError as error:
        errors |= error.errors
    if errors:
        raise FormError(errors)


def _name_sentence(typed: str) -> str:
    rule = "Use small letters, digits and _, with a letter first."
    plain = unicodedata.normalize("NFKD", typed.replace("đ", "d").replace("Đ", "d"))
    ascii_only = plain.encode("ascii", "ignore").decode().lower()
    meant = re.sub(r"[^a-z0-9]+", "_", ascii_only).lstrip("_0123456789").strip("_")[:100]
    return f"{rule} Did you mean {meant}?" if meant else rule


def _schedule(form: NewDagForm, now: datetime) -> dict[str, Any] | None:
    typed = _line(form.schedule)
    if typed.lower() in MANUAL:
        return None
    if zoned := _ZONED.fullmatch(typed):
        start = _day(now, zoned["zone"])
        return {"cron": zoned["cron"], "timezone": zoned["zone"], "start_date": start}
    return {"cron": typed, "start_date": _day(now, "UTC")}


def _day(now: datetime, zone: str) -> date:
    """The day's date in a zone; in UTC where the zone is unknown, which the check will tell."""
    try:
        return now.astimezone(ZoneInfo(zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return now.astimezone(UTC).date()


def _notify(form: NewDagForm) -> dict[str, Any]:
    channel = _channel(form)
    if not channel:
        return {}
    return {"notify": {"slack": channel, "events": ["failure", "recovery"]}}


def _channel(form: NewDagForm) -> str:
    channel = _line(form.channel)
    return channel if not channel or channel.startswith("#") else f"#{channel}"


def _tasks(form: NewDagForm) -> dict[str, dict[str, Any]]:
    connection = form.connection.strip()
    tasks: dict[str, dict[str, Any]] = {
        REPORT: {
            "operator": "sql_query@1",
            "connection": connection,
            "sql": f"sql/{form.dag_name.strip()}.sql",
            **read_options(form.options),
        }
    }
    last = REPORT
    if check := _typed(form.check_sql):
        tasks[NOT_EMPTY] = {
            "operator": "sql_check@1",
            "connection": connection,
            "sql": check,
            "upstream": [last],
        }
        last = NOT_EMPTY
    if channel := _channel(form):
        tasks[POST] = {
            "operator": "slack_message@1",
            "connection": SLACK_CONNECTION,
            "channel": channel,
            "text": _message(form),
            "upstream": [last],
        }
        # Rows of personal data stay where they are; the message only says that it ran.
        if form.data_class != "pii":
            tasks[POST]["rows_from"] = REPORT
    return tasks


def _message(form: NewDagForm) -> str:
    typed = _typed(form.message)
    return typed or f"{_line(form.description)} ({{{{ ds }}}})"
