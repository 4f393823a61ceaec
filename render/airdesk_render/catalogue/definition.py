"""An operator of the shared operator repository: a few lines of YAML over an Airflow operator."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated, Literal, LiteralString

from pydantic import Field, JsonValue, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError, SchemaError

from airdesk_render.language.base import Shape
from airdesk_render.operators.base import Kind, ManagedOperator, Workload

KEY_PATTERN = r"^[a-z][a-z0-9_]{0,49}@[1-9][0-9]{0,2}$"
CLASS_PATTERN = (
    r"^(?:[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*){1,12}"
    r"|python/[A-Za-z0-9_][A-Za-z0-9_-]{0,99}\.py:[A-Za-z_][A-Za-z0-9_]{0,99})$"
)
Category = Literal[
    "SQL", "Code", "Files", "Messages", "Flow", "Wait", "Big data", "Services", "Other"
]
FieldType = Literal[
    "string",
    "integer",
    "number",
    "boolean",
    "strings",
    "mapping",
    "connection",
    "duration",
    "sql",
    "file",
]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
Argument = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,99}$")]
Plain = str | int | float | bool

REDIRECTING = re.compile(
    r"(?:^|_)(?:host|hostname|base_url|proxy|proxies|extra|extras|extra_options|headers|auth"
    r"|auth_type|hook_params|request_kwargs|env|env_vars|env_from|secrets|verify|endpoint_url"
    r"|config_file|login|password|token|key_file|keytab|principal|botocore_config"
    r"|client_kwargs|session_kwargs|config_kwargs|conn_kwargs|connection_kwargs)$"
)
"""Arguments that could send a credential elsewhere: no field may stand for one."""
_PLATFORM = frozenset(
    (
        *(
            "task_id",
            "owner",
            "queue",
            "executor",
            "executor_config",
            "pool",
            "pool_slots",
            "retries",
        ),
        *("retry_delay", "execution_timeout", "run_as_user", "dag", "task_group", "default_args"),
        *("trigger_rule", "on_failure_callback", "on_success_callback", "on_retry_callback"),
        *("on_execute_callback", "on_skipped_callback", "pre_execute", "post_execute", "outlets"),
        *("inlets", "params", "deferrable"),
    )
)
"""Arguments that the platform, or fields of every task, have in hand."""
_WAITING = frozenset(("mode", "poke_interval", "timeout", "soft_fail"))
"""And those of every sensor."""
_SAFE_WHEN_FIXED = frozenset(("deferrable", "trigger_rule"))
_NUMBERS = ("integer", "number")
_TEXTS = ("string", "strings")


class FieldDefinition(Shape):
    """One field that an author of manifests may set."""

    type: FieldType = Field(
        default="string",
        description="What it holds: a connection's name, SQL (or a .sql file), a file beside the "
        "manifest whose text is passed on, a duration such as 30m (passed on in seconds) …",
    )
    description: str = Field(min_length=1, max_length=500, description="What it is for.")
    argument: Argument | None = Field(
        default=None, description="The operator's argument; called like the field if not given."
    )
    default: JsonValue = Field(
        default=None, description="What it is if not said; without a default it must be said."
    )
    optional: bool = Field(
        default=False, description="Whether it may be left out; then Airflow's own default holds."
    )
    example: JsonValue = Field(default=None, description="A value, for the docs and the form.")
    choices: tuple[Plain, ...] | None = Field(
        default=None, min_length=1, max_length=50, strict=False, description="All values allowed."
    )
    minimum: int | float | None = Field(default=None, description="Smallest number allowed.")
    maximum: int | float | None = Field(default=None, description="Largest number allowed.")
    max_length: int | None = Field(default=None, ge=1, description="Most characters or items.")
    pattern: str | None = Field(
        default=None, max_length=200, description="Regular expression the whole text must match."
    )
    ending: str | None = Field(
        default=None, pattern=r"^\.[a-z0-9]{1,10}$", description="A file's ending, such as .json."
    )
    writes: bool = Field(default=False, description="Whether the SQL may change data.")
    templated: bool = Field(
        default=False, description="Whether Airflow replaces Jinja in that argument."
    )
    mapped: Literal["no", "lists", "outputs"] = Field(
        default="no",
        description="Whether `expand` may give lists for it, or also what another task returned.",
    )

    @model_validator(mode="after")
    def _fits(self) -> FieldDefinition:
        limits = (
            ("minimum or maximum", (self.minimum, self.maximum), _NUMBERS),
            ("max_length", (self.max_length,), (*_TEXTS, "mapping", "sql")),
            ("pattern", (self.pattern,), _TEXTS),
            ("choices", (self.choices,), ("string", "integer", "number")),
            ("ending", (self.ending,), ("file",)),
            ("writes", (self.writes or None,), ("sql",)),
        )
        for name, values, types in limits:
            if any(value is not None for value in values) and self.type not in types:
                raise _wrong("field_limits", f"A field of type {self.type} has no {name}.")
        if self.type == "file" and self.ending is None:
            raise _wrong("field_ending", "Say how the file's name ends: ending: .json.")
        if self.type in ("connection", "sql", "file") and self.mapped == "outputs":
            raise _wrong("field_mapped", "Connections, SQL and files must be known beforehand.")
        if self.pattern is not None:
            self._check_pattern(self.pattern)
        return self

    def _check_pattern(self, pattern: str) -> None:
        # Pydantic's own expressions take linear time; they know no lookaround.
        try:
            TypeAdapter(Annotated[str, Field(pattern=pattern)])
        except SchemaError as error:
            words = " ".join(str(error).split())[-200:].rstrip(".")
            raise _wrong("field_pattern", f"This pattern cannot be used: {words}.") from None

    @property
    def required(self) -> bool:
        return self.default is None and not self.optional


class OperatorDefinition(Shape):
    """A managed operator as `operators/<name>.operator.yaml` of the shared repository has it."""

    version: Literal[1] = Field(description="Version of the format.")
    operator: str = Field(
        pattern=KEY_PATTERN,
        description="Name and version, as manifests say them. A change that would break a "
        "manifest is a new version, in a file of its own; the old one stays.",
        examples=["geocode@1"],
    )
    title: str = Field(min_length=1, max_length=60, description="What palettes call it.")
    summary: str = Field(min_length=1, max_length=200, description="What it does, in a sentence.")
    docs: str = Field(default="", max_length=5_000, description="More about it, in Markdown.")
    category: Category = Field(default="Other", description="Where palettes show it.")
    airflow: str = Field(
        pattern=CLASS_PATTERN,
        max_length=300,
        description="Dotted path of an Airflow operator, or python/file.py:Class of this "
        "repository.",
        examples=["airflow.providers.http.operators.http.HttpOperator"],
    )
    kind: Kind | None = Field(
        default=None,
        description="managed, or code where it runs what a team wrote. Classes of this repository "
        "are code unless said otherwise.",
    )
    workload: Workload | None = Field(default=None, description="What policy chooses the queue by.")
    sensor: bool = Field(
        default=False, description="Whether it waits; it then reschedules and has a timeout."
    )
    fields: dict[FieldName, FieldDefinition] = Field(
        default_factory=dict, max_length=50, description="What an author may set."
    )
    fixed: dict[Argument, JsonValue] = Field(
        default_factory=dict, max_length=50, description="Arguments that are always the same."
    )

    @model_validator(mode="after")
    def _fits(self) -> OperatorDefinition:
        taken = platform_arguments(sensor=self.sensor)
        arguments = [one.argument or name for name, one in self.fields.items()]
        for name, argument in zip(self.fields, arguments, strict=True):
            self._check_field(name, argument, taken)
        for argument in self.fixed:
            if argument in taken - _SAFE_WHEN_FIXED:
                raise _wrong("field_platform", f"{argument!r} is set by the platform.")
        counted = Counter((*arguments, *self.fixed))
        if double := [name for name, count in counted.items() if count > 1]:
            raise _wrong("field_twice", f"{double[0]!r} is given twice.")
        connected = any(one.type == "connection" for one in self.fields.values())
        if connected and self.fixed.get("deferrable"):
            raise _wrong("field_deferrable", "With a connection an operator cannot be deferrable.")
        return self

    def _check_field(self, name: str, argument: str, taken: frozenset[str]) -> None:
        if is_reserved(name, sensor=self.sensor):
            raise _wrong("field_reserved", f"{name!r} means something else in every task.")
        if argument in taken:
            raise _wrong("field_platform", f"{argument!r} is set by the platform, not a field.")
        if REDIRECTING.search(argument) and self.fields[name].type != "connection":
            raise _wrong(
                "field_redirects",
                f"{argument!r} could send a credential elsewhere. Set it under fixed, or leave it "
                "to the connection.",
            )

    @property
    def shared_file(self) -> str | None:
        """The file of this repository that holds the class; `None` for one of Airflow's."""
        return self.airflow.partition(":")[0] if ":" in self.airflow else None

    @property
    def class_name(self) -> str:
        return re.split(r"[.:]", self.airflow)[-1]

    @property
    def module(self) -> str:
        """Module of the class; empty for one of this repository."""
        return "" if self.shared_file else self.airflow.rpartition(".")[0]


_RESERVED = frozenset((*dir(ManagedOperator), *ManagedOperator.model_fields))


def is_reserved(name: str, *, sensor: bool) -> bool:
    """Whether a field may not be called so, since every task has something of that name."""
    return name in _RESERVED or (sensor and name in _WAITING)


def platform_arguments(*, sensor: bool) -> frozenset[str]:
    """Arguments of an Airflow operator that are no field's."""
    return _PLATFORM | _WAITING if sensor else _PLATFORM


def _wrong(kind: LiteralString, sentence: str) -> PydanticCustomError:
    # The sentence may hold braces, which would be taken for a template.
    return PydanticCustomError(kind, "{sentence}", {"sentence": sentence})
