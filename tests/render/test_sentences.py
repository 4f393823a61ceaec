"""Findings say what to write instead, in few words and whatever the names are."""

from __future__ import annotations

import pytest
from airdesk_render.findings import Finding
from airdesk_render.reports.text import shown, text_report


def _task(line: str) -> str:
    return (
        "version: 1\ndag_id: delays\ndescription: x\nowners: [a]\ndata_class: internal\n"
        f"tasks:\n  a:\n    {line}\n"
    )


def _first(check, text: str, **options) -> Finding:
    return check(text, **options).findings[0]


@pytest.mark.parametrize(
    "file", ["A B.dag.yaml", "a\nb.dag.yaml", "\x1b[31ma.dag.yaml", "a'\"; import os #.dag.yaml"]
)
def test_a_file_that_no_dag_can_be_named_after(check, file):
    text = _task("operator: bash@1\n    command: ls")
    finding = _first(check, text, file=f"dags/{file}")

    assert (finding.code, finding.suggestion) == ("file-name", "delays.dag.yaml")
    assert "\x1b" not in shown(finding, {})
    assert shown(finding, {}).count("\n") == 1


def test_operators_that_nobody_could_have_meant(check):
    finding = _first(check, _task("operator: zzzzz@9"))

    assert finding.message.startswith("There is no operator 'zzzzz@9'. The catalogue has sql_query")
    assert finding.message.endswith("and more: airdesk-render catalogue list.")
    assert len(finding.message) <= 200


def test_operators_that_are_no_name(check):
    finding = _first(check, _task("operator: [bash@1]"))

    assert finding.message == "operator must be one name with its version, such as sql_query@1."
    assert finding.suggestion is None


def test_where_there_is_nothing_to_check():
    assert text_report([], {}, 0) == (
        "There is no manifest here; they are named dags/<dag_id>.dag.yaml."
    )


def test_fields_of_an_operator_come_without_those_of_every_task(check):
    finding = _first(check, _task("operator: bash@1\n    command: ls\n    zzzzz: 1"))

    assert finding.message == (
        "There is no 'zzzzz' here. This operator knows command, file, operator; every task also "
        "upstream, expand, retries and the like."
    )


def test_a_day_that_never_comes(check):
    schedule = 'schedule: {cron: "0 0 31 2 *", start_date: 2026-12-01}\n'
    finding = _first(check, _task("operator: bash@1\n    command: ls") + schedule)

    assert finding.message == "Such a day never comes: look at its day and month."


def test_all_that_is_missing_is_told_at_once(check):
    missing = [one.path[-1] for one in check("version: 1\n").findings]
    assert missing == ["dag_id", "description", "owners", "data_class", "tasks"]

    of_task = check(_task("operator: sql_query@1")).findings
    assert [one.path[-1] for one in of_task] == ["connection", "sql"]


def test_a_character_that_is_refused_hides_nothing_else(check):
    text = _task('operator: bash@1\n    command: "ls \\0"\n    retries: often')
    assert [one.code for one in check(text).findings] == ["yaml-character", "wrong-type"]
