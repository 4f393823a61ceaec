"""Prepare the change that takes a published one back, in the name of who asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from airdesk_render.names import Team

from airdesk.clock import Clock
from airdesk.errors import Refused
from airdesk.follow.lineage import Lineage
from airdesk.follow.publication import read_publications
from airdesk.model import ChangeDraft, Membership, Publication, Stage
from airdesk.ports import CodeHost
from airdesk.store.changes import Changes
from airdesk.store.records import Change

_ON_ITS_WAY = frozenset({Stage.SUBMITTED, Stage.REVIEW, Stage.MERGED})
_FARTHEST_BACK = 20
_LONGEST_TITLE = 120


def roll_back_change(
    change: Change,
    *,
    person: str,
    memberships: Iterable[Membership],
    ask_id: str,
    code_host: CodeHost,
    lineage: Lineage,
    central_project: str,
    changes: Changes,
    clock: Clock,
) -> Change:
    """Store a change that brings back what was published before; its merge request follows.

    It goes the way of every change: checks, approval, publisher. Where nothing of the DAG was
    published before, it removes the DAG. Asked again with the same `ask_id`, it is the same.

    Args:
        change: the published change.
        person: Slack user id of who asks, the author of what comes of it.
        memberships: the person's own teams.
        ask_id: the ask that this is done for.
        code_host: GitLab as the bot reads it.

    Raises:
        Refused: the person is not of the team, the change is not what Airflow has, or it is
            being taken back already.
        Unavailable: GitLab does not answer; nothing was stored.
    """
    team = Team(change.draft.team)
    dag_id = team.dag_id(change.draft.dag_name)
    if team.name not in {membership.team for membership in memberships}:
        raise Refused(f"You are not in the team {team.name}, so you cannot roll {dag_id} back.")
    origin = f"{change.rollback_origin}{ask_id}"
    _refuse_second(changes.rollback_of(change), origin, dag_id)
    head = code_host.head(central_project, code_host.default_branch(central_project))
    decided = read_publications(code_host, central_project, team, ref=head)
    live, mine = _live(change, decided.get(dag_id), dag_id)
    commits = lineage.history(central_project, team.central_file(change.draft.dag_name), head)
    earlier = (
        read_publications(code_host, central_project, team, ref=commit).get(dag_id)
        for commit in commits[:_FARTHEST_BACK]
    )
    before = _before(live, mine, earlier)
    draft = _draft(change, live=live, before=before, decided=decided, code_host=code_host)
    return changes.submit(draft, author=person, channel=change.channel, origin=origin, now=clock())


def _refuse_second(other: Change | None, origin: str, dag_id: str) -> None:
    if other is None or other.origin == origin or other.stage not in _ON_ITS_WAY:
        return
    request = other.view.merge_request if other.view else None
    where = request.url if request else "Its card is in the channel."
    raise Refused(f"{dag_id} is being rolled back already: {where}")


def _live(
    change: Change, current: Publication | None, dag_id: str
) -> tuple[Publication, Publication]:
    """What is published of the DAG now, and what the change made of it: the same content."""
    if current is None or current.state == "removed":
        raise Refused(f"{dag_id} is not in Airflow any more, so there is nothing to roll back.")
    mine = change.view.publication if change.view else None
    if mine is None or mine.state != "published":
        raise Refused(f"This change of {dag_id} is not published, so there is nothing to undo.")
    if current.state != "published" or current.source_digest != mine.source_digest:
        raise Refused(_changed_since(dag_id))
    return current, mine


def _changed_since(dag_id: str) -> str:
    return (
        f"{dag_id} was changed again after this change. Roll back the newest change first; its "
        "own card has the button."
    )


def _before(
    live: Publication, mine: Publication, earlier: Iterable[Publication | None]
) -> Publication | None:
    """What was published before the change; `None` where the DAG was new with it.

    Args:
        live: what is published now.
        mine: what the change made of it.
        earlier: what was published at each central commit of the DAG, newest first.

    Raises:
        Refused: the content is the change's only because something else was rolled back to it.
    """
    is_its_own, before = live.source_commit == mine.source_commit, None
    for publication in earlier:
        if publication is None or publication.state == "removed":
            break
        standing = publication if publication.state == "published" else publication.standing
        if standing is None:
            continue
        if standing.source_digest != live.source_digest:
            before = standing
            break
        is_its_own = is_its_own or standing.source_commit == mine.source_commit
    if not is_its_own:
        raise Refused(_changed_since(live.dag_id))
    return before


def _draft(
    change: Change,
    *,
    live: Publication,
    before: Publication | None,
    decided: Mapping[str, Publication],
    code_host: CodeHost,
) -> ChangeDraft:
    team, name = Team(change.draft.team), change.draft.dag_name
    restored = _files_of(before, team, code_host) if before else {}
    others = {
        path
        for dag_id, publication in decided.items()
        if dag_id != live.dag_id and publication.state != "removed"
        for path in _paths(publication)
    }
    gone = set(_paths(live)) - restored.keys() - others
    what = change.draft.title.removeprefix(f"{name}: ")[:_LONGEST_TITLE]
    back = f"back to commit {before.source_commit[:8]}" if before else "remove it again"
    return ChangeDraft(
        team=team.name,
        dag_name=name,
        title=f"{name}: roll back “{what}”, {back}",
        manifest_path=before.manifest_path if before else live.manifest_path,
        files=restored,
        removed=tuple(sorted(gone)),
        base=live.source_commit,
        reverts=change.id,
    )


def _files_of(publication: Publication, team: Team, code_host: CodeHost) -> dict[str, str]:
    """The DAG's files with the content that they had when it was published."""
    found = {}
    for path in _paths(publication):
        text = code_host.read_file(team.repository, path, ref=publication.source_commit)
        if text is None:
            raise Refused(
                f"{path} of {team.repository} cannot be read as it was at commit "
                f"{publication.source_commit[:8]}. Take the change back in GitLab."
            )
        found[path] = text
    return found


def _paths(publication: Publication) -> tuple[str, ...]:
    return publication.files or (publication.manifest_path,)
