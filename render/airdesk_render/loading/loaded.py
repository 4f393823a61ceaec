"""What Airflow made of rendered files: plain facts about DAGs, groups and tasks."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True)


class LoadedSql(_Fact):
    """SQL of a task as a run would send it; `connection` is Airflow's id, "" if none is named."""

    field: str
    sql: str
    connection: str


class TemplateProblem(_Fact):
    """A field whose Jinja cannot be filled in, and why."""

    field: str
    message: str


class LoadedTask(_Fact):
    """A task after Airflow's policies.

    Attributes:
        operator: bare class name. operator_class: its dotted path.
        group: full id of the group around it; "" at the top.
        mapped: arguments that are mapped over, sorted; True where they come as one from another
            task; False for a plain task.
        retry_delay, execution_timeout: seconds.
        connections: Airflow connection ids among its arguments, sorted.
        outlets: names of the assets it updates, sorted.
    """

    task_id: str
    group: str
    operator: str
    operator_class: str
    mapped: bool | tuple[str, ...]
    setup: bool
    teardown: bool
    upstream: tuple[str, ...]
    trigger_rule: str
    owner: str
    queue: str
    executor: str | None
    pool: str
    priority_weight: int
    retries: int
    retry_delay: float | None
    execution_timeout: float | None
    depends_on_past: bool
    connections: tuple[str, ...]
    image: str | None
    outlets: tuple[str, ...]
    sql: tuple[LoadedSql, ...]
    problems: tuple[TemplateProblem, ...]


class LoadedGroup(_Fact):
    """A task group; `upstream_tasks` and `upstream_groups` are what was set on the group itself."""

    group_id: str
    parent: str
    tooltip: str
    mapped: bool
    upstream_groups: tuple[str, ...]
    upstream_tasks: tuple[str, ...]


class LoadedDag(_Fact):
    """A DAG as Airflow sees it.

    Attributes:
        file: path in the folder that was loaded.
        schedule: cron, "manual", "assets", or what the timetable says of itself.
        assets: what it waits for: a name, `{"all": […]}` or `{"any": […]}`; None without assets.
        problems: sentences about what Airflow cannot do with it.
    """

    dag_id: str
    file: str
    access_control: dict[str, dict[str, tuple[str, ...]]]
    schedule: str
    timezone: str
    assets: Any
    start_date: str | None
    end_date: str | None
    catchup: bool
    max_active_runs: int
    max_active_tasks: int
    dagrun_timeout: float | None
    tags: tuple[str, ...]
    params: tuple[str, ...]
    groups: tuple[LoadedGroup, ...]
    tasks: tuple[LoadedTask, ...]
    problems: tuple[str, ...]


class LoadedFile(_Fact):
    """A file and its DAGs; `error` is Airflow's text where it could not be imported."""

    file: str
    error: str | None
    dags: tuple[LoadedDag, ...]


class Loaded(_Fact):
    """What Airflow made of a folder. Paths are relative to it.

    Attributes:
        policies: whether Airdesk's cluster policies had their say.
    """

    airflow: str
    policies: bool
    files: tuple[LoadedFile, ...]

    @property
    def dags(self) -> tuple[LoadedDag, ...]:
        """All DAGs, by file and then by id."""
        return tuple(dag for file in self.files for dag in file.dags)

    @property
    def import_errors(self) -> dict[str, str]:
        return {file.file: file.error for file in self.files if file.error is not None}
