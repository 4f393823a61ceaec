"""What comes after what, once groups are taken apart; Airflow's own answer is asked elsewhere."""

from __future__ import annotations

import pytest
from airdesk_render.catalogue import default_catalogue
from airdesk_render.dependencies import Dependencies, Link
from airdesk_render.parsing import parse_manifest
from airdesk_render.reading import read


def _dependencies(tasks: str) -> Dependencies:
    head = "version: 1\ndag_id: d\ndescription: x\nowners: [a]\ndata_class: internal\ntasks:\n"
    manifest = parse_manifest(read(head + tasks).data, default_catalogue()).manifest
    assert manifest is not None
    return Dependencies(manifest.tree)


def _task(more: str = "") -> str:
    return f"{{operator: bash@1, command: echo{more}}}"


def test_a_group_begins_and_ends_with_some_of_its_tasks():
    links = _dependencies(
        f"  a: {_task()}\n"
        "  g:\n"
        "    upstream: [a]\n"
        "    tasks:\n"
        f"      one: {_task()}\n"
        f"      two: {_task(', upstream: [one]')}\n"
        f"      alone: {_task()}\n"
        f"  b: {_task(', upstream: [g]')}\n"
    )
    assert links.first("g") == ("g.one", "g.alone")
    assert links.last("g") == ("g.two", "g.alone")
    assert links.first("a") == links.last("a") == ("a",)
    assert links.upstream == {
        "a": set(),
        "g.one": {"a"},
        "g.two": {"g.one"},
        "g.alone": {"a"},
        "b": {"g.two", "g.alone"},
    }


def test_what_clears_away_is_no_end():
    links = _dependencies(
        "  g:\n"
        "    tasks:\n"
        f"      up: {_task(', setup: true')}\n"
        f"      work: {_task(', upstream: [up]')}\n"
        f"      down: {_task(', teardown_of: [up], upstream: [work]')}\n"
        f"  b: {_task(', upstream: [g]')}\n"
    )
    assert links.last("g") == ("g.work",)
    assert links.upstream["b"] == {"g.work"}
    assert links.upstream["g.down"] == {"g.up", "g.work"}


def test_a_group_without_work_ends_when_it_has_cleared_away():
    links = _dependencies(
        "  g:\n"
        "    tasks:\n"
        f"      up: {_task(', setup: true')}\n"
        f"      down: {_task(', teardown_of: [up]')}\n"
        f"  b: {_task(', upstream: [g]')}\n"
    )
    assert links.links == (Link(("g.down",), "b"),)
    assert links.upstream["b"] == {"g.down"}


def test_what_follows_by_itself_is_not_drawn():
    links = _dependencies(
        f"  up: {_task(', setup: true')}\n"
        "  find: {operator: python_function@1, file: a.py, function: f}\n"
        "  each: {operator: python_function@1, file: a.py, function: f, upstream: [find, up],"
        " expand: {arguments: {from: find}}}\n"
        f"  down: {_task(', teardown_of: [up], upstream: [up, each]')}\n"
    )
    assert links.links == (Link(("up",), "each"), Link(("each",), "down"))
    assert links.mapped_over("each") == ("find",)


def test_a_name_that_leads_nowhere():
    with pytest.raises(ValueError, match="There is no task 'b' in the DAG"):
        _dependencies(f"  a: {_task(', upstream: [b]')}\n")
