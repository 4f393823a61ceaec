"""The one note on a merge request that says what became of its DAG."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from airdesk.errors import Refused, Unavailable
from airdesk.model import Publication
from airdesk.ports import CodeHost

log = structlog.get_logger(__name__)


def is_news(decision: Publication, previous: Publication | None) -> bool:
    """Whether a decision tells people something that the last one did not."""
    if decision.merge_request is None:
        return False
    was_withheld = previous is not None and previous.state == "withheld"
    if decision.state == "withheld":
        return not was_withheld or previous is None or previous.reason != decision.reason
    return was_withheld


def write_notes(project: str, news: Iterable[Publication], *, code_host: CodeHost) -> list[str]:
    """Write or renew a note for each decision; returns a sentence per note that failed.

    What was published stands whether or not GitLab takes the note.
    """
    failed = []
    for decision in news:
        if decision.merge_request is None:
            continue
        marker = f"<!-- airdesk publication {decision.dag_id} -->"
        try:
            code_host.put_note(
                project, decision.merge_request, marker=marker, body=note_text(decision)
            )
        except (Refused, Unavailable) as error:
            log.warning("note failed", dag_id=decision.dag_id, why=error.sentence)
            place = f"{project}!{decision.merge_request}"
            failed.append(f"{place}: the note on {decision.dag_id} failed: {error.sentence}")
    return failed


def note_text(decision: Publication) -> str:
    """What the note says, as Markdown."""
    if decision.state == "withheld":
        return (
            f"⛔ **`{decision.dag_id}` is not published.** {decision.reason}\n\n"
            "What was published of it before keeps running."
        )
    if decision.state == "removed":
        return f"🗑️ **`{decision.dag_id}` was removed from Airflow.**"
    names = ", ".join(decision.approved_by)
    return f"✅ **`{decision.dag_id}` is published.** Approved by {names}."
