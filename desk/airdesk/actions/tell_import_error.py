"""Say on the merge request that Airflow cannot load what came of it, and when it can again."""

from __future__ import annotations

import re

from airdesk_render.names import Team

from airdesk.model import ChangeView
from airdesk.ports import CodeHost

MARKER = "<!-- airdesk:import-error -->"
_MIN_FENCE = 3


def tell_import_error(view: ChangeView, *, before: ChangeView | None, code_host: CodeHost) -> bool:
    """Write the one note, or bring it up to date, when Airflow's word changed since `before`.

    Doing it again writes nothing new. Returns whether there was something to say.

    Args:
        view: the change as it stands.
        before: as it was last seen.
        code_host: GitLab as the bot's Reporter.

    Raises:
        Refused: GitLab does not take the note.
        Unavailable: GitLab does not answer.
    """
    last = before.import_error if before is not None else None
    if view.merge_request is None or view.import_error == last:
        return False
    team = Team(view.team)
    body = _cannot_load(view, team) if view.import_error else _loads_again(view, team)
    code_host.put_note(team.repository, view.merge_request.iid, marker=MARKER, body=body)
    return True


def _cannot_load(view: ChangeView, team: Team) -> str:
    error = view.import_error or ""
    longest = max((len(run) for run in re.findall(r"`+", error)), default=0)
    fence = "`" * max(_MIN_FENCE, longest + 1)
    commit = f", commit `{view.central_commit[:8]}`" if view.central_commit else ""
    return (
        f"❌ **Airflow cannot load `{team.dag_id(view.dag_name)}`** from "
        f"`{team.central_file(view.dag_name)}` of the central repository{commit}.\n\n"
        f"{fence}text\n{error}\n{fence}\n\n"
        "The DAG does not run until this is corrected. Correct it in another merge request, or "
        "roll this change back from its card in Slack."
    )


def _loads_again(view: ChangeView, team: Team) -> str:
    parsed = view.dag.bundle_version if view.dag is not None else None
    at = f", at commit `{parsed[:8]}` of the central repository" if parsed else ""
    return f"✅ Airflow loads `{team.dag_id(view.dag_name)}` again{at}."
