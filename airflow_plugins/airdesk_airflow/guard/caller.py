"""Who asks: the task whose token this is, and the team it works for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from airdesk_render.names import Team, team_of_dag

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.tokens import JWTValidator


class TokenError(Exception):
    """There is no token, or it is not one that Airflow gave to a task."""


@dataclass(frozen=True)
class Token:
    """What a verified token says.

    Attributes:
        task_instance: id of the task instance that it was made for.
        scope: `execution` for a running task, `workload` for one that waits in a queue.
    """

    task_instance: UUID
    scope: str


@dataclass(frozen=True)
class Caller:
    """A task instance as Airflow's database knows it.

    Attributes:
        file: path of its DAG's file within the bundle, as the DAG processor found it.
        operator: class name of its operator, as serialised by the DAG processor.
    """

    dag_id: str
    task_id: str
    operator: str
    queue: str
    state: str
    file: str

    def team(self) -> Team | None:
        """The team by the DAG's id, if the folder of its file says the same; otherwise nobody."""
        try:
            team = team_of_dag(self.dag_id)
        except ValueError:
            return None
        return team if self.file.split("/")[0] == team.folder else None


async def verified(headers: Mapping[str, str]) -> Token:
    """Check signature, audience and times with the very validator of Airflow's execution API.

    Raises:
        TokenError: with the reason as a sentence.
    """
    kind, _, credentials = headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not credentials:
        raise TokenError("The request carries no task token.")
    try:
        claims: dict[str, Any] = await _validator().avalidated_claims(credentials.strip(), {})
        return Token(UUID(claims["sub"]), str(claims.get("scope", "execution")))
    except Exception as error:  # whatever fails in checking a token must end in a refusal
        raise TokenError("The task token is not valid.") from error


@lru_cache(maxsize=1)
def _validator() -> JWTValidator:
    # Airflow's own factory, so that nothing passes here that would not pass there.
    from airflow.api_fastapi.execution_api.app import _jwt_validator

    return _jwt_validator()


async def caller_of(token: Token, *, past: bool = False) -> Caller | None:
    """The task instance of a token; `past` also finds tries that are over."""
    from airflow.models import DagModel, TaskInstance
    from airflow.models.taskinstancehistory import TaskInstanceHistory
    from airflow.utils.session import create_session_async
    from sqlalchemy import select

    sources = [(TaskInstance, TaskInstance.id)]
    if past:
        sources.append((TaskInstanceHistory, TaskInstanceHistory.task_instance_id))
    async with create_session_async() as session:
        for table, key in sources:
            columns = (table.dag_id, table.task_id, table.operator, table.queue, table.state)
            question = (
                select(*columns, DagModel.relative_fileloc)
                .join(DagModel, DagModel.dag_id == table.dag_id)
                .where(key == token.task_instance)
            )
            if row := (await session.execute(question)).first():
                return Caller(*(str(value or "") for value in row))
    return None
