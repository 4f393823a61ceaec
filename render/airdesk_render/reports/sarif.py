"""SARIF 2.1.0, as code hosts and editors read it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import metadata
from typing import Any
from urllib.parse import quote

from airdesk_render.codes import CODES
from airdesk_render.findings import Finding
from airdesk_render.reports.codequality import with_suggestion
from airdesk_render.reports.fingerprints import fingerprints
from airdesk_render.reports.links import address_of, link_of

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"error": "error", "warning": "warning"}


def sarif_report(findings: Iterable[Finding]) -> str:
    """One run with a result per finding and a rule per code met."""
    found = list(findings)
    codes = sorted({finding.code for finding in found})
    results = [
        _result(finding, codes.index(finding.code), fingerprint)
        for finding, fingerprint in zip(found, fingerprints(found), strict=True)
    ]
    driver = {
        "name": "airdesk-render",
        "semanticVersion": metadata.version("airdesk-render"),
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"REPOSITORY": {"description": {"text": "The team's repository."}}},
        "results": results,
    }
    report = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(report, indent=1, ensure_ascii=False) + "\n"


def _rule(code: str) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": CODES.get(code, code)},
        "help": {"text": f"See {link_of(code)}."},
    }
    if (address := address_of(code)) is not None:
        rule["helpUri"] = address
    return rule


def _result(finding: Finding, rule: int, fingerprint: str) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": quote(finding.file), "uriBaseId": "REPOSITORY"},
        "region": {"startLine": finding.line, "startColumn": finding.column},
    }
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS.get(finding.severity, "note"),
        "message": {"text": with_suggestion(finding)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"airdesk/v1": fingerprint},
    }
