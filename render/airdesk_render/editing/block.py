"""Cutting and pasting in blocks: mappings and lists that stand one entry per line."""

from __future__ import annotations

from typing import Any

from airdesk_render.editing.lines import are_apart, line_end, line_start, span_of, stands_alone
from airdesk_render.editing.nodes import BLOCKS, Entry, Node
from airdesk_render.yaml_text import entry as entry_lines
from airdesk_render.yaml_text import inline
from airdesk_render.yaml_text import item as item_lines
from airdesk_render.yaml_writing import task_lines


class CannotCut(Exception):
    """This place is written in a way that is not cut; the caller writes more of it anew."""


def replace_value(text: str, parent: Node, index: int, value: Any) -> str:
    """The entry with another value; its key, and comments behind it, stay."""
    entry = parent.entries[index]
    old = entry.value
    one_line = "\n" not in text[old.start : old.end]
    lines = _lines_of(entry, value, entry.column)
    if one_line and old.style not in BLOCKS and len(lines) == 1:
        shown = _like(old, value)
        space = "" if text[old.start - 1 : old.start] in (" ", "") or not shown else " "
        return f"{text[: old.start]}{space}{shown}{text[old.end :]}"
    head_end = _head_end(text, entry)
    head = text[line_start(text, entry.start) : head_end]
    key_line_end = line_end(text, head_end)
    comment = _comment(text[head_end:key_line_end])
    if not comment and one_line and old.style not in BLOCKS:
        comment = _comment(text[old.end : line_end(text, old.end)])
    new_head = _lines_of(entry, value, 0)[0]
    rest = new_head[len(_lines_of(entry, None, 0)[0].removesuffix(" null")) :]
    first = f"{head}{rest}{comment}"
    end = line_end(text, max(old.end - 1, head_end))
    return text[: line_start(text, entry.start)] + "\n".join((first, *lines[1:])) + text[end:]


def insert_entry(
    text: str, parent: Node, index: int, key: str | None, value: Any, *, path: tuple[str | int, ...]
) -> str:
    """A new entry before the one at `index`, or after the last."""
    column = parent.entries[0].column
    if key is None:
        lines = item_lines(value, column)
    elif path[-1:] == ("tasks",):
        lines = task_lines(key, value, column)
    else:
        lines = entry_lines(key, value, column)
    apart = are_apart(text, parent)
    if index == len(parent.entries):
        end = span_of(text, parent, index - 1, is_root=not path).end
        gap = "\n" if apart else ""
        new = f"\n{gap}" + "\n".join(lines)
        if end == len(text):
            new += "\n"
        return text[:end] + new + text[end:]
    before = parent.entries[index]
    if not stands_alone(text, before):
        # `- a: 1`: the new entry takes the place behind the dash.
        first, rest = lines[0].lstrip(), lines[1:]
        new = "\n".join((first, *rest, " " * column))
        return text[: before.start] + new + text[before.start :]
    at = span_of(text, parent, index, is_root=not path).first
    gap = "\n" if apart else ""
    return text[:at] + "\n".join(lines) + f"\n{gap}" + text[at:]


def delete_entry(text: str, parent: Node, index: int, *, is_root: bool) -> str:
    """Without an entry; its collection has others."""
    entry = parent.entries[index]
    if not stands_alone(text, entry):
        if index + 1 == len(parent.entries):
            raise CannotCut
        following = parent.entries[index + 1].start
        if "#" in text[entry.value.end : following]:
            raise CannotCut
        return text[: entry.start] + text[following:]
    span = span_of(text, parent, index, is_root=is_root)
    first, end = span.first, span.end
    if end < len(text):
        end += 1
        # One of the two blank lines that would meet goes too.
        if first == 0 or text[:first].endswith("\n\n"):
            while text[end : end + 1] == "\n":
                end += 1
    elif first > 0:
        first -= 1
    return text[:first] + text[end:]


def cut_lines(text: str, parent: Node, index: int, *, is_root: bool) -> str:
    """The lines of an entry with its comments, to be pasted elsewhere."""
    if not stands_alone(text, parent.entries[index]):
        raise CannotCut
    span = span_of(text, parent, index, is_root=is_root)
    return text[span.first : span.end]


def paste_lines(
    text: str, parent: Node, index: int, lines: str, column: int, *, is_root: bool
) -> str:
    """Lines that stood in `column` as an entry before the one at `index`, or after the last."""
    here = parent.entries[0].column
    moved = "\n".join(_shifted(line, here - column) for line in lines.split("\n"))
    if index == len(parent.entries):
        end = span_of(text, parent, index - 1, is_root=is_root).end
        return f"{text[:end]}\n{moved}{text[end:]}"
    if not stands_alone(text, parent.entries[index]):
        raise CannotCut
    at = span_of(text, parent, index, is_root=is_root).first
    return f"{text[:at]}{moved}\n{text[at:]}"


def _shifted(line: str, by: int) -> str:
    if not line.strip():
        return line
    return " " * by + line if by >= 0 else line[min(-by, len(line) - len(line.lstrip(" "))) :]


def _lines_of(entry: Entry, value: Any, column: int) -> list[str]:
    return entry_lines("k", value, column) if entry.key is not None else item_lines(value, column)


def _head_end(text: str, entry: Entry) -> int:
    """Index behind `key:` or the dash."""
    if entry.key is None:
        return entry.start + 1
    colon = text.find(":", entry.key.end)
    if colon < 0 or text[entry.key.end : colon].strip():
        raise CannotCut
    return colon + 1


def _comment(rest: str) -> str:
    """The comment at the end of a line, with a space before it."""
    at = rest.find(" #")
    if at < 0 or rest[:at].strip(" |>+-123456789"):
        return ""
    return f" {rest[at:].strip()}"


def _like(old: Node, value: Any) -> str:
    """A value on one line, quoted like the text in whose place it stands."""
    shown = inline(value, in_row=False)
    if not isinstance(value, str) or old.kind != "scalar" or not value.isprintable():
        return shown
    if old.style == "'":
        doubled = value.replace("'", "''")
        return f"'{doubled}'"
    if old.style == '"' and "\\" not in value and '"' not in value:
        return f'"{value}"'
    return shown
