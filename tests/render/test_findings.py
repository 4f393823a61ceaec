"""Wrong manifests: each gives exactly the finding expected, at the place marked with «."""

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


def _head(old: str, new: str) -> str:
    assert old in HEAD
    return HEAD.replace(old, new) + TASK


WRONG = {
    # shape
    "empty": ("«", "not-a-manifest", None),
    "only a comment": ("«# nothing", "not-a-manifest", None),
    "a list": ("«- version: 1", "not-a-manifest", None),
    "unknown key": (f"{HEAD}«shedule: manual\n{TASK}", "unknown-field", "schedule"),
    "team in the manifest": (f"{HEAD}«team: growth\n{TASK}", "unknown-field", None),
    "no tasks": (f"«{HEAD}", "missing-field", None),
    "empty tasks": (f"{HEAD}tasks: «{{}}", "empty-value", None),
    "tasks as list": (f"{HEAD}tasks: «[]", "wrong-type", None),
    "wrong version": (_head("version: 1", "version: «2"), "wrong-value", None),
    "dag_id a number": (_head("dag_id: delays", "dag_id: «12"), "wrong-type", None),
    "dag_id upper case": (_head("dag_id: delays", "dag_id: «Delays"), "wrong-value", None),
    "dag_id with prefix": (_head("dag_id: delays", "dag_id: «growth.delays"), "wrong-value", None),
    "dag_id other than file": (_head("dag_id: delays", "dag_id: «late"), "file-name", "delays"),
    "no owner": (_head("[thu.tran]", "«[]"), "empty-value", None),
    "owner with space": (_head("[thu.tran]", "[«Thu Tran]"), "wrong-value", None),
    "owner twice": (_head("[thu.tran]", "[thu.tran, «thu.tran]"), "duplicate-value", None),
    "owners a word": (_head("[thu.tran]", "«thu.tran"), "wrong-type", None),
    "data class misspelt": (_head("internal", "«intern"), "wrong-value", "internal"),
    "description empty": (
        _head("description: Which carriers ran late", "description: «''"),
        "empty-value",
        None,
    ),
    # YAML
    "tab": (f"{HEAD}tasks:\n«\treport: 1\n", "yaml-tab", None),
    "key twice": (f"{HEAD}«dag_id: other\n{TASK}", "duplicate-key", None),
    "alias": (
        HEAD.replace("late", "late").replace("[thu.tran]", "&o [thu.tran]") + f"tags: «*o\n{TASK}",
        "yaml-alias",
        None,
    ),
    "tag": (_head("[thu.tran]", "«!!python/tuple [thu.tran]"), "yaml-tag", None),
    "two documents": (f"{HEAD}{TASK}«---\n{HEAD}", "yaml-documents", None),
    "unclosed bracket": (_head("[thu.tran]", "[thu.tran").replace("class:", "class«:"),
                         "yaml-syntax", None),
    "colon in text": (_head("ran late", "ran«: late"), "yaml-syntax", None),
    "bare yes": (
        f"{HEAD}params: {{x: {{type: string, default: «yes}}}}\n{TASK}", "yaml-boolean", None),
    "endless number": (_head("version: 1", "version: «" + "1" * 4000), "yaml-number", None),
    "bidi override": (_head("ran late", "ran «\u202elate"), "yaml-character", None),
    # schedule
    "schedule a cron text": (f"{HEAD}schedule: «0 6 * * *\n{TASK}", "wrong-type", None),
    "no start_date": (f'{HEAD}«schedule: {{cron: "@daily"}}\n{TASK}', "missing-field", None),
    "cron of four fields": (
        f'{HEAD}schedule: {{cron: «"0 6 * *", start_date: 2026-12-01}}\n{TASK}',
        "cron-invalid", None),
    "cron out of range": (
        f'{HEAD}schedule: {{cron: «"99 6 * * *", start_date: 2026-12-01}}\n{TASK}',
        "cron-invalid", None),
    "cron never": (
        f'{HEAD}schedule: {{cron: «"0 0 31 2 *", start_date: 2026-12-01}}\n{TASK}',
        "cron-invalid", None),
    "unknown preset": (
        f'{HEAD}schedule: {{cron: «"@dayly", start_date: 2026-12-01}}\n{TASK}',
        "cron-invalid", "@daily"),
    "every minute": (
        f'{HEAD}schedule: {{cron: «"* * * * *", start_date: 2026-12-01}}\n{TASK}',
        "too-often", None),
    "time zone misspelt": (
        (f'{HEAD}schedule: {{cron: "@daily", timezone: «Asia/Ho_Chi_Min, '
        f"start_date: 2026-12-01}}\n{TASK}"), "unknown-timezone", "Asia/Ho_Chi_Minh"),
    "start_date no day": (
        f'{HEAD}schedule: {{cron: "@daily", start_date: «tomorrow}}\n{TASK}', "wrong-value", None),
    # notify and params
    "channel without #": (f"{HEAD}notify: {{slack: «growth}}\n{TASK}", "wrong-value", None),
    "unknown event": (
        f'{HEAD}notify: {{slack: "#a", events: [«failed]}}\n{TASK}', "wrong-value", "failure"),
    "param of wrong type": (
        f'{HEAD}params: {{n: «{{type: integer, default: "1"}}}}\n{TASK}', "param-default", None),
    "param outside limits": (
        f"{HEAD}params: {{n: «{{type: integer, default: 9, maximum: 5}}}}\n{TASK}",
        "param-default", None),
    "param not in enum": (
        f"{HEAD}params: {{n: «{{type: string, default: a, enum: [b]}}}}\n{TASK}",
        "param-default", None),
    "text with limits": (
        f"{HEAD}params: {{n: «{{type: string, default: a, minimum: 1}}}}\n{TASK}",
        "param-default", None),
    # operators
    "no operator": (_task("«connection: warehouse\nsql: select 1").replace("«", ""),
                    "missing-field", None),
    "operator misspelt": (_task("operator: «sql_qery@1\nsql: select 1"), "unknown-operator",
                          "sql_query@1"),
    "operator without version": (_task("operator: «sql_query\nsql: select 1"), "unknown-operator",
                                 "sql_query@1"),
    "operator of Airflow": (_task("operator: «PostgresOperator"), "unknown-operator", None),
    "field misspelt": (_task("operator: bash@1\ncommand: ls\n«retires: 1"), "unknown-field",
                       "retries"),
    "callback": (_task("operator: bash@1\ncommand: ls\n«on_failure_callback: x"),
                 "forbidden-option", None),
    "access_control": (f"{HEAD}«access_control: {{}}\n{TASK}", "forbidden-option", None),
    "timeout in words": (_task("operator: bash@1\ncommand: ls\nexecution_timeout: «half an hour"),
                         "wrong-value", None),
    "both command and file": (_task("operator: bash@1\ncommand: ls\nfile: a.sh").replace(
        "report:\n    o", "report:\n    «o"), "one-of", None),
    "conn_id": (_query("select 1\n«conn_id: other"),
                "forbidden-option", None),
    "connection of another team": (
        _task("operator: sql_query@1\nconnection: «risk.warehouse\nsql: select 1"),
        "wrong-value", None),
    "too many rows": (_query("select 1\nmax_rows: «1000"), "out-of-range", None),
    # graph
    "unknown upstream": (_query("select 1\nupstream: [«reprot]"), "unknown-task", "report"),
    "itself upstream": (_query("select 1\nupstream: [«report]"), "cycle", None),
    "upstream twice": (
        (f"{HEAD}{TASK}  b:\n    operator: bash@1\n    command: ls\n"
        "    upstream: [report, «report]\n"), "duplicate-value", None),
    "cycle": (
        (f"{HEAD}tasks:\n"
        "  a: {operator: bash@1, command: ls, upstream: «[b]}\n"
        "  b: {operator: bash@1, command: ls, upstream: [c]}\n"
        "  c: {operator: bash@1, command: ls, upstream: [a]}\n"), "cycle", None),
    "rows_from unknown": (
        (f'{HEAD}{TASK}  post: {{operator: slack_message@1, channel: "#a", text: x, '
        "rows_from: «repot, upstream: [report]}\n"), "unknown-task", "report"),
    "rows_from a check": (
        (f"{HEAD}{TASK}  c: {{operator: sql_check@1, connection: w, sql: select true}}\n"
        '  post: {operator: slack_message@1, channel: "#a", text: x, rows_from: «c, '
        "upstream: [c]}\n"), "rows-from-not-query", "report"),
    "rows_from not upstream": (
        (f'{HEAD}{TASK}  post: {{operator: slack_message@1, channel: "#a", text: x, '
        "rows_from: «report}\n"), "rows-from-not-upstream", None),
    "rows of pii": (
        f"{HEAD}{TASK}".replace("internal", "pii")
        + '  post: {operator: slack_message@1, channel: "#a", text: x, rows_from: «report, '
        "upstream: [report]}\n", "pii-rows", None),
    "pii check with columns": (
        _task("operator: sql_check@1\nconnection: w\nsql: «select name from people").replace(
            "internal", "pii"), "pii-check-columns", None),
    # SQL
    "a table": (_query("«flights"), "table-not-query", "select * from flights"),
    "a table with schema": (_query("«public.flights;"), "table-not-query",
                            "select * from public.flights"),
    "select misspelt": (_query("«selct * from flights"), "sql-not-query", "select"),
    "delete": (_query("«delete from flights"), "sql-not-read-only", None),
    "delete in a with": (_query("«with x as (delete from a returning *) select * from x"),
                         "sql-not-read-only", None),
    "two statements": (_query("select 1; «select 2"), "sql-many-statements", None),
    "only a comment in SQL": (_query("'«-- nothing'"), "sql-empty", None),
    "parenthesis in a block": (_query("|\n  select (1 +\n  2 «from a\n"), "sql-syntax", None),
    "values": (_query("«values (1)"), "sql-not-query", None),
    # Jinja
    "conn": (_query("select '{{ «conn.warehouse.password }}'"), "jinja-not-allowed", None),
    "var": (_query("select '{{ «var.value.secret }}'"), "jinja-not-allowed", None),
    "unknown name": (_query("select '{{ «dss }}'"), "jinja-not-allowed", None),
    "class of a text": (_query("select '{{ ''.«__class__ }}'"), "jinja-not-allowed", None),
    "statement": (_query('"«{% set a = 1 %} select 1"'),
                  "jinja-not-allowed", None),
    "open braces": (_query("«select '{{ ds '"), "jinja-syntax", None),
    "unknown param": (_query("select '{{ params.«day }}'").replace(
        "tasks:", "params: {days: {type: integer, default: 1}}\ntasks:"), "unknown-param", "days"),
    "filter": (_query("select '{{ ds | «attr(1) }}'"), "jinja-not-allowed", None),
    "call": (_query("select '{{ params.«items() }}'"), "jinja-not-allowed", None),
    "in an argument": (
        _task("operator: http_request@1\nconnection: a\nendpoint: x\n"
              'data: {a: [1, "{{ «ti }}"]}'), "jinja-not-allowed", None),
    # HTTP
    "whole URL": (_task("operator: http_request@1\nconnection: a\nendpoint: «https://evil.test/x"),
                  "endpoint-not-relative", None),
    "host by slashes": (_task("operator: http_request@1\nconnection: a\nendpoint: «//evil.test/x"),
                        "endpoint-not-relative", None),
    "headers": (_task("operator: http_request@1\nconnection: a\nendpoint: x\n«headers: {}"),
                "forbidden-option", None),
    # files
    "file missing": (_query("«sql/none.sql"), "file-missing", None),
    "file elsewhere": (_query("«../secret.sql"), "file-path", None),
    "absolute file": (_query("«/etc/x.sql"), "file-path", None),
    "python file elsewhere": (
        _task("operator: python_function@1\nfile: «../../x.py\nfunction: f"), "wrong-value", None),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_manifest(finds, name):
    marked, code, suggestion = WRONG[name]
    finding = finds(marked, code)
    assert finding.suggestion == suggestion
    assert finding.severity == "error"


def test_all_findings_come_at_once(check):
    """A wrong shape here does not hide a wrong meaning there."""
    text = f"""{HEAD}tasks:
  report:
    operator: sql_query@1
    connection: warehouse
    sql: flights
    conn_id: other
  bad:
    operator: sql_qery@1
  post:
    operator: slack_message@1
    channel: growth
    text: "{{{{ conn.x }}}}"
    upstream: [bad]
  other:
    operator: bash@1
    command: echo {{{{ var.x }}}}
"""
    codes = [(finding.code, finding.path) for finding in check(text).findings]
    assert codes == [
        ("table-not-query", ("tasks", "report", "sql")),
        ("forbidden-option", ("tasks", "report", "conn_id")),
        ("unknown-operator", ("tasks", "bad", "operator")),
        ("wrong-value", ("tasks", "post", "channel")),
        ("jinja-not-allowed", ("tasks", "other", "command")),
    ]


def test_a_forbidden_option_says_who_sets_it(check):
    text = HEAD + TASK + "    conn_id: other\n"
    (finding,) = check(text).findings
    assert finding.message == (
        "'conn_id' is not yours to set. Name one of the team's connections in `connection`."
    )


def test_right_manifests_have_no_findings(check, delays, everything):
    assert check(delays).findings == ()
    text, files = everything
    checked = check(text, file="dags/everything.dag.yaml", files=files)
    assert checked.findings == ()
    assert checked.ok
