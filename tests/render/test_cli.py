"""The command: what it prints, writes and returns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from airdesk_render.check import check_manifest
from airdesk_render.cli import COMMANDS, main
from airdesk_render.findings import Finding


@pytest.fixture
def repository(tmp_path, delays) -> Path:
    folder = tmp_path / "pipelines"
    (folder / "dags/sql").mkdir(parents=True)
    (folder / "dags/delays.dag.yaml").write_text(delays, encoding="utf-8")
    return folder


def _check(repository: Path, *options: str, paths: tuple[str, ...] = ("dags",)) -> int:
    return main(["check", *paths, "--team", "growth", "--root", str(repository), *options])


def test_fine_manifests(repository, capsys):
    assert _check(repository) == 0
    assert capsys.readouterr().out == (
        "Checking 1 manifest(s) of team growth\n1 manifest(s) are fine.\n"
    )


def test_a_finding_is_shown_with_its_line(repository, capsys):
    path = repository / "dags/delays.dag.yaml"
    path.write_text(path.read_text().replace("select count(*) > 0 from flights", "flights"))
    assert _check(repository) == 1
    assert capsys.readouterr().out == (
        "Checking 1 manifest(s) of team growth\n"
        "dags/delays.dag.yaml:22:10: error [table-not-query] flights is the name of a table, not a "
        "query. Did you mean 'select * from flights'?\n"
        "  22 |     sql: flights\n"
        "     |          ^\n"
        "     = docs/findings.md#table-not-query\n"
        "\n"
        "1 error(s) in 1 manifest(s). A manifest with errors is not rendered.\n"
    )


def test_gitlab_gets_folding_sections(repository, capsys, monkeypatch):
    monkeypatch.setenv("GITLAB_CI", "true")
    assert _check(repository) == 0
    out = capsys.readouterr().out
    assert "\x1b[0Ksection_start:" in out
    assert ":airdesk_check\r\x1b[0KChecking 1 manifest(s)" in out
    assert "\x1b[0Ksection_end:" in out


def test_reports(repository, capsys, tmp_path):
    (repository / "dags/bad.dag.yaml").write_text("version: 2\n")
    found, quality = tmp_path / "airdesk/findings.json", tmp_path / "airdesk/quality.json"
    code = _check(
        repository, "--report", f"json={found}", "--report", f"codequality={quality}",
        "--format", "json",
    )  # fmt: skip
    assert code == 1
    data = json.loads(found.read_text(encoding="utf-8"))
    assert data == json.loads(capsys.readouterr().out)
    findings = [Finding.model_validate(one) for one in data["findings"]]
    assert {finding.file for finding in findings} == {"dags/bad.dag.yaml"}
    entries = json.loads(quality.read_text(encoding="utf-8"))
    assert len(entries) == len(findings)
    for entry in entries:
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] == "major"
        assert entry["location"]["lines"]["begin"] >= 1
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)


def test_one_bad_manifest_hides_no_other(repository, tmp_path, capsys):
    (repository / "dags/a.dag.yaml").write_bytes(b"\xff\xfe\x00")
    (repository / "dags/b.dag.yaml").write_text("a: &x [*x]")
    (repository / "dags/c.dag.yaml").symlink_to("/etc/passwd")
    (repository / "dags/d.dag.yaml").write_text("x" * 2_000_000)
    (repository / "dags/forgotten.yaml").write_text("version: 1")
    out = tmp_path / "out"
    code = main(
        ["render", "dags", "--team", "growth", "--root", str(repository), "--commit", "a" * 40,
         "--out", str(out)]
    )  # fmt: skip
    assert code == 1
    assert [path.name for path in out.rglob("*") if path.is_file()] == ["delays.py"]
    text = capsys.readouterr().out
    for code_found in ("not-utf8", "yaml-alias", "not-a-file", "too-large", "file-name"):
        assert f"[{code_found}]" in text
    assert "Did you mean 'dags/forgotten.dag.yaml'?" in text
    assert "root:" not in text


def test_rendering_again_removes_what_is_gone(repository, tmp_path):
    out = tmp_path / "out"
    options = ["--team", "growth", "--root", str(repository), "--commit", "a" * 40]
    assert main(["render", "dags", *options, "--out", str(out)]) == 0
    (out / "growth/gone.py").write_text("")
    (out / "risk").mkdir()
    assert main(["render", "dags", *options, "--out", str(out)]) == 0
    assert sorted(path.name for path in out.rglob("*")) == ["delays.py", "growth", "risk"]


def test_a_policy_file_is_obeyed(repository, tmp_path, policy, capsys):
    assert main(["policy"]) == 0
    text = capsys.readouterr().out
    file = tmp_path / "policy.yaml"
    file.write_text(text.replace("default: 1,", "default: 0,"))
    out = tmp_path / "out"
    options = ["--team", "growth", "--root", str(repository), "--policy", str(file)]
    assert main(["render", "dags", *options, "--commit", "a" * 40, "--out", str(out)]) == 0
    rendered = (out / "growth/delays.py").read_text()
    assert '"retries": 0' in rendered
    assert policy.version not in rendered
    capsys.readouterr()
    assert main(["policy", "--version", str(file)]) == 0
    assert capsys.readouterr().out in rendered


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "dags", "--team", "Growth!"], "is not a team name"),
        (["check", "nowhere", "--team", "growth"], "there is no nowhere"),
        (["check", "/etc", "--team", "growth"], "lies outside the repository"),
        (["check", "dags", "--team", "growth", "--policy", "none.yaml"], "cannot be used"),
        (["check", "dags", "--team", "growth", "--report", "xml=a"], "write FORMAT=FILE"),
        (["render", "dags", "--team", "growth", "--commit", "HEAD", "--out", "o"], "not a commit"),
        (["test", "nowhere"], "there is no folder"),
    ],
)
def test_misuse_is_2_and_says_how(repository, capsys, monkeypatch, arguments, words):
    monkeypatch.chdir(repository)
    assert main(arguments) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["check"], ["check", "dags"]])
def test_missing_arguments_are_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_keys_are_made_once(tmp_path, capsys):
    assert main(["keys", "--out", str(tmp_path / "keys")]) == 0
    private, public = tmp_path / "keys/signing.pem", tmp_path / "keys/verify.pem"
    assert private.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert public.read_text().startswith("-----BEGIN PUBLIC KEY-----")
    assert private.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE KEY" not in capsys.readouterr().out
    assert main(["keys", "--out", str(tmp_path / "keys")]) == 2


def test_schema_is_printed(capsys):
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Airdesk manifest"


HEAVY = ("pydantic", "jinja2", "sqlglot", "yaml", "croniter", "cryptography", "airflow")


@pytest.mark.parametrize("name", ["", "check", "explain", "render", "schema", "init", "new"])
def test_help_needs_nothing_heavy(name):
    """A command starts at once: what it needs is imported when it is needed."""
    program = (
        "import sys\n"
        "from airdesk_render.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit:\n"
        f"    print('HEAVY', [one for one in {HEAVY!r} if one in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *([name] if name else []), "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_our_own_fault_in_one_manifest_fails_no_other(repository, capsys, monkeypatch):
    def fails_for_one(text, **options):
        if "bad" in options["file"]:
            raise ZeroDivisionError
        return check_manifest(text, **options)

    (repository / "dags/bad.dag.yaml").write_text("version: 1\n")
    monkeypatch.setattr("airdesk_render.check.check_manifest", fails_for_one)
    assert _check(repository) == 1
    captured = capsys.readouterr()
    assert "dags/bad.dag.yaml:1:1: error [check-failed]" in captured.out
    assert "1 error(s) in 2 manifest(s)" in captured.out
    assert "ZeroDivisionError" in captured.err


@pytest.mark.parametrize("name", ["json", "sarif", "codequality", "junit"])
def test_each_format_is_printed_alone(repository, capsys, name):
    (repository / "dags/bad.dag.yaml").write_text("version: 2\n")
    assert _check(repository, "--format", name) == 1
    out = capsys.readouterr().out
    assert out.startswith("<?xml") if name == "junit" else json.loads(out)


def test_findings_in_defaults_are_told_once(repository, capsys, delays):
    (repository / "dags/other.dag.yaml").write_text(
        delays.replace("dag_id: delays", "dag_id: other")
    )
    (repository / "dags/defaults.yaml").write_text("version: 1\nnothing: [a]\n")
    assert _check(repository) == 1
    out = capsys.readouterr().out
    assert out.count("dags/defaults.yaml:2:1: error [unknown-field]") == 1
    assert "[file-name]" not in out


def test_what_is_no_manifest_is_misuse(repository, capsys):
    (repository / "dags/notes.txt").write_text("")
    assert _check(repository, paths=("dags/notes.txt",)) == 2
    assert "is no manifest" in capsys.readouterr().err


def test_absolute_paths_work(repository, capsys, monkeypatch):
    monkeypatch.chdir(repository)
    folder = str((repository / "dags").resolve())
    assert main(["check", folder, "--team", "growth"]) == 0


def test_output_that_nobody_reads_is_no_error(repository):
    done = subprocess.run(
        f"{sys.executable} -m airdesk_render.cli schema | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("{\n", "")


def test_the_installed_command_teaches(repository):
    command = Path(sys.executable).with_name("airdesk-render")
    for name in ("", *COMMANDS):
        done = subprocess.run(
            [command, *([name] if name else []), "--help"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert len(done.stdout.splitlines()) > 5
    done = subprocess.run(
        [command, "check", "dags", "--team", "growth"],
        cwd=repository,
        env={**os.environ, "LANG": "C", "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
