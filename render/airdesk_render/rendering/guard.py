"""The last look at a rendered file: it must say what was planned, and nothing else.

The file is parsed as Python, never run. Each statement, call, name and value in it is compared
with the plan, so that a mistake in writing source can stop a rendering but never smuggle code.
Nothing here shares a line with what writes the source.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache

from airdesk_render.expressions import Code, Invoke, Method
from airdesk_render.helpers import SOURCES
from airdesk_render.rendering.imports import Import
from airdesk_render.rendering.plan import Plan
from airdesk_render.rendering.statements import Do, Edge, Inside, Let, Statement


class UnsafeRendering(Exception):
    """A rendered file does not say what was planned. It must not be used."""


def assert_says(source: str, plan: Plan) -> None:
    """Compare a file with its plan.

    Raises:
        UnsafeRendering: it is no Python, or says more, less or something else.
    """
    try:
        body = ast.parse(_without_helpers(source, plan.helpers)).body
    except (SyntaxError, ValueError) as error:
        raise UnsafeRendering(f"The rendered file is not Python: {error}.") from error
    expected = len(plan.imports) + len(plan.constants) + len(plan.helpers) + len(plan.shared)
    if len(body) != expected + (plan.folder is not None) + 1:
        raise UnsafeRendering("The rendered file has too many or too few statements.")
    rest = iter(body)
    for one in plan.imports:
        _require(_is_import(next(rest), one), f"the import of {one.module}")
    if plan.folder is not None:
        _require(_is_folder(next(rest), plan.folder), "FILES")
    for name, text in plan.constants.items():
        _require(_is_let(next(rest), name, text), name)
    for helper in plan.helpers:
        _require(_is_let(next(rest), helper, _PLACE), helper)
    for name, file in plan.shared.items():
        _require(_is_let(next(rest), name, Invoke("load_shared", (file,))), name)
    given = next(rest)
    _require(_is_dag(given, plan), "the DAG")


_PLACE = "a helper function, letter by letter"


def _without_helpers(source: str, helpers: Sequence[str]) -> str:
    """The file with each helper function, if it is there to the letter, as one plain statement.

    After the helpers no text stands over several lines, so the last place where a helper's source
    begins a line is the function itself and never part of a text.
    """
    for helper in reversed(helpers):
        whole = f"\n{SOURCES[helper]}"
        before, found, after = source.rpartition(whole)
        if not found:
            raise UnsafeRendering(f"The rendered file does not hold {helper}() as it should.")
        source = f"{before}\n{helper} = {_PLACE!r}\n{after}"
    return source


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise UnsafeRendering(f"The rendered file does not say {what} as planned.")


def _is_import(given: ast.stmt, wanted: Import) -> bool:
    if not wanted.names:
        aliases = given.names if isinstance(given, ast.Import) else []
        return [(one.name, one.asname) for one in aliases] == [(wanted.module, None)]
    if not isinstance(given, ast.ImportFrom) or given.level or given.module != wanted.module:
        return False
    return tuple((one.name, one.asname or one.name) for one in given.names) == wanted.names


def _is_folder(given: ast.stmt, folder: str) -> bool:
    """`FILES = Path(__file__).parent / "…"`."""
    if not isinstance(given, ast.Assign) or not isinstance(given.value, ast.BinOp):
        return False
    value = given.value
    return (
        _is_target(given.targets, "FILES")
        and isinstance(value.op, ast.Div)
        and ast.dump(value.left) == _FOLDER
        and _is(value.right, folder)
    )


_FOLDER = ast.dump(ast.parse("Path(__file__).parent", mode="eval").body)


def _is_target(given: Sequence[ast.expr], name: str) -> bool:
    return len(given) == 1 and isinstance(given[0], ast.Name) and given[0].id == name


def _is_let(given: ast.stmt, name: str, value: object) -> bool:
    return (
        isinstance(given, ast.Assign)
        and _is_target(given.targets, name)
        and _is(given.value, value)
    )


def _is_dag(given: ast.stmt, plan: Plan) -> bool:
    return isinstance(given, ast.With) and _is_with(given, plan.dag, None, plan.body)


def _is_with(given: ast.With, call: Invoke, name: str | None, body: Sequence[Statement]) -> bool:
    if len(given.items) != 1 or len(given.body) != len(body):
        return False
    item = given.items[0]
    if name is None:
        named = item.optional_vars is None
    else:
        named = item.optional_vars is not None and _is_target([item.optional_vars], name)
    return named and _is(item.context_expr, call) and all(map(_is_statement, given.body, body))


def _is_statement(given: ast.stmt, wanted: Statement) -> bool:
    if isinstance(wanted, Let):
        return _is_let(given, wanted.name, wanted.value)
    if isinstance(wanted, Inside):
        return isinstance(given, ast.With) and _is_with(
            given, wanted.call, wanted.name, wanted.body
        )
    if not isinstance(given, ast.Expr):
        return False
    if isinstance(wanted, Do):
        return _is(given.value, wanted.call)
    return _is_edge(given.value, wanted)


def _is_edge(given: ast.expr, wanted: Edge) -> bool:
    if not isinstance(given, ast.BinOp) or not isinstance(given.op, ast.RShift):
        return False
    sources = [given.left]
    if len(wanted.upstream) > 1:
        if not isinstance(given.left, ast.List):
            return False
        sources = given.left.elts
    names = [one.id if isinstance(one, ast.Name) else "" for one in (*sources, given.right)]
    return names == [*wanted.upstream, wanted.downstream]


def _is(given: ast.expr, wanted: object) -> bool:
    """Whether an expression is exactly the source of a value."""
    if isinstance(given, ast.Constant):
        return _is_constant(given, wanted)
    if isinstance(wanted, Invoke):
        return isinstance(given, ast.Call) and _is_invoke(given, wanted)
    if isinstance(wanted, Method):
        return isinstance(given, ast.Call) and _is_method(given, wanted)
    if isinstance(wanted, Code):
        return ast.dump(given) == _code(wanted.text)
    if isinstance(wanted, Mapping):
        return isinstance(given, ast.Dict) and _is_dict(given, wanted)
    if isinstance(wanted, frozenset):
        return isinstance(given, ast.Set) and _are(given.elts, sorted(wanted))
    if isinstance(wanted, list | tuple):
        return isinstance(given, ast.List) and _are(given.elts, wanted)
    if isinstance(wanted, int | float) and isinstance(given, ast.UnaryOp):
        return isinstance(given.op, ast.USub) and _is(given.operand, -wanted)
    return False


def _is_constant(given: ast.Constant, wanted: object) -> bool:
    """The same value of the same type: True is not 1, and 0.0 is not -0.0."""
    value = given.value
    return type(value) is type(wanted) and value == wanted and repr(value) == repr(wanted)


def _are(given: Sequence[ast.expr], wanted: Sequence[object]) -> bool:
    return len(given) == len(wanted) and all(map(_is, given, wanted))


def _is_invoke(given: ast.Call, wanted: Invoke) -> bool:
    return (
        _is_dotted(given.func, wanted.function)
        and _are(given.args, wanted.positional)
        and _are_named(given.keywords, wanted.named)
    )


def _is_method(given: ast.Call, wanted: Method) -> bool:
    return (
        isinstance(given.func, ast.Attribute)
        and given.func.attr == wanted.name
        and _is(given.func.value, wanted.of)
        and not given.args
        and _are_named(given.keywords, wanted.named)
    )


def _are_named(given: Sequence[ast.keyword], wanted: Mapping[str, object]) -> bool:
    return [one.arg for one in given] == list(wanted) and all(
        _is(one.value, value) for one, value in zip(given, wanted.values(), strict=True)
    )


def _is_dict(given: ast.Dict, wanted: Mapping[object, object]) -> bool:
    keys = [key.value if isinstance(key, ast.Constant) else None for key in given.keys]
    return keys == [str(key) for key in wanted] and _are(given.values, list(wanted.values()))


def _is_dotted(given: ast.expr, name: str) -> bool:
    """`a.b.c`, read from its end."""
    *rest, first = reversed(name.split("."))
    for part in rest:
        if not isinstance(given, ast.Attribute) or given.attr != part:
            return False
        given = given.value
    return isinstance(given, ast.Name) and given.id == first


@lru_cache(maxsize=1024)
def _code(text: str) -> str:
    return ast.dump(ast.parse(text, mode="eval").body)
