"""`init` lays out a repository that checks clean; `new` writes a manifest that does."""

from __future__ import annotations

import io
import json
import shlex
from pathlib import Path

import pytest
import yaml
from airdesk_render.cli import main, parser
from airdesk_render.commands.init import FILES
from airdesk_render.reading import read
from jsonschema import Draft202012Validator

ANSWERS = {"dag_id": "totals", "description": "Totals by region", "sql": "select 1 as one"}


def _init(folder: Path, *options: str) -> int:
    return main(["init", str(folder), "--team", "growth", "--owner", "thu.tran", *options])


def _check(folder: Path) -> int:
    return main(["check", "dags", "--team", "growth", "--root", str(folder)])


def _new(folder: Path, *options: str, **answers: str) -> int:
    sets = [part for key, value in answers.items() for part in ("--set", f"{key}={value}")]
    return main(["new", "--root", str(folder), *sets, *options])


@pytest.fixture
def repository(tmp_path, capsys) -> Path:
    folder = tmp_path / "pipelines"
    assert _init(folder) == 0
    capsys.readouterr()
    return folder


def test_a_new_repository_checks_clean(repository, capsys):
    assert _check(repository) == 0
    assert capsys.readouterr().out.endswith("1 manifest(s) are fine.\n")
    assert all((repository / name).is_file() for name in FILES)
    readme = (repository / "README.md").read_text()
    assert "Pipelines of team growth" in readme
    assert "{team}" not in readme
    shipped = Path(__file__).parents[2] / "render/ci/team.gitlab-ci.yml"
    assert (repository / ".gitlab-ci.yml").read_text() == shipped.read_text()


def test_hooks_call_the_commands_as_they_are(repository):
    hooks = yaml.safe_load((repository / ".pre-commit-config.yaml").read_text())["repos"][0]
    calls = [shlex.split(hook["entry"]) for hook in hooks["hooks"]]
    assert [parser().parse_args(words[1:]).command for words in calls] == ["check", "secrets"]
    assert "--team growth" in hooks["hooks"][0]["entry"]
    assert "* @growth\n" in (repository / ".gitlab/CODEOWNERS").read_text()


def test_editors_find_the_schema(repository):
    settings = json.loads((repository / ".vscode/settings.json").read_text())
    schemas = settings["yaml.schemas"]
    for name in schemas:
        Draft202012Validator.check_schema(json.loads((repository / name).read_text()))
    json.loads((repository / ".vscode/extensions.json").read_text())
    manifest = json.loads((repository / ".airdesk/manifest.schema.json").read_text())
    example = read((repository / "dags/first_report.dag.yaml").read_text()).data
    Draft202012Validator(manifest).validate(example)
    defaults = json.loads((repository / ".airdesk/defaults.schema.json").read_text())
    Draft202012Validator(defaults).validate(
        read((repository / "dags/defaults.yaml").read_text()).data
    )


def test_nothing_of_a_person_is_overwritten(repository, capsys):
    (repository / "README.md").write_text("mine")
    (repository / ".airdesk/manifest.schema.json").write_text("old")
    (repository / ".editorconfig").unlink()
    assert _init(repository) == 0
    assert (repository / "README.md").read_text() == "mine"
    assert (repository / ".airdesk/manifest.schema.json").read_text() != "old"
    assert (repository / ".editorconfig").is_file()
    assert "kept   README.md" in capsys.readouterr().out


def test_answers_become_a_manifest(repository, capsys):
    channel = {"channel": "#growth-data", "check": "select true", "schedule": "2h"}
    assert _new(repository, **ANSWERS, **channel) == 0
    assert "Wrote dags/totals.dag.yaml." in capsys.readouterr().out
    data = read((repository / "dags/totals.dag.yaml").read_text()).data
    assert data["schedule"]["every"] == "2h"
    assert list(data["tasks"]) == ["report", "check", "post"]
    assert _check(repository) == 0


@pytest.mark.parametrize("schedule", ["manual", "@daily", "0 6 * * 1-5", "1d"])
@pytest.mark.parametrize("data_class", ["public", "internal", "pii"])
def test_what_new_writes_checks_clean(repository, schedule, data_class):
    answers = {**ANSWERS, "schedule": schedule, "data_class": data_class, "channel": "#a"}
    assert _new(repository, **answers, timezone="Asia/Ho_Chi_Minh") == 0
    assert _check(repository) == 0


def test_answers_from_a_file(repository, tmp_path):
    file = tmp_path / "answers.yaml"
    file.write_text("dag_id: totals\ndescription: Totals\nsql: select 1 as one\nowners: [a, b]\n")
    assert _new(repository, "--answers", str(file), description="By region") == 0
    data = read((repository / "dags/totals.dag.yaml").read_text()).data
    assert (data["owners"], data["description"]) == (["a", "b"], "By region")


def test_wrong_answers_are_findings_and_nothing_is_written(repository, capsys):
    assert _new(repository, **{**ANSWERS, "sql": "drop table x"}) == 1
    assert "[sql-not-read-only]" in capsys.readouterr().out
    assert not (repository / "dags/totals.dag.yaml").exists()


def test_a_person_is_asked_again_about_what_is_wrong(repository, capsys, monkeypatch):
    lines = ["totals", "Totals by region", "", "", "nonsense", "", "", "", "drop table x", "", "",
             "@daily", "select 1 as one"]  # fmt: skip
    terminal = io.StringIO("\n".join(lines) + "\n")
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)
    assert _new(repository) == 0
    out = capsys.readouterr().out
    assert "Name of the DAG" in out
    assert "DROP is not allowed" in out
    assert terminal.read() == ""
    assert _check(repository) == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "dag_id is needed: --set dag_id=…"),
        (["--set", "dag_id=A-b"], "no name of a DAG"),
        (["--set", "dag_id=first_report"], "exists and is not overwritten"),
        (["--set", "dag_id"], "write NAME=ANSWER"),
        (["--set", "nothing=1"], "nobody asks for nothing"),
        (["--answers", "none.yaml"], "none.yaml: No such file"),
        (["--team", "Growth!"], "is not a team name"),
    ],
)
def test_misuse_of_new_is_2(repository, capsys, options, words):
    rest = {key: value for key, value in ANSWERS.items() if key != "dag_id"}
    assert _new(repository, *options, **rest) == 2
    assert words in capsys.readouterr().err


def test_misuse_of_init_is_2(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert _init(tmp_path / "file") == 2
    assert main(["init", str(tmp_path), "--team", "growth", "--owner", "Thu Trần"]) == 2
    assert main(["init", str(tmp_path), "--team", "growth", "--catalogue", "nowhere"]) == 2
    assert main(["new", "--root", str(tmp_path), "--set", "dag_id=a"]) == 2
    errors = capsys.readouterr().err
    assert "--team TEAM" in errors
    assert "is no folder" in errors
