"""A message in a Slack channel, sent by the app for reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from airdesk_render.operators.base import (
    Call,
    Connection,
    ManagedOperator,
    Rendering,
    TaskReference,
)

CHANNEL_PATTERN = r"^(?:#[a-z0-9_-]{1,80}|[CG][A-Z0-9_]{2,20})$"
MAX_TEXT = 3_000


class SlackMessage(ManagedOperator):
    """A text, and the first rows of a query as a table if wanted."""

    title: ClassVar[str] = "Slack message"
    summary: ClassVar[str] = "Post a message, with a query's first rows if you like."
    docs: ClassVar[str] = (
        "Posts to a channel to which the reports app was invited. `rows_from` names a sql_query "
        "task; its first rows follow the text as a table. Jinja is replaced in the text."
    )
    category: ClassVar[str] = "Messages"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.slack.operators.slack.SlackAPIPostOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("text",)
    mappable: ClassVar[Mapping[str, str]] = {"channel": "channel", "text": "text"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"channel": "#growth-data", "text": "Delays of {{ ds }} are in."},
    )

    operator: Literal["slack_message@1"]
    connection: Connection = "slack"
    channel: str = Field(
        pattern=CHANNEL_PATTERN,
        description="`#name` of a channel, or its id.",
        examples=["#growth-data"],
    )
    text: str = Field(
        min_length=1, max_length=MAX_TEXT, description="The message, in Slack's mrkdwn."
    )
    rows_from: TaskReference | None = Field(
        default=None, description="A task with rows, such as sql_query; they follow the text."
    )

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def task_references(self) -> Mapping[str, tuple[str, ...]]:
        return {"rows_from": (self.rows_from,)} if self.rows_from else {}

    def leaks(self) -> Mapping[str, str]:
        why = "Rows of a pii DAG do not appear in messages. Leave rows_from out."
        return {"rows_from": why} if self.rows_from else {}

    def call(self, rendering: Rendering) -> Call:
        text = self.text
        if self.rows_from is not None:
            source = rendering.task_id(self.rows_from)
            rows = f"{{{{ ti.xcom_pull(task_ids='{source}') | slack_table }}}}"
            text = f"{text.rstrip()}\n{rows}"
        return Call(
            module="airflow.providers.slack.operators.slack",
            name="SlackAPIPostOperator",
            arguments={
                "slack_conn_id": rendering.team.conn_id(self.connection),
                "channel": self.channel,
                "text": text,
            },
            helpers=("slack_table",) if self.rows_from else (),
            filters={"slack_table": "slack_table"} if self.rows_from else {},
        )
