"""`catalogue import`: a draft from an Airflow operator's signature and docs."""

from __future__ import annotations

import sys

import pytest
import yaml
from airdesk_render.catalogue.definition import OperatorDefinition
from airdesk_render.catalogue.drafting import draft
from airdesk_render.catalogue_check import check_catalogue
from airdesk_render.cli import main

OPERATORS = """\
from collections.abc import Callable
from typing import Literal

from airflow.sdk import BaseOperator
from airflow.sdk.bases.sensor import BaseSensorOperator


class Base(BaseOperator):
    '''
    The base.

    :param api_conn_id: The :ref:`connection<howto/api>` to use.
    :param host: another host
    '''

    template_fields = ("rows",)

    def __init__(self, *, api_conn_id: str = "api_default", host: str | None = None, **kwargs):
        super().__init__(**kwargs)


class LoadRowsOperator(Base):
    '''Loads rows: many of them. Slowly.

    :param rows: ``rows`` to load (templated)
        over two lines
    :param retries: how often
    '''

    template_fields = ("rows", "sql")
    template_ext = (".sql",)

    def __init__(self, rows: list[str], sql: str, *, most: int = 5, share: float = 0.5,
                 mode: Literal["a", "b"] = "a", strict: bool = True, name: str = "x",
                 handler: Callable | None = None, more: dict | None = None, **kwargs):
        super().__init__(**kwargs)


class ThingSensor(BaseSensorOperator):
    def __init__(self, *, thing: str, timeout: int = 5, **kwargs):
        super().__init__(**kwargs)


class NoOperator:
    pass
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> str:
    """A Python that has Airflow, and the operators above as module `imported_operators`."""
    folder = tmp_path_factory.mktemp("python")
    (folder / "imported_operators.py").write_text(OPERATORS)
    start = folder / "python"
    start.write_text(f'#!/bin/sh\nPYTHONPATH={folder} exec "{sys.executable}" "$@"\n')
    start.chmod(0o755)
    return str(start)


def _drafted(capsys, path: str, *options: str) -> tuple[dict, str]:
    assert main(["catalogue", "import", path, *options]) == 0
    text = capsys.readouterr().out
    return yaml.safe_load(text), text


@pytest.mark.xdist_group("airflow")
def test_a_draft_says_what_the_signature_says(capsys, python):
    data, text = _drafted(capsys, "imported_operators.LoadRowsOperator", "--python", python)
    assert data == {
        "version": 1,
        "operator": "load_rows@1",
        "title": "Load rows",
        "summary": "Loads rows: many of them.",
        "airflow": "imported_operators.LoadRowsOperator",
        "fields": {
            "connection": {
                "type": "connection",
                "argument": "api_conn_id",
                "description": "The connection to use.",
            },
            "rows": {
                "type": "strings",
                "templated": True,
                "description": "`rows` to load over two lines.",
            },
            "sql": {"type": "sql", "templated": True, "description": "Sql."},
            "most": {"type": "integer", "default": 5, "description": "Most."},
            "share": {"type": "number", "default": 0.5, "description": "Share."},
            "mode": {"choices": ["a", "b"], "default": "a", "description": "Mode."},
            "strict": {"type": "boolean", "default": True, "description": "Strict."},
            "its_name": {"argument": "name", "default": "x", "description": "Name."},
            "more": {"type": "mapping", "optional": True, "description": "More."},
        },
    }
    assert "#   host could send a credential elsewhere" in text
    assert "#   handler is collections.abc.Callable" in text
    OperatorDefinition.model_validate(data)


@pytest.mark.xdist_group("airflow")
def test_a_sensor_is_one(capsys, python):
    data, _ = _drafted(capsys, "imported_operators.ThingSensor", "--python", python)
    assert data["sensor"] is True
    assert data["operator"] == "thing@1"
    assert list(data["fields"]) == ["thing"]


@pytest.mark.xdist_group("airflow")
def test_drafts_of_airflows_own_operators_pass_the_check(capsys, tmp_path):
    (tmp_path / "operators").mkdir()
    for name in (
        "airflow.providers.amazon.aws.operators.s3.S3DeleteObjectsOperator",
        "airflow.providers.standard.sensors.date_time.DateTimeSensor",
        "airflow.providers.ssh.operators.ssh.SSHOperator",
    ):
        file = tmp_path / f"operators/{name.rpartition('.')[2]}.operator.yaml"
        assert main(["catalogue", "import", name, "--out", str(file)]) == 0
    findings, found = check_catalogue(tmp_path)
    assert findings == ()
    assert len(found.definitions) == 3
    assert main(["catalogue", "import", name, "--out", str(file)]) == 2
    assert "exists" in capsys.readouterr().err


@pytest.mark.xdist_group("airflow")
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("imported_operators.NoOperator", "is no operator"),
        ("imported_operators.Missing", "has no attribute 'Missing'"),
        ("no_such_module.Operator", "No module named 'no_such_module'"),
    ],
)
def test_what_cannot_be_read(capsys, python, path, message):
    assert main(["catalogue", "import", path, "--python", python]) == 2
    assert message in capsys.readouterr().err


def test_without_airflow_the_command_says_what_to_do(capsys, tmp_path):
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    bare.chmod(0o755)
    assert main(["catalogue", "import", "airflow.sdk.BaseOperator", "--python", str(bare)]) == 2
    assert "Airflow is not installed here" in capsys.readouterr().err
    assert main(["catalogue", "import", "a; rm -rf", "--python", str(bare)]) == 2
    assert "not a dotted path" in capsys.readouterr().err
    assert main(["catalogue", "import", "a.b", "--python", str(tmp_path / "none")]) == 2


def test_texts_of_docs_cannot_become_keys():
    hostile = {
        "path": "a.b.EvilOperator",
        "name": "EvilOperator",
        "summary": 'x"\nairflow: os.system',
        "sensor": False,
        "template_fields": [],
        "template_endings": [],
        "arguments": [
            {
                "name": "a",
                "type": "str",
                "required": False,
                "default": "}\nfixed: {b: 1}",
                "doc": "# x: y\nqueue: z",
            }
        ],
    }
    data = yaml.safe_load(draft(hostile))
    assert set(data) == {"version", "operator", "title", "summary", "airflow", "fields"}
    assert data["airflow"] == "a.b.EvilOperator"
    assert data["fields"]["a"]["default"] == "}\nfixed: {b: 1}"
