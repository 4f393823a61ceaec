"""The JSON Schema: valid, agreeing with the check, and with a word about every field."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest
from airdesk_render.catalogue import load_catalogue, operators
from airdesk_render.commands.common import RepositoryFiles
from airdesk_render.commands.schema import defaults_below
from airdesk_render.defaults import is_defaults
from airdesk_render.names import is_manifest
from airdesk_render.reading import read
from airdesk_render.schema import KINDS, defaults_schema, manifest_schema, schema_of
from jsonschema import Draft202012Validator


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = manifest_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_it_takes_right_manifests(validator, delays, everything):
    for text in (delays, everything[0]):
        assert [error.message for error in validator.iter_errors(read(text).data)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), 2),
        (("dag_id",), "A"),
        (("owners",), []),
        (("data_class",), "secret"),
        (("shedule",), None),
        (("schedule", "cron"), 3),
        (("notify", "slack"), "growth"),
        (("schedule", "every"), "2h"),
        (("schedule", "start_date"), "tomorrow"),
        (("deadline",), {"by": "07:00", "within": "2h"}),
        (("deadline",), {}),
        (("params", "days", "default"), "one"),
        (("params", "days", "minLength"), 3),
        (("params", "Days"), {"type": "integer", "default": 1}),
        (("default_args",), {"retrys": 1}),
        (("tasks", "report", "conection"), "warehouse"),
        (("tasks", "report", "queue"), "a queue"),
        (("tasks", "report", "trigger_rule"), "all"),
        (("tasks", "report", "expand"), {"sql": 3}),
        (("tasks", "report", "expand"), {"conection": ["a"]}),
        (("tasks", "Report"), {"operator": "bash@1", "command": "ls"}),
        (("tasks", "report"), {"operator": "sql_query@1", "connection": "warehouse"}),
        (("tasks", "group"), {"tasks": {}}),
        (("tasks", "group"), {"tasks": {"a": {"operator": "sql_query@1"}}}),
        (("tasks", "group"), {"operator": "bash@1", "tasks": {"a": {"operator": "bash@1"}}}),
        (("tasks", "report", "operator"), "sql_query@9"),
        (("tasks", "report", "max_rows"), 0),
        (("tasks", "post", "channel"), "x"),
    ],
)
def test_it_refuses_what_the_check_refuses(validator, delays, path, value):
    data = copy.deepcopy(read(delays).data)
    parent = data
    for part in path[:-1]:
        parent = parent[part]
    parent[path[-1]] = value
    assert not validator.is_valid(data)


SHELL = {"operator": "bash@1", "command": "ls"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schedule",), "manual"),
        (("schedule",), None),
        (("schedule",), {"every": "2h", "start_date": "2026-12-01T06:00"}),
        (("schedule",), {"assets": {"any": ["orders", {"all": ["risk.a", "b"]}]}}),
        (("notify",), [{"slack": "#a", "events": ["late"]}, {"slack": "C0123456"}]),
        (("deadline",), {"by": "07:00"}),
        (("tasks", "report", "expand"), {"sql": ["select 1", "select 2"]}),
        (("tasks", "group"), {"tasks": {"a": {"tasks": {"b": SHELL}}}}),
        (("tasks", "each"), {"operator": "bash@1", "expand": {"command": ["ls", "ls -l"]}}),
    ],
)  # fmt: skip
def test_it_takes_what_the_language_says(validator, delays, path, value):
    data = copy.deepcopy(read(delays).data)
    parent = data
    for part in path[:-1]:
        parent = parent[part]
    parent[path[-1]] = value
    assert [error.message for error in validator.iter_errors(data)] == []


def test_what_defaults_may_give_can_be_left_out(validator, delays):
    data = read(delays).data
    for field in ("owners", "data_class"):
        del data[field]
    del data["tasks"]["report"]["connection"]
    assert validator.is_valid(data)


@pytest.mark.parametrize(
    ("fields", "right"),
    [
        ({"owners": ["minh.le"], "schedule": {"timezone": "UTC"}}, True),
        ({"default_args": {"retries": 1}}, True),
        ({"operators": {"sql_query@1": {"connection": "warehouse", "retries": 2}}}, True),
        ({"notify": {"slack": "#a"}}, True),
        ({"schedule": {"cron": "@daily"}}, False),
        ({"operators": {"sql_query@1": {"conection": "warehouse"}}}, False),
        ({"operators": {"sql_query@1": {"upstream": ["a"]}}}, False),
        ({"operators": {"nothing@1": {}}}, False),
        ({"dag_id": "a"}, False),
    ],
)  # fmt: skip
def test_files_of_defaults(fields, right):
    schema = defaults_schema()
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid({"version": 1, **fields}) is right


CORPUS = Path(__file__).with_name("corpus")


@pytest.mark.parametrize("team", sorted(path.name for path in (CORPUS / "good").iterdir()))
def test_it_takes_manifests_of_analysts(team):
    """And what it takes counts its repository's defaults and the shared operators."""
    files = RepositoryFiles(CORPUS / "good" / team)
    catalogue = load_catalogue(CORPUS / "shared")
    defaults = defaults_below(CORPUS / "good" / team)
    manifest = Draft202012Validator(manifest_schema(catalogue, defaults))
    other = Draft202012Validator(defaults_schema(catalogue))
    for name in files:
        right = manifest if is_manifest(name) else other if is_defaults(name) else None
        if right is not None:
            found = [error.message for error in right.iter_errors(read(files[name]).data)]
            assert found == [], name


BY_SHAPE = (
    *("unknown-field", "unknown-operator", "not-mappable", "out-of-range", "too-long"),
    *("wrong-type", "wrong-value", "missing-field", "empty-value", "one-of", "param-default"),
)
"""Codes of what a schema can see; the rest is about meaning."""


def test_it_refuses_wrong_manifests_of_analysts():
    right = Draft202012Validator(manifest_schema(load_catalogue(CORPUS / "shared")))
    refused, accepted = [], []
    for path in sorted((CORPUS / "wrong/one_by_one/dags").rglob("*.dag.yaml")):
        text = path.read_bytes().decode("utf-8", "replace")
        expected = re.findall(r"^# expect: (\S+) at", text, re.MULTILINE)
        document = read(text)
        if expected and expected[0] in BY_SHAPE and not document.problems:
            (accepted if right.is_valid(document.data) else refused).append(path.name)
    assert len(refused) > 3 * len(accepted)


def test_a_task_of_the_catalogue():
    right = Draft202012Validator(schema_of("catalogue"))
    assert right.is_valid(SHELL)
    assert not right.is_valid({**SHELL, "comand": "ls"})


def test_the_schema_is_the_same_each_time():
    assert json.dumps(manifest_schema()) == json.dumps(manifest_schema())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_field_is_explained(kind):
    """Or refers to a shape that is; and nothing refers to what is not there."""
    schema = schema_of(kind)
    Draft202012Validator.check_schema(schema)
    shapes = {kind: schema, **schema["$defs"]}
    for name, shape in shapes.items():
        if "properties" not in shape:
            continue
        assert name == kind or shape["description"], name
        for field, about in shape["properties"].items():
            assert _meaning(about, schema), f"{name}.{field}"
    for reference in re.findall(r'"\$ref": "([^"]+)"', json.dumps(schema)):
        _at(reference, schema)


def _meaning(about: dict, schema: dict) -> str | None:
    if "$ref" in about and "description" not in about:
        about = _at(about["$ref"], schema)
    return about.get("description")


def _at(reference: str, schema: dict) -> dict:
    found = schema
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_values_are_explained():
    properties = manifest_schema()["properties"]
    data_class = properties["data_class"]
    assert len(data_class["enumDescriptions"]) == len(data_class["enum"])
    operator = manifest_schema()["$defs"]["Task"]["properties"]["operator"]
    assert operator["enum"] == list(operators())
    assert all(operator["enumDescriptions"])


def test_the_catalogue_says_what_there_is():
    for key, operator in operators().items():
        assert key == f"{operator.name()}@{operator.version()}"
        assert operator.kind in ("managed", "code")
        for words in (operator.title, operator.summary, operator.docs):
            assert words
    code = {key for key, operator in operators().items() if operator.kind == "code"}
    assert {"bash@1", "python_function@1"} <= code
    assert "sql_query@1" not in code
