"""A message by e-mail, sent through the mail server of a connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from airdesk_render.operators.base import (
    Call,
    Connection,
    ManagedOperator,
    Rendering,
    TaskReference,
)
from airdesk_render.operators.words import unlike_file

# Airflow takes a text that ends with .html for a file, so no address may.
Address = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}$",
        description="One address.",
        examples=["team@corp.example"],
    ),
]


class Email(ManagedOperator):
    """A text, and the first rows of a query as a table if wanted."""

    title: ClassVar[str] = "E-mail"
    summary: ClassVar[str] = "Send an e-mail, with a query's first rows if you like."
    docs: ClassVar[str] = (
        "Sends one message through the mail server of a connection, which also says the sender. "
        "`body` is HTML; plain text will do. `rows_from` names a task with rows, such as "
        "sql_query; they follow as a table, but not with pii. Nothing can be attached: send a "
        "link instead."
    )
    category: ClassVar[str] = "Messages"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.smtp.operators.smtp.EmailOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("subject", "body")
    mappable: ClassVar[Mapping[str, str]] = {"to": "to", "subject": "subject"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "to": ["sales@corp.example"],
            "subject": "Orders of {{ ds }}",
            "body": "<p>Yesterday's orders are in.</p>",
        },
    )

    operator: Literal["email@1"]
    connection: Connection = "mail"
    to: tuple[Address, ...] = Field(
        min_length=1, max_length=50, strict=False, description="Who gets it."
    )
    cc: tuple[Address, ...] = Field(
        default=(), max_length=50, strict=False, description="Who gets a copy."
    )
    subject: str = Field(
        min_length=1, max_length=200, pattern=r"^[^\r\n]+$", description="What it is about."
    )
    body: str = Field(min_length=1, max_length=50_000, description="The message, as HTML.")
    rows_from: TaskReference | None = Field(
        default=None, description="A task with rows, such as sql_query; they follow the body."
    )

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def task_references(self) -> Mapping[str, tuple[str, ...]]:
        return {"rows_from": (self.rows_from,)} if self.rows_from else {}

    def leaks(self) -> Mapping[str, str]:
        why = "Rows of a pii DAG do not appear in messages. Leave rows_from out."
        return {"rows_from": why} if self.rows_from else {}

    def call(self, rendering: Rendering) -> Call:
        body = unlike_file(self.body, (".html",))
        if self.rows_from is not None:
            source = rendering.task_id(self.rows_from)
            rows = f"{{{{ ti.xcom_pull(task_ids='{source}') | html_table }}}}"
            body = f"{body.rstrip()}\n{rows}\n"
        subject = f"{self.subject} " if self.subject.endswith(".html") else self.subject
        return Call(
            module="airflow.providers.smtp.operators.smtp",
            name="EmailOperator",
            arguments={
                "conn_id": rendering.team.conn_id(self.connection),
                "to": list(self.to),
                **({"cc": list(self.cc)} if self.cc else {}),
                "subject": subject,
                "html_content": body,
            },
            helpers=("html_table",) if self.rows_from else (),
            filters={"html_table": "html_table"} if self.rows_from else {},
        )
