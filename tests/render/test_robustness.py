"""`check_manifest` never raises, and what it finds right can be rendered."""

from __future__ import annotations

import ast
import copy
import random

from airdesk_render.check import check_manifest
from airdesk_render.manifest import write_manifest
from airdesk_render.names import Team
from airdesk_render.policy import default_policy
from airdesk_render.reading import read
from airdesk_render.render import render_dag
from hypothesis import given, settings
from hypothesis import strategies as st

TEAM = Team("growth")
POLICY = default_policy()

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(
        ["{{ ds }}", "{{ conn.x }}", "{% if a %}", "{{", "x.sql", "../x.sql", "bash@1",
         '"""', "'''", "\\", "\n", "a\\\n", "select 1", "#{}", "\u202e", "__class__", "manual"]
    ),
    st.just([]),
    st.just({}),
)  # fmt: skip


def _paths(value: object, path: tuple = ()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield (*path, index)
            yield from _paths(item, (*path, index))


def _changed(data: dict, path: tuple, value: object) -> dict:
    data = copy.deepcopy(data)
    parent = data
    for part in path[:-1]:
        parent = parent[part]
    parent[path[-1]] = value
    return data


def _check(text: str, files: dict[str, str], file: str = "dags/everything.dag.yaml"):
    return check_manifest(text, file=file, team=TEAM, policy=POLICY, files=files)


@settings(max_examples=300)
@given(data=st.data())
def test_a_manifest_with_odd_values(everything, data):
    text, files = everything
    whole = read(text).data
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(_paths(whole))))
        whole = _changed(whole, path, data.draw(ODD))
        if not isinstance(whole, dict):
            break
    written = write_manifest(whole)
    checked = _check(written, dict(files))
    if checked.ok:
        assert checked.manifest is not None
        rendered = render_dag(
            checked.manifest,
            team=TEAM,
            policy=POLICY,
            manifest_path="dags/everything.dag.yaml",
            files=files,
        )
        ast.parse(rendered.files["growth/everything.py"])


@settings(max_examples=200)
@given(seed=st.integers(0, 10**9))
def test_a_manifest_with_holes(everything, seed):
    """Characters removed, doubled and swapped at random."""
    text, files = everything
    chance = random.Random(seed)
    characters = list(text)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(characters))
        match chance.randint(0, 3):
            case 0:
                del characters[at]
            case 1:
                characters.insert(at, chance.choice("{}[]:,'\"\n\t -#&*!|>%@\\"))
            case 2:
                characters[at] = chance.choice("abc{}:\n'\u0000é")
            case _:
                other = chance.randrange(len(characters))
                characters[at], characters[other] = characters[other], characters[at]
    for finding in _check("".join(characters), dict(files)).findings:
        assert finding.line >= 1
        assert finding.column >= 1


@settings(max_examples=200)
@given(text=st.text(max_size=300), file=st.text(max_size=40))
def test_any_text_under_any_name(text, file):
    _check(text, {}, file)


@settings(max_examples=150)
@given(sql=st.text(max_size=120), python=st.text(max_size=120), shell=st.text(max_size=120))
def test_any_text_in_referenced_files(everything, sql, python, shell):
    text, files = everything
    changed = {
        **files,
        "dags/sql/query.sql": sql,
        "dags/py/score.py": python,
        "dags/scripts/load.sh": shell,
    }
    _check(text, changed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=300)
@given(st.dictionaries(st.text(max_size=10), JSON, max_size=4))
def test_what_is_written_is_read_back(data):
    text = write_manifest(data)
    document = read(text)
    if not document.problems:
        assert document.data == data
