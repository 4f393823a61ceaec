"""The statements inside a DAG, as data."""

from __future__ import annotations

from dataclasses import dataclass

from airdesk_render.expressions import Invoke, Method


@dataclass(frozen=True)
class Let:
    """`name = value`."""

    name: str
    value: Invoke | Method


@dataclass(frozen=True)
class Do:
    """A call for its effect: `drop.as_teardown(setups=create)`."""

    call: Invoke


@dataclass(frozen=True)
class Edge:
    """`[a, b] >> c`: the variables of tasks or groups."""

    upstream: tuple[str, ...]
    downstream: str


@dataclass(frozen=True)
class Inside:
    """`with TaskGroup(…) as name:` and what stands in it."""

    name: str
    call: Invoke
    body: tuple[Statement, ...]


Statement = Let | Do | Edge | Inside
