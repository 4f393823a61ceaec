"""People as Airflow's FAB auth manager knows them, and what it lets them do."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.models import DagModel
from airflow.utils.session import create_session
from fastapi import HTTPException
from sqlalchemy import select


def person(username: str) -> Any:
    """The person's own Airflow user.

    Raises:
        HTTPException: 404 if Airflow has no such user, 403 if the user is not active.
    """
    from airflow.providers.fab.auth_manager.models import User

    with create_session() as session:
        user_id = session.scalar(select(User.id).where(User.username == username))
    if user_id is None:
        sentence = (
            f"Airflow does not know {username}. It learns of a person at the first sign-in, "
            "or when the platform team adds the user."
        )
        raise HTTPException(HTTPStatus.NOT_FOUND, sentence)
    manager = get_auth_manager()
    # Looked up afresh each time: the manager remembers a person for half a minute, and would not
    # know the rights on a DAG that was parsed since, nor that others were taken away.
    manager.cache.pop(user_id, None)
    try:
        return manager.deserialize_user({"sub": str(user_id)})
    except ValueError as error:
        sentence = f"{username} is not active in Airflow. Ask the platform team."
        raise HTTPException(HTTPStatus.FORBIDDEN, sentence) from error


def require_known(dag_id: str) -> None:
    """Raises:
    HTTPException: 404 if Airflow has not parsed such a DAG, or not any more.
    """
    with create_session() as session:
        question = select(DagModel.dag_id).where(DagModel.dag_id == dag_id, ~DagModel.is_stale)
        if session.scalar(question) is None:
            sentence = f"Airflow does not know {dag_id}, at least not yet."
            raise HTTPException(HTTPStatus.NOT_FOUND, sentence)


def can_read(user: Any, dag_id: str) -> bool:
    """Whether the auth manager lets the person see the DAG and its runs."""
    return _may(user, dag_id, "GET")


def can_trigger(user: Any, dag_id: str) -> bool:
    """Whether the auth manager lets the person start a run of the DAG."""
    return _may(user, dag_id, "POST")


def _may(user: Any, dag_id: str, method: str) -> bool:
    allowed = get_auth_manager().is_authorized_dag(
        method=method, access_entity=DagAccessEntity.RUN, details=DagDetails(id=dag_id), user=user
    )
    return bool(allowed)
