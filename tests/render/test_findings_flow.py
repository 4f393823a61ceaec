"""Groups, mapping, branches, setup and teardown: each wrong manifest gives one finding, at «."""

from __future__ import annotations

import pytest

HEAD = """\
version: 1
dag_id: delays
description: x
owners: [thu.tran]
data_class: internal
tasks:
"""
SHELL = "operator: bash@1, command: ls"
QUERY = "operator: sql_query@1, connection: w, sql: select 1"
MAPPED = "  each:\n    operator: bash@1\n    expand:\n      command: "
PYTHON = "operator: python_function@1, file: py/a.py, function: f"
BRANCH = """\
  choose:
    operator: branch@1
    cases:
      - {value: "{{ ds }}", equals: a, then: [left]}
    otherwise: [right]
"""
WAYS = f"  left: {{{SHELL}, upstream: [choose]}}\n  right: {{{SHELL}, upstream: [choose]}}\n"
GROUP = f"  g:\n    tasks:\n      a: {{{SHELL}}}\n      b: {{{SHELL}, upstream: [a]}}\n"


def _groups(depth: int, marked: int) -> str:
    lines = []
    for level in range(depth):
        mark = "«" if level == marked else ""
        lines += [f"{'    ' * level}  {mark}g{level}:", f"{'    ' * level}    tasks:"]
    return "\n".join((*lines, f"{'    ' * depth}  a: {{{SHELL}}}\n"))


WRONG = {
    # groups
    "empty group": ("  g: {tasks: «{}}\n", "empty-value", None),
    "group with an operator": (f"  g: «{{operator: bash@1, tasks: {{a: {{{SHELL}}}}}}}\n",
                               "one-of", None),
    "group too deep": (_groups(6, 5), "group-depth", None),
    "unknown field of a group": (f"  g:\n    «tooltip: x\n    tasks:\n      a: {{{SHELL}}}\n",
                                 "unknown-field", None),
    "field misspelt in a group": (
        "  g:\n    tasks:\n      a: {operator: bash@1, command: ls, «retires: 1}\n",
        "unknown-field", "retries"),
    "operator misspelt in a group": (
        "  g:\n    tasks:\n      a: {operator: «bahs@1, command: ls}\n",
        "unknown-operator", "bash@1"),
    "name with a dot": (f"  «g.a: {{{SHELL}}}\n", "wrong-value", None),
    "name in upper case": (f"  g:\n    tasks:\n      «A: {{{SHELL}}}\n", "wrong-value", None),
    "task is text": ("  a: «bash@1\n", "wrong-type", None),
    "unknown in a group": (f"{GROUP}  c: {{{SHELL}, upstream: [«g.c]}}\n", "unknown-task", "g.b"),
    "unknown beside it in a group": (
        f"  g:\n    tasks:\n      load: {{{SHELL}}}\n      b: {{{SHELL}, upstream: [«laod]}}\n",
        "unknown-task", "load"),
    "waits for its group": (f"  g:\n    tasks:\n      a: {{{SHELL}, upstream: [«g]}}\n",
                            "cycle", None),
    "group waits for its member": (
        f"  g:\n    upstream: [«g.a]\n    tasks:\n      a: {{{SHELL}}}\n", "cycle", None),
    "group waits for itself": (f"  g:\n    upstream: [«g]\n    tasks:\n      a: {{{SHELL}}}\n",
                               "cycle", None),
    "a round through a group": (
        (f"  first: {{{SHELL}, upstream: «[g]}}\n  g:\n    upstream: [first]\n    tasks:\n"
        f"      a: {{{SHELL}}}\n"), "cycle", None),
    "a round through a member": (
        (f"  g:\n    tasks:\n      a: {{{SHELL}, upstream: «[out]}}\n"
        f"  out: {{{SHELL}, upstream: [g]}}\n"), "cycle", None),
    "group named twice": (f"{GROUP}  c: {{{SHELL}, upstream: [g, «g]}}\n", "duplicate-value", None),
    "name far too long": (
        "".join(f"{'    ' * n}  {'g' * 60}:\n{'    ' * n}    tasks:\n" for n in range(4))
        + f"{'    ' * 4}  «{'a' * 60}: {{{SHELL}}}\n", "too-long", None),
    # mapping
    "no list to map": (f"{MAPPED}«[]\n", "empty-value", None),
    "one wrong value": (f'{MAPPED}[ls, «"", pwd]\n', "empty-value", None),
    "first value wrong": (f"{MAPPED}[«1, ls]\n", "wrong-type", None),
    "text to map over": (f"{MAPPED}«ls\n", "wrong-type", None),
    "expand as list": ("  a: {operator: bash@1, expand: «[ls]}\n", "wrong-type", None),
    "given twice": ("  a: {operator: bash@1, command: ls, expand: {«command: [ls]}}\n",
                    "expand-twice", None),
    "maps what is not there": (f"  a: {{{SHELL}, expand: {{«comand: [ls]}}}}\n",
                               "unknown-field", "command"),
    "maps upstream": (f"  a: {{{SHELL}, expand: {{«upstream: [[a]]}}}}\n", "unknown-field", None),
    "maps the connection": (
        "  a: {operator: sql_query@1, sql: select 1, expand: {«connection: [a, b]}}\n",
        "not-mappable", None),
    "code from a task": (
        f"  a: {{{PYTHON}}}\n  b: {{operator: bash@1, expand: {{command: «{{from: a}}}}}}\n",
        "not-mappable", None),
    "SQL from a task": (
        (f"  a: {{{PYTHON}}}\n"
        "  b: {operator: sql_query@1, connection: w, expand: {sql: «{from: a}}}\n"),
        "not-mappable", None),
    "from nowhere": (
        (f"  list_it: {{{PYTHON}}}\n"
        f"  b: {{{PYTHON}, expand: {{arguments: {{from: «list_ti}}}}}}\n"),
        "unknown-task", "list_it"),
    "from itself": (f"  b: {{{PYTHON}, expand: {{arguments: {{from: «b}}}}}}\n", "cycle", None),
    "from a group": (
        f"{GROUP}  c: {{{PYTHON}, expand: {{arguments: {{from: «g}}}}}}\n", "expand-from", None),
    "from a query": (
        f"  q: {{{QUERY}}}\n  c: {{{PYTHON}, expand: {{arguments: {{from: «q}}}}}}\n",
        "expand-from", None),
    "from with more": (
        f"  a: {{{PYTHON}}}\n  b: {{{PYTHON}, expand: {{arguments: {{from: a, «of: x}}}}}}\n",
        "unknown-field", None),
    "a round by from": (
        (f"  a: {{{PYTHON}, upstream: «[b]}}\n"
        f"  b: {{{PYTHON}, expand: {{arguments: {{from: a}}}}}}\n"), "cycle", None),
    "one of many SQL texts": (
        "  q: {operator: sql_query@1, connection: w, expand: {sql: [select 1, «drop table a]}}\n",
        "sql-not-read-only", None),
    "Jinja in a mapped value": (
        '  q: {operator: bash@1, expand: {command: [ls, "{{ «conn.x }}"]}}\n',
        "jinja-not-allowed", None),
    "one of many files": (
        "  q: {operator: sql_query@1, connection: w, expand: {sql: [select 1, «sql/no.sql]}}\n",
        "file-missing", None),
    "rows of a mapped query": (
        ("  q: {operator: sql_query@1, connection: w, expand: {sql: [select 1, select 2]}}\n"
        '  p: {operator: slack_message@1, channel: "#a", text: x, rows_from: «q, upstream: [q]}\n'),
        "rows-from-not-query", None),
    # branches
    "way that does not exist": (
        BRANCH.replace("left]", "«lef]") + WAYS, "unknown-task", "left"),
    "otherwise that does not exist": (
        BRANCH.replace("[right]", "[«rigth]") + WAYS, "unknown-task", "right"),
    "way that does not follow": (
        BRANCH.replace("[left]", "[«left]") + WAYS.replace(", upstream: [choose]}", "}", 1),
        "way-not-downstream", None),
    "a way to itself": (BRANCH.replace("[left]", "[«choose]") + WAYS, "cycle", None),
    "rows of a condition": (
        BRANCH.replace('value: "{{ ds }}"', "rows_from: «q") + WAYS + f"  q: {{{QUERY}}}\n",
        "rows-from-not-upstream", None),
    # setup and teardown
    "teardown of no setup": (
        f"  a: {{{SHELL}}}\n  b: {{{SHELL}, teardown_of: [«a]}}\n", "not-a-setup", None),
    "teardown of a group": (f"{GROUP}  c: {{{SHELL}, teardown_of: [«g]}}\n", "not-a-setup", None),
    "teardown of nothing": (f"  c: {{{SHELL}, teardown_of: [«make]}}\n", "unknown-task", None),
    "both setup and teardown": (
        f"  a: {{{SHELL}, setup: true}}\n  b: {{{SHELL}, setup: «true, teardown_of: [a]}}\n",
        "setup-and-teardown", None),
    "teardown with a rule": (
        (f"  a: {{{SHELL}, setup: true}}\n"
        f"  b: {{{SHELL}, teardown_of: [a], trigger_rule: «all_done}}\n"),
        "teardown-trigger-rule", None),
    "setup after its teardown": (
        f"  a: {{{SHELL}, setup: true, upstream: «[b]}}\n  b: {{{SHELL}, teardown_of: [a]}}\n",
        "cycle", None),
    "rule right after a setup": (
        (f"  a: {{{SHELL}, setup: true}}\n"
        f"  b: {{{SHELL}, upstream: [a], trigger_rule: «none_failed}}\n"
        f"  c: {{{SHELL}, teardown_of: [a], upstream: [b]}}\n"), "after-setup", None),
    "unknown rule": (f"  a: {{{SHELL}, trigger_rule: «all_sucess}}\n",
                     "wrong-value", "all_success"),
}  # fmt: skip

WARNED = {
    "rule with nothing before": (f"  a: {{{SHELL}, trigger_rule: «all_done}}\n", "no-effect"),
    "task that no way leads to": (
        f"{BRANCH}{WAYS}  «third: {{{SHELL}, upstream: [choose]}}\n", "always-skipped"),
    "ways that meet": (
        (f"{BRANCH}{WAYS}  «join: {{{SHELL}, upstream: [left, right]}}\n"
        f"  last: {{{SHELL}, upstream: [join]}}\n"), "always-skipped"),
}  # fmt: skip

RIGHT = {
    "groups": f"{GROUP}  c: {{{SHELL}, upstream: [g, g.a]}}\n"
    f"  h:\n    upstream: [c]\n    tasks:\n      a: {{{SHELL}, upstream: [g.b]}}\n",
    "five groups": _groups(5, -1),
    "same names in two groups": f"{GROUP}{GROUP.replace('  g:', '  h:')}",
    "nearest name first": f"  a: {{{SHELL}}}\n{GROUP}",
    "mapped": "  a: {operator: bash@1, expand: {command: [ls, pwd]}}\n",
    "mapped over an output": f"  a: {{{PYTHON}}}\n  b: {{{PYTHON}, expand: {{arguments: "
    "{from: a}}}\n",
    "ways that meet": f"{BRANCH}{WAYS}"
    f"  join: {{{SHELL}, upstream: [left, right], "
    "trigger_rule: none_failed_min_one_success}\n",
    "every way": BRANCH.replace("operator: branch@1", "operator: branch@1\n    every: true")
    + f"{WAYS}  join: {{{SHELL}, upstream: [left, right]}}\n",
    "a way past": BRANCH.replace("[right]", "[join]")
    + f"  left: {{{SHELL}, upstream: [choose]}}\n"
    + f"  join: {{{SHELL}, upstream: [left, choose], trigger_rule: none_failed}}\n",
    "a group as a way": BRANCH.replace("[right]", "[g]")
    + f"  left: {{{SHELL}, upstream: [choose]}}\n"
    + GROUP.replace("  g:\n", "  g:\n    upstream: [choose]\n"),
    "setup and teardown": f"  a: {{{SHELL}, setup: true}}\n  b: {{{SHELL}, upstream: [a]}}\n"
    f"  c: {{{SHELL}, teardown_of: [a], upstream: [b]}}\n",
    "rule after a group": f"{GROUP}  c: {{{SHELL}, upstream: [g], trigger_rule: all_done}}\n",
}
FILES = {"dags/py/a.py": "def f(**given): return [given]\n"}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_flow(finds, name):
    marked, code, suggestion = WRONG[name]
    assert finds(HEAD + marked, code, files=FILES).suggestion == suggestion


@pytest.mark.parametrize("name", WARNED)
def test_flow_that_can_hardly_be_meant(finds, name):
    marked, code = WARNED[name]
    assert finds(HEAD + marked, code).severity == "warning"


@pytest.mark.parametrize("name", RIGHT)
def test_right_flow(check, name):
    checked = check(HEAD + RIGHT[name], files=FILES)
    assert checked.findings == ()
    assert checked.ok


def test_a_fault_in_one_task_hides_nothing_of_another(check):
    text = f"""{HEAD}  g:
    tasks:
      bad: {{operator: bahs@1}}
      after: {{{SHELL}, upstream: [bad, nobody]}}
      inner:
        tasks:
          worse: {{operator: bash@1, command: 1, expand: {{command: [""]}}}}
  last: {{{SHELL}, upstream: [g.inner.worse, g.bad], retries: x}}
"""
    assert [(one.code, one.path) for one in check(text).findings] == [
        ("unknown-operator", ("tasks", "g", "tasks", "bad", "operator")),
        ("unknown-task", ("tasks", "g", "tasks", "after", "upstream", 1)),
        ("expand-twice",
         ("tasks", "g", "tasks", "inner", "tasks", "worse", "expand", "command")),
        ("empty-value",
         ("tasks", "g", "tasks", "inner", "tasks", "worse", "expand", "command", 0)),
        ("wrong-type", ("tasks", "last", "retries")),
    ]  # fmt: skip
