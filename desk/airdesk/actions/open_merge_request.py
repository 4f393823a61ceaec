"""Put a submitted change on a branch and open its merge request, as its author."""

from __future__ import annotations

from airdesk_render.names import Team

from airdesk.errors import Refused
from airdesk.model import MergeRequest
from airdesk.ports import CodeHost
from airdesk.store.records import Change


def open_merge_request(change: Change, *, code_host: CodeHost) -> MergeRequest:
    """Write the draft's files and open the merge request; doing it again finds what is there.

    Args:
        change: as stored.
        code_host: GitLab with the author's own token, so that GitLab judges what they may do.

    Raises:
        Refused: the DAG exists already, or GitLab does not let the author.
        Unavailable: GitLab does not answer; doing it again goes on where it stopped.
    """
    draft = change.draft
    team = Team(draft.team)
    default = code_host.default_branch(team.repository)
    if code_host.read_file(team.repository, draft.manifest_path, ref=default) is not None:
        raise Refused(
            f"{team.dag_id(draft.dag_name)} exists already. Submit it again under another name, "
            f"or change {draft.manifest_path} of {team.repository} in GitLab."
        )
    code_host.commit_files(
        team.repository, change.branch, draft.files, message=f"Add {team.dag_id(draft.dag_name)}"
    )
    return code_host.open_merge_request(
        team.repository, change.branch, title=draft.title, description=_description(change)
    )


def _description(change: Change) -> str:
    files = "\n".join(f"- `{path}`" for path in change.draft.files)
    return (
        f"Adds the DAG `{Team(change.draft.team).dag_id(change.draft.dag_name)}`, submitted "
        f"through Airdesk.\n\n{files}\n\n"
        "A lead of the team who pushed nothing to this branch may approve it, here or on the "
        f"change card in Slack.\n\nAirdesk change {change.id}\n"
    )
