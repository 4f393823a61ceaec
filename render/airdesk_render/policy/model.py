"""The platform's rules as data: what is forced, limited and forbidden."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, JsonValue

from airdesk_render.names import Team
from airdesk_render.policy.approvals import Approvals
from airdesk_render.policy.exceptions import PolicyException
from airdesk_render.policy.facts import DagFacts
from airdesk_render.policy.globs import matches
from airdesk_render.policy.judging.judge import judge
from airdesk_render.policy.manifests import facts_of
from airdesk_render.policy.parts import Assignment, Glob, Queues, Rules
from airdesk_render.policy.risk import RiskRules
from airdesk_render.policy.settings import (
    DagSettings,
    Known,
    TaskSettings,
    dag_settings,
    task_settings,
)
from airdesk_render.policy.templates import filled, filled_in, merged
from airdesk_render.policy.values import Data, TeamTemplate
from airdesk_render.policy.violations import Violation

if TYPE_CHECKING:
    from airdesk_render.language.task import TaskOptions
    from airdesk_render.manifest import Manifest
    from airdesk_render.operators.base import ManagedOperator


class Policy(Data):
    """One rule set for form, pipeline and Airflow.

    Attributes:
        format: version of this file's own shape (`version` in YAML).
        teams: rules that differ for teams whose name a key matches; later ones count more. A list
            replaces the platform's, but `deny` adds to it.
    """

    format: Literal[1] = Field(alias="version", description="Version of this file's format.")
    owner: TeamTemplate = Field(description="Airflow's owner of every task.")
    tags: tuple[str, ...] = Field(
        description="Tags of every DAG; {team} and {data_class} are filled in. The data class must "
        "be among them: Airflow's policies know it from there."
    )
    access_control: dict[TeamTemplate, dict[str, tuple[str, ...]]] = Field(
        description="Airflow role to resource to actions, for every DAG."
    )
    data_classes: tuple[Literal["public", "internal", "pii"], ...] = Field(
        description="Data classes that the platform takes."
    )
    queues: Queues = Field(description="The queue of each task.")
    executors: Assignment = Field(
        default=Assignment(), description="The executor of each task; Airflow's own where not said."
    )
    rules: Rules = Field(description="Rules for everybody.")
    teams: dict[Glob, Rules] = Field(
        default_factory=dict, description="What is different for some teams."
    )
    forbidden_options: dict[str, str] = Field(
        description="Option that no manifest sets to the sentence that says who does. "
        "`bash@*:retries` means the option of one operator."
    )
    forced_arguments: dict[Glob, dict[str, JsonValue]] = Field(
        default_factory=dict,
        description="Class of an Airflow operator to arguments that are always so; null: never "
        "given. For what could send a connection's password elsewhere.",
    )
    risk: RiskRules | None = Field(
        default=None, description="How risky changes are; the built-in rules where not said."
    )
    approvals: Approvals = Field(
        default=Approvals(), description="Whose approvals a change needs, by its class of risk."
    )
    exceptions: tuple[PolicyException, ...] = Field(
        default=(), description="Leave to break a rule, each with an owner, a reason and an end."
    )

    @cached_property
    def version(self) -> str:
        """Short hash of the rules; the same rules have the same version everywhere."""
        # what a change is called and who nods to it changes no rendered file
        data = self.model_dump(mode="json", exclude={"risk", "approvals"})
        canonical = json.dumps(data, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]

    @cached_property
    def known_teams(self) -> dict[str, Rules]:
        """Rules of the teams that were asked for, by name; `of` fills it."""
        return {}

    @cached_property
    def known_settings(self) -> Known:
        """Settings of tasks that were asked for before."""
        return {}

    def of(self, team: Team) -> Rules:
        """The rules of a team: the platform's with what differs for it."""
        if (found := self.known_teams.get(team.name)) is None:
            plain: dict[str, Any] = self.rules.model_dump(exclude_unset=True)
            for pattern, other in self.teams.items():
                if matches(pattern, team.name):
                    plain = merged(plain, other.model_dump(exclude_unset=True))
            found = self.known_teams[team.name] = Rules.model_validate(filled_in(plain, team))
        return found

    @cached_property
    def forbidden_of_operators(self) -> dict[str, dict[str, str]]:
        """Field to pattern of operators to sentence: those of `forbidden_options` with a colon."""
        found: dict[str, dict[str, str]] = {}
        for key, sentence in self.forbidden_options.items():
            pattern, colon, field = key.partition(":")
            if colon:
                found.setdefault(field, {})[pattern] = sentence
        return found

    def owner_of(self, team: Team) -> str:
        return filled(self.owner, team)

    def access_control_of(self, team: Team) -> dict[str, dict[str, list[str]]]:
        """Airflow role to resource to sorted actions."""
        return {
            filled(role, team): {resource: sorted(actions) for resource, actions in rights.items()}
            for role, rights in self.access_control.items()
        }

    def tags_of(self, team: Team, data_class: str) -> tuple[str, ...]:
        """Tags that every DAG of the team with this data class has."""
        return tuple(filled(tag, team).replace("{data_class}", data_class) for tag in self.tags)

    def exceptions_of(self, team: Team, code: str) -> tuple[int | None, ...]:
        """Limits of all exceptions from a rule that may be the team's, whatever the day."""
        return tuple(
            one.most_as_number()
            for one in self.exceptions
            if code in one.rules and matches(one.team, team.name)
        )

    def forced_arguments_of(self, airflow_class: str) -> Mapping[str, JsonValue]:
        """Arguments of an Airflow operator (dotted path) that are always so."""
        found: dict[str, JsonValue] = {}
        for pattern, arguments in self.forced_arguments.items():
            if matches(pattern, airflow_class):
                found.update(arguments)
        return found

    def violations(
        self, team: Team, dag: Manifest | DagFacts, *, today: dt.date | None = None
    ) -> list[Violation]:
        """Everything the rules say about a DAG: errors, and exceptions in effect or expired.

        Args:
            today: the day by which exceptions count; the present day, UTC, where not said.
        """
        facts = dag if isinstance(dag, DagFacts) else facts_of(team, dag)
        return judge(self, facts, today or dt.datetime.now(dt.UTC).date())

    def task_settings(
        self,
        team: Team,
        data_class: str,
        task: ManagedOperator,
        default_args: TaskOptions | None = None,
    ) -> TaskSettings:
        """What a task's options will be: forced, limited, or as the author says."""
        return task_settings(self, team, data_class, task, default_args, self.known_settings)

    def dag_settings(self, team: Team, manifest: Manifest) -> DagSettings:
        """What a DAG's options will be: forced, limited, or as the author says."""
        return dag_settings(self, team, manifest, self.known_settings)
