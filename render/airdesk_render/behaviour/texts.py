"""Values and files before and after; long texts as a small unified diff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from airdesk_render.behaviour.shapes import Change

MOST_LINES = 60
_LONGEST = 300
_LONGEST_LINE = 400
_MOST_COMPARED = 4_000
"""Lines; looking for the smallest difference of longer texts would take long."""
_KINDS = {
    "sql": "sql",
    "hql": "sql",
    "py": "python",
    "sh": "shell",
    "bash": "shell",
    "ipynb": "notebook",
}


def changed_value(kind: str, subject: str, old: JsonValue, new: JsonValue) -> Change:
    """A change of one value; texts of several lines get a diff."""
    texts = [value for value in (old, new) if isinstance(value, str)]
    long = any("\n" in text.strip("\n") or len(text) > _LONGEST for text in texts)
    diff = None
    if long and len(texts) + (old, new).count(None) == 2:
        diff = small_diff(_text(old), _text(new))
    return Change(kind=kind, subject=subject, before=_short(old), after=_short(new), diff=diff)


def file_changes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    """Files that a DAG carries with it, where their content differs."""
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        published = name.removesuffix(".txt")
        ending = published.rpartition(".")[2]
        yield Change(
            kind=f"file.{_KINDS.get(ending, 'other')}",
            subject=name,
            before=None if before is None else _size(before),
            after=None if after is None else _size(after),
            diff=small_diff(before or "", after or ""),
        )


def _size(text: str) -> str:
    lines = text.count("\n")
    return "1 line" if lines == 1 else f"{lines} lines"


def small_diff(old: str, new: str) -> str:
    """A unified diff of two texts without its head, cut to `MOST_LINES`."""
    import difflib

    before, after = old.splitlines(), new.splitlines()
    if len(before) + len(after) > _MOST_COMPARED:
        return f"… {len(before)} lines before, {len(after)} lines after: too long to compare here"
    lines = [
        line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"
        for line in difflib.unified_diff(before, after, lineterm="", n=2)
    ][2:]
    if len(lines) > MOST_LINES:
        rest = len(lines) - MOST_LINES
        lines = [*lines[:MOST_LINES], f"… {rest} more lines"]
    return "\n".join(lines)


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _short(value: JsonValue) -> JsonValue:
    """Texts cut short, in lists and mappings too."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    if isinstance(value, list):
        return [_short(item) for item in value[:50]]
    if isinstance(value, dict):
        return {name: _short(item) for name, item in list(value.items())[:50]}
    return value
