"""Look at a change wherever it is now."""

from __future__ import annotations

from collections.abc import Callable

from airdesk.errors import Unavailable
from airdesk.follow.lineage import Lineage
from airdesk.follow.merge_request import see_merge_request
from airdesk.follow.overlaps import Overlaps
from airdesk.follow.publication import see_publication
from airdesk.follow.run import see_run
from airdesk.model import ChangeView, Rollback, Stage
from airdesk.ports import CodeHost, Workflows
from airdesk.store.records import Change

_MERGED = frozenset({Stage.MERGED, Stage.PUBLISHED, Stage.PARSED, Stage.RAN})
_PUBLISHED = frozenset({Stage.PUBLISHED, Stage.PARSED, Stage.RAN})


def follow_change(
    change: Change,
    *,
    code_host: CodeHost,
    lineage: Lineage,
    workflows: Workflows,
    central_project: str,
    rollback: Change | None = None,
    overlaps: Overlaps | None = None,
) -> ChangeView:
    """The change as it stands. Nothing is written anywhere.

    Args:
        rollback: the change that takes this one back, where there is one.
        overlaps: finds who else changes the same files, while the change is in review.

    Whatever does not answer takes back nothing of what was known: the view keeps it and says in
    `problem` who does not answer. The next look recovers by itself.
    """
    view = _known(change)
    silent: list[Unavailable] = []

    def look(at: Callable[[ChangeView], ChangeView]) -> None:
        nonlocal view
        try:
            view = at(view)
        except Unavailable as error:
            silent.append(error)

    iid = change.merge_request
    if iid is not None and view.stage not in _MERGED:
        look(lambda known: see_merge_request(known, iid=iid, code_host=code_host))
    request = view.merge_request
    if overlaps is not None and request is not None and view.stage is Stage.REVIEW:
        look(lambda known: known.model_copy(update={"overlaps": overlaps.of(request)}))
    if view.stage is Stage.MERGED:
        look(
            lambda known: see_publication(
                known,
                draft=change.draft,
                code_host=code_host,
                lineage=lineage,
                central_project=central_project,
            )
        )
    if view.stage in _PUBLISHED:
        look(
            lambda known: see_run(
                known, workflows=workflows, lineage=lineage, central_project=central_project
            )
        )
    return view.model_copy(
        update={"problem": _problem(change, silent), "rollback": _seen(rollback)}
    )


def is_over(view: ChangeView) -> bool:
    """Whether nothing more will happen to the card by itself."""
    if view.publication is not None and view.publication.state == "removed":
        return view.problem is None
    return view.stage is Stage.CLOSED or (view.stage is Stage.RAN and view.problem is None)


def _known(change: Change) -> ChangeView:
    view = change.view or ChangeView(
        change_id=change.id,
        team=change.draft.team,
        dag_name=change.draft.dag_name,
        title=change.draft.title,
        author_slack=change.author,
        stage=Stage.SUBMITTED,
    )
    if change.merge_request is None and change.stage is Stage.CLOSED:
        return view.model_copy(update={"stage": Stage.CLOSED})
    return view


def _seen(rollback: Change | None) -> Rollback | None:
    if rollback is None:
        return None
    return Rollback(
        by=rollback.author,
        stage=rollback.stage,
        merge_request=rollback.view.merge_request if rollback.view else None,
    )


def _problem(change: Change, silent: list[Unavailable]) -> str | None:
    if change.hindrance is not None:
        return change.hindrance
    if not silent:
        return None
    return (
        f"{silent[0].service} does not answer. The change is safe; I look again every few seconds."
    )
