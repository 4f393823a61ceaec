"""`airdesk-render diff` on folders and on revisions that nobody checks out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airdesk_render.behaviour import NoSuchSide, Report, side_of
from airdesk_render.cli import main

DELAYS = "dags/delays.dag.yaml"
AT = "2026-12-04T07:00+07:00"


def git(folder: Path, *arguments: str) -> str:
    identity = {"user.name": "t", "user.email": "t@corp.test", "init.defaultBranch": "main"}
    options = [part for name, value in identity.items() for part in ("-c", f"{name}={value}")]
    done = subprocess.run(
        ["git", *options, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path, delays: str) -> Path:
    """A repository of two commits; the second one changes the hour. `before` tags the first."""
    root = tmp_path / "pipelines"
    (root / "dags").mkdir(parents=True)
    (root / DELAYS).write_text(delays)
    (root / "README.md").write_text("one")
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    git(root, "tag", "before")
    (root / DELAYS).write_text(delays.replace("0 6 *", "0 7 *"))
    (root / "README.md").write_text("two")
    git(root, "commit", "-qam", "two")
    return root


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """run(arguments…): exit code and what was printed, errors too."""

    def call(*arguments: str) -> tuple[int, str]:
        code = main(["diff", "--team", "growth", "--at", AT, *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def told(root: Path, run: Run, old: str, new: str) -> dict[str, Any]:
    code, said = run(old, new, "--root", str(root), "--format", "json")
    assert code == 0
    return json.loads(said)


def test_two_revisions(repository: Path, run: Run) -> None:
    report = told(repository, run, "before", "HEAD")
    assert report["version"] == 1
    (dag,) = report["dags"]
    assert (dag["dag_id"], dag["risk"]) == ("growth.delays", "low")
    assert dag["changes"][0]["kind"] == "dag.schedule"
    assert dag["schedule"]["after"]["next_runs"][0] == "2026-12-07T07:00:00+07:00"


def test_a_revision_and_a_folder_have_the_same_digests(repository: Path, run: Run) -> None:
    assert told(repository, run, "HEAD", str(repository))["dags"] == []
    (repository / "dags/new.sql").write_text("select 1")
    assert told(repository, run, "before", str(repository))["dags"][0]["risk"] == "low"
    assert git(repository, "status", "--porcelain").split() == ["??", "dags/new.sql"]


def test_a_bare_repository_and_one_below_the_root(
    repository: Path, tmp_path: Path, run: Run, delays: str
) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repository), "bare.git")
    assert told(tmp_path / "bare.git", run, "before", "main")["dags"][0]["risk"] == "low"
    below = repository / "teams/growth"
    (below / "dags").mkdir(parents=True)
    (below / DELAYS).write_text(delays.replace("Which", "What"))
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "three")
    (dag,) = told(below, run, "HEAD~1", "HEAD")["dags"]
    assert (dag["status"], dag["manifest"]) == ("added", DELAYS)


def test_links_and_odd_names_in_a_repository(repository: Path, run: Run) -> None:
    (repository / "dags/link.dag.yaml").symlink_to("/etc/passwd")
    (repository / "dags/odd\n\t\"'.dag.yaml").write_text("tasks: [")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "odd")
    for new in ("HEAD", str(repository)):
        code, said = run("HEAD~1", new, "--root", str(repository), "--format", "json")
        assert code == 1
        report = Report.model_validate_json(said)
        assert [dag.manifest for dag in report.dags] == ["dags/odd\n\t\"'.dag.yaml"]


def test_only_files_that_matter_are_read(repository: Path, delays: str) -> None:
    for number in range(30):
        text = delays.replace("dag_id: delays", f"dag_id: dag_{number}")
        (repository / f"dags/dag_{number}.dag.yaml").write_text(text)
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "many")
    side = side_of("HEAD", repository)
    assert len(side) == 31
    assert side[DELAYS].startswith("version: 1")
    other = side_of(str(repository), repository)
    assert other.digests == side.digests


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        ("nowhere", "is neither a folder nor a revision"),
        ("-h", "is neither a folder nor a revision"),
        ("--output=x", "is neither a folder nor a revision"),
        ("HEAD:dags", "is neither a folder nor a revision"),
        ("", "is neither a folder nor a revision"),
    ],
)
def test_what_is_no_revision(repository: Path, revision: str, words: str) -> None:
    with pytest.raises(NoSuchSide, match=words):
        side_of(revision, repository)
    assert sorted(one.name for one in repository.iterdir()) == [".git", "README.md", "dags"]


def test_where_there_is_no_repository(tmp_path: Path, run: Run) -> None:
    code, said = run("main", "HEAD", "--root", str(tmp_path))
    assert code == 2
    assert "'main' is neither a folder nor a revision" in said


def test_nothing_to_compare_is_misuse(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a").mkdir()
    code, said = run(str(tmp_path / "a"), str(tmp_path / "a"))
    assert (code, "there is no manifest in dags/" in said) == (2, True)


def test_text_and_reports(repository: Path, tmp_path: Path, run: Run) -> None:
    code, said = run(
        *("before", "HEAD", "--root", str(repository)),
        *("--report", f"json={tmp_path / 'out/diff.json'}"),
        *("--report", f"markdown={tmp_path / 'out/note.md'}"),
    )
    assert code == 0
    assert said == (
        "1 DAG changed. Risk: low risk.\n"
        "\n"
        "growth.delays: changed, low risk\n"
        "    The same work is done, at other times or under another limit.\n"
        "  ~ schedule: every weekday at 06:00 (Asia/Ho_Chi_Minh) → "
        "every weekday at 07:00 (Asia/Ho_Chi_Minh)\n"
        "  1 run would start as soon as this is live\n"
        "    next runs before: Mon 7 Dec 06:00; Tue 8 Dec 06:00; Wed 9 Dec 06:00; "
        "Thu 10 Dec 06:00; Fri 11 Dec 06:00\n"
        "    next runs after: Mon 7 Dec 07:00; Tue 8 Dec 07:00; Wed 9 Dec 07:00; "
        "Thu 10 Dec 07:00; Fri 11 Dec 07:00\n"
    )
    Report.model_validate_json((tmp_path / "out/diff.json").read_text())
    assert (tmp_path / "out/note.md").read_text().startswith("### 🟢 What changes: low risk\n")


def test_exit_codes(repository: Path, tmp_path: Path, run: Run) -> None:
    sides = ("before", "HEAD", "--root", str(repository))
    assert run(*sides, "--fail-from", "review")[0] == 0
    assert run(*sides, "--fail-from", "low")[0] == 1
    (tmp_path / "index.json").write_text('{"dags": [{"id": 1}]}')
    for wrong, words in {
        ("--report", "pdf=x"): "write FORMAT=FILE",
        ("--index", str(tmp_path / "none.json")): "cannot be used",
        ("--index", str(tmp_path / "index.json")): "dags.0.dag_id: Field required",
        ("--old-policy", str(tmp_path / "none.yaml")): "cannot be used",
        ("--at", "tomorrow"): "write a moment",
    }.items():
        code, said = run(*sides, *wrong)
        assert (code, words in said) == (2, True), said
