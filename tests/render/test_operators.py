"""Every managed operator: what it says about itself, and what it keeps away from authors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from airdesk_render.catalogue import default_catalogue, load_catalogue
from airdesk_render.catalogue.definition import REDIRECTING
from airdesk_render.expressions import Code, Invoke
from airdesk_render.helpers import IMPORTS, SOURCES
from airdesk_render.language.task import TaskCommon
from airdesk_render.mapping import parse_mapped
from airdesk_render.names import Team
from airdesk_render.operators.base import ManagedOperator, Rendering

SHARED = Path(__file__).parent / "shared_operators"
KEYS = list(default_catalogue().operators)
OPERATORS = load_catalogue(SHARED).operators
ALL = list(OPERATORS)
CASES = [(key, index) for key in ALL for index, _ in enumerate(OPERATORS[key].examples)]
GROWTH = Team("growth")
INTERNAL, PII = Rendering(GROWTH, "internal"), Rendering(GROWTH, "pii")


def _task(key: str, index: int = 0, **more) -> ManagedOperator:
    operator = OPERATORS[key]
    raw = json.loads(json.dumps({"operator": key, **operator.examples[index], **more}))
    if "expand" not in raw:
        return operator.model_validate(raw)
    task, errors = parse_mapped(operator, raw, ())
    assert errors == []
    return task


@pytest.mark.parametrize("key", ALL)
def test_an_operator_explains_itself(key):
    operator = OPERATORS[key]
    assert operator.key() == key
    assert (operator.name(), operator.version()) == (key.split("@")[0], int(key.split("@")[1]))
    assert operator.title
    assert operator.summary.endswith(".")
    assert operator.docs.endswith(".")
    assert operator.category != "Other" or key.startswith("refresh_view")
    assert operator.examples
    assert operator.airflow_classes
    for name, field in operator.model_fields.items():
        if name not in TaskCommon.model_fields and name != "operator":
            assert field.description, f"{name} is not explained"


@pytest.mark.parametrize("key", ALL)
def test_what_an_operator_says_of_its_fields_is_so(key):
    operator = OPERATORS[key]
    own = set(operator.model_fields) - set(TaskCommon.model_fields) - {"operator"}
    for named in (
        operator.templated,
        operator.file_fields,
        operator.sql_fields,
        operator.mappable,
    ):
        assert set(named) <= own
    assert operator.mappable_at_run <= set(operator.mappable)
    assert not operator.mappable_at_run & {*operator.file_fields, *operator.sql_fields}
    for use in operator.sql_fields.values():
        assert use.connection in own


@pytest.mark.parametrize("key", ALL)
def test_no_field_could_redirect_a_credential(key):
    fields = set(OPERATORS[key].model_fields) - set(TaskCommon.model_fields)
    assert [name for name in fields if REDIRECTING.search(name)] == []


@pytest.mark.parametrize(("key", "index"), CASES)
def test_an_example_becomes_one_of_the_classes_it_names(key, index):
    operator = OPERATORS[key]
    task = _task(key, index)
    for rendering in (INTERNAL, PII):
        call = task.call(rendering)
        path = f"{call.module}.{call.name}" if call.module else f"{call.shared}:{call.name}"
        assert path in operator.airflow_classes
        assert set(call.helpers) <= set(SOURCES) == set(IMPORTS)
        assert set(call.filters.values()) <= set(call.helpers)
        assert call.shared in (None, *task.shared_files())


@pytest.mark.parametrize(("key", "index"), CASES)
def test_nothing_that_redirects_a_credential_reaches_airflow_unforced(key, index):
    task = _task(key, index)
    arguments = task.call(INTERNAL).arguments
    forced = {
        "extra_options": {"allow_redirects": False, "timeout": 60},
        "headers": {"Content-Type": "application/json"},
        "env_vars": getattr(task, "environment", None),
        "automount_service_account_token": False,
    }
    for name, value in arguments.items():
        if REDIRECTING.search(name):
            assert value == forced[name]
        if name.endswith("conn_id") and value is not None:
            assert value.startswith("growth.")
    if task.connection_names():
        assert not arguments.get("deferrable")
    if task.is_sensor:
        assert arguments["mode"] == "reschedule"
        assert arguments["timeout"] > arguments["poke_interval"] > 0


@pytest.mark.parametrize("key", ALL)
def test_files_connections_and_texts_are_told(key):
    task = _task(key)
    for place, text in task.templated_texts():
        assert place[0] in task.templated
        assert isinstance(text, str)
    for place, text, use in task.sql_texts():
        assert isinstance(text, str)
        assert getattr(task, use.connection) in task.connection_names()
        assert place
    named = re.findall(r'FILES / "([^"]+)"', str(task.call(INTERNAL).arguments))
    assert {name.removesuffix(".txt") for name in named} <= {*task.files(), *task.shared_files()}


def test_pii_keeps_rows_out_of_xcom_and_messages():
    assert _task("sql_query@1").call(PII).arguments["handler"] == Invoke("first_rows", (0,))
    assert _task("http_request@1").call(PII).arguments["do_xcom_push"] is False
    assert _task("python_function@1").call(PII).arguments["show_return_value_in_logs"] is False
    assert _task("notebook@1").call(PII).arguments["output_nb"] == "/dev/null"
    assert _task("refresh_view@2").call(PII).arguments["do_xcom_push"] is False
    assert set(_task("slack_message@1", rows_from="query").leaks()) == {"rows_from"}
    assert set(_task("email@1", rows_from="query").leaks()) == {"rows_from"}
    assert set(_task("sql_quality@1").leaks()) == {"columns"}
    assert set(_task("branch@1", 1).leaks()) == {"cases"}
    assert _task("branch@1", 0).leaks() == {}
    for key in KEYS:
        if "sql" in OPERATORS[key].sql_fields and not OPERATORS[key].has_rows:
            assert "first_rows" not in _task(key).call(INTERNAL).helpers


def test_a_transfer_says_which_sql_runs_where():
    uses = {place: (text, use) for place, text, use in _task("sql_transfer@1").sql_texts()}
    assert uses[("sql",)][1].connection == "connection"
    assert not uses[("sql",)][1].writes
    assert uses[("before",)][1].connection == "to_connection"
    assert uses[("before",)][1].writes


def test_conditions_of_a_quality_check_are_sql():
    told = [(place, use.condition) for place, _, use in _task("sql_quality@1", 1).sql_texts()]
    assert told == [
        (("where",), True),
        (("checks", "enough", "check"), True),
        (("checks", "paid", "check"), True),
        (("checks", "paid", "where"), True),
    ]


def test_names_of_tasks_become_full_ids():
    rendering = Rendering(
        GROWTH, "internal", lambda name: f"load.{name}", lambda name: (f"{name}.a", f"{name}.b")
    )
    branch = _task("branch@1", 1).call(rendering).arguments["op_args"]
    assert branch[0][0]["rows_from"] == "load.count"
    assert branch[0][0]["then"] == ["large.a", "large.b"]
    text = _task("slack_message@1", rows_from="query").call(rendering).arguments["text"]
    assert "task_ids='load.query'" in text


def test_texts_are_never_taken_for_files_of_templates():
    for key, field, argument in (
        ("sql_query@1", "sql", "sql"),
        ("bash@1", "command", "bash_command"),
        ("ssh_command@1", "command", "command"),
        ("email@1", "body", "html_content"),
    ):
        given = (
            "select 1 -- a.sql"
            if field == "sql"
            else "see x.sh"
            if field == "command"
            else "x.html"
        )
        assert _task(key, **{field: given}).call(INTERNAL).arguments[argument] == f"{given}\n"
    assert isinstance(_task("sql_query@1", sql="sql/a.sql").call(INTERNAL).arguments["sql"], Code)


WRONG = {
    "sql_transfer@1": [{"merge_on": ["id"]}, {"columns": ["a"], "merge_on": ["id"]}],
    "sql_quality@1": [
        {"checks": {"a": {"check": "1 = 1"}}},
        {"columns": {"a": {}}},
        {"columns": {"a": {"null_check": {}}}},
        {"columns": {"a": {"min": {"geq_to": 1, "greater_than": 0}}}},
        {"columns": {"a": {"min": {"geq_to": 5, "leq_to": 1}}}},
        {"columns": {"a; drop table b": {"null_check": {"equal_to": 0}}}},
        {"table": "orders; drop table orders"},
    ],
    "python_function@1": [{"function": "__import__"}, {"file": "../py/score.py"}],
    "notebook@1": [{"file": "score.py"}, {"parameters": {"1a": 2}}],
    "ssh_command@1": [{"file": "scripts/a.sh"}, {"remote_host": "elsewhere"}],
    "kubernetes_pod@1": [
        {"image": "UPPER"},
        {"env_from": []},
        {"secrets": ["a"]},
        {"environment": {"a-b": "x"}},
        {"memory": "lots"},
    ],
    "http_request@1": [
        {"endpoint": "//evil.example/x"},
        {"endpoint": "https://evil.example"},
        {"endpoint": "a/../../b"},
        {"headers": {"Host": "evil.example"}},
        {"content_type": "text/csv", "data": {"a": 1}},
    ],
    "email@1": [
        {"to": ["nobody"]},
        {"subject": "a\nBcc: all@corp.example"},
        {"files": ["/etc/passwd"]},
        {"from_email": "boss@corp.example"},
    ],
    "spark_submit@1": [
        {"application": "/etc/passwd"},
        {"application": "https://evil.example/a.py"},
        {"conf": {"spark.yarn.keytab": "/x"}},
        {"conf": {"spark.hadoop.fs.s3a.endpoint": "evil"}},
        {"proxy_user": "root"},
        {"deploy_mode": "client"},
    ],
    "wait_for_file@1": [{"path": "/etc/passwd"}, {"path": "a/../../b"}],
    "s3_copy@1": [{"to_key": "s3://other/key"}, {"to_bucket": "a/b"}],
    "s3_write@1": [{"file": "data/a.csv"}, {"file": "../a.csv", "text": None}],
    "s3_to_sql@1": [{"columns": ["a b"]}],
    "wait_for_dag@1": [{"dag": "a.b.c"}, {"task": "Not a task"}],
    "wait_until@1": [{"time": "7:00"}, {"time": "25:00"}],
    "trigger_dag@1": [{"dag": "risk.exposures"}],
    "approval@1": [{"on_timeout": "approve"}, {"approvers": ["Not A Name"]}],
    "branch@1": [
        {"cases": []},
        {"cases": [{"value": "a", "then": ["b"]}]},
        {"cases": [{"value": "a", "rows_from": "q", "equals": 1, "then": ["b"]}]},
        {"cases": [{"value": "a", "column": "c", "equals": 1, "then": ["b"]}]},
        {"cases": [{"value": "a", "equals": 1, "then": []}]},
    ],
    "short_circuit@1": [{"conditions": [{"equals": 1}]}, {"conditions": []}],
}


@pytest.mark.parametrize(
    ("key", "change"),
    [(key, change) for key, changes in WRONG.items() for change in changes],
    ids=[f"{key}-{index}" for key, changes in WRONG.items() for index, _ in enumerate(changes)],
)
def test_what_an_operator_does_not_take(key, change):
    with pytest.raises(ValueError, match="validation error"):
        _task(key, **change)
