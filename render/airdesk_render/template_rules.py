"""Judging a template by Jinja's own syntax tree; nothing of it is ever run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

import jinja2
from jinja2 import nodes

from airdesk_render.template_words import (
    DATE_METHODS,
    DATE_PARTS,
    DATES,
    FILTERS,
    MACROS,
    NAMES,
    PARTS,
    Objection,
)

_PLAIN = (
    *(nodes.Const, nodes.Concat, nodes.CondExpr, nodes.Compare, nodes.Operand),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Keyword),
)


_MOST = 200
"""Objections to one text; nobody reads more."""
_ARGUMENTS = {"join": 1}
"""Arguments of a filter, where the next one would name an attribute."""


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    # Nothing is ever rendered here: only the lexer and the parser are used.
    return jinja2.Environment(keep_trailing_newline=True, autoescape=True)


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each token; together they are the template."""
    for _, kind, value in _environment().lex(text):
        yield kind, value


def judged(text: str, params: frozenset[str]) -> tuple[Objection, ...]:
    """Everything the template may not do; `params` are the names that the manifest declares."""
    try:
        template = _environment().parse(text)
        finder = _Finder(text)
        wrong = (one for node in template.body for one in _statement(node, params, finder))
        return tuple(islice(wrong, _MOST))
    except jinja2.TemplateSyntaxError as error:
        message = (
            f"The Jinja here cannot be read: {error.message or 'syntax error'}. "
            "To write {{ or {# itself, write {{ '{{' }} or {{ '{#' }}."
        )
        line = min(error.lineno, text.count("\n") + 1)
        return (Objection(line, 1, "jinja-syntax", message),)
    except (RecursionError, MemoryError):
        message = "The Jinja here nests too deep to be read."
        return (Objection(1, 1, "jinja-syntax", message),)


def names_in(text: str, names: frozenset[str]) -> tuple[tuple[str, int, int], ...]:
    """Those of `names` that a template without objections uses, with line and column of each."""
    lines = text.split("\n")
    first: dict[str, int] = {}
    for node in _environment().parse(text).find_all(nodes.Name):
        if node.name in names:
            first.setdefault(node.name, min(node.lineno, len(lines)))
    return tuple((name, line, _column(lines[line - 1], name)) for name, line in first.items())


class _Finder:
    """Column of a word in a line; Jinja's nodes know only their line."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.found: dict[tuple[int, str], int] = {}

    def refuse(self, node: nodes.Node, message: str, word: str = "") -> Objection:
        line = min(max(node.lineno, 1), len(self.lines))
        if (column := self.found.get((line, word))) is None:
            column = self.found[line, word] = _column(self.lines[line - 1], word)
        return Objection(line, column, "jinja-not-allowed", message)


def _column(line: str, word: str) -> int:
    """Column of a word inside `{{ … }}`; of the braces where it is not there."""
    first, inside = -1, False
    for found in re.finditer(rf"\{{\{{|\}}\}}|{re.escape(word)}", line) if word else ():
        if found.group() in ("{{", "}}"):
            inside = found.group() == "{{"
        elif inside:
            return found.start() + 1
        elif first < 0:
            first = found.start()
    return (first if first >= 0 else max(line.find("{{"), line.find("{%"), 0)) + 1


def _statement(node: nodes.Node, params: frozenset[str], finder: _Finder) -> Iterator[Objection]:
    if not isinstance(node, nodes.Output):
        yield finder.refuse(
            node,
            f"Jinja statements such as {{% {type(node).__name__.lower()} %}} are not allowed, "
            "only {{ … }}. Put the condition into the query or the script.",
            "{%",
        )
        return
    for part in node.nodes:
        if not isinstance(part, nodes.TemplateData):
            yield from _expression(part, params, finder)


def _expression(node: nodes.Node, params: frozenset[str], finder: _Finder) -> Iterator[Objection]:
    if isinstance(node, nodes.Name):
        yield from _name(node, finder)
    elif isinstance(node, nodes.Getattr | nodes.Getitem):
        yield from _attribute(node, params, finder)
    elif isinstance(node, nodes.Call):
        yield from _call(node, params, finder)
    elif isinstance(node, nodes.Filter):
        if node.name not in FILTERS:
            message = (
                f"The filter {node.name!r} is not allowed. Use one of {', '.join(sorted(FILTERS))}."
            )
            yield finder.refuse(node, message, node.name)
        elif any(one.key == "attribute" for one in node.kwargs) or len(node.args) > _ARGUMENTS.get(
            node.name, 2
        ):
            yield finder.refuse(node, "Filters take no attribute here.", "attribute")
        for child in node.iter_child_nodes():
            yield from _expression(child, params, finder)
    elif isinstance(node, _PLAIN):
        for child in node.iter_child_nodes():
            yield from _expression(child, params, finder)
    else:
        yield finder.refuse(
            node, f"{type(node).__name__} is not allowed in {{{{ … }}}} here. Use a plain value."
        )


_REASONS = {
    "conn": "Connections are used by name in 'connection'; a template would print the password.",
    "var": "Variables may hold secrets. Declare the value under 'params'.",
    "ti": "To pass rows on, use rows_from.",
    "task_instance": "To pass rows on, use rows_from.",
    "dag_run": "Use dag_run.run_after; declare other values under 'params'.",
    "dag": "Only dag.dag_id can be used.",
    "task": "Only task.task_id can be used.",
    "execution_date": "Airflow 3 calls it logical_date.",
}


def _name(node: nodes.Name, finder: _Finder) -> Iterator[Objection]:
    if node.name in NAMES:
        return
    reason = _REASONS.get(node.name, f"Templates know {', '.join(sorted(NAMES))}.")
    yield finder.refuse(node, f"{node.name!r} is not allowed in {{{{ … }}}}. {reason}", node.name)


def _attribute(
    node: nodes.Getattr | nodes.Getitem, params: frozenset[str], finder: _Finder
) -> Iterator[Objection]:
    if isinstance(node, nodes.Getattr):
        attribute: object = node.attr
    else:
        attribute = node.arg.value if isinstance(node.arg, nodes.Const) else None
    owner = node.node.name if isinstance(node.node, nodes.Name) else None
    if owner == "params" and isinstance(attribute, str):
        if attribute not in params:
            refused = finder.refuse(node, "", attribute)
            yield Objection(
                refused.line,
                refused.column,
                "unknown-param",
                f"There is no param {attribute!r}. Declare it under 'params'.",
                attribute,
            )
        return
    parts = DATE_PARTS if _is_run_after(node.node) else PARTS.get(owner or "", frozenset())
    if isinstance(node, nodes.Getattr) and attribute in parts:
        return
    root = _root(node)
    if root is not None and root.name not in NAMES:
        yield from _name(root, finder)
        return
    yield finder.refuse(
        node,
        f"{'.' + str(attribute) if attribute else '[…]'} is not allowed here. "
        "Use params.<name>, or year, month, day of a date.",
        str(attribute or ""),
    )


def _is_run_after(node: nodes.Node) -> bool:
    """`dag_run.run_after`, the one date that every run has."""
    return (
        isinstance(node, nodes.Getattr)
        and node.attr == "run_after"
        and isinstance(node.node, nodes.Name)
        and node.node.name == "dag_run"
    )


def _root(node: nodes.Node) -> nodes.Name | None:
    """The name with which a chain such as `conn.warehouse.password` begins."""
    while isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Call):
        node = node.node
    return node if isinstance(node, nodes.Name) else None


def _call(node: nodes.Call, params: frozenset[str], finder: _Finder) -> Iterator[Objection]:
    method = node.node
    owner = (
        method.node.name
        if isinstance(method, nodes.Getattr) and isinstance(method.node, nodes.Name)
        else None
    )
    name = method.attr if isinstance(method, nodes.Getattr) else getattr(method, "name", "")
    dated = owner in DATES or (isinstance(method, nodes.Getattr) and _is_run_after(method.node))
    allowed = (dated and name in DATE_METHODS) or (owner == "macros" and name in MACROS)
    if not allowed or node.dyn_args or node.dyn_kwargs:
        root = _root(node)
        if root is not None and root is not method and root.name not in (*NAMES, "macros"):
            yield from _name(root, finder)
            return
        yield finder.refuse(
            node,
            f"{name}() may not be called. Allowed are macros.ds_add, macros.ds_format and, on "
            "dates, strftime, isoformat, add, subtract and in_timezone.",
            str(name),
        )
        return
    for argument in (*node.args, *node.kwargs):
        yield from _expression(argument, params, finder)
