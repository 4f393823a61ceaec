"""The note on a merge request: one, true, and harmless whatever a team's pipeline wrote."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from airdesk.actions.write_behaviour_note import MARKER, note_text, write_behaviour_note
from airdesk.errors import Unavailable
from airdesk.follow.behaviour import behaviour_of, read_behaviour
from airdesk.model import Job, Pipeline
from airdesk_render.behaviour.shapes import (
    Change,
    DagReport,
    Edge,
    Graph,
    Node,
    Report,
    Schedule,
)
from airdesk_render.names import Team
from markdown_it import MarkdownIt

GROWTH = Team("growth")
PIPELINE = Pipeline(id=7, status="success", url="http://gitlab.test/p/7", sha="c0ffee" * 6 + "c0ff")
JOB = Job(id=507, name="diff", status="success", url="http://gitlab.test/j/507")


def report(*dags: DagReport, risk="review") -> Report:
    return Report(
        team="growth",
        old="a" * 40,
        new="HEAD",
        at=dt.datetime(2026, 11, 22, 8, 0, tzinfo=dt.UTC),
        old_policy="p1",
        new_policy="p1",
        risk=risk,
        dags=dags,
    )


def dag(*changes: Change, **more) -> DagReport:
    given = {"dag_id": "growth.delays", "status": "changed", "manifest": "dags/delays.dag.yaml"}
    return DagReport(**given | {"risk": "review", "changes": changes} | more)


RETRIES = Change(kind="task.retries", subject="report", before=1, after=3, risk="low")
GRAPH = Graph(
    nodes=(Node(id="report", state="changed"), Node(id="post", state="added")),
    edges=(Edge(source="report", target="post", state="added"),),
)


def content(*dags: DagReport) -> bytes:
    return report(*dags).model_dump_json().encode()


def shown(artifact: bytes | None) -> str:
    return note_text(artifact, PIPELINE, JOB)


def notes(world) -> dict[str, str]:
    return world.gitlab.notes.get(("growth/pipelines", 1), {})


def look(world, told=None):
    return write_behaviour_note(GROWTH, 1, told=told, code_host=world.host())


def test_there_is_one_note_and_it_follows_the_pipelines(way, world):
    way.open()
    assert look(world).told is None
    world.gitlab.run_pipeline("running", behaviour=b"")
    state = look(world)
    assert (state.told, state.is_moving, notes(world)) == (None, True, {})
    world.gitlab.run_pipeline("success", behaviour=content(dag(RETRIES, graph=GRAPH)))
    state = look(world)
    (text,) = notes(world).values()
    assert "task `report`: retries `1` → `3`" in text
    assert "```mermaid\nflowchart LR" in text
    assert text.endswith(MARKER)
    assert look(world, state.told) == state
    assert world.done.count("note on !1") == 1
    world.gitlab.run_pipeline("success", behaviour=content())
    look(world, state.told)
    (text,) = notes(world).values()
    assert "No DAG changes" in text
    assert world.done.count("note on !1") == 2


def test_a_pipeline_without_the_job_is_not_passed_off_as_the_last_one(way, world):
    way.open()
    world.gitlab.run_pipeline("success")
    assert look(world).told is None
    assert notes(world) == {}, "an older template never had a note"
    world.gitlab.run_pipeline("success", behaviour=content(dag(RETRIES)))
    state = look(world)
    world.gitlab.run_pipeline("success")
    look(world, state.told)
    (text,) = notes(world).values()
    assert "What changes is not known" in text
    assert "has no job `diff`" in text


def test_a_fork_is_told_apart_once(way, world):
    way.open()
    request = world.gitlab.request()
    request.merge_request = request.merge_request.model_copy(update={"from_fork": True})
    state = look(world)
    assert "comes from a fork" in next(iter(notes(world).values()))
    look(world, state.told)
    assert world.done.count("note on !1") == 1


def test_what_is_merged_needs_no_note(way, world):
    way.open()
    world.gitlab.run_pipeline("success", behaviour=content(dag(RETRIES)))
    world.gitlab.merge()
    assert not look(world).is_open
    assert notes(world) == {}


def test_silence_loses_nothing(way, world):
    way.open()
    world.gitlab.run_pipeline("success", behaviour=content(dag(RETRIES)))
    world.down.add("GitLab")
    with pytest.raises(Unavailable):
        look(world)
    world.down.clear()
    look(world)
    assert len(notes(world)) == 1


def test_the_note_says_whose_word_it_is():
    text = shown(content(dag(RETRIES)))
    assert "reported by the team's own [pipeline 7](http://gitlab.test/p/7)" in text
    assert "Of commit c0ffeec0" in text
    assert "left out here" not in text


GARBAGE = [
    None,
    b"",
    b"\xff\xfe",
    b"not json",
    b"[]",
    b'"text"',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"version": 1}',
    b"x" * 5_000_000,
    json.dumps(json.loads(content(dag(RETRIES))) | {"at": "1e999"}).encode(),
    json.dumps(json.loads(content(dag(RETRIES))) | {"risk": "\n/approve"}).encode(),
]


@pytest.mark.parametrize("artifact", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_told_as_such(artifact):
    assert read_behaviour(artifact) is None
    assert "What changes is not known" in shown(artifact)


EVIL = (
    "x\n/approve\n/merge @all ![p](https://evil.test/p.png) [a](https://evil.test) "
    f"<img src=https://evil.test/i> growth!1 #1 ~bug $x$ `` ``` ~~~ {MARKER} \u202e"
)


def nasty() -> list[DagReport]:
    """Every text of a report at once, and shapes that only a person would write."""
    change = Change(
        kind="task.retries", subject=EVIL, before=EVIL, after={EVIL: [EVIL]}, note=EVIL,
        diff=f"{EVIL}\n```\n/approve", risk="security", reasons=(EVIL,),
    )  # fmt: skip
    again = Graph(nodes=(Node(id="g", is_group=True), Node(id="g", is_group=True)))
    around = Graph(nodes=(Node(id="a", group="a", is_group=True),))
    nothing = Graph(nodes=(Node(id="", is_group=True),))
    named = Graph(nodes=(Node(id=EVIL.replace(".", ""), state="added"),))
    schedule = Schedule(before=None, after=None, counted_from=EVIL, at_once=3)
    return [
        dag(change, schedule=schedule, graph=graph, dag_id=EVIL, was=EVIL, manifest=EVIL,
            data_class=EVIL, reasons=(EVIL,), because=(EVIL,), exceptions=(EVIL,))
        for graph in (again, around, nothing, named)
    ]  # fmt: skip


def html_and_links(markdown: str) -> tuple[str, set[str]]:
    """HTML that a browser would get from the Markdown's own, and where links and pictures lead."""
    html, links = [], set()
    for token in MarkdownIt("commonmark", {"html": True}).parse(markdown):
        for one in (token, *(token.children or ())):
            if one.type in ("html_inline", "html_block"):
                html.append(one.content)
            links |= {str(one.attrs[key]) for key in ("href", "src") if key in one.attrs}
    return " ".join(html), links


def test_nothing_that_a_team_writes_means_anything_in_the_note():
    text = shown(content(*nasty()))
    html, links = html_and_links(text)
    assert links == {PIPELINE.url}
    assert "<img" not in html
    assert MARKER not in html
    outside = "".join(text.split("```")[::2])
    assert not [line for line in outside.splitlines() if line.lstrip().startswith("/")]
    assert "\u202e" not in text
    assert "left out here" in text


@pytest.mark.parametrize(
    "kind", ["task.x\n/approve", "**bold**", "task.@all", "nothing.known", "task." + "y" * 90, ""]
)
def test_changes_of_kinds_that_are_none_are_left_out(kind):
    text = shown(content(dag(RETRIES, Change(kind=kind, subject="s", before=1, after=2))))
    assert "retries `1` → `3`" in text
    assert "left out here" in text
    if kind:
        assert kind not in text


@pytest.mark.parametrize("value", [[{"a": 1}], {"a": [{}]}, 10**30, 1.5e300, [None], True, "", []])
@pytest.mark.parametrize("kind", ["task.reads", "dependency.added", "dag.added", "param.added"])
def test_values_of_any_shape_do_not_stop_it(kind, value):
    artifact = content(dag(Change(kind=kind, subject="s", before=value, after=value)))
    assert shown(artifact)
    told = read_behaviour(artifact)
    assert told is not None
    behaviour_of(told, "growth.delays")


def test_sizes_are_bounded():
    many = [dag(*[RETRIES] * 2_000, dag_id=f"growth.d{number}") for number in range(30)]
    long = dag(RETRIES.model_copy(update={"note": "n" * 900_000}), dag_id="g" * 100_000)
    label = report(long).model_copy(update={"old": "o" * 900_000, "only_text": ("t" * 9_000,) * 90})
    for artifact in (
        content(*many)[:3_999_999],
        content(*many[:5]),
        label.model_dump_json().encode(),
    ):
        assert len(shown(artifact)) < 130_000


def test_what_a_card_shows():
    told = read_behaviour(content(dag(*[RETRIES] * 5), dag(RETRIES, dag_id="growth.other")))
    found = behaviour_of(told, "growth.delays")
    assert (found.risk, found.lines, found.more, found.other_dags) == (
        "review",
        ("task report: retries 1 → 3",) * 3,
        2,
        1,
    )
    assert behaviour_of(told, "growth.gone").lines == ()


def test_the_card_reads_the_report_once_a_job(way, world):
    way.open()
    world.gitlab.run_pipeline("success", behaviour=content(dag(RETRIES)))
    assert way.look().behaviour.risk == "review"
    world.gitlab.run_pipeline("running", behaviour=b"")
    assert way.look().behaviour is None
    world.gitlab.run_pipeline("success", behaviour=b"junk")
    assert way.look().behaviour is None
