"""The list of codes is complete and holds nothing that is never said."""

from __future__ import annotations

import ast
from pathlib import Path

import airdesk_render
from airdesk_render.codes import CODES

PACKAGE = Path(airdesk_render.__file__).parent


def _texts(folder: Path) -> set[str]:
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        if path.name == "codes.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_listed_code_is_used():
    """As it stands, or as the kind of a Pydantic error with underscores."""
    texts = _texts(PACKAGE)
    assert set(CODES) <= texts | {text.replace("_", "-") for text in texts}


def _reported(tree: ast.AST) -> set[str]:
    """First text arguments of report(…), Problem(…), SqlProblem(…), Objection(…) that look it."""
    codes = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name not in ("report", "report_at", "_problem", "Problem", "SqlProblem", "Objection"):
            continue
        texts = [
            argument.value
            for argument in node.args
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        ]
        codes.update(texts[:1])
    return codes


def test_every_code_that_is_said_is_listed():
    said: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        said |= _reported(ast.parse(path.read_text(encoding="utf-8")))
    said.discard("policy")  # a policy that cannot be read is an error of its own, no finding
    assert said, "the search must find something"
    assert said <= set(CODES), said - set(CODES)
