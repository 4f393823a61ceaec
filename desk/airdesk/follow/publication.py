"""What the publisher says about a change, as it stands in the central repository."""

from __future__ import annotations

import json
from collections.abc import Mapping

from airdesk_render.names import Team

from airdesk.follow.lineage import Lineage
from airdesk.model import ChangeDraft, ChangeView, Publication, Stage
from airdesk.ports import CodeHost


def see_publication(
    view: ChangeView,
    *,
    draft: ChangeDraft,
    code_host: CodeHost,
    lineage: Lineage,
    central_project: str,
) -> ChangeView:
    """The publisher's verdict on what was merged, once there is one."""
    team = Team(view.team)
    head = code_host.head(central_project, code_host.default_branch(central_project))
    decided = read_publications(code_host, central_project, team, ref=head)
    publication = decided.get(team.dag_id(view.dag_name))
    if publication is None or not _is_about(publication, view, draft, lineage):
        return view
    if publication.state != "published":
        return view.model_copy(update={"publication": publication})
    commit = lineage.newest(central_project, team.central_file(view.dag_name), head)
    return view.model_copy(
        update={
            "stage": Stage.PUBLISHED,
            "publication": publication,
            "central_commit": commit or head,
        }
    )


def read_publications(
    code_host: CodeHost, central_project: str, team: Team, *, ref: str
) -> Mapping[str, Publication]:
    """The publisher's decisions on a team's DAGs, by `dag_id`, at one central commit."""
    text = code_host.read_file(central_project, f"{team.folder}/publications.json", ref=ref)
    if text is None:
        return {}
    return {dag_id: Publication.model_validate(entry) for dag_id, entry in json.loads(text).items()}


def _is_about(
    publication: Publication, view: ChangeView, draft: ChangeDraft, lineage: Lineage
) -> bool:
    """Whether the decision covers this change's merge: made on its commit or on a later one."""
    merged = view.merge_request.merge_commit if view.merge_request else None
    if merged is None:
        return False
    if publication.source_commit == merged:
        return True
    project = Team(view.team).repository
    return any(
        lineage.includes(project, path, publication.source_commit, merged)
        for path in (*draft.files, *draft.removed)
    )
