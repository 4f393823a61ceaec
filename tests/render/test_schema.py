"""The JSON Schema: valid, agreeing with the check, and with a word about every field."""

from __future__ import annotations

import copy

import pytest
from airdesk_render.catalogue import operators
from airdesk_render.reading import read
from airdesk_render.schema import manifest_schema
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
        (("tasks", "report", "queue"), "x"),
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


def test_every_field_is_explained():
    schema = manifest_schema()
    shapes = {"Manifest": schema, **schema["$defs"]}
    for name, shape in shapes.items():
        if "properties" not in shape:
            continue
        assert shape["description"], name
        for field, about in shape["properties"].items():
            assert about.get("description"), f"{name}.{field}"


def test_the_catalogue_says_what_there_is():
    for key, operator in operators().items():
        assert key == f"{operator.name()}@{operator.version()}"
        assert operator.kind in ("managed", "code")
        for words in (operator.title, operator.summary, operator.docs):
            assert words
    kinds = {key: operator.kind for key, operator in operators().items()}
    assert [key for key, kind in kinds.items() if kind == "code"] == ["bash@1", "python_function@1"]
