"""Where a change stands: one emoji, a few words, one sentence, and the mark of every step.

Header, notification, progress line and `/airflow status` all read it from here, so they agree.
Blue: a machine works. Yellow: a person's turn. Red: something must be corrected. Green: done.
"""

from __future__ import annotations

from dataclasses import dataclass

from airdesk.model import Approval, ChangeView, Stage

FAILED_PIPELINE = frozenset({"failed", "canceled", "canceling"})
PASSED_PIPELINE = frozenset({"success", "skipped"})
RUNNING_RUN = frozenset({"queued", "running", "scheduled", "restarting", "up_for_retry"})

_ORDER = {
    Stage.SUBMITTED: 0,
    Stage.REVIEW: 1,
    Stage.MERGED: 2,
    Stage.PUBLISHED: 3,
    Stage.PARSED: 4,
    Stage.RAN: 5,
    Stage.CLOSED: -1,
}


@dataclass(frozen=True)
class Standing:
    """`words` go behind the dag id in the headline; `sentence` follows the dag id as subject."""

    emoji: str
    words: str
    sentence: str


def reached(view: ChangeView, stage: Stage) -> bool:
    return _ORDER[view.stage] >= _ORDER[stage]


def dag_id_of(view: ChangeView) -> str:
    return f"{view.team}.{view.dag_name}"


def checks_failed(view: ChangeView) -> bool:
    return view.pipeline is not None and view.pipeline.status in FAILED_PIPELINE


def checks_passed(view: ChangeView) -> bool:
    return view.pipeline is not None and view.pipeline.status in PASSED_PIPELINE


def is_own(view: ChangeView, approval: Approval) -> bool:
    """Whether the author approved the own change, which does not count."""
    return view.merge_request is not None and approval.user_id == view.merge_request.author_id


def is_approved(view: ChangeView) -> bool:
    return any(not is_own(view, approval) for approval in view.approvals)


def is_withheld(view: ChangeView) -> bool:
    return (
        reached(view, Stage.MERGED)
        and view.publication is not None
        and view.publication.state == "withheld"
    )


def clashes(view: ChangeView) -> bool:
    """Whether what was merged meanwhile changes the same lines."""
    request = view.merge_request
    return view.stage is Stage.REVIEW and request is not None and request.has_conflicts


def is_removed(view: ChangeView) -> bool:
    return view.publication is not None and view.publication.state == "removed"


def is_taken_back(view: ChangeView, *, merged: bool = False) -> bool:
    """Whether another change that takes it back is open or merged, or `merged` only."""
    if view.rollback is None or view.rollback.stage is Stage.CLOSED:
        return False
    return not merged or view.rollback.stage not in (Stage.SUBMITTED, Stage.REVIEW)


def is_running(view: ChangeView) -> bool:
    return view.run is not None and view.run.state in RUNNING_RUN


def run_ended(view: ChangeView) -> bool:
    return view.run is not None and not is_running(view)


def run_succeeded(view: ChangeView) -> bool:
    return view.run is not None and view.run.state == "success"


def standing(view: ChangeView) -> Standing:
    """The state of the whole change, as the headline says it."""
    if view.stage is Stage.CLOSED:
        return Standing("⚪", "closed", "was closed without a merge; nothing changed in Airflow.")
    if view.stage is Stage.SUBMITTED:
        return Standing("🔵", "submitted", "is being written to GitLab.")
    if view.stage is Stage.REVIEW:
        return _in_review(view)
    if view.stage is Stage.MERGED or is_withheld(view):
        return _merged(view)
    if is_taken_back(view, merged=True):
        return Standing("⚪", "rolled back", "was rolled back by another change.")
    return _in_airflow(view)


def _in_review(view: ChangeView) -> Standing:
    if checks_failed(view):
        status = view.pipeline.status if view.pipeline else "failed"
        if status == "failed":
            return Standing("🔴", "checks failed", "did not pass its checks.")
        return Standing("🔴", "checks canceled", "cannot go on: somebody canceled its checks.")
    if clashes(view):
        return Standing("🔴", "has to be rebased", "clashes with what was merged meanwhile.")
    if is_approved(view):
        if checks_passed(view):
            return Standing("🔵", "approved", "is approved and merges now.")
        return Standing(
            "🔵", "approved", "is approved and merges as soon as its checks have passed."
        )
    if checks_passed(view):
        who = f"a lead of {view.team}"
        return Standing("🟡", f"waits for {who}", f"waits for {who} to approve it.")
    return Standing("🔵", "being checked", "is being checked.")


def _merged(view: ChangeView) -> Standing:
    if is_withheld(view):
        return Standing(
            "🟠", "merged, not published", "is merged, but the publisher holds it back."
        )
    if is_removed(view):
        return Standing("⚪", "removed", "was removed from Airflow.")
    return Standing("🔵", "being published", "is merged and being published.")


def _in_airflow(view: ChangeView) -> Standing:
    if view.import_error is not None:
        return Standing("🔴", "Airflow cannot load it", "is published, but Airflow cannot load it.")
    if is_running(view):
        return Standing("🔵", "running", "is running.")
    if run_ended(view):
        if run_succeeded(view):
            return Standing("🟢", "ran OK", "ran OK.")
        return Standing("🔴", "run failed", "is live, but its run failed.")
    if reached(view, Stage.PARSED):
        return Standing("🟡", "ready to run", "is in Airflow and ready for its first run.")
    return Standing("🔵", "Airflow is loading it", "is published; Airflow is loading it.")
