"""A command on a machine of its own, by SSH."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.expressions import Code
from airdesk_render.operators.base import (
    FILE_PATTERN,
    Call,
    Connection,
    Duration,
    ManagedOperator,
    Rendering,
    seconds_of,
)
from airdesk_render.operators.words import unlike_file

ScriptFile = Annotated[str, Field(pattern=FILE_PATTERN + r"\.(?:sh|bash)$")]
_ENDINGS = (".sh", ".bash", ".csh", ".zsh", ".dash", ".ksh")


class SshCommand(ManagedOperator):
    """Runs a command or a script on the host of a connection."""

    title: ClassVar[str] = "SSH command"
    summary: ClassVar[str] = "Run a command or a script on a bare-metal machine."
    docs: ClassVar[str] = (
        "Runs a command on the machine of a connection, as the user it names. Give `command`, or "
        "`file` with a `.sh` script beside the manifest. Host, user and key belong to the "
        "connection. An exit code other than 0 fails the task, 99 marks it as skipped. Its output "
        "goes to the log, so with pii print no rows."
    )
    category: ClassVar[str] = "Code"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.ssh.operators.ssh.SSHOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("command", "file")
    file_fields: ClassVar[tuple[str, ...]] = ("file",)
    mappable: ClassVar[Mapping[str, str]] = {"command": "command"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"connection": "etl_host", "command": "/opt/etl/run.sh --day {{ ds }}", "limit": "1h"},
    )

    operator: Literal["ssh_command@1"]
    connection: Connection
    command: str | None = Field(
        default=None, min_length=1, max_length=50_000, description="What the machine's shell runs."
    )
    file: ScriptFile | None = Field(
        default=None, description="Path of a script beside the manifest, such as `scripts/load.sh`."
    )
    limit: Duration = Field(
        default="10m", description="How long the command may take before it is given up."
    )

    @model_validator(mode="after")
    def _one_of(self) -> SshCommand:
        if (self.command is None) == (self.file is None):
            raise PydanticCustomError("one_of", "Give either command or file, and not both.")
        return self

    def files(self) -> tuple[str, ...]:
        return (self.file,) if self.file else ()

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def call(self, rendering: Rendering) -> Call:
        command: str | Code = unlike_file(self.command or "", _ENDINGS)
        if self.file is not None:
            command = rendering.text_of(self.file)
        return Call(
            module="airflow.providers.ssh.operators.ssh",
            name="SSHOperator",
            arguments={
                "ssh_conn_id": rendering.team.conn_id(self.connection),
                "command": command,
                "cmd_timeout": seconds_of(self.limit),
                "skip_on_exit_code": 99,
                "do_xcom_push": False,
            },
        )
