"""`airdesk-render policy`, as a platform's administrator uses it."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import yaml
from airdesk_render.cli import main
from airdesk_render.policy import RULES, default_policy, default_policy_text

TEXT = default_policy_text()


@pytest.fixture
def run(capsys):
    """run(words…): exit code and what was printed."""

    def given(*words):
        code = main(["policy", *map(str, words)])
        return code, capsys.readouterr().out

    return given


def leave(name, until):
    return {
        "name": name,
        "rules": ["too-many-retries"],
        "team": "growth",
        "owner": "minh.le",
        "reason": "The supplier answers at the fifth try.",
        "until": until,
    }


def test_plain_it_prints_the_built_in_policy(run):
    assert run() == (0, TEXT)


def test_the_version_of_a_file(run, tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text(TEXT)
    assert run("--version", file) == (0, f"{default_policy().version}\n")


def test_what_counts_for_a_team(run, tmp_path):
    file = tmp_path / "policy.yaml"
    data = yaml.safe_load(TEXT)
    data["teams"]["growth"] = {"tasks": {"retries": {"most": 5}}}
    data["exceptions"] = [leave("mine", dt.date(2999, 1, 1)), leave("over", dt.date(2020, 1, 1))]
    data["exceptions"].append({**leave("theirs", dt.date(2999, 1, 1)), "team": "risk"})
    file.write_text(yaml.safe_dump(data))
    code, text = run("show", "--team", "growth", "--policy", file)
    assert code == 0
    shown = yaml.safe_load(text)
    assert shown["rules"]["tasks"]["retries"] == {"default": 1, "most": 5}
    assert shown["queues"]["workload"]["code"] == "team-growth"
    assert {one["name"]: one["in_effect"] for one in shown["exceptions"]} == {
        "mine": True,
        "over": False,
    }
    code, text = run("show", "--format", "json")
    assert json.loads(text)["tags"] == ["{team}", "{data_class}"]


def test_what_is_wrong_with_a_policy(run, tmp_path):
    file = tmp_path / "policy.yaml"
    file.write_text(TEXT.replace("most_tasks: 50", "most_tasks: none"))
    code, text = run("check", file)
    line = TEXT[: TEXT.index("most_tasks")].count("\n") + 1
    assert code == 1
    assert text.startswith(f"{file}:{line}:17: error [policy] rules.dags.most_tasks: ")
    code, text = run("check", file, "--format", "json")
    (finding,) = json.loads(text)["findings"]
    assert (code, finding["line"], finding["severity"]) == (1, line, "error")


def test_exceptions_that_end(run, tmp_path):
    file = tmp_path / "policy.yaml"
    today = dt.datetime.now(dt.UTC).date()
    ends = {"over": -1, "soon": 20, "later": 90}
    leaves = [leave(name, today + dt.timedelta(days=days)) for name, days in ends.items()]
    file.write_text(TEXT.replace("exceptions: []", yaml.safe_dump({"exceptions": leaves})))
    code, text = run("check", file)
    lines = text.splitlines()
    assert code == 0
    assert "warning [policy] Exception 'over' ended on" in lines[0]
    assert "warning [policy] Exception 'soon' ends on" in lines[1]
    assert lines[2].startswith(f"{file} is a policy, version ")


def test_a_file_that_is_not_there(run, tmp_path, capsys):
    assert main(["policy", "check", str(tmp_path / "none.yaml")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_all_rules_with_their_reasons(run):
    code, text = run("rules")
    assert code == 0
    assert [line.split()[0] for line in text.splitlines()] == list(RULES)
    rows = json.loads(run("rules", "--format", "json")[1])
    assert [row["code"] for row in rows] == list(RULES)
    assert rows[0]["docs"] == f"docs/policy.md#{rows[0]['code']}"


def test_schema_and_docs(run):
    assert json.loads(run("schema")[1])["title"] == "Airdesk policy"
    assert "### queue-forced" in run("docs")[1]
