"""The report as a note on a merge request.

Whatever somebody wrote stands in code spans and blocks: GitLab sees no mention, link, tag or
quick action in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from airdesk_render.behaviour.harmless import code, fenced, html_code, prose
from airdesk_render.behaviour.mermaid import mermaid_of
from airdesk_render.behaviour.shapes import Change, DagReport, Report, Timing
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

MOST_CHARACTERS = 200_000
"""A note of GitLab holds a million; nobody reads so much."""
_SIGNS: dict[RiskClass, str] = {"none": "⚪", "low": "🟢", "review": "🟡", "security": "🔴"}
_MOST_LINES = 40
_OPEN_GRAPHS = 3
_FULL, _NO_DIFFS, _HEAD_ONLY = range(3)


def as_markdown(report: Report, *, most: int = MOST_CHARACTERS) -> str:
    """The note, at most `most` characters; details of the least risky DAGs are left out first."""
    head = "\n".join(_head(report))
    sections = [_section(dag, _FULL, number, report.at) for number, dag in enumerate(report.dags)]
    foot = "\n".join(_foot(report))
    for level in (_NO_DIFFS, _HEAD_ONLY):
        for number in reversed(range(len(sections))):
            if len(head) + len(foot) + sum(len(one) + 2 for one in sections) <= most:
                break
            sections[number] = _section(report.dags[number], level, number, report.at)
    left_out = 0
    while sections and len(head) + len(foot) + sum(len(one) + 2 for one in sections) + 100 > most:
        sections.pop()
        left_out += 1
    if left_out:
        sections.append(f"…and {left_out} more DAGs. `airdesk-render diff` shows them all.")
    return "\n\n".join(part for part in (head, *sections, foot) if part) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"### {_SIGNS[report.risk]} What changes: {RISK_WORDS[report.risk]}"
    yield ""
    yield f"{summary(report)} Compared: {code(report.old)} and {code(report.new)}."
    if report.old_policy != report.new_policy:
        yield ""
        yield f"The policy changes too: {code(report.old_policy)} → {code(report.new_policy)}."


def _foot(report: Report) -> Iterator[str]:
    if report.only_text:
        names = ", ".join(code(name) for name in report.only_text[:_MOST_LINES])
        more = len(report.only_text) - _MOST_LINES
        yield f"Edited without effect: {names}{f' and {more} more' if more > 0 else ''}."


def _section(dag: DagReport, level: int, number: int, at: dt.datetime) -> str:
    sign, words = _SIGNS[dag.risk], RISK_WORDS[dag.risk]
    pii = ", data about people" if dag.data_class == "pii" else ""
    lines = [f"#### {sign} {code(dag.dag_id)}: {status_in_words(dag)}, {words}{pii}", ""]
    lines += [f"- **Why:** {prose(reason)}" for reason in dag.reasons]
    if level == _HEAD_ONLY:
        lines.append(f"- {len(dag.changes)} changes; the details are left out here.")
        return "\n".join(lines)
    lines += _changes(dag)
    lines += _schedule(dag, at)
    lines += _others(dag)
    lines += _graph(dag, number)
    if level == _FULL:
        lines += _diffs(dag)
    lines += _findings(dag)
    return "\n".join(lines)


def _said(phrase: Phrase) -> str:
    return "".join(code(part.text) if isinstance(part, Value) else part for part in phrase)


def _changes(dag: DagReport) -> Iterator[str]:
    for change in dag.changes[:_MOST_LINES]:
        note = f" {prose(change.note)}" if change.note else ""
        yield f"- {_SIGNS[change.risk]} {_said(phrase_of(change))}.{note}"
    if len(dag.changes) > _MOST_LINES:
        yield f"- …and {len(dag.changes) - _MOST_LINES} more changes"


def _schedule(dag: DagReport, at: dt.datetime) -> Iterator[str]:
    schedule = dag.schedule
    if schedule is None:
        return
    before, after = schedule.before, schedule.after
    at_once = at_once_in_words(schedule)
    if at_once is not None:
        yield f"- **{at_once}.**"
    if before == after:
        if after is not None:
            yield f"- Runs as before: {code(after.words)}"
        return
    yield ""
    yield "<details><summary>When it runs</summary>"
    yield ""
    for word, timing in (("Before", before), ("After", after)):
        if timing is not None:
            yield f"- {word}: {code(timing.words)}{_runs(timing, at)}"
    if schedule.counted_from:
        yield f"- {schedule.counted_from}"
    yield ""
    yield "</details>"


def _runs(timing: Timing, at: dt.datetime) -> str:
    runs = runs_in_words(timing, at)
    return f"; next {', '.join(code(run) for run in runs)}" if runs else ""


def _others(dag: DagReport) -> Iterator[str]:
    for one in dag.affected[:_MOST_LINES]:
        word = "⚠️ Breaks" if one.breaks else "Reaches"
        yield f"- {word}: {_said(affected_phrase(one))}"
    if len(dag.affected) > _MOST_LINES:
        yield f"- …and {len(dag.affected) - _MOST_LINES} more DAGs"
    yield from (f"- Exception in effect: {code(one)}" for one in dag.exceptions)
    if dag.because and dag.because != (dag.manifest,):
        yield f"- Comes from {', '.join(code(path) for path in dag.because[:_MOST_LINES])}"


def _graph(dag: DagReport, number: int) -> Iterator[str]:
    drawn = mermaid_of(dag.graph)
    states = {node.state for node in dag.graph.nodes} | {edge.state for edge in dag.graph.edges}
    if drawn is None or states == {"same"}:
        return
    yield ""
    if number < _OPEN_GRAPHS:
        yield fenced(drawn, "mermaid")
        return
    yield from ("<details><summary>Graph</summary>", "", fenced(drawn, "mermaid"), "", "</details>")


def _diffs(dag: DagReport) -> Iterator[str]:
    for change in dag.changes:
        if change.diff:
            yield ""
            yield f"<details><summary>{_title(change)}</summary>"
            yield ""
            yield fenced(change.diff, "diff")
            yield ""
            yield "</details>"


def _title(change: Change) -> str:
    field = change.kind.partition(".")[2].removeprefix("work.")
    name = html_code(change.subject) if change.subject else "the DAG"
    return name if change.kind.startswith("file.") else f"{html_code(field)} of {name}"


def _findings(dag: DagReport) -> Iterator[str]:
    for word, findings in (("Before", dag.old_findings), ("Now", dag.new_findings)):
        for one in findings[:_MOST_LINES]:
            place = f"{one.file}:{one.line}:{one.column}"
            yield f"- {word} wrong: {code(place)} {code(one.message)}"
        if len(findings) > _MOST_LINES:
            yield f"- …and {len(findings) - _MOST_LINES} more findings"
