"""Give Airflow the roles that Airdesk counts on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources

from airdesk_render.names import Team

from airdesk.ports import AccessRoles


def wanted_roles() -> dict[str, frozenset[str]]:
    """Airdesk's own roles with their permissions, as `roles.json` lists them."""
    text = resources.files("airdesk").joinpath("roles.json").read_text()
    return {name: frozenset(permissions) for name, permissions in json.loads(text).items()}


def ensure_roles(
    teams: Sequence[Team], *, roles: AccessRoles, wanted: Mapping[str, frozenset[str]]
) -> list[str]:
    """Create what is missing, correct what differs, and say what was done, a line per role.

    A team's role is only created: what it may do comes from each DAG's `access_control`, which
    Airflow writes into the role itself when it parses the DAG.

    Raises:
        Refused: the account may not manage roles, or Airflow does not know a permission.
        Unavailable: Airflow does not answer; what was done so far stays done.
    """
    lines = [_ensure(name, wanted[name], roles) for name in sorted(wanted)]
    for team in teams:
        if roles.permissions(team.airflow_role) is None:
            roles.create(team.airflow_role, frozenset())
            lines.append(f"{team.airflow_role}: created")
        else:
            lines.append(f"{team.airflow_role}: stands")
    return lines


def _ensure(name: str, wanted: frozenset[str], roles: AccessRoles) -> str:
    standing = roles.permissions(name)
    if standing is None:
        roles.create(name, wanted)
        return f"{name}: created with {len(wanted)} permissions"
    if standing == wanted:
        return f"{name}: stands"
    roles.replace(name, wanted)
    changes = [f"+ {permission}" for permission in sorted(wanted - standing)]
    changes += [f"- {permission}" for permission in sorted(standing - wanted)]
    return f"{name}: changed ({', '.join(changes)})"
