"""What every managed operator has: shared fields and a mapping to Airflow's operators."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from airdesk_render.expressions import Code
from airdesk_render.names import CONNECTION_NAME_PATTERN, Team

TASK_ID_PATTERN = r"^[a-z](?:[a-z0-9_]{0,98}[a-z0-9])?$"
DURATION_PATTERN = r"^[1-9][0-9]{0,4}[smh]$"
FILE_PATTERN = r"^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*/){0,5}[A-Za-z0-9_][A-Za-z0-9_-]{0,99}"

TaskId = Annotated[str, Field(pattern=TASK_ID_PATTERN)]
Connection = Annotated[
    str,
    Field(
        pattern=CONNECTION_NAME_PATTERN,
        description="Name of one of the team's connections, such as `warehouse`.",
        examples=["warehouse"],
    ),
]
Duration = Annotated[
    str,
    Field(pattern=DURATION_PATTERN, description="Seconds, minutes or hours: `90s`, `30m`, `2h`."),
]


def seconds_of(duration: str) -> int:
    """`90s`, `30m`, `2h` in seconds."""
    return int(duration[:-1]) * {"s": 1, "m": 60, "h": 3600}[duration[-1]]


@dataclass(frozen=True)
class Call:
    """One Airflow operator, ready to be written down.

    Attributes:
        module, name: where the class comes from.
        arguments: keyword arguments without those that policy forces; plain data, or
            `Code` and `Invoke`.
        helpers: names of the helper functions (`helpers.py`) that the file must hold.
        filters: Jinja filter name to helper function.
    """

    module: str
    name: str
    arguments: dict[str, Any]
    helpers: tuple[str, ...] = ()
    filters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rendering:
    """What an operator may know while it is mapped."""

    team: Team
    data_class: str

    def text_of(self, file: str) -> Code:
        """The expression that reads a file of the DAG; `file` was checked against FILE_PATTERN."""
        return Code(f'(FILES / "{published_name(file)}").read_text(encoding="utf-8")')


def published_name(file: str) -> str:
    """The name of a referenced file beside the DAG.

    Python files lose their ending there: Airflow's DAG processor would import them as DAG files.
    """
    return f"{file}.txt" if file.endswith(".py") else file


class ManagedOperator(BaseModel):
    """A task of a manifest. Subclasses fix `operator` to one name and version."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: ClassVar[str]
    summary: ClassVar[str]
    docs: ClassVar[str]
    kind: ClassVar[Literal["managed", "code"]] = "managed"
    templated: ClassVar[tuple[str, ...]] = ()
    """Fields in which Jinja is replaced when the task runs."""
    file_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that may name a file beside the manifest."""

    operator: str
    upstream: tuple[TaskId, ...] = Field(
        default=(),
        max_length=100,
        strict=False,
        description="Tasks that must have succeeded before this one starts.",
    )
    retries: int | None = Field(
        default=None, ge=0, description="How often the task is tried again. Policy sets a limit."
    )
    execution_timeout: Duration | None = Field(
        default=None, description="After this time the task fails: `90s`, `30m`, `2h`."
    )

    @classmethod
    def key(cls) -> str:
        """Name and version, as a manifest gives them: `sql_query@1`."""
        return str(cls.model_fields["operator"].annotation.__args__[0])  # type: ignore[union-attr]  # a Literal

    @classmethod
    def name(cls) -> str:
        return cls.key().partition("@")[0]

    @classmethod
    def version(cls) -> int:
        return int(cls.key().partition("@")[2])

    def files(self) -> tuple[str, ...]:
        """Files beside the manifest that this task needs."""
        return ()

    def connection_names(self) -> tuple[str, ...]:
        """Connections of the team that this task uses."""
        return ()

    def call(self, rendering: Rendering) -> Call:
        """The Airflow operator this task becomes."""
        raise NotImplementedError
