"""What Airflow loads: the guard and the endpoints on the API server, the listener in tasks.

Airflow imports this in every process, also in each task, so it imports the rest only when needed.
"""

from __future__ import annotations

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from airdesk_airflow import explain


def _guard(app: Any) -> Any:
    from airdesk_airflow.guard.wiring import guard

    return guard(app)


async def _act_as(scope: Any, receive: Any, send: Any) -> None:
    from airdesk_airflow.act_as.app import app

    await app(scope, receive, send)


class AirdeskPlugin(AirflowPlugin):  # type: ignore[misc]  # mypy follows no import into Airflow
    name = "airdesk"
    listeners: ClassVar[list[Any]] = [explain]
    fastapi_root_middlewares: ClassVar[list[dict[str, Any]]] = [
        {"name": "Airdesk's guard", "middleware": _guard}
    ]
    fastapi_apps: ClassVar[list[dict[str, Any]]] = [
        {"name": "Acting as a person", "app": _act_as, "url_prefix": "/airdesk/v1"}
    ]
