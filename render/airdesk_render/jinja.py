"""Jinja in manifests is a short allow-list: dates of the run, params and harmless filters.

Everything else is refused, because a template that can reach `conn` or `var` prints passwords.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import jinja2
from jinja2 import nodes

DATES = frozenset(("logical_date", "data_interval_start", "data_interval_end"))
NAMES = frozenset(
    ("ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz", "run_id", "params", *DATES)
)
FILTERS = frozenset(
    (
        *("ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz"),
        *("default", "d", "int", "float", "lower", "upper", "title", "trim", "string", "tojson"),
    )
)
DATE_PARTS = frozenset(("year", "month", "day", "hour", "minute", "second"))
DATE_METHODS = frozenset(("strftime", "isoformat", "add", "subtract", "in_timezone"))
MACROS = frozenset(("ds_add", "ds_format"))

_PLAIN = (
    *(nodes.Const, nodes.Concat, nodes.CondExpr, nodes.Compare, nodes.Operand),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Keyword),
)


@dataclass(frozen=True)
class Objection:
    """What a template must not say; line and column count from 1 inside the text."""

    line: int
    column: int
    code: str
    message: str
    word: str | None = None
    """The name that is not known, where a similar one may have been meant."""


def has_jinja(text: str) -> bool:
    return "{{" in text or "{%" in text or "{#" in text


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    # Nothing is ever rendered here: only the lexer and the parser are used.
    return jinja2.Environment(keep_trailing_newline=True, autoescape=True)


def objections(text: str, params: frozenset[str]) -> Iterator[Objection]:
    """Everything a template may not do; `params` are the names that the manifest declares."""
    if not has_jinja(text):
        return
    try:
        template = _environment().parse(text)
        finder = _Finder(text)
        found = [one for node in template.body for one in _statement(node, params, finder)]
    except jinja2.TemplateSyntaxError as error:
        yield Objection(
            min(error.lineno, text.count("\n") + 1),
            1,
            "jinja-syntax",
            f"The Jinja here cannot be read: {error.message or 'syntax error'}. "
            "To write {{ or {# itself, write {{ '{{' }} or {{ '{#' }}.",
        )
        return
    except (RecursionError, MemoryError):
        yield Objection(1, 1, "jinja-syntax", "The Jinja here nests too deep to be read.")
        return
    yield from found


class _Finder:
    """Column of a word in a line; Jinja's nodes know only their line."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")

    def refuse(self, node: nodes.Node, message: str, word: str = "") -> Objection:
        line = min(max(node.lineno, 1), len(self.lines))
        source = self.lines[line - 1]
        found = source.find(word) if word else -1
        if found < 0:
            found = max(source.find("{{"), source.find("{%"), 0)
        return Objection(line, found + 1, "jinja-not-allowed", message)


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
    "dag_run": "Declare the value under 'params'.",
    "dag": "The DAG's object is not for templates.",
    "task": "The task's object is not for templates.",
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
    if owner in DATES and isinstance(node, nodes.Getattr) and attribute in DATE_PARTS:
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
    allowed = (owner in DATES and name in DATE_METHODS) or (owner == "macros" and name in MACROS)
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


def masked(text: str, numeric: frozenset[str]) -> str:
    """The text with each `{{ … }}` replaced by a word of the same length, so that places stay.

    The word is a number where only a numeric param is meant. For text without objections.
    """
    if not has_jinja(text):
        return text
    out: list[str] = []
    inside: list[str] | None = None
    for _, token, value in _environment().lex(text):
        if token in ("variable_begin", "comment_begin"):
            inside = [value]
        elif token in ("variable_end", "comment_end") and inside is not None:
            inside.append(value)
            out.append(_stand_in("".join(inside), numeric))
            inside = None
        elif inside is not None:
            inside.append(value)
        else:
            out.append(value)
    return "".join(out)


def _stand_in(template: str, numeric: frozenset[str]) -> str:
    if template.startswith("{#"):
        return "".join("\n" if character == "\n" else " " for character in template)
    words = template.strip("{}- \n").split("|")[0].strip()
    number = words.startswith("params.") and words.removeprefix("params.") in numeric
    lines = template.split("\n")
    word = ("1" if number else "x") * len(lines[0])
    return "\n".join((word, *(" " * len(line) for line in lines[1:])))
