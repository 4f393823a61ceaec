"""Whom a change reaches: DAGs that listen to its assets, wait for its runs, or start it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from airdesk_render.behaviour.facts import DagFacts
from airdesk_render.behaviour.shapes import Affected

_Name = Annotated[str, Field(max_length=200)]


class BadIndex(ValueError):
    """A file of other teams' DAGs cannot be used; the text says why."""


class Indexed(BaseModel):
    """One DAG of anybody's: what it listens to, waits for and starts, by full names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dag_id: _Name
    listens: tuple[_Name, ...] = ()
    waits: tuple[_Name, ...] = ()
    triggers: tuple[_Name, ...] = ()


class Index(BaseModel):
    """DAGs of other teams, as the publisher knows them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    dags: tuple[Indexed, ...] = Field(default=(), max_length=100_000)


def load_index(text: str) -> Index:
    """Read an index from JSON.

    Raises:
        BadIndex: it is no JSON of that shape.
    """
    try:
        return Index.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "whole file"
        raise BadIndex(f"{place}: {first['msg']}") from None


def indexed(facts: DagFacts) -> Indexed:
    """A DAG's entry in an index."""
    waits = (name for task in facts.tasks.values() if task.waits for name in task.dags)
    starts = (name for task in facts.tasks.values() if not task.waits for name in task.dags)
    return Indexed(
        dag_id=facts.dag_id,
        listens=tuple(dict.fromkeys(facts.listens)),
        waits=tuple(dict.fromkeys(waits)),
        triggers=tuple(dict.fromkeys(starts)),
    )


def affected_by(
    old: DagFacts | None,
    new: DagFacts | None,
    others: Iterable[Indexed],
    source: Literal["repository", "index"],
) -> Iterator[Affected]:
    """Those of `others` that a change of this DAG reaches."""
    own = {facts.dag_id for facts in (old, new) if facts is not None}
    for other in others:
        if other.dag_id in own:
            continue
        for relation, names in _relations(other):
            had, has = _held(old, relation), _held(new, relation)
            for name in names:
                if name in had | has:
                    yield Affected(
                        dag_id=other.dag_id,
                        relation=relation,
                        through=name,
                        breaks=name not in has,
                        source=source,
                    )


Relation = Literal["listens", "waits", "triggers"]


def _relations(other: Indexed) -> tuple[tuple[Relation, tuple[str, ...]], ...]:
    return (("listens", other.listens), ("waits", other.waits), ("triggers", other.triggers))


def _held(facts: DagFacts | None, relation: Relation) -> frozenset[str]:
    """What others may hold on to: assets by listening, the DAG's id by the rest."""
    if facts is None:
        return frozenset()
    return frozenset(facts.outlets if relation == "listens" else (facts.dag_id,))
