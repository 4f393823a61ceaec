"""Python files: the function that a task calls, and whether it takes what it is given."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache

from airdesk_render.checks.inside import Variant, variants_of
from airdesk_render.checks.place import Inspection, meant
from airdesk_render.document import Path
from airdesk_render.operators.code import CONTEXT_NAMES

Function = ast.FunctionDef | ast.AsyncFunctionDef


def check_function(
    inspection: Inspection, variant: Variant, name: str, text: str, path: Path
) -> None:
    """Check the file `name` and, where the task says which function it calls, that one."""
    module = _parsed(text)
    if not isinstance(module, ast.Module):
        line, column, message = module
        inspection.report_at(name, line, column, "python-syntax", message, path)
        return
    wanted = getattr(variant.task, "function", None)
    if not isinstance(wanted, str):
        return
    functions = {
        node.name: node
        for node in module.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    here = path[:-1] if variant.at is None else path[:-3]
    function = functions.get(wanted)
    if function is None:
        inspection.report(
            "function-missing",
            f"{name} has no function {wanted!r} at its top level.",
            (*here, "function"),
            suggestion=meant(wanted, functions),
        )
    elif isinstance(function, ast.AsyncFunctionDef):
        message = f"{wanted}() is async, and nothing would await it. Make it a plain function."
        inspection.report_at(name, function.lineno, 1, "function-async", message, path)
    else:
        for one in variants_of(variant.task):
            _check_arguments(inspection, one, function, here)


@lru_cache(maxsize=256)
def _parsed(text: str) -> ast.Module | tuple[int, int, str]:
    """The module, or line, column and sentence of what is wrong. Nothing of it is run."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as invalid escapes, which only warn
            return ast.parse(text)
    except SyntaxError as error:
        message = f"This is not Python: {error.msg}."
        return error.lineno or 1, max(error.offset or 1, 1), message
    except (ValueError, RecursionError, MemoryError):
        return 1, 1, "This cannot be read as Python."


def _check_arguments(
    inspection: Inspection, variant: Variant, function: ast.FunctionDef, here: Path
) -> None:
    signature = function.args
    by_name = [argument.arg for argument in (*signature.args, *signature.kwonlyargs)]
    given = getattr(variant.task, "arguments", {})
    inside = variant.path_of(("arguments",))
    if inside is None or not isinstance(given, Mapping):
        return
    place = (*here, *inside)
    for name in given:
        if name not in by_name and signature.kwarg is None:
            inspection.report(
                "function-arguments",
                f"{function.name}() takes no argument {name!r}.",
                (*place, name),
                suggestion=meant(name, by_name),
                of_key=True,
            )
    only_by_place = [
        argument.arg
        for index, argument in enumerate(signature.posonlyargs)
        if index < len(signature.posonlyargs) + len(signature.args) - len(signature.defaults)
    ]
    if only_by_place:
        message = (
            f"{function.name}() takes {', '.join(only_by_place)} by position only, and arguments "
            "are given by name. Remove the / from its signature."
        )
        inspection.report("function-arguments", message, (*here, "function"))
    elif missing := [name for name in _required(signature) if name not in given]:
        inspection.report(
            "function-arguments", f"{function.name}() also needs {', '.join(missing)}.", place
        )


def _required(signature: ast.arguments) -> list[str]:
    """Names of arguments without a default, except those that Airflow's context gives."""
    without = len(signature.args) - min(len(signature.defaults), len(signature.args))
    keyword = zip(signature.kwonlyargs, signature.kw_defaults, strict=True)
    needed = [
        *(argument.arg for argument in signature.args[:without]),
        *(argument.arg for argument, default in keyword if default is None),
    ]
    return [name for name in needed if name not in CONTEXT_NAMES]
