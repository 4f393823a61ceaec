"""A failed task with what its log tells, on change cards and run cards alike."""

from __future__ import annotations

from airdesk.model import FailedTask, Publication

from airdesk_bot.views.blocks import section
from airdesk_bot.views.card import Block
from airdesk_bot.views.text import code, line, log_block

MAX_TAIL = 2000
_OPEN_CLASSES = frozenset({"public", "internal"})


def may_show_data(publication: Publication | None) -> bool:
    """Whether rows and log lines may stand in Slack; a class we do not know counts as PII."""
    return publication is not None and publication.data_class in _OPEN_CLASSES


def failed_task(failed: FailedTask, *, publication: Publication | None) -> list[Block]:
    """What failed and why; for personal data only where to look."""
    name = failed.task_id if failed.map_index < 0 else f"{failed.task_id}[{failed.map_index}]"
    text = f"❌ Task {code(name, 120)} failed (try {failed.try_number})."
    if not may_show_data(publication):
        return [section(f"{text}\n{_where_to_look(publication)}")]
    if failed.explanation:
        text += f"\n{line(failed.explanation, 600)}"
    if failed.log_tail.strip():
        text += f"\n{log_block(failed.log_tail, MAX_TAIL)}"
    return [section(text)]


def _where_to_look(publication: Publication | None) -> str:
    if publication is None:
        return "🔒 Its data class is not known here, so read the log in Airflow."
    return "🔒 It handles personal data, so its log is not shown in Slack. Read it in Airflow."
