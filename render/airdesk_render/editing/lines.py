"""Lines of a text around an entry of a block: its own, its comments, blank ones between."""

from __future__ import annotations

from dataclasses import dataclass

from airdesk_render.editing.nodes import Entry, Node


@dataclass(frozen=True)
class Span:
    """The lines of an entry that stands on lines of its own.

    Attributes:
        first: index where its own comments above begin; `start` where there are none.
        start: index of its first line. end: index of its last line's end, before the newline.
    """

    first: int
    start: int
    end: int


def line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def line_end(text: str, index: int) -> int:
    """Index of the newline that ends the line, or of the text's end."""
    found = text.find("\n", index)
    return len(text) if found < 0 else found


def stands_alone(text: str, entry: Entry) -> bool:
    """Whether nothing is before an entry in its line; `a` in `- a: 1` does not stand alone."""
    return not text[line_start(text, entry.start) : entry.start].strip()


def span_of(text: str, parent: Node, index: int, *, is_root: bool) -> Span:
    """The lines of an entry of a block.

    Comments right above it, in its own column, are its own; except those above the first key of
    the whole file, which are about the file. So are comments below that are indented deeper.
    """
    entry = parent.entries[index]
    start = line_start(text, entry.start)
    first = start
    while first > 0 and not (is_root and index == 0) and stands_alone(text, entry):
        above = line_start(text, first - 1)
        line = text[above : first - 1]
        if not line.startswith(" " * entry.column + "#"):
            break
        first = above
    return Span(first, start, _end(text, entry))


def _end(text: str, entry: Entry) -> int:
    end = line_end(text, max(entry.value.end - 1, entry.start))
    at = end
    while at < len(text):
        following = line_end(text, at + 1)
        line = text[at + 1 : following]
        if line.strip() and not line.strip().startswith("#"):
            break
        if line.strip():
            if len(line) - len(line.lstrip(" ")) <= entry.column:
                break
            end = following
        at = following
    return end


def are_apart(text: str, parent: Node) -> bool:
    """Whether blank lines stand between all entries of a block; a new one then gets one too."""
    pairs = zip(parent.entries, parent.entries[1:], strict=False)
    gaps = [text[line_end(text, one.value.end) : other.start] for one, other in pairs]
    return bool(gaps) and all("\n\n" in gap for gap in gaps)
