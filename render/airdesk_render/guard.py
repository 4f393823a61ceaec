"""The last look at a rendered file: it must say what the manifest says, and nothing else.

The file is parsed as Python, never run. Its statements must be those the renderer writes, in its
order, and every text in the DAG and its tasks must be one that the renderer meant to write.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from airdesk_render.helpers import SOURCES
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.policy import Policy

_CALLS = frozenset(
    (
        "CronTriggerTimetable",
        "DAG",
        "Param",
        "Path",
        "timedelta",
        "first_rows",
        "datetime",
        "read_text",
    )
)


class UnsafeRendering(Exception):
    """A rendered file does not say what its manifest says. It must not be used."""


def assert_only_ours(source: str, manifest: Manifest, *, team: Team, policy: Policy) -> None:
    """Look at a rendered file as an AST.

    Raises:
        UnsafeRendering: it is no Python, or holds a statement, call or task nobody asked for.
    """
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise UnsafeRendering(f"The rendered file is not Python: {error}.") from error
    helpers = {ast.dump(ast.parse(text).body[0]) for text in SOURCES.values()}
    body = [node for node in module.body if ast.dump(node) not in helpers]
    if not body or not isinstance(body[-1], ast.With):
        raise UnsafeRendering("The rendered file does not end with its DAG.")
    for node in body[:-1]:
        if not isinstance(node, ast.Import | ast.ImportFrom | ast.Assign):
            raise UnsafeRendering(f"Line {node.lineno} holds a statement that nobody asked for.")
    operators = _check_dag(body[-1], manifest, team)
    for inner in ast.walk(ast.Module(body=body, type_ignores=[])):
        if isinstance(inner, ast.Call) and _called(inner) not in _CALLS | operators:
            raise UnsafeRendering(f"Line {inner.lineno} calls something that nobody asked for.")


def _check_dag(block: ast.With, manifest: Manifest, team: Team) -> frozenset[str]:
    """The names of the operators in use, after a look at the DAG's id and its tasks."""
    dag = block.items[0].context_expr
    if not isinstance(dag, ast.Call) or _argument(dag, "dag_id") != team.dag_id(manifest.dag_id):
        raise UnsafeRendering("The rendered file defines another DAG.")
    tasks = [node.value for node in block.body if isinstance(node, ast.Assign)]
    calls = [task for task in tasks if isinstance(task, ast.Call)]
    if [_argument(task, "task_id") for task in calls] != list(manifest.tasks):
        raise UnsafeRendering("The rendered file defines other tasks.")
    edges = [node for node in block.body if isinstance(node, ast.Expr)]
    if len(tasks) + len(edges) != len(block.body) or not all(_is_edge(edge) for edge in edges):
        raise UnsafeRendering("The DAG holds a statement that nobody asked for.")
    return frozenset(_called(task) for task in calls)


def _is_edge(node: ast.Expr) -> bool:
    shift = node.value
    return isinstance(shift, ast.BinOp) and all(
        isinstance(name, ast.Name) for name in _leaves(shift)
    )


def _leaves(shift: ast.BinOp) -> Iterator[ast.expr]:
    for side in (shift.left, shift.right):
        yield from side.elts if isinstance(side, ast.List) else [side]


def _called(node: ast.Call) -> str:
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _argument(node: ast.Call, name: str) -> object:
    for keyword in node.keywords:
        if keyword.arg == name and isinstance(keyword.value, ast.Constant):
            return keyword.value.value
    return None
