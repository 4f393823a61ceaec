"""The run card: one message about one run that failed or is watched."""

from __future__ import annotations

from collections.abc import Sequence

from airdesk.model import FailedTask, Publication, Run

from airdesk_bot.views.blocks import actions, context, header, link_button, section
from airdesk_bot.views.card import Card
from airdesk_bot.views.failure import failed_task
from airdesk_bot.views.text import clip, code, duration, line, moment, one_line

MAX_TASKS = 3
_WORDS = {
    "success": ("🟢", "ran OK"),
    "failed": ("🔴", "failed"),
    "running": ("🔵", "is running"),
    "queued": ("🔵", "waits for a free worker"),
}


def run_card(*, run: Run, failed: Sequence[FailedTask], publication: Publication | None) -> Card:
    """The card of one run; without a publication no log line is shown, as for personal data."""
    emoji, words = _WORDS.get(run.state, ("⚪", f"ended as {run.state}"))
    name = one_line(run.dag_id)
    shown = failed[:MAX_TASKS]
    blocks = [
        header(f"{emoji} {clip(name, 110)} · {words.removeprefix('is ')}"),
        section(_about(run)),
    ]
    for task in shown:
        blocks += failed_task(task, publication=publication)
    if hidden := len(failed) - len(shown):
        others = "one more task" if hidden == 1 else f"{hidden} more tasks"
        blocks.append(context(f"…and {others} failed; see them in Airflow."))
    if publication is not None and publication.owners:
        owners = ", ".join(line(owner, 80) for owner in publication.owners[:10])
        blocks.append(context(f"Owned by {owners}"))
    blocks += actions([link_button("Open in Airflow", run.url, action_id="open_airflow")])
    return Card(text=_sentence(run, emoji, words, shown), blocks=blocks)


def _about(run: Run) -> str:
    parts = [f"Run {code(run.run_id, 250)}"]
    if run.started_at:
        parts.append(f"started {moment(run.started_at)}")
    if took := duration(run.started_at, run.ended_at):
        parts.append(f"took {took}")
    if run.triggered_by:
        parts.append(f"by {line(run.triggered_by, 80)}")
    if run.bundle_version:
        parts.append(f"at commit {code(run.bundle_version[:8])}")
    return " · ".join(parts)


def _sentence(run: Run, emoji: str, words: str, failed: Sequence[FailedTask]) -> str:
    where = f" in task {line(failed[0].task_id, 120)}" if failed else ""
    return f"{emoji} {line(run.dag_id, 160)} {line(words, 80)}{where}."
