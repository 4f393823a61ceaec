"""The one note on a merge request that says what became of its DAG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import structlog
from airdesk_render.behaviour.harmless import code, prose

from airdesk.errors import Refused, Unavailable
from airdesk.model import Publication
from airdesk.ports import CodeHost
from airdesk.publishing.decide import base_of

log = structlog.get_logger(__name__)


def is_news(decision: Publication, previous: Publication | None) -> bool:
    """Whether a decision tells people something that the last one did not."""
    if decision.merge_request is None:
        return False
    was_withheld = previous is not None and previous.state == "withheld"
    if decision.state == "withheld":
        return not was_withheld or previous is None or previous.reason != decision.reason
    before = base_of(previous)
    return was_withheld or any(
        getattr(decision, special) not in (None, (), getattr(before, special, None))
        for special in ("break_glass", "renamed_from", "breaks")
    )


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
    name = code(decision.dag_id)
    if decision.state == "withheld":
        return (
            f"⛔ **{name} is not published.** {prose_of(decision.reason or '')}\n\n"
            "What was published of it before keeps running."
        )
    if decision.state == "removed":
        became = f" {code(decision.renamed_to)} takes its place." if decision.renamed_to else ""
        head = f"🗑️ **{name} was removed from Airflow.**{became}"
    elif decision.renamed_from:
        head = (
            f"✅ **{name} is published in place of {code(decision.renamed_from)}**, which goes. "
            "For Airflow it is new: runs and their history stay with the old name."
        )
    else:
        head = f"✅ **{name} is published.**"
    return "\n\n".join([f"{head} {_approved(decision)}".rstrip(), *_below(decision)])


def _approved(decision: Publication) -> str:
    if not decision.approved_by:
        return "" if decision.needs or decision.break_glass else "It needed no approval."
    return f"Approved by {', '.join(code(name) for name in decision.approved_by)}."


def _below(decision: Publication) -> Iterator[str]:
    if (glass := decision.break_glass) is not None:
        yield (
            f"🔨 **Break-glass**: {prose_of(glass.who)} let it go out without what policy asks "
            f"for, until {glass.until:%Y-%m-%d %H:%M %Z}: {prose_of(glass.reason)}"
        )
    if decision.breaks:
        yield f"⚠️ Others lose what they wait for: {prose_of('; '.join(decision.breaks))}."
    if decision.risk not in (None, "none"):
        because = f": {prose_of('; '.join(decision.reasons))}" if decision.reasons else ""
        yield f"Risk: {decision.risk}{because}."


def prose_of(sentence: str) -> str:
    """A sentence with parts of strangers: nothing in it is a mention, link or command.

    References such as `growth/pipelines!3` stay links.
    """
    return prose(sentence).replace("\\!", "!").replace("\\@", "@<!-- -->")
