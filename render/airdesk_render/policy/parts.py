"""The parts of which policy is made, for everybody and again for single teams."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from airdesk_render.language.base import Duration
from airdesk_render.operators.base import Workload
from airdesk_render.policy.hours import HOURS_PATTERN
from airdesk_render.policy.values import Amount, Choice, Data, Flag, TeamTemplate, Time

Glob = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="A name in which * stands for any text, ? for one character and {team} for the "
        "team's name.",
    ),
]


class Names(Data):
    """Names that a team may use; what `deny` matches stays denied whatever `allow` says."""

    allow: tuple[Glob, ...] = Field(default=(), description="Names that may be used.")
    deny: tuple[Glob, ...] = Field(default=(), description="Names that may not, allowed or not.")


class Use(Data):
    """What a team may name in its manifests. What no list allows is denied."""

    operators: Names = Field(default=Names(), description="Managed operators, as sql_query@1.")
    connections: Names = Field(default=Names(), description="The team's own connections.")
    queues: Names = Field(
        default=Names(), description="Queues an author may choose for managed operators."
    )
    code_queues: Names = Field(
        default=Names(), description="Queues an author may choose for the team's own code."
    )
    pools: Names = Field(default=Names(), description="Airflow's pools.")
    executors: Names = Field(default=Names(), description="Executors an author may choose.")
    images: Names = Field(default=Names(), description="Container images.")


class TaskRules(Data):
    """Options of tasks. What an option leaves out is the author's choice."""

    retries: Amount = Amount()
    retry_delay: Time = Time()
    retry_exponential_backoff: Flag = Flag()
    max_retry_delay: Time = Time()
    execution_timeout: Time = Time()
    depends_on_past: Flag = Flag()
    wait_for_downstream: Flag = Flag()
    trigger_rule: Choice = Choice()
    pool: Choice = Choice()
    pool_slots: Amount = Amount()
    priority_weight: Amount = Amount()
    weight_rule: Choice = Choice()
    max_active_tis_per_dagrun: Amount = Amount()


class Catchup(Data):
    """Whether missed runs are made up for, and how many that can be."""

    default: bool = Field(default=False, description="Where an author says nothing.")
    force: bool | None = Field(default=None, description="What it is, whoever says otherwise.")
    earliest: str | None = Field(
        default=None,
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        description="The earliest start_date of a DAG that catches up.",
    )
    shortest_interval: Duration | None = Field(
        default=None, description="The shortest interval of a DAG that catches up."
    )

    def chosen(self, stated: bool | None) -> bool:
        if self.force is not None:
            return self.force
        return self.default if stated is None else stated


class Hours(Data):
    """Times of day at which scheduled runs may begin."""

    allow: tuple[Annotated[str, Field(pattern=HOURS_PATTERN)], ...] = Field(
        default=("00:00-24:00",), min_length=1, description="Ranges as 06:00-22:00; the end is out."
    )
    timezone: str = Field(default="UTC", description="Whose clock they are read from.")


class DagRules(Data):
    """Options of whole DAGs, and how large and how frequent they may be."""

    max_active_runs: Amount = Amount()
    max_active_tasks: Amount = Amount()
    dagrun_timeout: Time = Time()
    catchup: Catchup = Catchup()
    most_tasks: int | None = Field(default=None, ge=1, description="Most tasks of a DAG.")
    most_mapped: int | None = Field(
        default=None, ge=1, description="Most instances of a task that `expand` lists."
    )
    shortest_interval: Duration | None = Field(
        default=None, description="The shortest time between two scheduled runs."
    )
    hours: Hours = Field(default=Hours(), description="When scheduled runs may begin.")


class Pattern(Data):
    """What a name must look like."""

    pattern: str = Field(max_length=300, description="Regular expression for the whole name.")
    say: str = Field(description="The rule as a sentence for people.")

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise PydanticCustomError(
                "policy_pattern", "This is no regular expression: {why}.", {"why": str(error)}
            ) from None
        return value


class Naming(Data):
    """How things are named."""

    dag_id: Pattern | None = Field(default=None, description="Names of DAGs, without the team.")
    task_id: Pattern | None = Field(default=None, description="Names of tasks and groups.")
    tags: Names = Field(default=Names(allow=("*",)), description="Tags that a manifest may say.")
    tags_required: tuple[Glob, ...] = Field(
        default=(), description="For each of these, some tag of the manifest must match."
    )


class Rules(Data):
    """What may be different from team to team."""

    use: Use = Field(default=Use(), description="What may be named.")
    tasks: TaskRules = Field(default=TaskRules(), description="Options of tasks.")
    dags: DagRules = Field(default=DagRules(), description="Options and limits of DAGs.")
    naming: Naming = Field(default=Naming(), description="How things are named.")


class Assignment(Data):
    """What policy chooses for a task. The first answer counts: operator, workload, default."""

    operator: dict[Glob, TeamTemplate] = Field(
        default_factory=dict, description="By managed operator, as `spark_submit@*: spark`."
    )
    workload: dict[Workload, TeamTemplate] = Field(
        default_factory=dict, description="By what the operator does."
    )
    default: TeamTemplate | None = Field(default=None, description="For all others.")


class Queues(Assignment):
    """The queue of each task. The data class comes first, and nothing overrides it."""

    data_class: dict[str, TeamTemplate] = Field(
        description="By data class, before anything else; no team and no exception changes it."
    )
    default: TeamTemplate = Field(description="For all others.")


__all__ = [
    "Assignment",
    "Catchup",
    "DagRules",
    "Hours",
    "Names",
    "Naming",
    "Pattern",
    "Queues",
    "Rules",
    "TaskRules",
    "TeamTemplate",
    "Use",
]
