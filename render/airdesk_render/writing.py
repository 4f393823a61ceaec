"""Laying out the Python file of a DAG."""

from __future__ import annotations

from collections.abc import Iterator

from airdesk_render.expressions import Invoke
from airdesk_render.helpers import IMPORTS, SOURCES
from airdesk_render.literals import block_literal, exploded, text_literal
from airdesk_render.plan import Plan, variable


def python_source(plan: Plan) -> str:
    """Source of the file; ends with a newline."""
    parts = ["".join(f"# {line}\n" for line in plan.header), *_imports(plan)]
    if plan.folder is not None:
        parts.append(f"FILES = Path(__file__).parent / {text_literal(plan.folder)}\n")
    for name, text in plan.constants.items():
        parts.append(f"{name} = {block_literal(text) or text_literal(text)}\n")
    parts += [f"\n{SOURCES[helper]}" for helper in plan.helpers]
    if plan.helpers:
        parts[-1] += "\n"
    blocks = [
        f"    {variable(task_id)} = {exploded(task, 4)}" for task_id, task in plan.tasks.items()
    ]
    if edges := list(_edges(plan)):
        blocks.append("\n".join(edges))
    parts.append(f"with {exploded(plan.dag)}:\n" + "\n\n".join(blocks) + "\n")
    return "\n".join(parts)


def _imports(plan: Plan) -> Iterator[str]:
    standard = {line for helper in plan.helpers for line in IMPORTS[helper]}
    standard.add("from datetime import timedelta")
    if plan.folder is not None:
        standard.add("from pathlib import Path")
    yield "\n".join(sorted(standard, key=lambda line: (line.startswith("from"), line))) + "\n"
    scheduled = isinstance(plan.dag.named["schedule"], Invoke)
    lines = ["import pendulum"] if scheduled else []
    for module, names in sorted(plan.imports.items()):
        lines.append(f"from {module} import {', '.join(sorted(names, key=_import_order))}")
    yield "\n".join(lines) + "\n"


def _import_order(name: str) -> tuple[bool, str]:
    """As isort and ruff order names: constants, then classes."""
    return (not name.isupper(), name)


def _edges(plan: Plan) -> Iterator[str]:
    for task_id, upstream in plan.upstream.items():
        names = [variable(name) for name in upstream]
        if not names:
            continue
        row = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
        line = f"    {row} >> {variable(task_id)}"
        if len(line) > 100 and len(names) > 1:
            row = "[\n" + "".join(f"        {name},\n" for name in names) + "    ]"
            line = f"    {row} >> {variable(task_id)}"
        yield line
