"""Calls of an HTTP service that a connection names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, JsonValue, field_validator
from pydantic_core import PydanticCustomError

from airdesk_render.operators.base import Call, Connection, ManagedOperator, Rendering


class HttpRequest(ManagedOperator):
    """One request; the response's text goes to XCom."""

    title: ClassVar[str] = "HTTP request"
    summary: ClassVar[str] = "Call an HTTP service."
    docs: ClassVar[str] = (
        "Sends one request to the service of a connection. The connection says host and "
        "credentials; `endpoint` is only the path below it. Redirects are not followed, so that "
        "the credentials stay with their host. A status of 400 or more fails the task."
    )
    category: ClassVar[str] = "Services"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.http.operators.http.HttpOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("endpoint", "data")
    mappable: ClassVar[Mapping[str, str]] = {"endpoint": "endpoint", "data": "data"}
    mappable_at_run: ClassVar[frozenset[str]] = frozenset(("data",))

    operator: Literal["http_request@1"]
    connection: Connection
    endpoint: str = Field(
        min_length=1,
        max_length=2_000,
        description="Path below the connection's host, such as `v1/orders?day={{ ds }}`.",
        examples=["v1/orders?day={{ ds }}"],
    )
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] = Field(
        default="GET", description="The HTTP method."
    )
    data: str | dict[str, JsonValue] | None = Field(
        default=None, description="Body of the request, or the query's parameters for GET."
    )

    @field_validator("endpoint")
    @classmethod
    def _relative(cls, endpoint: str) -> str:
        if endpoint.startswith(("//", "\\", "@")) or "://" in endpoint.partition("?")[0]:
            raise PydanticCustomError(
                "endpoint_not_relative",
                "Give only the path. The connection says which host is called.",
            )
        if any(character.isspace() for character in endpoint.replace("{{ ", "").replace(" }}", "")):
            raise PydanticCustomError("endpoint_space", "An endpoint holds no spaces. Write %20.")
        if ".." in endpoint.partition("?")[0].split("/"):
            raise PydanticCustomError("endpoint_parent", "An endpoint goes no way up ('..').")
        return endpoint

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def call(self, rendering: Rendering) -> Call:
        arguments = {
            "http_conn_id": rendering.team.conn_id(self.connection),
            "endpoint": self.endpoint,
            "method": self.method,
        }
        return Call(
            module="airflow.providers.http.operators.http",
            name="HttpOperator",
            arguments={
                **arguments,
                **({} if self.data is None else {"data": self.data}),
                "extra_options": {"allow_redirects": False, "timeout": 60},
                "deferrable": False,
            },
        )
