"""The catalogue: the platform's operators, installed ones, and the shared operator repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from airdesk_render.catalogue import CatalogueError, default_catalogue, load_catalogue
from airdesk_render.catalogue_check import check_catalogue
from airdesk_render.check import check_manifest
from airdesk_render.cli import main
from airdesk_render.codes import CODES
from airdesk_render.names import Team
from airdesk_render.operators.base import Rendering

SHARED = Path(__file__).parent / "shared_operators"
DOCS = Path(__file__).parents[2] / "docs" / "operators.md"
GEOCODE = (SHARED / "operators/geocode.operator.yaml").read_text()


@pytest.fixture
def shared(tmp_path) -> Path:
    """A copy of the shared operator repository, to be changed."""
    return Path(shutil.copytree(SHARED, tmp_path / "shared"))


def _write(folder: Path, text: str, name: str = "geocode") -> None:
    (folder / f"operators/{name}.operator.yaml").write_text(text)


def test_an_operator_is_imported_when_somebody_asks_for_it():
    code = (
        "import sys; from airdesk_render.catalogue import default_catalogue as c; "
        "o = c().operators; list(o); 'bash@1' in o; c().version; "
        "before = sorted(m for m in sys.modules if m.startswith('airdesk_render.operators.')); "
        "o['bash@1']; print(before, 'airdesk_render.operators.code' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['airdesk_render.operators.base'] True"


def test_the_version_follows_what_operators_come_from(shared):
    first = load_catalogue(shared)
    assert load_catalogue(shared).version == first.version
    assert first.version != default_catalogue().version
    (shared / "python/geocode.py").write_text("class GeocodeOperator: pass\n")
    second = load_catalogue(shared)
    assert second.version != first.version
    _write(shared, GEOCODE.replace("Geocode\n", "Geocoding\n"))
    assert load_catalogue(shared).version not in (first.version, second.version)


def test_versions_live_side_by_side(shared):
    newer = GEOCODE.replace("geocode@1", "geocode@2").replace("default: 100", "default: 500")
    _write(shared, newer, "geocode_2")
    operators = load_catalogue(shared).operators
    rendering = Rendering(Team("growth"), "internal")
    for key, batch in (("geocode@1", 100), ("geocode@2", 500)):
        task = operators[key].model_validate(
            {"operator": key, "connection": "maps", "table": "a.b"}
        )
        call = task.call(rendering)
        assert call.arguments == {
            "http_conn_id": "growth.maps",
            "table": "a.b",
            "batch": batch,
            "precision": "street",
        }
        assert (call.module, call.name, call.shared) == (
            "",
            "GeocodeOperator",
            "python/geocode.py",
        )


def test_what_a_definition_says_becomes_what_a_class_would_say():
    operators = load_catalogue(SHARED).operators
    view = operators["refresh_view@2"]
    assert view.sql_fields["sql"].writes
    assert view.sql_fields["sql"].connection == "connection"
    assert dict(view.mappable) == {"sql": "sql"}
    assert view.templated == ("sql",)
    assert view.kind == "managed"
    weekday = operators["wait_for_weekday@1"]
    assert weekday.is_sensor
    arguments = weekday.model_validate(
        {"operator": "wait_for_weekday@1", "day": "Friday", "timeout": "2h"}
    ).call(Rendering(Team("growth"), "internal"))
    assert arguments.arguments == {
        "week_day": "Friday",
        "mode": "reschedule",
        "poke_interval": 60,
        "timeout": 7200,
    }
    with pytest.raises(ValueError, match="Monday"):
        weekday.model_validate({"operator": "wait_for_weekday@1", "day": "Someday"})


HTTP = "airflow.providers.http.operators.http.HttpOperator"
HEAD = f"""\
version: 1
operator: own@1
title: Own
summary: Does it.
airflow: {HTTP}
"""
FAULTS = {
    "unknown-key": ("unknown-field", HEAD + "«colour: red\n"),
    "missing": ("missing-field", "«version: 1\noperator: own@1\n"),
    "key": ("wrong-value", HEAD.replace("own@1", "«own")),
    "taken": ("catalogue-taken", HEAD.replace("own@1", "«bash@1")),
    "class": ("wrong-value", HEAD.replace("airflow.providers", "«os system.providers")),
    "no file": ("file-missing", HEAD.replace(HTTP, "«python/none.py:A")),
    "no class": ("function-missing", HEAD.replace(HTTP, "«python/geocode.py:locate")),
    "redirects": ("field-redirects", HEAD + "fields:\n  h: {argument: headers, description: H.}\n"),
    "platform": ("field-platform", HEAD + "fields:\n  q: {argument: queue, description: Q.}\n"),
    "fixed": ("field-platform", HEAD + "fixed: {executor: LocalExecutor}\n"),
    "reserved": ("field-reserved", HEAD + "fields:\n  retries: {description: R.}\n"),
    "twice": ("field-twice", HEAD + "fields:\n  a: {description: A.}\nfixed: {a: 1}\n"),
    "limits": ("field-limits", HEAD + "fields:\n  a: «{description: A., minimum: 1}\n"),
    "pattern": ("field-pattern", HEAD + "fields:\n  a: «{description: A., pattern: '(['}\n"),
    "rust pattern": (
        "field-pattern",
        HEAD + "fields:\n  a: «{description: A., pattern: '(?<!a)b'}\n",
    ),
    "ending": ("field-ending", HEAD + "fields:\n  a: «{type: file, description: A.}\n"),
    "mapped": (
        "field-mapped",
        HEAD + "fields:\n  a: «{type: sql, mapped: outputs, description: A.}\n",
    ),
    "default": (
        "wrong-value",
        HEAD + "fields:\n  a: {type: integer, default: «x, description: A.}\n",
    ),
    "example": (
        "wrong-value",
        HEAD + "fields:\n  a: {choices: [x], example: «y, description: A.}\n",
    ),
    "deferrable": (
        "field-deferrable",
        HEAD + "fields:\n  c: {type: connection, description: C.}\nfixed: {deferrable: true}\n",
    ),
    "yaml": ("yaml-syntax", HEAD + "fields: {a: [}\n"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_has_a_place_a_code_and_a_sentence(shared, name):
    code, marked = FAULTS[name]
    text = marked.replace("«", "")
    _write(shared, text, "own")
    findings, _ = check_catalogue(shared)
    assert code in [one.code for one in findings]
    one = next(one for one in findings if one.code == code)
    assert one.code in CODES
    assert one.message[-1] in ".>}?"
    assert one.file == "operators/own.operator.yaml"
    if "«" in marked and name != "missing":
        before = marked[: marked.index("«")]
        assert (one.line, one.column) == (
            before.count("\n") + 1,
            len(before) - before.rfind("\n"),
        )
    with pytest.raises(CatalogueError, match=r"own\.operator\.yaml:\d+:\d+: ."):
        load_catalogue(shared)


def test_all_findings_come_at_once_and_files_are_looked_at(shared, capsys):
    _write(shared, "version: 2\n", "own")
    (shared / "operators/notes.txt").write_text("x")
    (shared / "operators/link.operator.yaml").symlink_to(shared / "python/geocode.py")
    (shared / "python/bad.py").write_text("def f(:\n")
    assert main(["catalogue", "check", str(shared)]) == 1
    out = capsys.readouterr().out
    for part in (
        "operators/own.operator.yaml:1:10: error [wrong-value]",
        "operators/own.operator.yaml:1:1: error [missing-field]",
        "operators/notes.txt:1:1: error [file-name]",
        "operators/link.operator.yaml:1:1: error [not-a-file]",
        "python/bad.py:1:7: error [python-syntax]",
    ):
        assert part in out
    report = shared / "codequality.json"
    assert (
        main(
            [
                "catalogue",
                "check",
                str(shared),
                "--format",
                "json",
                "--report",
                f"codequality={report}",
            ]
        )
        == 1
    )
    assert len(json.loads(capsys.readouterr().out)["findings"]) == len(
        json.loads(report.read_text())
    )


def test_the_shared_repository_is_without_findings(capsys):
    assert main(["catalogue", "check", str(SHARED)]) == 0
    assert "3 operator(s) and 1 Python file(s)" in capsys.readouterr().out


def test_an_empty_folder_is_no_repository(tmp_path, capsys):
    assert main(["catalogue", "check", str(tmp_path)]) == 1
    assert "no operator here" in capsys.readouterr().out
    assert main(["catalogue", "check", str(tmp_path / "none")]) == 2


PACKAGE = """\
from typing import ClassVar, Literal
from airdesk_render.operators.base import Call, ManagedOperator

class Ours(ManagedOperator):
    title: ClassVar[str] = "Ours"
    summary: ClassVar[str] = "Does ours."
    docs: ClassVar[str] = "Does ours."
    operator: Literal["NAME"]

    def call(self, rendering):
        return Call("ours", "Ours", {})

both = [Ours]
"""


def _installed(folder: Path, *, name: str = "ours@1", value: str = "ours:both") -> dict[str, str]:
    (folder / "ours.py").write_text(PACKAGE.replace("NAME", name))
    info = folder / "ours-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ours\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[airdesk.operators]\nours = {value}\n")
    return {**os.environ, "PYTHONPATH": str(folder)}


def _list(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "airdesk_render.cli", "catalogue", "list", "--format", "json"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_installed_packages_bring_operators(tmp_path):
    listed = json.loads(_list(_installed(tmp_path)).stdout)
    assert listed["operators"][-1]["operator"] == "ours@1"
    assert listed["version"] != default_catalogue().version


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "bash@1"}, "offers bash@1, which is taken"),
        ({"value": "ours:PACKAGE"}, "cannot be imported"),
        ({"value": "ours:Literal"}, "which is no managed operator"),
    ],
)
def test_a_package_that_offers_something_else_is_refused(tmp_path, change, message):
    done = _list(_installed(tmp_path, **change))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_list_and_show(capsys):
    assert main(["catalogue", "list", "--catalogue", str(SHARED)]) == 0
    out = capsys.readouterr().out
    assert "geocode@1" in out
    assert "sql_query@1" in out
    assert main(["catalogue", "show", "sql_quality@1"]) == 0
    assert "SQLColumnCheckOperator" in capsys.readouterr().out
    assert (
        main(["catalogue", "show", "geocode@1", "--catalogue", str(SHARED), "--format", "json"])
        == 0
    )
    shown = json.loads(capsys.readouterr().out)
    assert [field["name"] for field in shown["fields"]] == [
        "connection",
        "table",
        "batch",
        "precision",
    ]
    assert main(["catalogue", "show", "sql_qery@1"]) == 2
    assert "Did you mean sql_query@1?" in capsys.readouterr().err


def test_the_page_about_operators_is_current(capsys):
    assert main(["catalogue", "docs"]) == 0
    assert capsys.readouterr().out == DOCS.read_text(), (
        "airdesk-render catalogue docs > docs/operators.md"
    )


def test_the_schema_takes_what_the_repository_has(capsys):
    assert main(["catalogue", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["properties"]["airflow"]["description"]
    validator = pytest.importorskip("jsonschema").Draft202012Validator(schema)
    for file in sorted((SHARED / "operators").iterdir()):
        assert list(validator.iter_errors(yaml.safe_load(file.read_text()))) == []
    assert list(validator.iter_errors({"version": 1, "operator": "a"}))


SHARED_TASK = """\
version: 1
dag_id: places
description: Where customers live
owners: [thu.tran]
data_class: internal
tasks:
  locate:
    operator: python_function@1
    file: python/geocode.py
    shared: true
    function: locate
    arguments: {region: north}
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("geocode.py", "geocod.py", "file-missing", 9),
        ("function: locate", "function: locat", "function-missing", 11),
        ("region: north", "regin: north", "function-arguments", 12),
    ],
)
def test_a_task_of_the_shared_repository_is_looked_at(growth, policy, old, new, code, line):
    common = {"file": "dags/places.dag.yaml", "team": growth, "policy": policy, "files": {}}
    catalogue = load_catalogue(SHARED)
    assert check_manifest(SHARED_TASK, **common, catalogue=catalogue).findings == ()
    wrong = SHARED_TASK.replace(old, new)
    findings = check_manifest(wrong, **common, catalogue=catalogue).findings
    assert {(one.code, one.line) for one in findings} == {(code, line)}
    assert any(one.suggestion for one in findings)
    (missing,) = check_manifest(SHARED_TASK, **common).findings
    assert missing.code == "file-missing"


def test_the_guide_says_what_is_so(shared):
    guide = (DOCS.parent / "shared_operators.md").read_text()
    blocks = [part.split("```")[0] for part in guide.split("```yaml\n")[1:]]
    _write(shared, blocks[0], "refresh_view_1")
    findings, _ = check_catalogue(shared)
    assert findings == ()
    (task,) = yaml.safe_load(blocks[1]).values()
    operator = load_catalogue(shared).operators[task["operator"]]
    assert operator.model_validate(task).shared_files() == ("python/geocode.py",)
