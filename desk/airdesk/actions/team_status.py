"""What stands and what moves in somebody's teams."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from airdesk.errors import Unavailable
from airdesk.model import ChangeView, DagState, Membership, Run
from airdesk.ports import Workflows
from airdesk.publications import Publications
from airdesk.store.changes import Changes

_MAX_CHANGES = 20
_MAX_DAGS = 30


@dataclass(frozen=True)
class TeamStatus:
    changes: tuple[ChangeView, ...]
    dags: tuple[tuple[DagState, Run | None], ...]
    """Each DAG with its last run, if it ran at all."""
    unavailable: str | None
    """A sentence about what could not be asked, so that silence is not read as health."""


def team_status(
    memberships: Iterable[Membership],
    *,
    dag_name: str | None,
    changes: Changes,
    publications: Publications,
    workflows: Workflows,
) -> TeamStatus:
    """Open changes and published DAGs of these teams, and of no others.

    Args:
        memberships: the person's own teams.
        dag_name: only this DAG, as `delays` or as `growth.delays`.
        changes: what is on its way.
        publications: which DAGs the publisher let through.
        workflows: Airflow.
    """
    teams = {membership.team for membership in memberships}
    views = tuple(
        change.view
        for change in changes.following(teams, limit=_MAX_CHANGES)
        if change.view is not None and _named(dag_name, change.view.team, change.view.dag_name)
    )
    try:
        dags = _dags(teams, dag_name, publications, workflows)
    except Unavailable as error:
        sentence = f"{error.service} does not answer, so the list is not complete. Ask again soon."
        return TeamStatus(changes=views, dags=(), unavailable=sentence)
    return TeamStatus(changes=views, dags=dags, unavailable=None)


def _dags(
    teams: Collection[str],
    dag_name: str | None,
    publications: Publications,
    workflows: Workflows,
) -> tuple[tuple[DagState, Run | None], ...]:
    publications.refresh()
    dag_ids = [
        dag_id
        for team in sorted(teams)
        for dag_id in sorted(publications.of_team(team))
        if _named(dag_name, team, dag_id.removeprefix(f"{team}."))
    ]
    known = (workflows.dag(dag_id) for dag_id in dag_ids[:_MAX_DAGS])
    return tuple(
        (dag, next(iter(workflows.runs(dag.dag_id, limit=1)), None))
        for dag in known
        if dag is not None
    )


def _named(wanted: str | None, team: str, dag_name: str) -> bool:
    return wanted is None or wanted in (dag_name, f"{team}.{dag_name}")
