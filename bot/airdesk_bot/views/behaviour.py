"""What a change does, in the few lines that a card has for it."""

from __future__ import annotations

from airdesk.model import Behaviour, ChangeView, Stage
from airdesk_render.behaviour.wording import RISK_WORDS

from airdesk_bot.views.blocks import MAX_SECTION, section
from airdesk_bot.views.card import Block
from airdesk_bot.views.standing import reached
from airdesk_bot.views.text import joined, line


def behaviour(view: ChangeView) -> list[Block]:
    """Its class of risk and its weightiest changes, while somebody has to decide about it."""
    told = view.behaviour
    if told is None or reached(view, Stage.MERGED) or view.stage is Stage.CLOSED:
        return []
    if any(finding.severity == "error" for finding in view.findings):
        return []
    lines = [f"• {line(one, 300)}" for one in told.lines]
    if rest := _rest(told):
        lines.append(rest)
    title = f"*What changes:* {RISK_WORDS[told.risk]}"
    return [section("\n".join([title, joined(lines, MAX_SECTION - 100)]) if lines else title)]


def _rest(told: Behaviour) -> str:
    """What the lines leave out; the merge request's note has it all."""
    parts = []
    if told.more > 0:
        parts.append(f"{told.more} more")
    if told.other_dags > 0:
        parts.append(f"{told.other_dags} other DAG{'s' if told.other_dags > 1 else ''}")
    return f"…and {' and '.join(parts)}; the merge request tells all" if parts else ""
