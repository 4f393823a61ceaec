"""Changes as short phrases; every value stays apart, so that each output can make it harmless."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from airdesk_render.behaviour.shapes import Affected, Change, DagReport, Report, Schedule, Timing
from airdesk_render.policy.risk import RiskClass
from airdesk_render.words.texts import counted, listed

RISK_WORDS: dict[RiskClass, str] = {
    "none": "no effect",
    "low": "low risk",
    "review": "needs review",
    "security": "needs security",
}
_LONGEST = 160


@dataclass(frozen=True)
class Value:
    """A text that somebody wrote: a name, a value, a sentence made of such."""

    text: str


Phrase = Sequence[str | Value]
"""Our own words, and values between them."""


def plain(value: JsonValue) -> str:
    """A value as people would write it, in one line and not too long."""
    if value is None:
        text = "nothing"
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, str):
        text = value or '""'
    elif isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        text = ", ".join(plain(item) for item in value) or "nothing"
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def phrase_of(change: Change) -> Phrase:
    """`task report: retries 1 → 3`."""
    special = _SPECIAL.get(change.kind)
    if special is not None:
        return special(change)
    about, _, field = change.kind.partition(".")
    label = field.removeprefix("work.").replace("_", " ")
    head: list[str | Value] = (
        [f"{about} ", Value(change.subject), f": {label} "] if change.subject else [f"{label}: "]
    )
    if change.diff is not None:
        return [*head, "changes"]
    return [*head, Value(plain(change.before)), " → ", Value(plain(change.after))]


def _comes(change: Change) -> Phrase:
    about = change.kind.partition(".")[0]
    return [f"new {about} ", Value(change.subject), *_details(change.after)]


def _goes(change: Change) -> Phrase:
    about = change.kind.partition(".")[0]
    return [f"{about} ", Value(change.subject), " goes", *_details(change.before)]


def _details(value: JsonValue) -> Iterable[str | Value]:
    if isinstance(value, dict):
        value = ", ".join(plain(item) for item in value.values() if item is not None)
    if value:
        yield " ("
        yield Value(plain(value))
        yield ")"


def _used(change: Change) -> Phrase:
    about = change.kind.partition(".")[0]
    word = {"connection": "uses connection", "image": "starts image", "outlet": "updates asset"}
    verb, tasks = word[about], change.after if change.kind.endswith("added") else change.before
    if change.kind.endswith("added"):
        return [f"now {verb} ", Value(change.subject), " in ", Value(plain(tasks))]
    return [f"no longer {verb} ", Value(change.subject)]


def _renamed(change: Change) -> Phrase:
    about = "task" if change.kind.startswith("task") else "DAG"
    return [f"{about} ", Value(plain(change.before)), " is now ", Value(plain(change.after))]


def _waits(change: Change) -> Phrase:
    added = change.kind.endswith("added")
    names = change.after if added else change.before
    source = plain(names[0]) if isinstance(names, list) and names else ""
    verb = " now waits for " if added else " no longer waits for "
    return [Value(change.subject), verb, Value(source)]


def _tables(change: Change) -> Phrase:
    verb = change.kind.partition(".")[2]
    before = set(change.before) if isinstance(change.before, list) else set()
    after = set(change.after) if isinstance(change.after, list) else set()
    phrase: list[str | Value] = ["task ", Value(change.subject)]
    parts = [
        (word, sorted(map(str, names)))
        for word, names in (
            (f" now {verb} ", after - before),
            (f" no longer {verb} ", before - after),
        )
        if names
    ]
    for number, (word, names) in enumerate(parts):
        phrase += [" and" if number else "", word, Value(", ".join(names))]
    return phrase


def _file(change: Change) -> Phrase:
    if change.before is None:
        return ["new file ", Value(change.subject)]
    if change.after is None:
        return ["file ", Value(change.subject), " goes"]
    return ["file ", Value(change.subject), " changes"]


_SPECIAL: dict[str, Callable[[Change], Phrase]] = {
    "dag.added": lambda change: ["new DAG of ", Value(plain(change.after))],
    "dag.removed": lambda _: ["the DAG goes"],
    "dag.renamed": _renamed,
    "dag.file": lambda change: [
        *("the manifest moves from ", Value(plain(change.before))),
        *(" to ", Value(plain(change.after))),
    ],
    "manifest.broken": lambda _: ["the manifest is wrong now"],
    "manifest.mended": lambda _: ["the manifest was wrong and is right now"],
    "exception.added": lambda change: ["needs an exception: ", Value(plain(change.after))],
    "exception.removed": lambda change: ["needs no exception now: ", Value(plain(change.before))],
    "task.renamed": _renamed,
    "task.reads": _tables,
    "task.writes": _tables,
    **{f"{about}.added": _comes for about in ("task", "param", "group")},
    **{f"{about}.removed": _goes for about in ("task", "param", "group")},
    **{
        f"{name}.{how}": _used
        for name in ("connection", "image", "outlet")
        for how in ("added", "removed")
    },
    **{f"dependency.{how}": _waits for how in ("added", "removed")},
    **{f"file.{kind}": _file for kind in ("sql", "python", "shell", "notebook", "other")},
}


def runs_in_words(timing: Timing, at: dt.datetime) -> list[str]:
    """`Mon 7 Dec 06:00`, with the year where it is another than now."""
    return [
        f"{run:%a} {run.day} {run:%b %H:%M}" + (f", {run.year}" if run.year != at.year else "")
        for run in timing.next_runs
    ]


def at_once_in_words(schedule: Schedule) -> str | None:
    """What starts as soon as the change is live."""
    number = schedule.at_once
    if number == 0:
        return None
    runs = f"{number} or more runs" if schedule.many else counted(number, "run")
    at_a_time = f", {schedule.at_a_time} at a time" if number > 1 and schedule.at_a_time else ""
    return f"{runs} would start as soon as this is live{at_a_time}"


def affected_phrase(one: Affected) -> Phrase:
    """`risk.exposures runs when growth.orders is updated`."""
    verbs = {"listens": " runs when ", "waits": " waits for ", "triggers": " starts "}
    phrase: list[str | Value] = [Value(one.dag_id), verbs[one.relation], Value(one.through)]
    phrase.append(" is updated" if one.relation == "listens" else "")
    phrase.append(", which will be gone" if one.breaks else "")
    return phrase


def status_in_words(dag: DagReport) -> str:
    words = {"same": "unchanged", "broken": "manifest is wrong"}
    return words.get(dag.status, dag.status)


def summary(report: Report) -> str:
    """`2 DAGs changed and 1 DAG added; 1 manifest edited without effect; 40 unchanged.`"""
    counts = {
        status: sum(1 for dag in report.dags if dag.status == status)
        for status in ("changed", "renamed", "added", "removed", "broken")
    }
    nouns = {"broken": ("manifest", "wrong")}
    parts = [
        f"{counted(number, nouns.get(status, ('DAG', ''))[0])} {nouns.get(status, ('', status))[1]}"
        for status, number in counts.items()
        if number
    ]
    text = listed(parts) if parts else "No DAG changes"
    if report.only_text:
        text += f"; {counted(len(report.only_text), 'manifest')} edited without effect"
    return f"{text}; {report.unchanged} unchanged." if report.unchanged else f"{text}."
