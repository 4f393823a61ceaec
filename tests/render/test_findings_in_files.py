"""Manifests in JSON, and findings that concern more than the manifest itself."""

from __future__ import annotations

import pytest

HEAD = """\
version: 1
dag_id: delays
description: Which carriers ran late
owners: [thu.tran]
data_class: internal
"""
TASK = """\
tasks:
  report:
    operator: sql_query@1
    connection: warehouse
    sql: select 1
"""


def _task(lines: str) -> str:
    body = "".join(f"    {line}\n" for line in lines.strip("\n").split("\n"))
    return f"{HEAD}tasks:\n  report:\n{body}"


def _query(sql: str) -> str:
    return _task(f"operator: sql_query@1\nconnection: warehouse\nsql: {sql}")


def test_json_is_read_as_well(check):
    text = """{
\t"version": 1, "dag_id": "delays", "description": "caf\\u00e9 \\ud83d\\ude00",
\t"owners": ["thu.tran"], "data_class": "internal",
\t"tasks": {"a": {"operator": "bash@1", "command": "ls"}}
}"""
    checked = check(text, file="dags/delays.dag.json")
    assert checked.findings == ()
    assert checked.manifest is not None
    assert checked.manifest.description == "café 😀"


def test_a_second_manifest_of_the_same_name_is_found(check):
    text = HEAD + TASK
    files = {"dags/delays.dag.yaml": text, "dags/more/delays.dag.yml": text}
    (finding,) = check(text, files=files).findings
    assert (finding.code, finding.path) == ("duplicate-dag", ("dag_id",))


def test_findings_in_files_name_the_file(check):
    text = _query("sql/q.sql")
    files = {"dags/sql/q.sql": "select 1\nfrom (a\n"}
    (finding,) = check(text, files=files).findings
    assert (finding.file, finding.line, finding.code) == ("dags/sql/q.sql", 2, "sql-syntax")
    assert finding.path == ("tasks", "report", "sql")

    files = {"dags/sql/q.sql": "select 1\nfrom {{ var.value.x }}\n"}
    (finding,) = check(text, files=files).findings
    assert (finding.line, finding.column, finding.code) == (2, 9, "jinja-not-allowed")


def test_similar_file_names_are_suggested(check):
    text = _query("sql/delay.sql")
    (finding,) = check(text, files={"dags/sql/delays.sql": "select 1"}).findings
    assert finding.suggestion == "sql/delays.sql"


@pytest.mark.parametrize(
    ("source", "arguments", "code", "path_end"),
    [
        ("def other(): pass", "{}", "function-missing", "function"),
        ("def score(day): pass", "{}", "function-arguments", "arguments"),
        ("def score(day): pass", "{dya: 1, day: 2}", "function-arguments", "dya"),
        ("def score(:", "{}", "python-syntax", "file"),
        ("def score(): pass\n\x00", "{}", "file-characters", "file"),
    ],
)
def test_python_files_are_looked_at(check, source, arguments, code, path_end):
    text = _task(
        f"operator: python_function@1\nfile: py/a.py\nfunction: score\narguments: {arguments}"
    )
    (finding,) = check(text, files={"dags/py/a.py": source}).findings
    assert (finding.code, finding.path[-1]) == (code, path_end)


def test_an_archive_cannot_pose_as_a_script(check):
    """Airflow would import DAGs from any file that ends like a ZIP."""
    text = _task("operator: bash@1\nfile: a.sh")
    (finding,) = check(text, files={"dags/a.sh": "ls\nPK\x05\x06" + "\x00" * 18}).findings
    assert finding.code == "file-characters"
