"""Starting a run as a person, once for each run id."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from airflow.api_fastapi.common.dagbag import create_dag_bag
from airflow.api_fastapi.core_api.datamodels.dag_run import TriggerDAGRunPostBody
from airflow.api_fastapi.core_api.routes.public.dag_run import trigger_dag_run
from airflow.models import DagRun, Log
from airflow.sdk import timezone
from airflow.utils.session import create_session
from fastapi import HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError


class RunAsk(BaseModel):
    """What to start; the same `run_id` means the same run, however often it is asked for."""

    model_config = ConfigDict(extra="forbid")

    run_id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.~:+-]{0,199}$")
    conf: dict[str, JsonValue] = Field(default_factory=dict)


class RunState(BaseModel):
    """A run, new or found."""

    dag_id: str
    run_id: str
    state: str


def start_or_find(
    dag_id: str, ask: RunAsk, *, user: Any, caller: str, request: Request
) -> RunState:
    """Start the run in the person's name, or give the one that has this id.

    Raises:
        HTTPException: 400 if Airflow does not take the run, for example for its `conf`; 409 if
            the DAG has not begun yet.
    """
    if (found := _find(dag_id, ask.run_id)) is not None:
        return found
    try:
        return _start(dag_id, ask, user=user, caller=caller, request=request)
    except IntegrityError as error:
        # Another request with this id came in between.
        if (found := _find(dag_id, ask.run_id)) is not None:
            return found
        sentence = f"Airflow could not start {ask.run_id} of {dag_id}. Try again."
        raise HTTPException(HTTPStatus.CONFLICT, sentence) from error


def _find(dag_id: str, run_id: str) -> RunState | None:
    question = select(DagRun.state).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
    with create_session() as session:
        row = session.execute(question).first()
    return None if row is None else RunState(dag_id=dag_id, run_id=run_id, state=str(row.state))


def _start(dag_id: str, ask: RunAsk, *, user: Any, caller: str, request: Request) -> RunState:
    # Without a logical date a run has no `ds`, and templates that name it fail; Airflow's own
    # trigger form fills in the present moment as well.
    now = timezone.utcnow()
    _require_begun(dag_id, now)
    body = TriggerDAGRunPostBody(dag_run_id=ask.run_id, logical_date=now, conf=dict(ask.conf))
    name = user.get_name()
    with create_session() as session:
        # The function behind Airflow's own "Trigger", which writes the person down as who did it.
        run = trigger_dag_run(dag_id, body, _dag_bag(), user, session, request)
        session.add(
            Log(
                event="trigger_dag_run",
                task_instance=None,
                owner=name,
                owner_display_name=user.get_full_name(),
                dag_id=dag_id,
                run_id=ask.run_id,
                extra=json.dumps({"asked_by": caller}),
            )
        )
        session.flush()
        return RunState(dag_id=dag_id, run_id=run.run_id, state=str(run.state))


def _require_begun(dag_id: str, now: datetime) -> None:
    """Refuse a run before the DAG's start date: Airflow would end it at once, without any task."""
    with create_session() as session:
        dag = _dag_bag().get_latest_version_of_dag(dag_id, session=session)
    start = getattr(dag, "start_date", None)
    if start is not None and start > now:
        begin = f"{start:%Y-%m-%d %H:%M %Z}"
        sentence = f"{dag_id} begins on {begin}. Start it then, or change its start_date."
        raise HTTPException(HTTPStatus.CONFLICT, sentence)


@lru_cache(maxsize=1)
def _dag_bag() -> Any:
    return create_dag_bag()
