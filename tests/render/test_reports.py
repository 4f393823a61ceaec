"""Reports for people and programs: what GitLab, SARIF readers and JUnit readers expect."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from airdesk_render.codes import CODES
from airdesk_render.findings import Finding
from airdesk_render.reports import FORMATS, report_of, text_report
from airdesk_render.reports.links import DOCS_VARIABLE, link_of
from airdesk_render.reports.page import findings_page
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

FILES = {"dags/a b.dag.yaml": "version: 2\ndag_id: ữ🚚漢字 x\n\ttasks:\n"}
FOUND = (
    Finding(
        file="dags/a b.dag.yaml", line=1, column=10, code="wrong-value", message="It is 1.",
        path=("version",), suggestion="1",
    ),
    Finding(
        file="dags/a b.dag.yaml", line=2, column=15, code="duplicate-key",
        message="'x' is already given in line 1.", severity="warning",
    ),
    Finding(
        file="dags/sql/q.sql", line=7, column=1, code="sql-syntax", message="<no> ]]> & \x07 SQL",
        severity="info",
    ),
)  # fmt: skip


def _report(name: str, found=FOUND) -> str:
    return report_of(name, found, files=FILES, checked=["dags/a b.dag.yaml", "dags/fine.dag.yaml"])


def _moved(found=FOUND, by: int = 5) -> list[Finding]:
    return [
        one.model_copy(
            update={
                "line": one.line + by,
                "message": re.sub(r"line (\d+)", lambda m: f"line {int(m[1]) + by}", one.message),
            }
        )
        for one in found
    ]


def test_text_points_at_the_sign():
    text = text_report(FOUND, FILES, 2)
    assert text.split("\n\n")[1] == (
        "dags/a b.dag.yaml:2:15: warning [duplicate-key] 'x' is already given in line 1.\n"
        "  2 | dag_id: ữ🚚漢字 x\n"
        "    |                  ^\n"
        "    = docs/findings.md#duplicate-key"
    )
    assert "1 error(s) in 2 manifest(s)" in text
    assert "fine, with 1 warning(s) and 1 note(s)." in text_report(FOUND[1:], FILES, 2)


def test_a_finding_at_a_file_that_is_not_there():
    assert text_report(FOUND[2:], {}, 1).startswith("dags/sql/q.sql:7:1: info [sql-syntax]")


CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "additionalProperties": False,
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": "^[./]"}},
                    "lines": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What GitLab's documentation asks of a Code Quality report, and nothing else."""


def test_code_quality_is_gitlabs():
    entries = json.loads(_report("codequality"))
    Draft202012Validator(CODE_QUALITY).validate(entries)
    assert [entry["severity"] for entry in entries] == ["major", "minor", "info"]
    assert entries[0]["description"] == "It is 1. Did you mean '1'?"


def test_fingerprints_survive_moves_and_are_unique():
    def prints(found):
        return [entry["fingerprint"] for entry in json.loads(_report("codequality", found))]

    assert prints(_moved()) == prints(FOUND)
    twice = [*FOUND, *_moved(FOUND[:1])]
    assert len(set(prints(twice))) == len(twice)
    assert prints(twice)[:3] == prints(FOUND)


TEXT = {"type": "object", "required": ["text"], "additionalProperties": False,
        "properties": {"text": {"type": "string"}}}  # fmt: skip
ARTIFACT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "uri": {"type": "string", "pattern": r"^[A-Za-z0-9._~/%!$&'()*+,;=:@-]+$"},
        "uriBaseId": {"type": "string"},
        "description": TEXT,
    },
}
SARIF = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": {"$ref": "#/$defs/run"}},
    },
    "$defs": {
        "run": {
            "type": "object",
            "additionalProperties": False,
            "required": ["tool"],
            "properties": {
                "tool": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["driver"],
                    "properties": {"driver": {"$ref": "#/$defs/driver"}},
                },
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "originalUriBaseIds": {"type": "object", "additionalProperties": ARTIFACT},
                "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
            },
        },
        "driver": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "semanticVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
                "rules": {"type": "array", "uniqueItems": True, "items": {"$ref": "#/$defs/rule"}},
            },
        },
        "rule": {
            "type": "object",
            "additionalProperties": False,
            "required": ["id"],
            "properties": {
                "id": {"type": "string"},
                "shortDescription": TEXT,
                "help": TEXT,
                "helpUri": {"type": "string", "pattern": "^https?://"},
            },
        },
        "result": {
            "type": "object",
            "additionalProperties": False,
            "required": ["message"],
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": -1},
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": TEXT,
                "locations": {"type": "array", "items": {"$ref": "#/$defs/location"}},
                "partialFingerprints": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                },
            },
        },
        "location": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "physicalLocation": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["artifactLocation"],
                    "properties": {
                        "artifactLocation": ARTIFACT,
                        "region": {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": {
                                "startLine": {"type": "integer", "minimum": 1},
                                "startColumn": {"type": "integer", "minimum": 1},
                            },
                        },
                    },
                }
            },
        },
    },
}
"""The part of SARIF 2.1.0's own schema that our reports use, as strict as there."""


def test_sarif_is_as_its_schema_says(monkeypatch):
    Draft202012Validator.check_schema(SARIF)
    report = json.loads(_report("sarif"))
    Draft202012Validator(SARIF).validate(report)
    run = report["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result, finding in zip(run["results"], FOUND, strict=True):
        assert rules[result["ruleIndex"]] == result["ruleId"] == finding.code
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "dags/a%20b.dag.yaml"
    monkeypatch.setenv(DOCS_VARIABLE, "https://git.corp.test/airdesk/docs/")
    report = json.loads(_report("sarif"))
    Draft202012Validator(SARIF).validate(report)
    rule = report["runs"][0]["tool"]["driver"]["rules"][-1]
    assert rule["helpUri"] == "https://git.corp.test/airdesk/docs/findings.md#wrong-value"


def test_sarif_without_findings():
    Draft202012Validator(SARIF).validate(json.loads(_report("sarif", ())))


def test_junit_has_a_case_per_file():
    suite = ET.fromstring(_report("junit")).find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == [
        "dags/a b.dag.yaml",
        "dags/fine.dag.yaml",
        "dags/sql/q.sql",
    ]
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    assert [[part.tag for part in case] for case in cases] == [
        ["failure", "system-out"],
        [],
        ["system-out"],
    ]
    for case in cases:
        assert case.get("file") == case.get("name")
        assert case.get("classname")
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.get("message") == "1 error(s): wrong-value"
    assert "1 | version: 2" in (failure.text or "")


ODD_FINDINGS = st.lists(
    st.builds(
        Finding,
        file=st.text(min_size=1, max_size=20),
        line=st.integers(1, 50),
        column=st.integers(1, 300),
        code=st.sampled_from(sorted(CODES)),
        message=st.text(max_size=60),
        suggestion=st.none() | st.text(max_size=20),
        severity=st.sampled_from(["error", "warning", "info"]),
    ),
    max_size=5,
)


@given(found=ODD_FINDINGS, text=st.text(max_size=200))
def test_any_finding_can_be_reported(found, text):
    files = {finding.file: text for finding in found}
    for name in FORMATS:
        report = report_of(name, found, files=files, checked=list(files))
        if name == "junit":
            ET.fromstring(report.encode("utf-8", "replace"))
        elif name != "text":
            json.loads(report)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_link_leads_to_a_heading(code):
    page, _, anchor = link_of(code).partition("#")
    text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    assert f"\n### {anchor}\n" in text


def test_the_page_about_findings_is_up_to_date():
    page = Path(__file__).parents[2] / "docs/findings.md"
    assert page.read_text(encoding="utf-8") == findings_page()
