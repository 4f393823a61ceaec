"""The report for a terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from airdesk_render.behaviour.harmless import visible
from airdesk_render.behaviour.shapes import DagReport, Report, Timing
from airdesk_render.behaviour.wording import (
    RISK_WORDS,
    Phrase,
    Value,
    affected_phrase,
    at_once_in_words,
    phrase_of,
    runs_in_words,
    status_in_words,
    summary,
)
from airdesk_render.policy.risk import RiskClass

_SIGNS: dict[RiskClass, str] = {"none": " ", "low": "~", "review": "?", "security": "!"}


def as_text(report: Report) -> str:
    """All that changes, without a line's end at the end."""
    lines = [f"{summary(report)} Risk: {RISK_WORDS[report.risk]}."]
    for dag in report.dags:
        lines += ["", *_dag(dag, report.at)]
    if report.only_text:
        lines += ["", "Edited without effect:", *(f"  {visible(one)}" for one in report.only_text)]
    return "\n".join(lines)


def _dag(dag: DagReport, at: dt.datetime) -> Iterator[str]:
    pii = ", data about people" if dag.data_class == "pii" else ""
    yield f"{visible(dag.dag_id)}: {status_in_words(dag)}, {RISK_WORDS[dag.risk]}{pii}"
    for reason in dag.reasons:
        yield f"    {visible(reason)}"
    for change in dag.changes:
        yield f"  {_SIGNS[change.risk]} {_said(phrase_of(change))}"
        if change.note:
            yield f"      {visible(change.note)}"
        if change.diff:
            yield from (f"      {visible(line, keep=chr(9))}" for line in change.diff.split("\n"))
    yield from _schedule(dag, at)
    for one in dag.affected:
        yield f"  > {_said(affected_phrase(one))}"
    yield from (f"  exception in effect: {visible(one)}" for one in dag.exceptions)
    if dag.because and dag.because != (dag.manifest,):
        yield f"  comes from {', '.join(visible(path) for path in dag.because)}"
    for word, findings in (("was", dag.old_findings), ("is", dag.new_findings)):
        for finding in findings:
            yield f"  {word} wrong: {visible(str(finding))}"


def _said(phrase: Phrase) -> str:
    return "".join(visible(part.text) if isinstance(part, Value) else part for part in phrase)


def _schedule(dag: DagReport, at: dt.datetime) -> Iterator[str]:
    schedule = dag.schedule
    if schedule is None:
        return
    at_once = at_once_in_words(schedule)
    if at_once is not None:
        yield f"  {at_once}"
    if schedule.before == schedule.after:
        return
    both = schedule.before is not None and schedule.after is not None
    for word, timing in (("before", schedule.before), ("after", schedule.after)):
        if timing is not None:
            yield from _runs(word if both else "", timing, at)
    if schedule.counted_from:
        yield f"    {schedule.counted_from}"


def _runs(word: str, timing: Timing, at: dt.datetime) -> Iterator[str]:
    """Where there are two, the words stand with the change already."""
    runs = runs_in_words(timing, at)
    if not word:
        yield f"  runs {visible(timing.words)}"
    if runs:
        yield f"    next runs{word and ' '}{word}: {'; '.join(runs)}"
