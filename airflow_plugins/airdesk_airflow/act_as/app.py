"""HTTP interface for Airdesk's own account, mounted at `/airdesk/v1` of Airflow's API server."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import Annotated

from airflow.api_fastapi.core_api.security import get_user
from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel

from airdesk_airflow.act_as.bundles import ask_for_refresh
from airdesk_airflow.act_as.people import can_read, can_trigger, person, require_known
from airdesk_airflow.act_as.runs import RunAsk, RunState, start_or_find

CALLER_VARIABLE = "AIRDESK_ACT_AS_CALLER"


class Rights(BaseModel):
    """What the person may do with a DAG."""

    can_read: bool
    can_trigger: bool


def the_caller(user: Annotated[object, Depends(get_user)]) -> str:
    """The account that asks, which must be the one that is set to ask.

    Raises:
        HTTPException: 403 for everybody else, and for all where none is set.
    """
    allowed = os.environ.get(CALLER_VARIABLE, "")
    name = str(getattr(user, "username", ""))
    if not allowed or name != allowed:
        sentence = "Only Airdesk's own account may ask this."
        raise HTTPException(HTTPStatus.FORBIDDEN, sentence)
    return name


Caller = Annotated[str, Depends(the_caller)]

app = FastAPI(
    title="Airdesk: asked by its own account", docs_url=None, redoc_url=None, openapi_url=None
)


@app.get("/act-as/{username}/dags/{dag_id}")
def rights(username: str, dag_id: str, caller: Caller) -> Rights:
    """What Airflow's auth manager would let the person do."""
    user = person(username)
    require_known(dag_id)
    return Rights(can_read=can_read(user, dag_id), can_trigger=can_trigger(user, dag_id))


@app.post("/act-as/{username}/dags/{dag_id}/runs")
def trigger(username: str, dag_id: str, ask: RunAsk, caller: Caller, request: Request) -> RunState:
    """Start a run as the person, or give the run that already has this id."""
    user = person(username)
    require_known(dag_id)
    if not can_trigger(user, dag_id):
        sentence = f"{username} may not start {dag_id}. Only its team may."
        raise HTTPException(HTTPStatus.FORBIDDEN, sentence)
    return start_or_find(dag_id, ask, user=user, caller=caller, request=request)


@app.post("/bundles/{bundle}/refresh", status_code=HTTPStatus.ACCEPTED)
def refresh(bundle: str, caller: Caller) -> None:
    """Have Airflow fetch the bundle's repository now instead of at its next round."""
    ask_for_refresh(bundle)
