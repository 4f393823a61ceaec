"""What a task reports of itself when it ends, waits or is to be tried again."""

from __future__ import annotations

import json
from typing import Any

from airdesk_render.names import Team

REPORTABLE = frozenset(
    {
        "success",
        "failed",
        "skipped",
        "removed",
        "upstream_failed",
        "up_for_retry",
        "up_for_reschedule",
        "awaiting_input",
    }
)
"""States a task may report. `awaiting_input` needs no triggerer: it parks the task until a person
answers."""
TIMERS = frozenset(
    {
        "airflow.providers.standard.triggers.temporal.DateTimeTrigger",
        "airflow.providers.standard.triggers.temporal.TimeDeltaTrigger",
    }
)
"""Triggers for which a task may put itself into the state `deferred`. Any other would run in the
triggerer, where nobody guards what it reaches; these only look at the clock."""


def mentions_assets(body: bytes) -> bool:
    """Whether a report names assets, so that one must know whose task it is."""
    report = _read(body)
    return bool(report and (report.get("task_outlets") or report.get("outlet_events")))


def state_refusal(body: bytes, team: Team | None = None) -> str | None:
    """Why a reported state is not accepted, or `None`.

    The body is read as Airflow reads it: JSON, where the last of two equal keys counts.

    Args:
        team: of the task; needed only where the report mentions assets.
    """
    report = _read(body)
    if report is None:
        return "Airdesk: the reported state is no JSON."
    state = report.get("state")
    timed = state == "deferred" and str(report.get("classpath")) in TIMERS
    if not timed and (not isinstance(state, str) or state not in REPORTABLE):
        return (
            f"Airdesk: a task may not put itself into the state {state!r} here. Only waiting for "
            "a time may be deferred; other sensors reschedule."
        )
    outlets, events = report.get("task_outlets") or [], report.get("outlet_events") or []
    if not outlets and not events:
        return None
    if team is None:
        return "Airdesk: this task is over, or its DAG belongs to no team."
    named = [_named(one) for one in outlets] + [_named_by_event(one) for one in events]
    if all(one is not None and _is_own(one, team) for one in named):
        return None
    return (
        f"Airdesk: a task of {team.name} reports updates of its own team's assets only, by name "
        f"and address: {team.asset('<name>')} and {team.asset_uri('<name>')}."
    )


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        report = json.loads(body)
    except ValueError:
        return None
    return report if isinstance(report, dict) else {}


def _named(outlet: object) -> tuple[str, str] | None:
    """Name and address of an outlet; `None` for a reference or an alias, which may mean any."""
    if not isinstance(outlet, dict) or outlet.get("type") != "Asset":
        return None
    return _pair(outlet)


def _named_by_event(event: object) -> tuple[str, str] | None:
    if not isinstance(event, dict) or event.get("source_alias_name") is not None:
        return None
    return _pair(event.get("dest_asset_key"))


def _pair(key: object) -> tuple[str, str] | None:
    if not isinstance(key, dict):
        return None
    name, uri = key.get("name"), key.get("uri")
    return (name, uri) if isinstance(name, str) and isinstance(uri, str) else None


def _is_own(asset: tuple[str, str], team: Team) -> bool:
    name, uri = asset
    prefix = team.asset("")
    return name.startswith(prefix) and uri == team.asset_uri(name.removeprefix(prefix))
