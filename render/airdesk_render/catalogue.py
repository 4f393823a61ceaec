"""All managed operators, by name and version."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from airdesk_render.operators.base import ManagedOperator
from airdesk_render.operators.code import Bash, PythonFunction
from airdesk_render.operators.http_request import HttpRequest
from airdesk_render.operators.slack_message import SlackMessage
from airdesk_render.operators.sql import SqlCheck, SqlQuery

Task = Annotated[
    SqlQuery | SqlCheck | Bash | PythonFunction | HttpRequest | SlackMessage,
    Field(discriminator="operator"),
]

_OPERATORS: Mapping[str, type[ManagedOperator]] = MappingProxyType(
    {
        operator.key(): operator
        for operator in (SqlQuery, SqlCheck, Bash, PythonFunction, HttpRequest, SlackMessage)
    }
)


def operators() -> Mapping[str, type[ManagedOperator]]:
    """`sql_query@1` and so on to the class that describes it, in the order people should see."""
    return _OPERATORS
