"""Start a run of a published DAG, as the person who asks."""

from __future__ import annotations

from datetime import datetime, timedelta

from airdesk_render.names import Team

from airdesk.errors import NotAllowed, NotYet, Refused
from airdesk.model import ChangeView, Membership, Person, Run, Stage
from airdesk.ports import ActingAs, Workflows

_STANDING = frozenset({Stage.PARSED, Stage.RAN})
_ON_ITS_WAY = frozenset({Stage.MERGED, Stage.PUBLISHED})
_GOING = frozenset({"queued", "running"})
RUN_PREFIX = "airdesk__"
_RIGHTS_SETTLE = timedelta(seconds=75)
"""Airflow remembers for 30 s what a person may do, so the right to a new DAG comes late."""


def trigger_run(
    view: ChangeView,
    *,
    person: Person,
    memberships: tuple[Membership, ...],
    ask_id: str,
    asked_at: datetime,
    now: datetime,
    workflows: Workflows,
    acting: ActingAs,
) -> Run:
    """Start the run that belongs to this ask; asked again, it is the same run.

    Airflow itself decides whether the person may; their team is only looked at first so that the
    answer is a sentence.

    Raises:
        Refused: Airflow has not parsed the change yet, a run that somebody asked for is on its
            way already, or the person may not run the DAG.
        NotYet: Airflow is reading the DAG, or has not yet the team's right to it.
        Unavailable: Airflow does not answer; asking again cannot start a second run.
    """
    dag_id = Team(view.team).dag_id(view.dag_name)
    if view.team not in {membership.team for membership in memberships}:
        raise Refused(f"You are not in the team {view.team}, so you cannot run {dag_id}.")
    if view.stage in _ON_ITS_WAY and now - asked_at < _RIGHTS_SETTLE:
        # Whoever asks saw a card with a button: a crash kept us from writing down what it shows.
        raise NotYet("Airflow", f"Airflow is just reading {dag_id}. I start it as soon as it has.")
    if view.stage not in _STANDING:
        raise Refused(f"Airflow does not know {dag_id} yet. The card says when it does.")
    run_id = f"{RUN_PREFIX}{ask_id}"
    for run in workflows.runs(dag_id, limit=10):
        others = run.run_id.startswith(RUN_PREFIX) and run.run_id != run_id
        if others and run.state in _GOING:
            raise Refused(f"A run of {dag_id} is on its way already: {run.run_id}.")
    try:
        return acting.trigger(person.directory_uid, dag_id, run_id=run_id)
    except NotAllowed as error:
        if view.run is None and now - asked_at < _RIGHTS_SETTLE:
            raise NotYet(
                "Airflow",
                f"Airflow takes up to a minute to learn that {view.team} may run {dag_id}. "
                "I start it as soon as it has.",
            ) from error
        raise
