"""What `/airflow waiting` answers: what waits for whom, as sentences."""

from __future__ import annotations

from collections.abc import Sequence

from airdesk.actions.waiting_queue import Queue, Waiting, WaitsFor

from airdesk_bot.views.blocks import MAX_SECTION, context, section
from airdesk_bot.views.card import Block, Card
from airdesk_bot.views.text import bold, code, joined, line, link, moment

MOST_LINES = 15
_MACHINE = "At work without you"


def waiting_message(queue: Queue) -> Card:
    """The answer for one person: what waits for them, then for others, then what machines do."""
    yours = [one for one in queue.waiting if one.is_yours]
    machines = [one for one in queue.waiting if one.for_what is WaitsFor.MACHINE]
    others = [one for one in queue.waiting if not one.is_yours and one not in machines]
    groups = (("Waits for you", yours), ("Waits for others", others), (_MACHINE, machines))
    blocks = [_group(title, found) for title, found in groups if found]
    if not blocks and queue.unavailable is None:
        blocks.append(section("Nothing waits in your teams. 🎉"))
    if queue.unavailable is not None:
        blocks.append(context(f"⚠️ {line(queue.unavailable, 1000)}"))
    return Card(text=_summary(len(yours), len(others), queue.unavailable), blocks=blocks)


def _group(title: str, found: Sequence[Waiting]) -> Block:
    lines = [_sentence(one) for one in found[:MOST_LINES]]
    if len(found) > MOST_LINES:
        lines.append(f"…and {len(found) - MOST_LINES} more")
    return section(f"*{title}*\n{joined(lines, MAX_SECTION - 100)}")


def _sentence(one: Waiting) -> str:
    since = f" Open since {moment(one.since)}." if one.since else ""
    return f"{_EMOJI[one.for_what]} {_subject(one)} {_predicate(one)}{since}"


def _subject(one: Waiting) -> str:
    if one.request is None:
        return bold(one.what, 150)
    by = line(one.request.author_name, 60)
    return f"{link(one.request.url, f'!{one.request.iid} {one.what}', 120)} by {by}"


def _predicate(one: Waiting) -> str:
    who = "you" if one.is_yours else line(one.whom, 120)
    why = f" {line(one.why, 400)}" if one.why else ""
    number = f" ({code(f'!{one.iid}', 20)})" if one.iid else ""
    return {
        WaitsFor.APPROVAL: f"waits for {who} to approve it.",
        WaitsFor.CORRECTION: f"has a red pipeline; {who} must correct it.",
        WaitsFor.REBASE: f"clashes with what was merged meanwhile; {who} must rebase it.",
        WaitsFor.AUTHOR: f"waits for {who}:{why}" if why else "is a draft.",
        WaitsFor.PUBLICATION: f"is merged{number}, but not published:{why or ' ask the platform.'}",
        WaitsFor.MERGE: f"is approved; {who} can merge it.",
        WaitsFor.MACHINE: "is being checked.",
    }[one.for_what]


_EMOJI = {
    WaitsFor.APPROVAL: "🟡",
    WaitsFor.CORRECTION: "🔴",
    WaitsFor.REBASE: "🔴",
    WaitsFor.AUTHOR: "🟡",
    WaitsFor.PUBLICATION: "🟠",
    WaitsFor.MERGE: "🟡",
    WaitsFor.MACHINE: "🔵",
}


def _summary(yours: int, others: int, unavailable: str | None) -> str:
    text = f"{yours} {'thing waits' if yours == 1 else 'things wait'} for you, {others} for others."
    return f"{text} {line(unavailable, 500)}" if unavailable else text
