"""Settings of the whole server, for administrators: rate limits and feature flags."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.errors import ApiError, bad_request
from airdesk_sandbox.gitlab.instance import feature, stored_settings
from airdesk_sandbox.gitlab.models import Setting
from airdesk_sandbox.gitlab.routing import Route
from airdesk_sandbox.gitlab.throttle import DEFAULTS
from airdesk_sandbox.gitlab.webhooks import PAUSING

FEATURES = (PAUSING,)


def show_settings(call: Call) -> dict[str, Any]:
    call.admin()
    return {"id": 1, **stored_settings(call.session)}


def update_settings(call: Call) -> dict[str, Any]:
    call.admin()
    for name in call.params.values:
        if name not in DEFAULTS:
            raise ApiError(501, {"message": f"501 Not Implemented: setting {name}"})
    for name, default in DEFAULTS.items():
        if name in call.params:
            _store(call.session, name, _value(call, name, default))
    call.session.flush()
    fresh = stored_settings(call.session)
    call.server.throttle.settings = fresh
    return {"id": 1, **fresh}


def _value(call: Call, name: str, default: Any) -> Any:
    if isinstance(default, bool):
        return call.params.flag(name)
    if isinstance(default, int):
        number = call.params.number(name)
        if number < 1:
            raise bad_request({name: ["must be greater than 0"]})
        return number
    return call.params.text(name)


def _store(session: Session, name: str, value: Any) -> None:
    session.merge(Setting(name=name, value=value))


def list_features(call: Call) -> Reply:
    call.admin()
    return call.page_of(FEATURES, lambda name: _feature(call.session, name))


def set_feature(call: Call) -> dict[str, Any]:
    """`value`: `true` or `false`; percentages and actors are not part of this sandbox."""
    call.admin()
    name, value = call.path["name"], call.params.need("value")
    if name not in FEATURES or value.lower() not in ("true", "false"):
        raise ApiError(501, {"message": f"501 Not Implemented: feature {name}={value}"})
    _store(call.session, f"feature:{name}", value.lower() == "true")
    call.session.flush()
    return _feature(call.session, name)


def _feature(session: Session, name: str) -> dict[str, Any]:
    state = "on" if feature(session, name) else "off"
    return {"name": name, "state": state, "gates": [{"key": "boolean", "value": state == "on"}]}


ROUTES = [
    Route("GET", "/application/settings", show_settings),
    Route("PUT", "/application/settings", update_settings),
    Route("GET", "/features", list_features),
    Route("POST", "/features/:name", set_feature),
]
