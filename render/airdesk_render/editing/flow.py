"""Cutting and pasting inside braces and brackets: JSON, and YAML in a row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from airdesk_render.editing.block import CannotCut
from airdesk_render.editing.lines import line_end, line_start
from airdesk_render.editing.nodes import Node
from airdesk_render.yaml_text import inline

_WIDTH = 100


def flow_text(value: Any, *, as_json: bool, margin: str, whole_lines: bool) -> str:
    """A value as it stands in a row.

    Args:
        margin: what its own line begins with. whole_lines: whether JSON may take several lines.
    """
    if not as_json:
        return inline(value)
    return _json(value, margin) if whole_lines else json_line(value)


def _json(value: Any, margin: str) -> str:
    """JSON with an entry per line; a list of plain values stays in a row where it fits."""
    short = json_line(value)
    plain = isinstance(value, list) and all(not isinstance(one, dict | list) for one in value)
    if not isinstance(value, dict | list) or not value:
        return short
    if plain and len(margin) + len(short) < _WIDTH:
        return short
    inner = f"{margin}  "
    if isinstance(value, list):
        rows = [f"{inner}{_json(one, inner)}" for one in value]
        return "\n".join(("[", ",\n".join(rows), f"{margin}]"))
    rows = [f"{inner}{json_line(key)}: {_json(one, inner)}" for key, one in value.items()]
    return "\n".join(("{", ",\n".join(rows), f"{margin}}}"))


def json_line(value: Any) -> str:
    """JSON on one line as people write it; what cannot be seen is escaped."""
    short = json.dumps(value, ensure_ascii=False)
    if short.isprintable():
        return short
    return "".join(
        f"\\u{ord(one):04x}" if not one.isprintable() and ord(one) < 0x10000 else one
        for one in short
    )


def replace_in_row(text: str, parent: Node, index: int, value: Any, *, as_json: bool) -> str:
    """The entry with another value."""
    entry = parent.entries[index]
    old = entry.value
    if entry.key is not None and old.start == old.end:
        raise CannotCut
    line = text[line_start(text, entry.start) : entry.start]
    margin = line[: len(line) - len(line.lstrip())]
    shown = flow_text(value, as_json=as_json, margin=margin, whole_lines=_is_spread(text, parent))
    return text[: old.start] + shown + text[old.end :]


def insert_in_row(
    text: str, parent: Node, index: int, key: str | None, value: Any, *, as_json: bool
) -> str:
    """A new entry before the one at `index`, or after the last; the collection holds some."""
    spread = _is_spread(text, parent)
    near = parent.entries[min(index, len(parent.entries) - 1)]
    margin = " " * near.column if spread else ""
    shown = flow_text(value, as_json=as_json, margin=margin, whole_lines=spread)
    if key is not None:
        name = json_line(key) if as_json else inline(key)
        shown = f"{name}: {shown}"
    gap = f"\n{margin}" if spread else " "
    if index < len(parent.entries):
        return f"{text[: near.start]}{shown},{gap}{text[near.start :]}"
    end = near.value.end
    after = text[end : parent.end - 1]
    if "," in after.partition("#")[0]:
        end += after.index(",") + 1
        return f"{text[:end]}{gap}{shown},{text[end:]}"
    return f"{text[:end]},{gap}{shown}{text[end:]}"


def delete_in_row(text: str, parent: Node, index: int) -> str:
    """Without an entry; its collection has others."""
    entry = parent.entries[index]
    end = entry.value.end
    after = text[end : parent.end - 1]
    comma = after.find(",")
    if comma >= 0 and not after[:comma].strip():
        end += comma + 1
        stop = line_end(text, end)
        rest = text[end:stop]
        begins_line = not text[line_start(text, entry.start) : entry.start].strip()
        if begins_line and (not rest.strip() or rest.strip().startswith("#")) and stop < len(text):
            return text[: line_start(text, entry.start)] + text[stop + 1 :]
        return text[: entry.start] + text[end:].lstrip(" ")
    if index == 0 or "#" in text[parent.entries[index - 1].value.end : entry.start]:
        raise CannotCut
    return text[: parent.entries[index - 1].value.end] + text[end:]


def is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), Mapping | list)
    except ValueError:
        return False


def _is_spread(text: str, parent: Node) -> bool:
    """Whether a collection in braces stands one entry per line."""
    first = parent.entries[0]
    return not text[line_start(text, first.start) : first.start].strip()
