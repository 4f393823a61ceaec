"""The change card: one message that follows a change from its draft to its first run."""

from __future__ import annotations

from airdesk.model import ChangeView, Stage

from airdesk_bot.views.blocks import (
    MAX_FALLBACK,
    actions,
    button,
    confirm,
    context,
    header,
    link_button,
    section,
)
from airdesk_bot.views.card import Block, Card
from airdesk_bot.views.change_details import details
from airdesk_bot.views.standing import (
    checks_failed,
    clashes,
    dag_id_of,
    is_running,
    is_taken_back,
    is_withheld,
    reached,
    run_ended,
    standing,
)
from airdesk_bot.views.steps import progress_line
from airdesk_bot.views.text import bold, clip, line, mention, one_line


def change_card(view: ChangeView) -> Card:
    """The card of one change, in whatever state it is.

    Buttons: `change_approve` (value `<change_id>:<sha>`), `change_run` and `change_roll_back`
    (value `<change_id>`), and the links `open_merge_request`, `open_pipeline`, `open_airflow`,
    whose clicks need no answer.
    """
    now = standing(view)
    name = one_line(dag_id_of(view))
    blocks = [
        header(f"{now.emoji} {clip(name, 105)} · {now.words}"),
        section(f"{_title(view)}\n{progress_line(view)}"),
        *([context(f"⚠️ {line(view.problem, 1000)}")] if view.problem else []),
        *details(view),
        *actions(
            [
                _approve(view),
                _run(view),
                *_links(view),
                _roll_back(view),
            ]
        ),
    ]
    fallback = f"{now.emoji} {line(name, 160)} {line(now.sentence, 200)}"
    if view.problem:
        fallback = f"{fallback} {line(view.problem, MAX_FALLBACK - 400)}"
    return Card(text=fallback, blocks=blocks)


def _title(view: ChangeView) -> str:
    title = one_line(view.title).removeprefix(f"{view.dag_name}: ")
    author = mention(view.author_slack)
    shown = bold(title, 400)
    return f"{shown} · by {author}" if shown else f"By {author}"


def _approve(view: ChangeView) -> Block | None:
    request = view.merge_request
    if view.stage is not Stage.REVIEW or request is None or request.state != "opened":
        return None
    if checks_failed(view) or clashes(view):
        return None
    question = confirm(
        title="Approve and merge?",
        text=(
            f"You approve {clip(one_line(dag_id_of(view)), 60)} at commit {request.sha[:8]} in "
            "your own name. It merges once its checks have passed, and then goes to Airflow."
        ),
        yes="Approve & merge",
    )
    return button(
        "Approve & merge",
        action_id="change_approve",
        value=f"{view.change_id}:{request.sha}",
        style="primary",
        confirm=question,
    )


def _run(view: ChangeView) -> Block | None:
    if not reached(view, Stage.PARSED) or is_running(view) or is_withheld(view):
        return None
    if is_taken_back(view, merged=True) or view.import_error is not None:
        return None
    if view.dag is None or view.dag.is_stale:
        return None
    again = run_ended(view)
    return button(
        "Run again" if again else "Run now",
        action_id="change_run",
        value=view.change_id,
        style=None if again else "primary",
    )


def _roll_back(view: ChangeView) -> Block | None:
    if not reached(view, Stage.PUBLISHED) or is_withheld(view) or is_taken_back(view):
        return None
    question = confirm(
        title="Roll back?",
        text=(
            f"A merge request in your own name brings {clip(one_line(dag_id_of(view)), 60)} back "
            "to what was live before this change, or removes it where it was new. It is checked "
            "and reviewed like every change."
        ),
        yes="Prepare it",
    )
    return button("Roll back", action_id="change_roll_back", value=view.change_id, confirm=question)


def _links(view: ChangeView) -> list[Block | None]:
    request, pipeline = view.merge_request, view.pipeline
    in_airflow = view.run.url if view.run else view.dag.url if view.dag else None
    before_merge = not reached(view, Stage.MERGED)
    return [
        link_button(
            f"Merge request !{request.iid}" if request else "Merge request",
            request.url if request else None,
            action_id="open_merge_request",
        ),
        link_button(
            "Pipeline",
            pipeline.url if pipeline and before_merge else None,
            action_id="open_pipeline",
        ),
        link_button(
            "Run in Airflow" if view.run else "Airflow", in_airflow, action_id="open_airflow"
        ),
    ]
