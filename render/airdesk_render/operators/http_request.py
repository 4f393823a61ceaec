"""Calls of an HTTP service that a connection names, and waiting until it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.operators.base import Call, Connection, ManagedOperator, Rendering, given
from airdesk_render.operators.sensor import Sensor

EXTRA_OPTIONS: Mapping[str, Any] = {"allow_redirects": False, "timeout": 60}
"""A redirect would take the credentials to another host."""


def _relative(endpoint: str) -> str:
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


Endpoint = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2_000,
        description="Path below the connection's host, such as `v1/orders?day={{ ds }}`.",
        examples=["v1/orders?day={{ ds }}"],
    ),
    AfterValidator(_relative),
]


class HttpRequest(ManagedOperator):
    """One request; the response's text goes to XCom."""

    title: ClassVar[str] = "HTTP request"
    summary: ClassVar[str] = "Call an HTTP service."
    docs: ClassVar[str] = (
        "Sends one request to the service of a connection. The connection says host and "
        "credentials; `endpoint` is only the path below it. Redirects are not followed, so that "
        "the credentials stay with their host. A status of 400 or more fails the task. The "
        "response's text goes to XCom, except with pii."
    )
    category: ClassVar[str] = "Services"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.http.operators.http.HttpOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("endpoint", "data")
    mappable: ClassVar[Mapping[str, str]] = {"endpoint": "endpoint", "data": "data"}
    mappable_at_run: ClassVar[frozenset[str]] = frozenset(("data",))
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"connection": "orders_api", "endpoint": "v1/orders?day={{ ds }}"},
        {
            "connection": "orders_api",
            "endpoint": "v1/letters",
            "method": "POST",
            "content_type": "application/json",
            "data": {"day": "{{ ds }}", "size": 3},
        },
    )

    operator: Literal["http_request@1"]
    connection: Connection
    endpoint: Endpoint
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] = Field(
        default="GET", description="The HTTP method."
    )
    data: str | dict[str, JsonValue] | None = Field(
        default=None, description="Body of the request, or the query's parameters for GET."
    )
    content_type: Literal["application/json", "text/plain", "text/csv"] | None = Field(
        default=None,
        description="What the body is. With application/json a mapping is sent as JSON; without "
        "it, as the fields of a form.",
    )

    @model_validator(mode="after")
    def _body(self) -> HttpRequest:
        plain = self.content_type in ("text/plain", "text/csv")
        if plain and isinstance(self.data, dict):
            raise PydanticCustomError("body_not_text", "With this content_type give data as text.")
        return self

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def call(self, rendering: Rendering) -> Call:
        data = self.data
        if self.content_type == "application/json" and isinstance(data, dict):
            data = json.dumps(data, ensure_ascii=False)
        headers = {"Content-Type": self.content_type} if self.content_type else None
        return Call(
            module="airflow.providers.http.operators.http",
            name="HttpOperator",
            arguments={
                "http_conn_id": rendering.team.conn_id(self.connection),
                "endpoint": self.endpoint,
                "method": self.method,
                **given(data=data, headers=headers),
                "extra_options": dict(EXTRA_OPTIONS),
                "deferrable": False,
                **({"do_xcom_push": False} if rendering.pii else {}),
            },
        )


class WaitForHttp(Sensor):
    """Waits until a service answers without an error."""

    title: ClassVar[str] = "Wait for HTTP"
    summary: ClassVar[str] = "Wait until an address of a service answers well."
    docs: ClassVar[str] = (
        "Asks the service of a connection again and again until it answers with a status below "
        "400. While it says 404, the task waits; any other error fails it. Redirects are not "
        "followed."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = ("airflow.providers.http.sensors.http.HttpSensor",)
    templated: ClassVar[tuple[str, ...]] = ("endpoint", "query")
    mappable: ClassVar[Mapping[str, str]] = {"endpoint": "endpoint"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"connection": "orders_api", "endpoint": "v1/exports/{{ ds }}", "timeout": "2h"},
    )

    operator: Literal["wait_for_http@1"]
    connection: Connection
    endpoint: Endpoint
    query: dict[str, str | int | float | bool] = Field(
        default_factory=dict, max_length=50, description="Parameters of the query, by name."
    )

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def call(self, rendering: Rendering) -> Call:
        arguments = {
            "http_conn_id": rendering.team.conn_id(self.connection),
            "endpoint": self.endpoint,
            "method": "GET",
            **given(request_params=self.query or None),
            "extra_options": dict(EXTRA_OPTIONS),
            "deferrable": False,
        }
        return Call("airflow.providers.http.sensors.http", "HttpSensor", self.waiting(arguments))
