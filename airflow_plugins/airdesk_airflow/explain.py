"""Listener in the task's process: says in the task's log why a connection was refused."""

from __future__ import annotations

import re
from typing import Any

import structlog
from airflow.listeners import hookimpl
from airflow.sdk import Variable

from airdesk_airflow.guard.why import key_for

log = structlog.get_logger("airdesk")

# The two texts with which Airflow 3.3 ends the search for a connection.
_NAMED = re.compile(r"(?:denied for connection '([^']+)'|conn_id `([^`]+)` isn't defined)")


@hookimpl  # type: ignore[untyped-decorator]  # mypy follows no import into Airflow
def on_task_instance_failed(previous_state: Any, task_instance: Any, error: Any) -> None:
    """Ask the API server for the sentence and log it; other failures are left alone."""
    conn_id = refused_connection(error)
    if conn_id is not None:
        log.error(Variable.get(key_for(conn_id)))


def refused_connection(error: object) -> str | None:
    """The connection that an error, or one that led to it, is about."""
    seen: set[int] = set()
    while isinstance(error, BaseException) and id(error) not in seen:
        seen.add(id(error))
        if match := _NAMED.search(str(error)):
            return match.group(1) or match.group(2)
        error = error.__cause__ or error.__context__
    return None
