"""Waiting for another DAG, for a time, for a row in a database or for a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from airdesk_render.language.base import TASK_REFERENCE_PATTERN
from airdesk_render.names import DAG_NAME_PATTERN
from airdesk_render.operators.base import (
    Call,
    Connection,
    Duration,
    Rendering,
    SqlUse,
    given,
)
from airdesk_render.operators.sensor import DeferrableSensor, Sensor
from airdesk_render.operators.sql import (
    PARAMETERS_FIELD,
    SQL_FIELD,
    Parameters,
    looks_like_file,
    sql_or_file,
)
from airdesk_render.operators.words import PathInside, timedelta_of

_TIME_OF_DAY = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"


class WaitForDag(Sensor):
    """Waits for a run of another DAG, or for one task of it."""

    title: ClassVar[str] = "Wait for a DAG"
    summary: ClassVar[str] = "Wait until another DAG, or one of its tasks, has succeeded."
    docs: ClassVar[str] = (
        "Waits for the run of `dag` with the same logical date, or one `offset` earlier. It fails "
        "at once if that run failed. Tasks see DAGs of their own team only; to follow another "
        "team's, or whatever DAG brings the data, use `schedule: {assets: …}`."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.standard.sensors.external_task.ExternalTaskSensor",
    )
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"dag": "load_orders"},
        {"dag": "load_orders", "task": "publish", "offset": "1h", "timeout": "4h"},
    )

    operator: Literal["wait_for_dag@1"]
    dag: str = Field(
        pattern=DAG_NAME_PATTERN,
        description="Name of a DAG of the own team.",
        examples=["load_orders"],
    )
    task: Annotated[str, Field(pattern=TASK_REFERENCE_PATTERN)] | None = Field(
        default=None, description="One of its tasks; the whole run if not given."
    )
    offset: Duration | None = Field(
        default=None, description="How much earlier that DAG's run is than this one."
    )

    def call(self, rendering: Rendering) -> Call:
        arguments = {
            "external_dag_id": rendering.dag_id(self.dag),
            **given(
                external_task_id=self.task,
                execution_delta=timedelta_of(self.offset) if self.offset else None,
            ),
            "failed_states": ["failed", "upstream_failed"] if self.task else ["failed"],
            "deferrable": False,
        }
        return Call(
            "airflow.providers.standard.sensors.external_task",
            "ExternalTaskSensor",
            self.waiting(arguments),
        )


class Wait(DeferrableSensor):
    """Waits for so long after the run was due."""

    title: ClassVar[str] = "Wait"
    summary: ClassVar[str] = "Wait until so long after the run was due."
    docs: ClassVar[str] = (
        "Waits until `duration` has passed since the end of the run's data interval, or since the "
        "run was due where it has none. If that is over already, the task does not wait."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.standard.sensors.time_delta.TimeDeltaSensor",
    )
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = ({"duration": "30m"},)

    operator: Literal["wait@1"]
    duration: Duration

    def call(self, rendering: Rendering) -> Call:
        arguments = {"delta": timedelta_of(self.duration), "deferrable": self.deferrable}
        return Call(
            "airflow.providers.standard.sensors.time_delta",
            "TimeDeltaSensor",
            self.waiting(arguments),
        )


class WaitUntil(DeferrableSensor):
    """Waits until a time of day."""

    title: ClassVar[str] = "Wait until"
    summary: ClassVar[str] = "Wait until a time of the day on which the run was due."
    docs: ClassVar[str] = (
        "Waits until `time` on the day the run was due, in the time zone of the DAG's schedule. "
        "If it is later already, the task does not wait."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.standard.sensors.date_time.DateTimeSensor",
        "airflow.providers.standard.sensors.date_time.DateTimeSensorAsync",
    )
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = ({"time": "07:00"},)

    operator: Literal["wait_until@1"]
    time: Annotated[str, Field(pattern=_TIME_OF_DAY)] = Field(
        description="A time of day in quotes.", examples=["07:00"]
    )

    def call(self, rendering: Rendering) -> Call:
        hour, minute = (int(part) for part in self.time.split(":"))
        moment = (
            "{{ dag_run.run_after.astimezone(dag.timezone)"
            f".replace(hour={hour}, minute={minute}, second=0, microsecond=0).isoformat() }}}}"
        )
        return Call(
            "airflow.providers.standard.sensors.date_time",
            "DateTimeSensorAsync" if self.deferrable else "DateTimeSensor",
            self.waiting({"target_time": moment}),
        )


class WaitForSql(Sensor):
    """Waits until a query gives something true."""

    title: ClassVar[str] = "Wait for SQL"
    summary: ClassVar[str] = "Wait until the first value of a query is true."
    docs: ClassVar[str] = (
        "Runs one SELECT again and again until the first value of its first row is something else "
        "than null, zero, false or empty."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.common.sql.sensors.sql.SqlSensor",
    )
    templated: ClassVar[tuple[str, ...]] = ("sql", "parameters")
    file_fields: ClassVar[tuple[str, ...]] = ("sql",)
    sql_fields: ClassVar[Mapping[str, SqlUse]] = {"sql": SqlUse()}
    mappable: ClassVar[Mapping[str, str]] = {"sql": "sql", "parameters": "parameters"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "connection": "warehouse",
            "sql": "select count(*) > 0 from loads where day = '{{ ds }}'",
            "poke_interval": "5m",
        },
    )

    operator: Literal["wait_for_sql@1"]
    connection: Connection
    sql: str = SQL_FIELD
    parameters: Parameters | None = PARAMETERS_FIELD

    def files(self) -> tuple[str, ...]:
        return (self.sql,) if looks_like_file(self.sql) else ()

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def call(self, rendering: Rendering) -> Call:
        arguments = {
            "conn_id": rendering.team.conn_id(self.connection),
            "sql": sql_or_file(self.sql, rendering),
            **given(parameters=self.parameters),
        }
        return Call(
            "airflow.providers.common.sql.sensors.sql", "SqlSensor", self.waiting(arguments)
        )


class WaitForFile(Sensor):
    """Waits until a file lies in a folder that the workers see."""

    title: ClassVar[str] = "Wait for a file"
    summary: ClassVar[str] = "Wait until a file has arrived in a shared folder."
    docs: ClassVar[str] = (
        "Waits for a file or folder below the folder that a connection of type fs names. `*` "
        "stands for any part of a name; with `recursive`, `**` stands for any folders. Only its "
        "presence is looked at."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.standard.sensors.filesystem.FileSensor",
    )
    templated: ClassVar[tuple[str, ...]] = ("path",)
    mappable: ClassVar[Mapping[str, str]] = {"path": "filepath"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"connection": "landing", "path": "orders/{{ ds }}/*.csv"},
    )

    operator: Literal["wait_for_file@1"]
    connection: Connection
    path: PathInside = Field(
        description="Path below the connection's folder.", examples=["orders/{{ ds }}/*.csv"]
    )
    recursive: bool = Field(default=False, description="Whether `**` looks into folders too.")

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def call(self, rendering: Rendering) -> Call:
        arguments = {
            "fs_conn_id": rendering.team.conn_id(self.connection),
            "filepath": self.path,
            **({"recursive": True} if self.recursive else {}),
            "deferrable": False,
        }
        return Call(
            "airflow.providers.standard.sensors.filesystem", "FileSensor", self.waiting(arguments)
        )
