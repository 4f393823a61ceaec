"""The last look at a rendered file: it must say what was planned, and nothing else.

The file is parsed as Python, never run. Each statement, call, name and value in it is compared
with the plan, so that a mistake in writing source can stop a rendering but never smuggle code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import lru_cache

from airdesk_render.expressions import Code, Invoke
from airdesk_render.helpers import IMPORTS, SOURCES
from airdesk_render.plan import Plan, variable


class UnsafeRendering(Exception):
    """A rendered file does not say what was planned. It must not be used."""


def assert_says(source: str, plan: Plan) -> None:
    """Compare a file with its plan.

    Raises:
        UnsafeRendering: it is no Python, or says more, less or something else.
    """
    try:
        body = list(ast.parse(source).body)
    except (SyntaxError, ValueError) as error:
        raise UnsafeRendering(f"The rendered file is not Python: {error}.") from error
    expected = _statements(plan)
    for given, (what, wanted) in zip(body, expected, strict=False):
        if not _same(given, wanted):
            raise UnsafeRendering(f"Line {given.lineno} of the rendered file is not {what}.")
    if len(body) != len(expected):
        raise UnsafeRendering("The rendered file has too many or too few statements.")


def _statements(plan: Plan) -> list[tuple[str, ast.stmt]]:
    """The module's statements as they must be, each with a name for it."""
    made: list[tuple[str, ast.stmt]] = [("an import", node) for node in _imports(plan)]
    if plan.folder is not None:
        here = ast.parse("Path(__file__).parent", mode="eval").body
        value = ast.BinOp(here, ast.Div(), ast.Constant(plan.folder))
        made.append(("FILES", _assign("FILES", value)))
    made += [(name, _assign(name, ast.Constant(text))) for name, text in plan.constants.items()]
    made += [(f"{helper}()", _helper(helper)) for helper in plan.helpers]
    inside: list[ast.stmt] = [
        _assign(variable(task_id), _node(task)) for task_id, task in plan.tasks.items()
    ]
    inside += [
        ast.Expr(_edge(upstream, task_id))
        for task_id, upstream in plan.upstream.items()
        if upstream
    ]
    made.append(("the DAG", ast.With([ast.withitem(_node(plan.dag))], inside)))
    return made


def _same(given: object, wanted: object) -> bool:
    """Whether two parts of a program are the same, wherever they stand."""
    if isinstance(given, list) and isinstance(wanted, list):
        return len(given) == len(wanted) and all(map(_same, given, wanted))
    if type(given) is not type(wanted):
        return False
    if not isinstance(given, ast.AST):
        return given == wanted and repr(given) == repr(wanted)
    return all(
        _same(getattr(given, name, None), getattr(wanted, name, None)) for name in given._fields
    )


@lru_cache(maxsize=16)
def _helper(name: str) -> ast.stmt:
    return ast.parse(SOURCES[name]).body[0]


def _imports(plan: Plan) -> Iterable[ast.stmt]:
    lines = {line for helper in plan.helpers for line in IMPORTS[helper]}
    lines.add("from datetime import timedelta")
    if plan.folder is not None:
        lines.add("from pathlib import Path")
    standard = sorted(lines, key=lambda line: (line.startswith("from"), line))
    scheduled = isinstance(plan.dag.named["schedule"], Invoke)
    yield from ast.parse("\n".join(standard)).body
    if scheduled:
        yield ast.Import([ast.alias("pendulum")])
    for module, names in sorted(plan.imports.items()):
        ordered = sorted(names, key=lambda name: (not name.isupper(), name))
        yield ast.ImportFrom(module, [ast.alias(name) for name in ordered], 0)


def _assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _edge(upstream: tuple[str, ...], task_id: str) -> ast.expr:
    names: list[ast.expr] = [ast.Name(variable(name), ast.Load()) for name in upstream]
    left = names[0] if len(names) == 1 else ast.List(names, ast.Load())
    return ast.BinOp(left, ast.RShift(), ast.Name(variable(task_id), ast.Load()))


def _node(value: object) -> ast.expr:
    """The AST that the source of a value must have."""
    if isinstance(value, Code):
        return ast.parse(value.text, mode="eval").body
    if isinstance(value, Invoke):
        function = ast.parse(value.function, mode="eval").body
        named = [ast.keyword(name, _node(item)) for name, item in value.named.items()]
        return ast.Call(function, [_node(item) for item in value.positional], named)
    if isinstance(value, Mapping):
        keys: list[ast.expr | None] = [ast.Constant(str(key)) for key in value]
        return ast.Dict(keys, [_node(item) for item in value.values()])
    if isinstance(value, frozenset):
        return ast.Set([_node(item) for item in sorted(value)])
    if isinstance(value, list | tuple):
        return ast.List([_node(item) for item in value], ast.Load())
    if isinstance(value, int | float) and repr(value).startswith("-"):
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    if value is None or isinstance(value, str | int | float):
        return ast.Constant(value)
    raise UnsafeRendering(f"{type(value).__name__} has no place in a rendered file.")
