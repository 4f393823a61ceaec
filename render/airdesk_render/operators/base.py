"""What every managed operator has: the common fields of a task and a mapping to Airflow's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from airdesk_render.expressions import Code
from airdesk_render.language.base import (
    DURATION_PATTERN,
    FILE_PATTERN,
    TASK_ID_PATTERN,
    Duration,
    TaskId,
    TaskReference,
    seconds_of,
)
from airdesk_render.language.task import TaskCommon
from airdesk_render.names import CONNECTION_NAME_PATTERN, Team

__all__ = [
    "DURATION_PATTERN",
    "FILE_PATTERN",
    "TASK_ID_PATTERN",
    "Call",
    "Connection",
    "Duration",
    "Kind",
    "ManagedOperator",
    "Rendering",
    "SqlUse",
    "TaskId",
    "TaskReference",
    "Workload",
    "given",
    "published_name",
    "seconds_of",
    "shared_name",
]

Connection = Annotated[
    str,
    Field(
        pattern=CONNECTION_NAME_PATTERN,
        description="Name of one of the team's connections, such as `warehouse`.",
        examples=["warehouse"],
    ),
]
Kind = Literal["managed", "code"]
Workload = Literal["normal", "code", "bigdata", "ml", "pod"]
Place = tuple[str | int, ...]
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Call:
    """One Airflow operator, ready to be written down.

    Attributes:
        module, name: where the class comes from; `module` may be empty for a class of the shared
            operator repository, whose file is then in `shared`.
        arguments: keyword arguments without those that policy forces; plain data, or
            `Code` and `Invoke`.
        helpers: names of the helper functions (`helpers.py`) that the file must hold.
        filters: Jinja filter name to helper function.
        shared: file of the catalogue that the DAG carries with it, such as `python/geocode.py`.
    """

    module: str
    name: str
    arguments: dict[str, Any]
    helpers: tuple[str, ...] = ()
    filters: dict[str, str] = field(default_factory=dict)
    shared: str | None = None


@dataclass(frozen=True)
class SqlUse:
    """What the SQL of a field may do, for those who check it.

    Attributes:
        connection: the field that names the connection it runs at, and so its dialect.
        dialect: where the operator knows only one. writes: whether it may change data.
        several: whether it may be more than one statement.
        shows_row: whether Airflow logs its first row, so that with pii it may only compare.
        condition: whether it is what follows WHERE, rather than a statement.
    """

    connection: str = "connection"
    dialect: str | None = None
    writes: bool = False
    several: bool = False
    shows_row: bool = False
    condition: bool = False


@dataclass(frozen=True)
class Rendering:
    """What an operator may know while it is mapped.

    Attributes:
        task_id: full Airflow task id of a task that the manifest names from here
            (`load` inside group `clean` gives `clean.load`).
        first_tasks: full ids of the tasks with which a task (itself) or a group begins.
    """

    team: Team
    data_class: str
    task_id: Callable[[str], str] = str
    first_tasks: Callable[[str], tuple[str, ...]] = lambda name: (name,)

    @property
    def pii(self) -> bool:
        return self.data_class == "pii"

    def dag_id(self, name: str) -> str:
        """Full id of a DAG of the own team that a task starts or waits for."""
        return self.team.dag_id(name)

    def text_of(self, file: str) -> Code:
        """The expression that reads a file of the DAG; `file` was checked against FILE_PATTERN."""
        return Code(f'(FILES / "{published_name(file)}").read_text(encoding="utf-8")')


def published_name(file: str) -> str:
    """The name of a referenced file beside the DAG.

    Python files lose their ending there: Airflow's DAG processor would import them as DAG files.
    """
    return f"{file}.txt" if file.endswith(".py") else file


def _texts(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, BaseModel):
        value = value.model_dump(by_alias=True, exclude_unset=True)
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield (*place, key), key
            yield from _texts(item, (*place, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, (*place, index))


def shared_name(file: str) -> str:
    """The name beside the DAG of a file from the shared operator repository."""
    return f"shared/{published_name(file)}"


def given(**arguments: Any) -> dict[str, Any]:
    """Those arguments that are not `None`."""
    return {name: value for name, value in arguments.items() if value is not None}


class ManagedOperator(TaskCommon):
    """A task of a manifest. Subclasses fix `operator` to one name and version."""

    # Most manifests need a few of the operators; the others' validators are never built.
    model_config = ConfigDict(defer_build=True)

    title: ClassVar[str]
    summary: ClassVar[str]
    docs: ClassVar[str]
    category: ClassVar[str] = "Other"
    """Where palettes show it: SQL, Code, Files, Messages, Flow, Wait, Big data, Services."""
    kind: ClassVar[Kind] = "managed"
    """`code` where the team's own free code runs; `managed` where only our words do."""
    workload: ClassVar[Workload] = "normal"
    """What policy chooses the queue by, beside the data class."""
    airflow_classes: ClassVar[tuple[str, ...]] = ()
    """Dotted paths of the Airflow operators it may become; Airflow's policies allow just these."""
    templated: ClassVar[tuple[str, ...]] = ()
    """Fields in which Jinja is replaced when the task runs."""
    file_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that may name a file beside the manifest."""
    sql_fields: ClassVar[Mapping[str, SqlUse]] = MappingProxyType({})
    """Fields that are SQL, or may name a file of it."""
    mappable: ClassVar[Mapping[str, str]] = _NOTHING
    """Fields that `expand` may list values for, to the argument of the Airflow operator."""
    mappable_at_run: ClassVar[frozenset[str]] = frozenset()
    """Those of `mappable` whose values may come from another task: none that is code, SQL,
    a path, or could redirect a credential."""
    has_rows: ClassVar[bool] = False
    """Whether its output is a query's first rows: columns, rows, total."""
    is_sensor: ClassVar[bool] = False
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = ()
    """Tasks as a manifest would say them, without `operator`; the first is what docs show."""

    operator: str

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

    def shared_files(self) -> tuple[str, ...]:
        """Files of the shared operator repository that this task needs: `python/geocode.py`."""
        return ()

    def connection_names(self) -> tuple[str, ...]:
        """Connections of the team that this task uses."""
        return ()

    def task_references(self) -> Mapping[str, tuple[str, ...]]:
        """Field to the tasks that it names beside `upstream`, such as a branch's ways."""
        return {}

    def images(self) -> tuple[str, ...]:
        """Container images that this task starts."""
        return ()

    def sql_texts(self) -> Iterator[tuple[Place, str, SqlUse]]:
        """Where SQL stands in this task, what stands there (or a file's name), what it may do."""
        for name, use in self.sql_fields.items():
            if isinstance(text := getattr(self, name), str):
                yield (name,), text, use

    def templated_texts(self) -> Iterator[tuple[Place, str]]:
        """Where text stands in this task that Airflow takes for Jinja, and the text."""
        for name in self.templated:
            yield from _texts(getattr(self, name), (name,))

    def leaks(self) -> Mapping[str, str]:
        """Field to the sentence that says why a pii DAG must not have it: rows would show."""
        return {}

    def call(self, rendering: Rendering) -> Call:
        """The Airflow operator this task becomes."""
        raise NotImplementedError
