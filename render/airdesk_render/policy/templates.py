"""Texts of the policy in which `{team}` stands for the team's name."""

from __future__ import annotations

from typing import Any

from airdesk_render.names import Team


def filled(template: str, team: Team) -> str:
    """`team-{team}` for a team."""
    return template.replace("{team}", team.name)


def filled_in(data: Any, team: Team) -> Any:
    """Plain data with all its texts filled."""
    if isinstance(data, dict):
        return {name: filled_in(value, team) for name, value in data.items()}
    if isinstance(data, tuple):
        return tuple(filled_in(value, team) for value in data)
    return filled(data, team) if isinstance(data, str) else data


def merged(base: Any, other: Any, key: str = "") -> Any:
    """`other` over `base`: mappings key by key, lists and values replace, denials add up."""
    if isinstance(base, dict) and isinstance(other, dict):
        return base | {name: merged(base.get(name), value, name) for name, value in other.items()}
    if key == "deny" and isinstance(base, tuple) and isinstance(other, tuple):
        return tuple(dict.fromkeys((*base, *other)))
    return other
