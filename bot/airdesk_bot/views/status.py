"""What `/airflow status` answers: open changes, then DAGs with their last run."""

from __future__ import annotations

from collections.abc import Sequence

from airdesk.model import ChangeView, DagState, Run

from airdesk_bot.views.blocks import MAX_SECTION, context, section
from airdesk_bot.views.card import Block, Card
from airdesk_bot.views.standing import RUNNING_RUN, dag_id_of, standing
from airdesk_bot.views.text import bold, duration, joined, line, link, moment

_LAST_RUN = {
    "success": ("🟢", "ran OK"),
    "failed": ("🔴", "failed"),
    "running": ("🔵", "running"),
    "queued": ("🔵", "waits for a free worker"),
}


def status_message(
    *,
    changes: Sequence[ChangeView],
    dags: Sequence[tuple[DagState, Run | None]],
    unavailable: str | None,
) -> Card:
    """The answer for one person; `unavailable` is a sentence about what could not be asked."""
    blocks: list[Block] = []
    if changes:
        blocks.append(_list("Changes on their way", [_change(view) for view in changes]))
    if dags:
        blocks.append(_list("DAGs in Airflow", [_dag(dag, run) for dag, run in dags]))
    if not blocks and unavailable is None:
        blocks.append(section("Your teams have no DAG yet. `/airflow new-dag` starts the first."))
    if unavailable is not None:
        blocks.append(context(f"⚠️ {line(unavailable, 1000)}"))
    return Card(text=_sentence(changes, dags, unavailable), blocks=blocks)


def _list(title: str, lines: Sequence[str]) -> Block:
    return section(f"*{title}*\n{joined(lines, MAX_SECTION - 100)}")


def _change(view: ChangeView) -> str:
    now = standing(view)
    text = f"{now.emoji} {bold(dag_id_of(view), 150)} · {line(now.words, 80)}"
    if view.merge_request is not None:
        text += f" · {link(view.merge_request.url, f'!{view.merge_request.iid}')}"
    return f"{text} · ⚠️ {line(view.problem, 200)}" if view.problem else text


def _dag(dag: DagState, run: Run | None) -> str:
    emoji, words = _last_run(dag, run)
    parts = [f"{emoji} {link(dag.url, dag.dag_id, 150)}", words]
    if run is not None:
        at = run.ended_at or run.started_at
        if at is not None:
            parts[-1] += f" {moment(at)}"
        if took := duration(run.started_at, run.ended_at):
            parts.append(took)
    if dag.is_stale:
        parts.append("no longer in the central repository")
    elif dag.is_paused:
        parts.append("paused")
    elif dag.next_run_at is not None and not (run and run.state in RUNNING_RUN):
        parts.append(f"next {moment(dag.next_run_at)}")
    return " · ".join(parts)


def _last_run(dag: DagState, run: Run | None) -> tuple[str, str]:
    if dag.is_stale:
        return "⚪", "gone"
    if run is None:
        return "🟡", "has not run yet"
    return _LAST_RUN.get(run.state, ("⚪", f"ended as {line(run.state, 40)}"))


def _sentence(
    changes: Sequence[ChangeView],
    dags: Sequence[tuple[DagState, Run | None]],
    unavailable: str | None,
) -> str:
    red = sum(run is not None and run.state == "failed" for _, run in dags)
    parts = [f"{_count(len(changes), 'change')} on the way", _count(len(dags), "DAG")]
    text = f"{' and '.join(parts)} in Airflow; the last run of {red} failed."
    if not red:
        text = f"{' and '.join(parts)} in Airflow; no last run failed."
    return f"{text} {line(unavailable, 500)}" if unavailable else text


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
