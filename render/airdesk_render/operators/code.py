"""The team's own code: bash and Python. It runs on the team's queue, away from others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.expressions import Code
from airdesk_render.operators.base import (
    FILE_PATTERN,
    Call,
    Kind,
    ManagedOperator,
    Rendering,
    Workload,
    published_name,
    shared_name,
)
from airdesk_render.operators.words import unlike_file

CONTEXT_NAMES = frozenset(
    (
        *("asset_state_store", "conn", "dag", "dag_run", "data_interval_end"),
        *("data_interval_start", "ds", "ds_nodash", "exception", "expanded_ti_count"),
        *("inlet_events", "inlets", "logical_date", "macros", "map_index_template"),
        *("outlet_events", "outlets", "params", "partition_date", "partition_key"),
        *("prev_data_interval_end_success", "prev_data_interval_start_success"),
        *("prev_end_date_success", "prev_start_date_success", "reason", "run_id", "task"),
        *("task_instance", "task_instance_key_str", "task_reschedule_count"),
        *("task_state_store", "templates_dict", "test_mode", "ti", "triggering_asset_events"),
        *("try_number", "ts", "ts_nodash", "ts_nodash_with_tz", "var"),
    )
)
"""What a function may name of Airflow's context, beside its own arguments."""
ScriptFile = Annotated[str, Field(pattern=FILE_PATTERN + r"\.(?:sh|bash)$")]
PythonFile = Annotated[str, Field(pattern=FILE_PATTERN + r"\.py$")]


class Bash(ManagedOperator):
    """A command or a script."""

    title: ClassVar[str] = "Bash"
    summary: ClassVar[str] = "Run a shell command or a script."
    docs: ClassVar[str] = (
        "Runs bash on the team's own queue. Give `command`, or `file` with a `.sh` script beside "
        "the manifest. Jinja is replaced in both; exit code 99 marks the task as skipped."
    )
    category: ClassVar[str] = "Code"
    kind: ClassVar[Kind] = "code"
    workload: ClassVar[Workload] = "code"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.standard.operators.bash.BashOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("command", "file")
    file_fields: ClassVar[tuple[str, ...]] = ("file",)
    mappable: ClassVar[Mapping[str, str]] = {"command": "bash_command"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"command": 'set -eu\necho "loading {{ ds }}"\n'},
        {"file": "scripts/load.sh"},
    )

    operator: Literal["bash@1"]
    command: str | None = Field(
        default=None, min_length=1, max_length=50_000, description="What bash shall run."
    )
    file: ScriptFile | None = Field(
        default=None, description="Path of a script beside the manifest, such as `scripts/load.sh`."
    )

    @model_validator(mode="after")
    def _one_of(self) -> Bash:
        if (self.command is None) == (self.file is None):
            raise PydanticCustomError("one_of", "Give either command or file, and not both.")
        return self

    def files(self) -> tuple[str, ...]:
        return (self.file,) if self.file else ()

    def call(self, rendering: Rendering) -> Call:
        command: str | Code
        if self.file is not None:
            command = rendering.text_of(self.file)
        else:
            command = self.command or ""
            # Airflow takes a command that ends with .sh for the name of a template file.
            command = unlike_file(command, (".sh", ".bash"))
        return Call(
            module="airflow.providers.standard.operators.bash",
            name="BashOperator",
            arguments={"bash_command": command},
        )


class PythonFunction(ManagedOperator):
    """A function of a Python file beside the manifest, or of the shared operator repository."""

    title: ClassVar[str] = "Python function"
    summary: ClassVar[str] = "Call a function of your own Python file, or of a shared one."
    docs: ClassVar[str] = (
        "Calls one function with keyword arguments, on the team's own queue. What it returns goes "
        "to XCom, so it must be JSON. Jinja is replaced in the arguments. A parameter named like a "
        "value of Airflow's context, such as `ds` or `run_id`, gets that value. With "
        "`shared: true` the file is one of the shared operator repository, such as "
        "`python/geocode.py`, and travels with the DAG."
    )
    category: ClassVar[str] = "Code"
    kind: ClassVar[Kind] = "code"
    workload: ClassVar[Workload] = "code"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.standard.operators.python.PythonOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("arguments",)
    file_fields: ClassVar[tuple[str, ...]] = ("file",)
    mappable: ClassVar[Mapping[str, str]] = {"arguments": "op_kwargs"}
    mappable_at_run: ClassVar[frozenset[str]] = frozenset(("arguments",))
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"file": "py/score.py", "function": "score", "arguments": {"day": "{{ ds }}"}},
        {
            "file": "python/geocode.py",
            "shared": True,
            "function": "locate",
            "expand": {"arguments": [{"region": "north"}, {"region": "south"}]},
        },
    )

    operator: Literal["python_function@1"]
    file: PythonFile = Field(
        description="Path of the Python file, such as `py/score.py`.", examples=["py/score.py"]
    )
    shared: bool = Field(
        default=False, description="Whether the file is one of the shared operator repository."
    )
    function: str = Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_]{0,99}$", description="Name of the function in that file."
    )
    arguments: dict[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,99}$")], JsonValue] = (
        Field(default_factory=dict, max_length=50, description="Keyword arguments.")
    )

    def files(self) -> tuple[str, ...]:
        return () if self.shared else (self.file,)

    def shared_files(self) -> tuple[str, ...]:
        return (self.file,) if self.shared else ()

    def call(self, rendering: Rendering) -> Call:
        name = shared_name(self.file) if self.shared else published_name(self.file)
        return Call(
            module="airflow.providers.standard.operators.python",
            name="PythonOperator",
            arguments={
                "python_callable": Code("call_function"),
                "op_args": [name, self.function],
                "op_kwargs": self.arguments,
                **({"show_return_value_in_logs": False} if rendering.pii else {}),
            },
            helpers=("call_function",),
        )
