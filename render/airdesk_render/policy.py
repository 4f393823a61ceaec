"""The platform's rules as data: what is forced, limited and forbidden."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from airdesk_render.names import Team
from airdesk_render.operators.base import Duration, ManagedOperator, seconds_of
from airdesk_render.reading import read

TeamTemplate = Annotated[str, Field(pattern=r"^(?:\{team\}|[A-Za-z0-9_. -])+$")]


class PolicyError(ValueError):
    """The policy cannot be used; the text says where and why."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Retries(_Data):
    default: int = Field(ge=0)
    limit: int = Field(ge=0)
    delay: Duration


class ExecutionTimeout(_Data):
    default: Duration
    limit: Duration


class Queues(_Data):
    managed: TeamTemplate
    code: TeamTemplate


class Policy(_Data):
    """One rule set for form, pipeline and Airflow.

    Attributes:
        format: version of this file's own shape (`version` in YAML).
        owner, queues, access_control: templates in which `{team}` stands for the team's name.
        forbidden_options: Airflow option to the sentence that says who sets it.
    """

    format: Literal[1] = Field(alias="version")
    owner: TeamTemplate
    access_control: dict[TeamTemplate, dict[str, tuple[str, ...]]]
    max_active_runs: int = Field(ge=1)
    retries: Retries
    execution_timeout: ExecutionTimeout
    queues: Queues
    data_classes: tuple[str, ...]
    operators: tuple[str, ...]
    shortest_interval: Duration
    max_tasks: int = Field(ge=1)
    forbidden_options: dict[str, str]

    @property
    def version(self) -> str:
        """Short hash of the rules; the same rules have the same version everywhere."""
        return _version(self)

    def owner_of(self, team: Team) -> str:
        return _filled(self.owner, team)

    def access_control_of(self, team: Team) -> dict[str, dict[str, list[str]]]:
        """Airflow role to resource to sorted actions."""
        return {
            _filled(role, team): {resource: sorted(actions) for resource, actions in rights.items()}
            for role, rights in self.access_control.items()
        }

    def queue_of(self, team: Team, operator: type[ManagedOperator]) -> str:
        return self.queue_of_kind(team, operator.kind)

    def queue_of_kind(self, team: Team, kind: Literal["managed", "code"]) -> str:
        return _filled(self.queues.code if kind == "code" else self.queues.managed, team)

    def retries_of(self, task: ManagedOperator | None) -> int:
        """Retries of a task, or of one that says nothing about them."""
        chosen = task.retries if task is not None else None
        wanted = self.retries.default if chosen is None else chosen
        return min(wanted, self.retries.limit)

    def retry_delay(self) -> int:
        """Seconds between two tries of a task."""
        return seconds_of(self.retries.delay)

    def timeout_of(self, task: ManagedOperator | None) -> int:
        """Seconds after which a task fails, or one that says nothing about it."""
        chosen = task.execution_timeout if task is not None else None
        wanted = chosen or self.execution_timeout.default
        return min(seconds_of(wanted), seconds_of(self.execution_timeout.limit))


def _filled(template: str, team: Team) -> str:
    return template.replace("{team}", team.name)


@lru_cache(maxsize=32)
def _hash(canonical: str) -> str:
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _version(policy: Policy) -> str:
    return _hash(json.dumps(policy.model_dump(mode="json"), sort_keys=True))


def load_policy(text: str) -> Policy:
    """Read a policy from YAML.

    Raises:
        PolicyError: it is no YAML, or not a policy.
    """
    document = read(text)
    if document.problems:
        first = document.problems[0]
        raise PolicyError(f"policy, line {first.line}: {first.message}")
    try:
        return Policy.model_validate(document.data)
    except ValidationError as error:
        first_error = error.errors()[0]
        place = ".".join(str(part) for part in first_error["loc"])
        raise PolicyError(f"policy, {place or 'whole file'}: {first_error['msg']}.") from None


@lru_cache(maxsize=1)
def default_policy() -> Policy:
    """The policy that comes with this package."""
    return load_policy(default_policy_text())


def default_policy_text() -> str:
    """Text of the policy that comes with this package, comments included."""
    return resources.files("airdesk_render").joinpath("policy.yaml").read_text(encoding="utf-8")
