"""Reading YAML or JSON from strangers: plain values, with the place of each of them.

The reader works on YAML's event stream and builds plain `dict`, `list`, `str`, `int`, `float`,
`bool` and `None`, so that no tag can construct an object and no alias can multiply. Everything
it does not like becomes a `Problem`; it never raises for bad input and its work is bounded by the
limits below.
"""

from __future__ import annotations

import re

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from airdesk_render.building import Builder
from airdesk_render.document import Document, Path, Problem

__all__ = ["MAX_BYTES", "Document", "Path", "Problem", "read"]

MAX_BYTES = 256 * 1024


def read(text: str) -> Document:
    """Read one YAML or JSON document. Problems are in the result; nothing is raised."""
    document = Document()
    text = text.removeprefix("\ufeff")
    if (unfit := _unfit(text)) is not None:
        document.problems.append(unfit)
        return document
    builder = Builder(document)
    try:
        for event in YAML(typ="safe", pure=True).parse(_without_json_tabs(text)):
            if not builder.take(event):
                break
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


def _unfit(text: str) -> Problem | None:
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        limit = MAX_BYTES // 1024
        return Problem(
            1, 1, "too-large", f"A manifest may have {limit} KiB. Move long SQL to its own file."
        )
    for number, line in enumerate(text.split("\n"), start=1):
        if (odd := _ODD_CHARACTER.search(line)) is not None:
            return Problem(
                number,
                odd.start() + 1,
                "yaml-character",
                f"The character U+{ord(odd.group()):04X} cannot be seen and does not belong here. "
                "Type the line anew.",
            )
    return None


_ODD_CHARACTER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069]"
)
"""Control characters, lone surrogates and signs that reorder or hide text."""


def _looks_like_json(text: str) -> bool:
    return text.lstrip().startswith("{")


def _without_json_tabs(text: str) -> str:
    return text.replace("\t", " ") if _looks_like_json(text) else text


def _words(error: object) -> str:
    text = " ".join(str(error).split())
    return text[:200]


def _syntax_problem(error: MarkedYAMLError, text: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    source = [*text.split("\n"), ""][min(line - 1, text.count("\n"))]
    indent = source[: len(source) - len(source.lstrip())]
    if "\t" in indent:
        message = "YAML does not allow tabs for indentation. Use two spaces instead."
        return Problem(line, indent.index("\t") + 1, "yaml-tab", message)
    what = " ".join(part for part in (error.context, error.problem) if part)
    hint = ""
    if "mapping values are not allowed" in what:
        hint = " A text that contains ': ' must be quoted."
    elif "found character that cannot start any token" in what:
        hint = " A text that begins with @, ` or % must be quoted."
    return Problem(line, column, "yaml-syntax", f"This is not YAML: {_words(what)}.{hint}")
