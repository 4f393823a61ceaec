"""Put a submitted change on a branch and open its merge request, as its author."""

from __future__ import annotations

from airdesk_render.names import Team

from airdesk.errors import Refused
from airdesk.model import ChangeDraft, MergeRequest
from airdesk.ports import CodeHost
from airdesk.store.records import Change


def open_merge_request(change: Change, *, code_host: CodeHost) -> MergeRequest:
    """Write the draft's files and open the merge request; doing it again finds what is there.

    Args:
        change: as stored.
        code_host: GitLab with the author's own token, so that GitLab judges what they may do.

    Raises:
        Refused: the DAG exists already, somebody changed the same files since the draft was
            made, or GitLab does not let the author.
        Unavailable: GitLab does not answer; doing it again goes on where it stopped.
    """
    draft = change.draft
    team = Team(draft.team)
    default = code_host.default_branch(team.repository)
    if draft.base is None:
        _refuse_existing(draft, team, default, code_host)
    else:
        _refuse_moved(draft, team, default, code_host)
    code_host.commit_files(
        team.repository,
        change.branch,
        draft.files,
        removed=draft.removed,
        message=f"{_verb(draft)} {team.dag_id(draft.dag_name)}",
    )
    return code_host.open_merge_request(
        team.repository, change.branch, title=draft.title, description=_description(change)
    )


def _refuse_existing(draft: ChangeDraft, team: Team, default: str, code_host: CodeHost) -> None:
    if code_host.read_file(team.repository, draft.manifest_path, ref=default) is not None:
        raise Refused(
            f"{team.dag_id(draft.dag_name)} exists already. Submit it again under another name, "
            f"or change {draft.manifest_path} of {team.repository} in GitLab."
        )


def _refuse_moved(draft: ChangeDraft, team: Team, default: str, code_host: CodeHost) -> None:
    """Refuse to write over what somebody else merged meanwhile."""
    for path in (*draft.files, *draft.removed):
        standing = code_host.read_file(team.repository, path, ref=default)
        if standing != code_host.read_file(team.repository, path, ref=str(draft.base)):
            raise Refused(
                f"{path} of {team.repository} was changed since by another merge request. Look "
                "at what stands there now, then ask again."
            )


def _verb(draft: ChangeDraft) -> str:
    if draft.reverts is not None:
        return "Roll back"
    return "Add" if draft.base is None else "Change"


def _description(change: Change) -> str:
    draft = change.draft
    files = [f"- `{path}`" for path in draft.files]
    files += [f"- `{path}` (removed)" for path in draft.removed]
    listed = "\n".join(files)
    return (
        f"{_purpose(draft)}, submitted through Airdesk.\n\n{listed}\n\n"
        "A lead of the team who pushed nothing to this branch may approve it, here or on the "
        f"change card in Slack.\n\nAirdesk change {change.id}\n"
    )


def _purpose(draft: ChangeDraft) -> str:
    dag = f"the DAG `{Team(draft.team).dag_id(draft.dag_name)}`"
    if draft.reverts is None:
        return f"Adds {dag}" if draft.base is None else f"Changes {dag}"
    if draft.files:
        return f"Brings back {dag} as it was published before change {draft.reverts}"
    return f"Removes {dag}, which was new with change {draft.reverts}"
