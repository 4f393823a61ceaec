"""Jinja in manifests is a short allow-list: dates of the run, params and harmless filters.

Everything else is refused, because a template that can reach `conn` or `var` prints passwords.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from airdesk_render.template_words import FILTERS, NAMES, Objection

__all__ = ["Objection", "has_jinja", "masked", "objections"]


def has_jinja(text: str) -> bool:
    return "{{" in text or "{%" in text or "{#" in text


def _longest_first(words: frozenset[str]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_SIMPLE = re.compile(
    r"\{\{-?\s*(?:params\.([a-z][a-z0-9_]*)|(?:"
    + _longest_first(NAMES)
    + r"))(?:\s*\|\s*(?:"
    + _longest_first(FILTERS)
    + r"))*\s*-?\}\}"
)
_HOLE = "\x00"


def _is_simple(text: str) -> bool:
    """Whether all Jinja here is of the kind that most people write.

    Jinja's own parser takes long to load and to run; it judges everything else.
    """
    rest = _SIMPLE.sub(_HOLE, text)
    return not has_jinja(rest) and "{" + _HOLE not in rest


def objections(text: str, params: frozenset[str]) -> Iterator[Objection]:
    """Everything a template may not do; `params` are the names that the manifest declares."""
    if not has_jinja(text):
        return
    if _is_simple(text) and all(name in params for name in _SIMPLE.findall(text) if name):
        return
    yield from _judged(text, params)


@lru_cache(maxsize=512)
def _judged(text: str, params: frozenset[str]) -> tuple[Objection, ...]:
    from airdesk_render.template_rules import judged

    return judged(text, params)


def masked(text: str, numeric: frozenset[str]) -> str:
    """The text with each `{{ … }}` replaced by a word of the same length, so that places stay.

    The word is a number where only a numeric param is meant. For text without objections.
    """
    if not has_jinja(text):
        return text
    if _is_simple(text):
        return _SIMPLE.sub(lambda found: _stand_in(found.group(), numeric), text)
    from airdesk_render.template_rules import tokens

    out: list[str] = []
    inside: list[str] | None = None
    for token, value in tokens(text):
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
