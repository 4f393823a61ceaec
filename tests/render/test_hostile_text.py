"""Whatever a manifest says stays text: the program around it is always the same."""

from __future__ import annotations

import ast

import pytest
from airdesk_render.catalogue import default_catalogue
from airdesk_render.manifest import Manifest, write_manifest
from airdesk_render.names import Team
from airdesk_render.parsing import parse_manifest
from airdesk_render.policy import default_policy
from airdesk_render.reading import read
from airdesk_render.render import render_dag
from hypothesis import given, settings
from hypothesis import strategies as st

HOSTILE = [
    '"""',
    "'''",
    '"""\nimport os; os.system("id")\n"""',
    "'); import os  # ",
    '"); import os  # ',
    "\\",
    "\\'",
    'x\\"""\n',
    "\\\n",
    "a\nb\\",
    'ends with quote"',
    "ends with newline\n",
    "line\r\nline",
    "{{ ds }}",
    "{0} {name} %s %(a)s",
    "f'{__import__(\"os\")}'",
    "\u2028\u2029\x85",
    "𝐢𝐦𝐩𝐨𝐫𝐭 os",
    "tab\tand\x0bvertical",
    "null\x00byte",
    "\N{RIGHT-TO-LEFT OVERRIDE}evil",
    "#!/usr/bin/python\n# -*- coding: utf-7 -*-\n+AGkAbQBwAG8AcgB0-",
    " trailing \n spaces ",
    "\ufeff",
    "é" * 500,
]


def _manifest_full_of(text: str) -> Manifest:
    """A manifest with the text wherever free text may stand; shape only, not checked."""
    data = {
        "version": 1,
        "dag_id": "hostile",
        "description": text,
        "doc_md": text,
        "owners": ["thu.tran"],
        "data_class": "internal",
        "params": {"p": {"type": "string", "default": text, "description": text, "enum": [text]}},
        "tasks": {
            "class": {"operator": "sql_query@1", "connection": "w", "sql": text},
            "exec": {"operator": "bash@1", "command": text},
            "dag": {"operator": "slack_message@1", "channel": "#a", "text": text},
            "http": {
                "operator": "http_request@1",
                "connection": "w",
                "endpoint": "x",
                "data": text,
            },
            "py": {
                "operator": "python_function@1",
                "file": "py/a.py",
                "function": "f",
                "arguments": {"a": text, "b": {text: [text, {"c": text}]}},
                "upstream": ["class", "exec", "dag"],
            },
        },
    }
    manifest = parse_manifest(data, default_catalogue()).manifest
    assert manifest is not None
    return manifest


def _strings(node: ast.AST) -> list[str]:
    return [
        inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    ]


def _rendered(manifest: Manifest) -> ast.Module:
    rendered = render_dag(
        manifest,
        team=Team("growth"),
        policy=default_policy(),
        manifest_path="dags/hostile.dag.yaml",
        files={"dags/py/a.py": "def f(a, b): pass"},
    )
    return ast.parse(rendered.files["growth/hostile.py"])


def _says(manifest: Manifest, text: str) -> None:
    """Every place holds exactly the text, and the program around it is the usual one."""
    tree = _rendered(manifest)
    harmless = _rendered(_manifest_full_of("harmless"))
    assert _outline(tree) == _outline(harmless)
    usual = len([one for one in _strings(harmless) if one == "harmless"])
    assert len([one for one in _strings(tree) if one == text]) >= usual


def _outline(tree: ast.Module) -> list[str]:
    """The program without its texts, constants put back in their places."""
    constants = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if node.targets[0].id != "FILES"
    }

    class Blank(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.Constant("") if node.id in constants else node

        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            return ast.Constant("") if isinstance(node.value, str) else node

    body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in constants)
    ]
    return [ast.dump(Blank().visit(node)) for node in body]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text):
    _says(_manifest_full_of(text), text)


FILES = (".sql", ".sh", ".py")


@settings(max_examples=200)
@given(st.text(min_size=1, max_size=80).filter(lambda text: text.strip()))
def test_any_text_stays_text(text):
    # Lone surrogates cannot be written as UTF-8; reading refuses them before. A name of a file
    # is no text: the file's content would stand there, and the check refuses one that is missing.
    if any("\ud800" <= character <= "\udfff" for character in text) or text.endswith(FILES):
        return
    _says(_manifest_full_of(text), text)


@pytest.mark.parametrize(
    "dag_id",
    ["a'b", 'a"b', "a\nb", "a{{ b }}", "../a", "a.b", "A", "é", "", "a b", "_a", "1a", "a" * 101],
)
def test_hostile_names_have_no_shape(check, delays, dag_id):
    data = read(delays).data
    checked = check(write_manifest({**data, "dag_id": dag_id}))
    assert checked.manifest is None
    assert "dag_id" in [finding.path[0] for finding in checked.findings]

    renamed = {
        **data,
        "tasks": {dag_id if dag_id != "a" * 101 else "a" * 101: data["tasks"]["report"]},
    }
    assert check(write_manifest(renamed)).manifest is None
