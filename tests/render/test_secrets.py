"""`airdesk-render secrets`: found in what a branch adds, and never repeated."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from airdesk_render.cli import main
from airdesk_render.leaks import MOST_BYTES

TOKEN = "glpat-" + "Ab3dEf6hIj9lMn2pQr5t"
AWS = "AKIA" + "IOSFODNN7QZXWVUT"
PASSWORD = "correct-horse-" + "battery-9"


@pytest.fixture
def branch(tmp_path):
    """A repository with one commit on main; calling it commits files on top."""
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@corp.test", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q", "-b", "main", tmp_path], check=True)

    def commit(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-qm", "work"], check=True)
        return tmp_path

    commit({"README.md": "# Pipelines\n", "old.sh": f"curl -H 'T: {TOKEN}'\n"})
    subprocess.run([*git, "tag", "base"], check=True)
    return commit


def _searched(root: Path, capsys, *more: str) -> tuple[int, str]:
    code = main(["secrets", "base", "--root", str(root), *more])
    shown = capsys.readouterr()
    return code, shown.out + shown.err


def test_a_secret_is_found_in_its_line_and_not_repeated(branch, capsys, tmp_path):
    root = branch(
        {
            "dags/load.dag.yaml": f'tasks:\n  a:\n    password: "{PASSWORD}"\n',
            "dags/py/get.py": f"import os\n\nKEY = '{AWS}'\n",
            ".gitlab-ci.yml": f"variables:\n  T: {TOKEN}\n",
        }
    )
    reports = {name: tmp_path / f"{name}.out" for name in ("codequality", "json", "sarif", "junit")}
    asked = [word for name, path in reports.items() for word in ("--report", f"{name}={path}")]
    code, shown = _searched(root, capsys, *asked)
    assert code == 1
    places = {
        (one["location"]["path"], one["location"]["lines"]["begin"], one["check_name"])
        for one in json.loads(reports["codequality"].read_text())
    }
    assert places == {
        (".gitlab-ci.yml", 2, "secret"),
        ("dags/load.dag.yaml", 3, "secret"),
        ("dags/py/get.py", 3, "secret"),
    }
    for text in (shown, *(path.read_text() for path in reports.values())):
        for secret in (TOKEN, AWS, PASSWORD):
            assert secret not in text
            assert secret[-8:] not in text


def test_what_was_there_before_is_not_the_branchs_fault(branch, capsys):
    root = branch({"old.sh": f"# again\ncurl -H 'T: {TOKEN}'\necho done\n"})
    assert _searched(root, capsys)[0] == 0
    root = branch({"old.sh": f"curl -v -H 'T: {TOKEN}'\n"})
    assert _searched(root, capsys)[0] == 1


def test_a_random_text_is_a_warning_and_a_line_can_be_excused(branch, capsys):
    digest = "0de4bea0f1c4d1e2a3b4c5d6e7f8091a2b3c4d5e"
    root = branch({"dags/a.yaml": f'commit: "{digest}"\n'})
    code, shown = _searched(root, capsys)
    assert (code, "dags/a.yaml:1: warning [secret-maybe]" in shown) == (0, True)
    root = branch({"dags/a.yaml": f'commit: "{digest}"\nt: {TOKEN}  # pragma: allowlist secret\n'})
    assert _searched(root, capsys)[0] == 0


def test_odd_files_do_not_stop_it(branch, capsys):
    root = branch(
        {
            "big.csv": "a,b\n" * (MOST_BYTES // 4 + 1),
            "dags/nämé with space.sh": f"T={TOKEN}\n",
            "-rf.sh": f"T={TOKEN}\n",
            ":(glob)x.sh": f"T={TOKEN}\n",
        }
    )
    (root / "link.sh").symlink_to("/etc/passwd")
    (root / "bytes.bin").write_bytes(bytes(range(256)))
    branch({})
    code, shown = _searched(root, capsys)
    assert code == 1
    assert "big.csv:1: warning [secret-scan-too-large]" in shown
    for name in ("dags/nämé with space.sh", "-rf.sh", ":(glob)x.sh"):
        assert f"{name}:1: error [secret]" in shown
    assert "link.sh" not in shown


@pytest.mark.parametrize("base", ["nothing", "--output=x", ""])
def test_a_base_that_is_none_is_misuse(branch, capsys, base):
    root = branch({"x": "y\n"})
    assert main(["secrets", "--root", str(root), "--", base]) == 2
    assert "cannot be compared with" in capsys.readouterr().err
