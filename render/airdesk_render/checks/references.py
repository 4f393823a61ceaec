"""Files that a manifest names: they must be there, be text and hold what is asked of them."""

from __future__ import annotations

import ast
import re

from airdesk_render.checks.place import Inspection, meant
from airdesk_render.document import Path
from airdesk_render.manifest import Manifest
from airdesk_render.operators.code import PythonFunction
from airdesk_render.operators.sql import SqlCheck, SqlQuery, is_file_path
from airdesk_render.reading import MAX_BYTES

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def check_references(inspection: Inspection, manifest: Manifest) -> None:
    for task_id, task in manifest.tree.tasks.items():
        for file in task.files():
            field = "sql" if isinstance(task, SqlQuery | SqlCheck) else "file"
            path = (*manifest.tree.nodes[task_id].path, field)
            if isinstance(task, SqlQuery | SqlCheck) and not is_file_path(task.sql):
                inspection.report(
                    "file-path",
                    "Name a file beside the manifest: no '..', no leading /, plain letters.",
                    path,
                )
                continue
            text = _text(inspection, file, path)
            if text is not None and isinstance(task, PythonFunction):
                _check_function(inspection, task, text, path)


def _text(inspection: Inspection, file: str, path: Path) -> str | None:
    name = inspection.beside(file)
    text = inspection.files.get(name)
    if text is None:
        folder = inspection.beside("")
        near = [
            known.removeprefix(folder) for known in inspection.files if known.startswith(folder)
        ]
        inspection.report(
            "file-missing",
            f"There is no file {name} in the repository.",
            path,
            suggestion=meant(file, near),
        )
        return None
    if len(text) > MAX_BYTES:
        inspection.report("too-large", f"{name} is larger than {MAX_BYTES // 1024} KiB.", path)
        return None
    if (odd := _CONTROL.search(text)) is not None:
        # Also keeps archives out: Airflow would import DAGs from anything that looks like a ZIP.
        line = text.count("\n", 0, odd.start()) + 1
        column = odd.start() - text.rfind("\n", 0, odd.start())
        message = f"The character U+{ord(odd.group()):04X} does not belong in a text file."
        inspection.report_at(name, line, column, "file-characters", message, path)
        return None
    return text


def _check_function(inspection: Inspection, task: PythonFunction, text: str, path: Path) -> None:
    file = inspection.beside(task.file)
    try:
        module = ast.parse(text)
    except SyntaxError as error:
        message = f"This is not Python: {error.msg}."
        line, column = error.lineno or 1, error.offset or 1
        inspection.report_at(file, line, max(column, 1), "python-syntax", message, path)
        return
    except (ValueError, RecursionError, MemoryError):
        inspection.report_at(file, 1, 1, "python-syntax", "This cannot be read as Python.", path)
        return
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    function = functions.get(task.function)
    if function is None:
        inspection.report(
            "function-missing",
            f"{file} has no function {task.function!r} at its top level.",
            (*path[:-1], "function"),
            suggestion=meant(task.function, functions),
        )
        return
    _check_arguments(inspection, task, function, path)


def _check_arguments(
    inspection: Inspection, task: PythonFunction, function: ast.FunctionDef, path: Path
) -> None:
    signature = function.args
    positional = [argument.arg for argument in (*signature.posonlyargs, *signature.args)]
    keyword = [argument.arg for argument in signature.kwonlyargs]
    required = positional[: len(positional) - len(signature.defaults)]
    required += [
        name
        for name, default in zip(keyword, signature.kw_defaults, strict=True)
        if default is None
    ]
    for name in task.arguments:
        if name not in (*positional, *keyword) and signature.kwarg is None:
            inspection.report(
                "function-arguments",
                f"{task.function}() takes no argument {name!r}.",
                (*path[:-1], "arguments", name),
                suggestion=meant(name, (*positional, *keyword)),
                of_key=True,
            )
    if missing := [name for name in required if name not in task.arguments]:
        inspection.report(
            "function-arguments",
            f"{task.function}() also needs {', '.join(missing)}.",
            (*path[:-1], "arguments"),
        )
