"""Checks never raise and stay in the file, whatever stands where in a manifest or its defaults."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from airdesk_render.catalogue import default_catalogue
from airdesk_render.check import check_manifest
from airdesk_render.checks.place import MOST_FINDINGS
from airdesk_render.codes import CODES
from airdesk_render.effective import effective_of
from airdesk_render.names import Team
from airdesk_render.policy import default_policy
from airdesk_render.reading import read
from airdesk_render.source import source_digest
from hypothesis import given, settings
from hypothesis import strategies as some

WHOLE = read(Path(__file__).with_name("whole_language.yaml").read_text(encoding="utf-8")).data
DEFAULTS = {
    "version": 1,
    "owners": ["thu.tran"],
    "data_class": "internal",
    "tags": ["a"],
    "schedule": {"timezone": "UTC", "start_date": "2026-12-01", "catchup": True},
    "notify": [{"slack": "#a", "events": ["failure"]}],
    "default_args": {"retries": 1, "trigger_rule": "all_done"},
    "operators": {
        "sql_query@1": {"connection": "warehouse", "max_rows": 5},
        "bash@1": {"command": "ls {{ ds }}"},
        "python_function@1": {"arguments": {"a": {"b": 1}}},
    },
}
FILE = "dags/whole_language.dag.yaml"
ODD = some.sampled_from(
    (
        *(
            None,
            True,
            False,
            0,
            -1,
            3.5,
            10**12,
            "",
            "x",
            "a.b",
            "manual",
            "{{ ds }}",
            "{{ conn }}",
        ),
        *([], {}, [[]], [None], {"": ""}, {"from": "clean"}, {"from": 1}, [1, "x"], "07:00", "2h"),
        *({"operator": "bash@1"}, {"operator": "bash@1", "command": "ls"}, {"tasks": {}}),
        *({"expand": {"sql": []}}, {"any": []}, {"tasks": {"a": {"tasks": {"b": None}}}}),
        *("bash@1", "branch@1", "dags/x.sql", "../x.sql", "clean", "clean.deep", "2026-12-01"),
        *("a" * 300, "\u202e", "\x00", "'", '"""', "[key]", "str", "*/0 * * * *", "(a+)+$"),
    )
)


def _paths(value: object, path: tuple = ()):
    for key, item in value.items() if isinstance(value, dict) else ():
        yield (*path, key)
        yield from _paths(item, (*path, key))
    for index, item in enumerate(value) if isinstance(value, list) else ():
        yield (*path, index)
        yield from _paths(item, (*path, index))


def _at(data, path):
    for part in path:
        data = data[part]
    return data


def _mutated(draw, whole):
    """One value replaced, removed, moved, renamed or added somewhere."""
    data = copy.deepcopy(whole)
    for _ in range(draw(some.integers(1, 4))):
        paths = list(_paths(data))
        if not paths:
            break
        path = draw(some.sampled_from(paths))
        parent = _at(data, path[:-1])
        kind = draw(some.integers(0, 4))
        if kind == 0:
            parent[path[-1]] = copy.deepcopy(draw(ODD))
        elif kind == 1:
            del parent[path[-1]]
        elif kind == 2:
            other = draw(some.sampled_from(paths))
            parent[path[-1]] = copy.deepcopy(_at(data, other)) if other in _paths(data) else None
        elif isinstance(parent, dict):
            key = draw(
                some.sampled_from([str(path[-1]) for path in paths] + ["tasks", "[key]", ""])
            )
            parent[key] = parent.pop(path[-1]) if kind == 3 else copy.deepcopy(draw(ODD))
    return data


@settings(max_examples=250)
@given(data=some.data())
def test_checks_never_raise(data):
    manifest = json.dumps(_mutated(data.draw, WHOLE))
    defaults = json.dumps(_mutated(data.draw, DEFAULTS))
    files = {"dags/defaults.json": defaults, FILE: manifest, "dags/py/files.py": "def find(): ..."}
    checked = check_manifest(
        manifest, file=FILE, team=Team("growth"), policy=default_policy(), files=files
    )
    assert len(checked.findings) <= MOST_FINDINGS
    for finding in checked.findings:
        assert finding.code in CODES
        assert finding.message[-1] in ".>}?", finding
        text = files.get(finding.file, "")
        assert 1 <= finding.line <= text.count("\n") + 1
        assert 1 <= finding.column <= len(text) + 1
    assert (checked.manifest is None) <= bool(checked.findings)
    for origin in effective_of(manifest, FILE, files, default_catalogue()).origins.values():
        assert origin.file in files
    assert source_digest(FILE, files)


@pytest.mark.parametrize(
    "text", ["null", "[]", "1", '"a"', "{}", '{"tasks": {"a": {}}}', "\ufeff{}"]
)
def test_hardly_a_manifest(text):
    checked = check_manifest(
        text, file=FILE, team=Team("growth"), policy=default_policy(), files={}
    )
    assert checked.manifest is None
    assert checked.findings
