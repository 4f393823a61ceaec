"""Rendering again: only what changed is done, and the result is the one of a first run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from airdesk_render.cli import main
from airdesk_render.incremental import state

MANIFEST = """\
version: 1
dag_id: {name}
description: Number {name}
data_class: internal
tasks:
  query: {{operator: sql_query@1, connection: warehouse, sql: {sql}}}
"""


class Team:
    """A repository of a team with a folder of rendered files."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.out, self.capsys = folder / "repository", folder / "out", capsys
        self.write("dags/defaults.yaml", "version: 1\nowners: [thu.tran]\n")
        self.write("dags/sql/shared.sql", "select 1\n")
        self.manifest("one", "select 1")
        self.manifest("two", "sql/shared.sql")
        self.manifest("deep/three", "select 3")

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        # Long ago: what was touched within the last moment is looked at again.
        changed = file.stat().st_mtime - 100 - len(text)
        os.utime(file, (changed, changed))

    def manifest(self, name: str, sql: str) -> None:
        text = MANIFEST.format(name=name.rpartition("/")[2], sql=sql)
        self.write(f"dags/{name}.dag.yaml", text)

    def render(self, *options: str, code: int = 0) -> set[str]:
        """Render; the names of the DAGs that were done anew."""
        given = ["--team", "growth", "--root", str(self.root), "--out", str(self.out), *options]
        assert main(["render", "dags", *given]) == code
        self.printed = self.capsys.readouterr().out
        return {
            line.rpartition("/")[2].removesuffix(".py")
            for line in self.printed.splitlines()
            if "→" in line
        }

    def files(self, out: Path | None = None) -> dict[str, bytes]:
        folder = out or self.out
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def state(self) -> Path:
        return self.out.with_name(".out.growth.airdesk.json")

    def assert_as_cold(self) -> None:
        """The result is that of a first run into an empty folder."""
        cold = self.out.with_name("cold")
        shutil.rmtree(cold, ignore_errors=True)
        given = ["--team", "growth", "--root", str(self.root), "--out", str(cold), "--fresh"]
        main(["render", "dags", *given])
        self.capsys.readouterr()
        assert self.files() == self.files(cold)


@pytest.fixture
def team(tmp_path, capsys) -> Team:
    made = Team(tmp_path, capsys)
    assert made.render() == {"one", "two", "three"}
    return made


def test_nothing_changed_nothing_is_done(team):
    before = {path: path.stat().st_mtime_ns for path in team.out.rglob("*")}
    assert team.render() == set()
    assert "Rendering 3 of 3 manifest(s), 0 anew" in team.printed
    assert {path: path.stat().st_mtime_ns for path in team.out.rglob("*")} == before
    team.assert_as_cold()


def test_a_time_alone_changes_nothing(team):
    file = team.root / "dags/one.dag.yaml"
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert team.render() == set()
    # The new time has been noted: now the content need not be read.
    file.chmod(0)
    assert team.render() == set()


@pytest.mark.parametrize(
    ("path", "text", "done"),
    [
        ("dags/one.dag.yaml", MANIFEST.format(name="one", sql="select 2"), {"one"}),
        ("dags/sql/shared.sql", "select 7\n", {"two"}),
        ("dags/defaults.yaml", "version: 1\nowners: [minh.le]\n", {"one", "two", "three"}),
        ("dags/deep/defaults.yaml", "version: 1\ntags: [x]\n", {"three"}),
        ("dags/README.md", "nobody reads this", set()),
    ],
)
def test_what_depends_on_a_change_is_done(team, path, text, done):
    team.write(path, text)
    assert team.render() == done
    team.assert_as_cold()
    assert team.render() == set()


def test_a_change_of_same_length_and_time_of_day_is_seen_right_away(team):
    """A file that is written again within the tick in which it was read."""
    file = team.root / "dags/one.dag.yaml"
    text = file.read_text()
    file.write_text(text.replace("select 1", "select 8"))
    stat = file.stat()
    assert team.render() == {"one"}
    file.write_text(text.replace("select 1", "select 9"))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert team.render() == {"one"}
    team.assert_as_cold()


def test_manifests_that_come_and_go(team):
    team.manifest("four", "select 4")
    assert team.render() == {"four"}
    (team.root / "dags/two.dag.yaml").unlink()
    (team.root / "dags/defaults.yaml").rename(team.root / "dags/defaults.yml")
    assert team.render() == {"one", "three", "four"}
    assert {name.split("/")[1].partition(".")[0] for name in team.files()} == {
        "one",
        "three",
        "four",
    }
    team.assert_as_cold()


def test_a_second_manifest_of_one_name_spoils_the_first(team):
    team.manifest("deep/one", "select 1")
    assert team.render(code=1) == set()
    assert team.printed.count("[duplicate-dag]") == 2
    assert "growth/one.py" not in team.files()
    (team.root / "dags/deep/one.dag.yaml").unlink()
    assert team.render() == {"one"}
    team.assert_as_cold()


def test_findings_are_told_again(team):
    team.manifest("one", "sql/none.sql")
    assert team.render(code=1) == set()
    first = team.printed.replace("1 anew", "0 anew")
    assert "dags/one.dag.yaml:6:62: error [file-missing]" in first
    assert team.render(code=1) == set()
    assert team.printed == first
    assert "growth/one.py" not in team.files()
    # A file that was missed has come.
    team.write("dags/sql/none.sql", "select 5\n")
    assert team.render() == {"one"}
    team.assert_as_cold()


def test_a_wrong_query_stays_wrong_while_the_rest_changes(team):
    team.manifest("one", "selct 1")
    assert team.render(code=1) == set()
    assert "[sql-not-query]" in team.printed
    file = team.root / "dags/one.dag.yaml"
    file.write_text(file.read_text().replace("Number", "The number"))
    assert team.render(code=1) == set()
    assert "[sql-not-query]" in team.printed


def test_a_query_that_was_fine_is_not_read_again(team):
    file = team.root / "dags/one.dag.yaml"
    file.write_text(file.read_text().replace("Number", "The number"))
    program = (
        "import sys\n"
        "from airdesk_render.cli import main\n"
        f"main(['render', 'dags', '--team', 'growth', '--root', {str(team.root)!r},"
        f" '--out', {str(team.out)!r}, '--state', {str(team.state())!r}])\n"
        "print('sqlglot' in sys.modules)\n"
    )
    # The key counts where modules come from: the first time all is done, the second time one.
    for done, loaded in (("3 anew", "True"), ("1 anew", "False")):
        file.write_text(file.read_text() + "# again\n")
        command = [sys.executable, "-c", program]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert done in printed
        assert printed.splitlines()[-1] == loaded


def test_results_that_were_touched_are_made_anew(team):
    (team.out / "growth/one.py").write_text("print()\n")
    (team.out / "growth/three.py").unlink()
    next(team.out.rglob("shared.sql")).unlink()
    assert team.render() == {"one", "two", "three"}
    team.assert_as_cold()


def test_strays_are_removed(team, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("x")
    (team.out / "growth/old.py").write_text("x")
    (team.out / "growth/old.files/a/b").mkdir(parents=True)
    (team.out / "growth/link").symlink_to(outside)
    (team.out / "risk").mkdir()
    (team.out / "risk/other.py").write_text("x")
    assert team.render() == set()
    assert (outside / "kept.txt").exists()
    assert (team.out / "risk/other.py").exists()
    shutil.rmtree(team.out / "risk")
    team.assert_as_cold()
    assert not (team.out / "growth/old.files").exists()


def test_another_policy_or_option_is_another_run(team, policy_file):
    assert team.render("--policy", str(policy_file)) == {"one", "two", "three"}
    assert team.render("--policy", str(policy_file)) == set()
    policy_file.write_text(policy_file.read_text() + "# a remark\n")
    assert team.render("--policy", str(policy_file)) == {"one", "two", "three"}
    assert team.render("--fresh") == {"one", "two", "three"}


@pytest.fixture
def policy_file(tmp_path) -> Path:
    from airdesk_render.policy import default_policy_text

    path = tmp_path / "policy.yaml"
    path.write_text(default_policy_text())
    return path


def test_some_manifests_only(team):
    given = ["--team", "growth", "--root", str(team.root), "--out", str(team.out)]
    assert main(["render", "dags/one.dag.yaml", *given]) == 0
    assert set(team.files()) == {"growth/one.py"}
    assert team.render() == {"two", "three"}
    team.assert_as_cold()


def test_many_changes_are_written_together_now_and_then(team):
    sizes = []
    for number in range(state.MOST_ADDED + 3):
        team.manifest("one", f"select {number + 10}")
        assert team.render() == {"one"}
        sizes.append(len(team.state().read_bytes().splitlines()))
    assert max(sizes) == state.MOST_ADDED + 1
    assert sizes[-1] < 5
    team.assert_as_cold()
    assert team.render() == set()


def test_an_exception_that_ends_is_an_event(team):
    path = team.state()
    kept = state.load(path)
    kept.day, kept.ends = "2026-01-01", ("2026-01-02",)
    state.save(kept, path)
    assert team.render() == {"one", "two", "three"}


def test_the_summary_tells_of_all(team, tmp_path):
    summary = tmp_path / "summary.json"
    team.render("--summary", str(summary), "--commit", "a" * 40)
    told = json.loads(summary.read_text())
    assert [dag["dag_id"] for dag in told["dags"]] == ["growth.three", "growth.one", "growth.two"]
    assert (told["team"], told["commit"]) == ("growth", "a" * 40)
    assert set(told) == {"dags", "team", "commit", "policy", "catalogue"}
    team.render("--fresh", "--summary", str(summary))
    again = json.loads(summary.read_text())
    assert again == {key: value for key, value in told.items() if key != "commit"}


def test_several_processes_give_the_same(team):
    for number in range(420):
        team.manifest(f"many_{number}", f"select {number}" if number % 50 else "sql/none.sql")
    assert len(team.render("--jobs", "2", code=1)) == 411
    assert team.printed.count("[file-missing]") == 9
    team.assert_as_cold()
    assert team.render("--jobs", "2", code=1) == set()
