"""Reading YAML or JSON from strangers: plain values, with the place of each of them.

The reader works on YAML's event stream and builds plain `dict`, `list`, `str`, `int`, `float`,
`bool` and `None`, so that no tag can construct an object and no alias can multiply. Everything
it does not like becomes a `Problem`; it never raises for bad input and its work is bounded by the
limits below.
"""

from __future__ import annotations

import re

from airdesk_render.document import Document, Path, Problem

__all__ = ["MAX_BYTES", "Document", "Path", "Problem", "read"]

MAX_BYTES = 256 * 1024


def read(text: str) -> Document:
    """Read one YAML or JSON document. Problems are in the result; nothing is raised."""
    # Imported here, since commands that find nothing new to read should start without YAML.
    from yaml.error import MarkedYAMLError, YAMLError

    from airdesk_render.building import Builder
    from airdesk_render.events import next_event_of

    document = Document()
    text = text.removeprefix("\ufeff")
    if (unfit := _unfit(text)) is not None:
        document.problems.append(unfit)
        return document
    builder = Builder(document)
    try:
        builder.take_all(next_event_of(without_json_tabs(text)))
    except MarkedYAMLError as error:
        document.problems.append(_syntax_problem(error, text))
    except YAMLError as error:
        document.problems.append(Problem(1, 1, "yaml-syntax", f"This is not YAML: {_words(error)}"))
    except (ValueError, RecursionError, AttributeError, IndexError, AssertionError) as error:
        # The parser's own slips on hostile input; the text is at fault either way.
        document.problems.append(
            Problem(1, 1, "yaml-syntax", f"This cannot be read as YAML ({type(error).__name__}).")
        )
    builder.finish()
    return document


def without_json_tabs(text: str) -> str:
    """JSON may be indented with tabs, which YAML refuses; as spaces they change no place."""
    return text.replace("\t", " ") if text.lstrip().startswith(("{", "[")) else text


def _unfit(text: str) -> Problem | None:
    if len(text) > MAX_BYTES // 4 and len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        limit = MAX_BYTES // 1024
        return Problem(
            1, 1, "too-large", f"A manifest may have {limit} KiB. Move long SQL to its own file."
        )
    if text.replace("\n", "").isprintable():  # quicker than looking for each odd character
        return None
    if (odd := _ODD_CHARACTER.search(text)) is None:
        return None
    line = text.count("\n", 0, odd.start()) + 1
    column = odd.start() - text.rfind("\n", 0, odd.start())
    return Problem(
        line,
        column,
        "yaml-character",
        f"The character U+{ord(odd.group()):04X} cannot be seen and does not belong here. "
        "Type the line anew.",
    )


_ODD_CHARACTER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069]|\r(?!\n)"
)
"""Control characters, lone surrogates and signs that reorder or hide text."""


def _words(error: object) -> str:
    text = " ".join(str(error).split())
    return text[:200]


_HINTS = {
    "mapping values are not allowed": "A text that contains ': ' must be quoted.",
    "found character that cannot start any token": "A text that begins with @, ` or % must be "
    "quoted.",
    "could not find expected ':'": "Write key: value, with a colon and a space.",
    "did not find expected key": "Is this line indented like the ones it belongs to?",
    "did not find expected '-' indicator": "Is this line indented like the ones it belongs to?",
    "did not find expected <document start>": "Is this line indented like the ones it belongs to?",
    "did not find expected ',' or": "A bracket opened before is not closed, or a comma is missing.",
    "found unexpected end of stream": "A quote opened before is not closed.",
}
"""Part of the parser's words to what a person should look at."""


def _syntax_problem(error: object, text: str) -> Problem:
    line, column = _place_of(error, text)
    source = [*text.split("\n"), ""][min(line - 1, text.count("\n"))]
    indent = source[: len(source) - len(source.lstrip())]
    if "\t" in indent:
        message = "YAML does not allow tabs for indentation. Use two spaces instead."
        return Problem(line, indent.index("\t") + 1, "yaml-tab", message)
    parts = (getattr(error, "context", None), getattr(error, "problem", None))
    what = " ".join(part for part in parts if part)
    hint = next((f" {hint}" for words, hint in _HINTS.items() if words in what), "")
    return Problem(line, column, "yaml-syntax", f"This is not YAML: {_words(what)}.{hint}")


def _place_of(error: object, text: str) -> tuple[int, int]:
    """Where a person should look: not at the file's end for what began before."""
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is None:
        return (1, 1) if context is None else (context.line + 1, context.column + 1)
    lines = text.rstrip().split("\n")
    if (mark.line, mark.column) < (len(lines) - 1, len(lines[-1])):
        return mark.line + 1, mark.column + 1
    if context is not None and (context.line, context.column) < (mark.line, mark.column):
        return context.line + 1, context.column + 1
    return len(lines), max(len(lines[-1]), 1)
