"""What is kept of a run: whole, with changes behind it, or not to be used."""

from __future__ import annotations

import pytest
from airdesk_render.incremental import scanning, state
from airdesk_render.incremental.state import Entry, State


@pytest.fixture
def kept() -> State:
    """Two manifests that read some files."""
    made = State("key", day="2026-11-22", versions={"policy": "a"}, ends=("2026-12-01",))
    numbers: dict[str, int] = {}
    dag = ("growth.a", "d", "s", ("growth/a.py",))
    made.put("a", Entry(("a", "shared.sql"), ({"code": "x"},), dag, ("fine",)), numbers)
    made.put("b", Entry(("b", "shared.sql", "*")), numbers)
    made.files = {"a": (1, 2, "h"), "README.md": None}
    made.outputs = {"growth/a.py": (3, 4, "h")}
    return made


def _plain(one: State) -> dict[str, object]:
    """As JSON gives it back: lists where tuples were."""
    told = {**vars(one), "added": 0, "ends": list(one.ends)}
    told["files"] = {path: known and list(known) for path, known in one.files.items()}
    told["outputs"] = {path: list(known) for path, known in one.outputs.items()}
    told["rows"] = {
        name: [*row[:1], row[1] and _listed(row[1]), *row[2:]] for name, row in one.rows.items()
    }
    return told


def _listed(dag: list[object]) -> list[object]:
    return [list(part) if isinstance(part, tuple) else part for part in dag]


def test_it_comes_back_as_it_was(kept, tmp_path):
    path = tmp_path / "deep/state.json"
    state.save(kept, path)
    again = state.load(path)
    assert again is not None
    assert _plain(again) == _plain(kept)
    assert [state.files_of(row) for row in again.rows.values()] == [["growth/a.py"], []]
    assert list(path.parent.iterdir()) == [path]


def test_changes_stand_behind_it(kept, tmp_path):
    path = tmp_path / "state.json"
    state.save(kept, path)
    before = state.load(path)
    now = state.load(path)
    assert before is not None
    assert now is not None
    now.put("c", Entry(("c", "new.sql")), now.numbers())
    del now.rows["b"]
    now.files |= {"README.md": (1, 1, "x"), "c": None}
    now.outputs = {}
    state.add(now, before, path)
    again = state.load(path)
    assert again is not None
    assert _plain(again) == _plain(now)
    assert again.added == 1
    assert again.paths[-2:] == ["c", "new.sql"]


def test_paths_that_nobody_reads_are_forgotten(kept):
    kept.paths += [f"old{number}" for number in range(50)]
    rows = {name: [kept.paths[number] for number in row[0]] for name, row in kept.rows.items()}
    kept.tidied()
    assert len(kept.paths) == 4
    assert {
        name: [kept.paths[number] for number in row[0]] for name, row in kept.rows.items()
    } == rows


@pytest.mark.parametrize(
    "broken",
    [b"", b"{", b"[]", b"3", b'{"format": 3}', b"\xff", b'{"format": 0, "key": "x"}'],
    ids=range(7),
)
def test_what_is_broken_is_none(tmp_path, broken):
    path = tmp_path / "state.json"
    assert state.load(path) is None
    path.write_bytes(broken)
    assert state.load(path) is None


@pytest.mark.parametrize("change", [b"{", b"[]", b"{}", b'{"paths": [], "files_gone": ["x"]}'])
def test_a_change_that_was_cut_off_spoils_it(kept, tmp_path, change):
    path = tmp_path / "state.json"
    state.save(kept, path)
    path.write_bytes(path.read_bytes() + change)
    assert state.load(path) is None


def test_a_stat_of_this_very_moment_is_not_trusted():
    now = 1_800_000_000_123_456_789
    assert scanning.settled((5, now - 1_000), now) == (5, 0)
    assert scanning.settled((5, now - 10**9 + 7), now) == (5, now - 10**9 + 7)
    whole = now - now % 10**9 - 10**9
    assert scanning.settled((5, whole), now) == (5, 0), "a file system that counts whole seconds"
