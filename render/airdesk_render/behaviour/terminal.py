"""The report for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from airdesk_render.behaviour.harmless import visible
from airdesk_render.behaviour.shapes import DagReport, Report, Timing
from airdesk_render.behaviour.wording import (
    RISK_WORDS,
    Phrase,
    Value,
    affected_phrase,
    at_once_in_words,
    moment_in_words,
    phrase_of,
    status_in_words,
    summary,
)
from airdesk_render.policy.risk import RiskClass

_SIGNS: dict[RiskClass, str] = {"none": " ", "low": "~", "review": "?", "security": "!"}


def as_text(report: Report) -> str:
    """All that changes, without a line's end at the end."""
    lines = [f"{summary(report)} Risk: {RISK_WORDS[report.risk]}."]
    for dag in report.dags:
        lines += ["", *_dag(dag)]
    if report.only_text:
        lines += ["", "Edited without effect:", *(f"  {visible(one)}" for one in report.only_text)]
    return "\n".join(lines)


def _dag(dag: DagReport) -> Iterator[str]:
    yield f"{visible(dag.dag_id)}: {status_in_words(dag)}, {RISK_WORDS[dag.risk]}"
    for reason in dag.reasons:
        yield f"    {visible(reason)}"
    for change in dag.changes:
        yield f"  {_SIGNS[change.risk]} {_said(phrase_of(change))}"
        if change.note:
            yield f"      {visible(change.note)}"
        if change.diff:
            yield from (f"      {visible(line, keep=chr(9))}" for line in change.diff.split("\n"))
    yield from _schedule(dag)
    for one in dag.affected:
        yield f"  > {_said(affected_phrase(one))}"
    if dag.because and dag.because != (dag.manifest,):
        yield f"  comes from {', '.join(visible(path) for path in dag.because)}"
    for word, findings in (("was", dag.old_findings), ("is", dag.new_findings)):
        for finding in findings:
            yield f"  {word} wrong: {visible(str(finding))}"


def _said(phrase: Phrase) -> str:
    return "".join(visible(part.text) if isinstance(part, Value) else part for part in phrase)


def _schedule(dag: DagReport) -> Iterator[str]:
    schedule = dag.schedule
    if schedule is None:
        return
    at_once = at_once_in_words(schedule)
    if at_once is not None:
        yield f"  {at_once}"
    if schedule.before == schedule.after:
        return
    for word, timing in (("before", schedule.before), ("after", schedule.after)):
        if timing is not None:
            yield from _runs(word, timing)
    if schedule.counted_from:
        yield f"    {schedule.counted_from}"


def _runs(word: str, timing: Timing) -> Iterator[str]:
    yield f"  runs {word}: {visible(timing.words)}"
    if timing.next_runs:
        yield f"    next {', '.join(moment_in_words(one) for one in timing.next_runs)}"
