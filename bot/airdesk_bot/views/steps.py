"""The one-line progress of a change: draft · checks · review · merge · publish · Airflow · run."""

from __future__ import annotations

from airdesk.model import ChangeView, Stage

from airdesk_bot.views.standing import (
    checks_failed,
    checks_passed,
    clashes,
    is_approved,
    is_removed,
    is_running,
    is_withheld,
    reached,
    run_ended,
    run_succeeded,
)
from airdesk_bot.views.text import line

DONE, NOW, FAILED, HELD, OFF = "✅", "⏳", "❌", "✋", "⚪"


def progress_line(view: ChangeView) -> str:
    """Mrkdwn; steps still to come carry no mark, the step we wait for is bold."""
    if view.stage is Stage.CLOSED:
        return f"{DONE} draft · {OFF} *closed without a merge*"
    review = _review(view)
    by_whom = "" if review == DONE else f" by a lead of {line(view.team, 60)}"
    marks = (
        (_draft(view), "draft"),
        (_checks(view), "checks"),
        (review, f"review{by_whom}"),
        (_merge(view), "merge"),
        (_publish(view), "publish"),
        (_airflow(view), "Airflow"),
        (_first_run(view), "first run"),
    )
    return " · ".join(_step(mark, name) for mark, name in marks)


def _step(mark: str, name: str) -> str:
    if not mark:
        return name
    return f"{mark} {name}" if mark == DONE else f"{mark} *{name}*"


def _draft(view: ChangeView) -> str:
    return NOW if view.stage is Stage.SUBMITTED else DONE


def _checks(view: ChangeView) -> str:
    if checks_failed(view):
        return FAILED
    if checks_passed(view) or reached(view, Stage.MERGED):
        return DONE
    return NOW if view.stage is Stage.REVIEW else ""


def _review(view: ChangeView) -> str:
    if is_approved(view) or reached(view, Stage.MERGED):
        return DONE
    waits = view.stage is Stage.REVIEW and checks_passed(view) and not clashes(view)
    return NOW if waits else ""


def _merge(view: ChangeView) -> str:
    if reached(view, Stage.MERGED):
        return DONE
    if clashes(view):
        return FAILED
    return NOW if is_approved(view) and not checks_failed(view) else ""


def _publish(view: ChangeView) -> str:
    if is_withheld(view):
        return HELD
    if reached(view, Stage.PUBLISHED) or is_removed(view):
        return DONE
    return NOW if view.stage is Stage.MERGED else ""


def _airflow(view: ChangeView) -> str:
    if is_withheld(view) or not reached(view, Stage.PUBLISHED):
        return ""
    if view.import_error is not None:
        return FAILED
    return DONE if reached(view, Stage.PARSED) else NOW


def _first_run(view: ChangeView) -> str:
    if is_withheld(view) or not reached(view, Stage.PARSED):
        return ""
    if run_ended(view):
        return DONE if run_succeeded(view) else FAILED
    return NOW if is_running(view) or view.import_error is None else ""
