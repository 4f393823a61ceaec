"""What counts for one team, all parts of the policy put together."""

from __future__ import annotations

import datetime as dt
from typing import Any

from airdesk_render.names import Team
from airdesk_render.policy.exceptions import PolicyException
from airdesk_render.policy.globs import matches
from airdesk_render.policy.model import Policy
from airdesk_render.policy.templates import filled, filled_in


def overview(policy: Policy, team: Team | None, today: dt.date) -> dict[str, Any]:
    """Plain data for people and programs; for everybody where no team is named."""
    given: dict[str, Any] = {"version": policy.version}
    rules = policy.rules if team is None else policy.of(team)
    if team is not None:
        given |= {
            "team": team.name,
            "owner": policy.owner_of(team),
            "access_control": policy.access_control_of(team),
        }
    given["tags"] = [tag if team is None else filled(tag, team) for tag in policy.tags]
    for name in ("queues", "executors"):
        part = getattr(policy, name).model_dump(mode="json", exclude_none=True)
        given[name] = part if team is None else filled_in(part, team)
    given["rules"] = rules.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    given["exceptions"] = [
        exception_overview(one, today)
        for one in policy.exceptions
        if team is None or matches(one.team, team.name)
    ]
    return given


def exception_overview(one: PolicyException, today: dt.date) -> dict[str, Any]:
    """One exception with whether it counts today."""
    data = one.model_dump(mode="json", exclude_none=True)
    return {**data, "in_effect": one.until >= today}
