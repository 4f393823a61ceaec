"""What a change does, as the team's own pipeline reported it: read without trusting it.

The report lies in an artifact that the team's pipeline wrote, so it may hold anything. What is
taken from it are values of Airdesk's own shapes, bounded in number and length; Markdown is made of
them here, and no line of the artifact is passed on as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from airdesk_render.behaviour import Report, as_markdown
from airdesk_render.behaviour.kinds import is_kind
from airdesk_render.behaviour.shapes import Change, DagReport, Edge, Graph, Node, Schedule
from airdesk_render.behaviour.wording import Value, phrase_of
from pydantic import JsonValue, ValidationError

from airdesk.model import Behaviour

DIFF_JOB = "diff"
BEHAVIOUR_ARTIFACT = "airdesk/behaviour.json"
MOST_CHARACTERS = 60_000
"""Of the Markdown. GitLab takes a million; nobody reads so much."""
_MOST_BYTES = 4_000_000
_MOST_ITEMS = 300
_MOST_TEXT = 2_000
_MOST_DIFF = 20_000
_DEEPEST = 12
_MOST_LINES = 3
_KIND = re.compile(r"[a-z_]{1,20}(\.[a-z0-9_]{1,40}){1,3}")
_SENTENCE = re.compile(r"[A-Za-z ,.:;_-]{1,300}")
_ODD = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)
"""What code that trusts its input raises where a value is not what it should be."""


@dataclass(frozen=True)
class Told:
    """A report that can be shown, and whether some of what came with it could not."""

    report: Report
    whole: bool


def read_behaviour(content: bytes | None) -> Told | None:
    """The report in the artifact of a diff job; `None` where it is none. Never raises."""
    if content is None or len(content) > _MOST_BYTES:
        return None
    try:
        data = json.loads(content)
        bounded = _bounded(data, 0)
        report = Report.model_validate(bounded)
        dags = tuple(_harmless(dag) for dag in report.dags)
    except (*_ODD, ValidationError):
        return None
    return Told(
        report.model_copy(update={"dags": dags}), whole=bounded == data and dags == report.dags
    )


def markdown_of(told: Told) -> str | None:
    """The report as Markdown for a merge request; `None` where it cannot be made."""
    try:
        text = as_markdown(told.report, most=MOST_CHARACTERS)
    except _ODD:
        return None
    return text.rstrip() if len(text) <= 2 * MOST_CHARACTERS else None


def behaviour_of(told: Told, dag_id: str) -> Behaviour:
    """What a card shows of it: the class of risk, and the weightiest changes of one DAG."""
    report = told.report
    dag = next((one for one in report.dags if dag_id in (one.dag_id, one.was)), None)
    changes = dag.changes if dag is not None else ()
    try:
        lines = tuple(_line(change) for change in changes[:_MOST_LINES])
    except _ODD:
        lines = ()
    others = len(report.dags) - (dag is not None)
    return Behaviour(
        risk=report.risk, lines=lines, more=len(changes) - len(lines), other_dags=others
    )


def _line(change: Change) -> str:
    return "".join(part.text if isinstance(part, Value) else part for part in phrase_of(change))


def _bounded(value: JsonValue, depth: int, name: str = "") -> JsonValue:
    """The same with long texts and lists cut short, and nothing below a depth."""
    if isinstance(value, str):
        return value[: _MOST_DIFF if name == "diff" else _MOST_TEXT]
    if depth >= _DEEPEST:
        return value if isinstance(value, int | float) else None
    if isinstance(value, list):
        return [_bounded(item, depth + 1) for item in value[:_MOST_ITEMS]]
    if isinstance(value, dict):
        kept = list(value.items())[:_MOST_ITEMS]
        return {key[:_MOST_TEXT]: _bounded(item, depth + 1, key) for key, item in kept}
    return value


def _harmless(dag: DagReport) -> DagReport:
    """The same without what only code of ours may write, and somebody else did."""
    return dag.model_copy(
        update={
            "changes": tuple(one for one in dag.changes if _is_ours(one)),
            "schedule": _schedule(dag.schedule),
            "graph": _graph(dag.graph),
        }
    )


def _is_ours(change: Change) -> bool:
    """Whether it is of a kind that we tell; kinds are written out as words of ours."""
    return _KIND.fullmatch(change.kind) is not None and is_kind(change.kind)


def _schedule(schedule: Schedule | None) -> Schedule | None:
    if schedule is None or schedule.counted_from is None:
        return schedule
    if _SENTENCE.fullmatch(schedule.counted_from):
        return schedule
    return schedule.model_copy(update={"counted_from": None})


def _graph(graph: Graph) -> Graph:
    """The same if it is one: each node named once and in the group that its name says."""
    names = {node.id for node in graph.nodes}
    tree = len(names) == len(graph.nodes) and all(_is_placed(node) for node in graph.nodes)
    return graph if tree and _joins(graph.edges, names) else Graph()


def _is_placed(node: Node) -> bool:
    return bool(node.id) and node.group == node.id.rpartition(".")[0] and len(node.id) <= 250


def _joins(edges: Iterable[Edge], names: set[str]) -> bool:
    return all(edge.source in names and edge.target in names for edge in edges)
