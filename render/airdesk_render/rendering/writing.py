"""Laying out the Python file of a DAG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from airdesk_render.expressions import Invoke
from airdesk_render.helpers import SOURCES
from airdesk_render.rendering.imports import Import
from airdesk_render.rendering.literals import (
    WIDTH,
    block_literal,
    exploded,
    source_of,
    text_literal,
)
from airdesk_render.rendering.plan import Plan
from airdesk_render.rendering.statements import Do, Edge, Inside, Let, Statement


def python_source(plan: Plan) -> str:
    """Source of the file; ends with a newline."""
    parts = ["".join(f"# {line}\n" for line in plan.header), *_imports(plan.imports)]
    if plan.folder is not None:
        parts.append(f"FILES = Path(__file__).parent / {text_literal(plan.folder)}\n")
    for name, text in plan.constants.items():
        parts.append(f"{name} = {block_literal(text) or text_literal(text)}\n")
    parts += [f"\n{SOURCES[helper]}" for helper in plan.helpers]
    if plan.helpers:
        parts[-1] += "\n"
    if plan.shared:
        parts.append("".join(_shared(plan)))
    parts.append(f"with {exploded(plan.dag)}:\n{_block(plan.body, 4)}\n")
    return "\n".join(parts)


def _imports(imports: tuple[Import, ...]) -> Iterator[str]:
    for standard in (True, False):
        lines = [_import(one) for one in imports if one.is_standard is standard]
        if lines:
            yield "".join(lines)


def _import(one: Import) -> str:
    if not one.names:
        return f"import {one.module}\n"
    names = [name if name == local else f"{name} as {local}" for name, local in one.names]
    row = f"from {one.module} import {', '.join(names)}\n"
    if len(row) - 1 <= WIDTH:
        return row
    return f"from {one.module} import (\n" + "".join(f"    {name},\n" for name in names) + ")\n"


def _shared(plan: Plan) -> Iterator[str]:
    for name, file in plan.shared.items():
        yield f"{name} = {source_of(Invoke('load_shared', (file,)), 0, len(name) + 3)}\n"


def _block(statements: Iterable[Statement], indent: int) -> str:
    """Definitions with a blank line between them, then arrows one below the other."""
    blocks: list[str] = []
    was_short = False
    for one in statements:
        is_short = isinstance(one, Do | Edge)
        text = f"{' ' * indent}{_statement(one, indent)}"
        if was_short and is_short:
            blocks[-1] += f"\n{text}"
        else:
            blocks.append(text)
        was_short = is_short
    return "\n\n".join(blocks)


def _statement(one: Statement, indent: int) -> str:
    if isinstance(one, Let):
        return f"{one.name} = {exploded(one.value, indent)}"
    if isinstance(one, Do):
        return source_of(one.call, indent, indent)
    if isinstance(one, Edge):
        return _edge(one, indent)
    return _inside(one, indent)


def _edge(edge: Edge, indent: int) -> str:
    names = edge.upstream
    row = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
    line = f"{row} >> {edge.downstream}"
    if indent + len(line) > WIDTH and len(names) > 1:
        inner = " " * (indent + 4)
        row = "[\n" + "".join(f"{inner}{name},\n" for name in names) + f"{' ' * indent}]"
        line = f"{row} >> {edge.downstream}"
    return line


def _inside(one: Inside, indent: int) -> str:
    call = source_of(one.call, indent, indent + len(f"with  as {one.name}:"))
    return f"with {call} as {one.name}:\n{_block(one.body, indent + 4)}"
