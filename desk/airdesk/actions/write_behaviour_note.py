"""Keep the one note on a merge request that says what it changes in behaviour."""

from __future__ import annotations

from dataclasses import dataclass

from airdesk_render.names import Team

from airdesk.follow.behaviour import BEHAVIOUR_ARTIFACT, DIFF_JOB, markdown_of, read_behaviour
from airdesk.model import Job, MergeRequest, Pipeline
from airdesk.ports import CodeHost

MARKER = "<!-- airdesk behaviour -->"
_ENDED_JOB = frozenset({"success", "failed", "canceled", "skipped"})
_ENDED_PIPELINE = frozenset({"success", "failed", "canceled", "skipped", "manual"})


@dataclass(frozen=True)
class NoteState:
    """What the note tells now.

    Attributes:
        told: what it was written from; `None` while there is no note. To be kept for the next look.
        is_open: whether the merge request still is; if not, there is nothing more to look for.
        is_moving: whether a pipeline runs whose end the note will tell.
    """

    told: str | None
    is_open: bool = True
    is_moving: bool = False


def write_behaviour_note(
    team: Team, iid: int, *, told: str | None, code_host: CodeHost
) -> NoteState:
    """Write the note, or renew it where there is news; written twice it is still one note.

    Args:
        told: of the last `NoteState`; what it names is not written again.
        code_host: with the identity whose note it is: the bot's Reporter.

    Raises:
        Refused: GitLab does not let the bot read the merge request or write on it.
        Unavailable: GitLab does not answer.
    """
    request = code_host.merge_request(team.repository, iid)
    if request.state != "opened":
        return NoteState(told, is_open=False)
    if request.from_fork:
        return _put(team, iid, told, f"fork {request.sha}", _of_fork(request), code_host)
    pipeline = code_host.pipeline(team.repository, iid)
    if pipeline is None:
        return NoteState(told)
    job = next((one for one in pipeline.jobs if one.name == DIFF_JOB), None)
    ended = (job.status in _ENDED_JOB) if job else (pipeline.status in _ENDED_PIPELINE)
    if not ended:
        return NoteState(told, is_moving=True)
    news = f"pipeline {pipeline.id} job {job.id if job else 0}"
    # An older template has no such job. Where an earlier pipeline had it, the note must not go on
    # telling of a commit that is no longer the newest.
    if news == told or (job is None and told is None):
        return NoteState(told)
    content = code_host.artifact(team.repository, job.id, BEHAVIOUR_ARTIFACT) if job else None
    return _put(team, iid, told, news, note_text(content, pipeline, job), code_host)


def _put(
    team: Team, iid: int, told: str | None, news: str, body: str, code_host: CodeHost
) -> NoteState:
    if news != told:
        code_host.put_note(team.repository, iid, marker=MARKER, body=f"{body}\n\n{MARKER}")
    return NoteState(news)


def note_text(content: bytes | None, pipeline: Pipeline, job: Job | None) -> str:
    """The note without its marker: the report made into Markdown here, or that there is none.

    Args:
        content: of the diff job's artifact; whatever a team's pipeline wrote there.
    """
    found = read_behaviour(content)
    shown = markdown_of(found) if found is not None else None
    if found is None or shown is None:
        return f"{_unknown(pipeline, job)}\n\n{_foot(pipeline)}"
    parts = [shown, _foot(pipeline)]
    if not found.whole:
        parts.insert(1, "Parts of the report are too long, or not Airdesk's: left out here.")
    return "\n\n".join(parts)


def _unknown(pipeline: Pipeline, job: Job | None) -> str:
    place = f"[its log]({job.url})" if job else f"[the pipeline]({pipeline.url})"
    why = (
        f"The job `{DIFF_JOB}` left no report that can be read; {place} may say why."
        if job
        else f"The pipeline has no job `{DIFF_JOB}`: {place} is not the platform's."
    )
    return f"### ⚪ What changes is not known\n\n{why} Look at the changes themselves."


def _foot(pipeline: Pipeline) -> str:
    return (
        f"<sub>Of commit {pipeline.sha[:8]}, as reported by the team's own [pipeline "
        f"{pipeline.id}]({pipeline.url}). Before anything is published, the platform looks again "
        "for itself. This note is kept up to date.</sub>"
    )


def _of_fork(request: MergeRequest) -> str:
    return (
        "### ⚪ What changes is not known\n\nThis comes from a fork, whose pipeline runs with the "
        f"forker's rights and is not read here. Look at the changes of {request.sha[:8]} "
        "themselves, or push the branch to this repository."
    )
