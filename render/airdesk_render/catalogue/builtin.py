"""The operators that come with Airdesk, in the order people should see."""

from __future__ import annotations

from airdesk_render.operators.base import ManagedOperator
from airdesk_render.operators.code import Bash, PythonFunction
from airdesk_render.operators.http_request import HttpRequest
from airdesk_render.operators.slack_message import SlackMessage
from airdesk_render.operators.sql import SqlCheck, SqlQuery

BUILTIN: tuple[type[ManagedOperator], ...] = (
    SqlQuery,
    SqlCheck,
    Bash,
    PythonFunction,
    HttpRequest,
    SlackMessage,
)
