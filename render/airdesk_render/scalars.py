"""What a bare word in YAML means here: YAML 1.2's core rules, and dates stay text."""

from __future__ import annotations

import re

AMBIGUOUS = frozenset(
    variant
    for word in ("on", "off", "yes", "no")
    for variant in (word, word.capitalize(), word.upper())
)
"""Words that YAML 1.1 reads as booleans and YAML 1.2 as text."""

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_FIRST_OF_NUMBERS = frozenset("+-.0123456789")
_MOST_DIGITS = 18


class UnusableScalar(ValueError):
    """A number that cannot be kept as it is written; the text is a sentence."""

    code = "yaml-number"


class UnusableText(UnusableScalar):
    """A quoted text with a character that must not be in one."""

    code = "yaml-character"


_REFUSED = re.compile("[\x00\u202a-\u202e\u2066-\u2069]")
"""What no escape may stand for: databases take no U+0000, and the others reorder what one reads."""


def plain_value(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar.

    Raises:
        UnusableScalar: a number too long to be exact, or none at all (`.nan`, `.inf`).
    """
    if text in _NULL:
        return None
    if text[0] not in _FIRST_OF_NUMBERS:
        return _BOOLEANS.get(text, text)
    if _INTEGER.fullmatch(text):
        _refuse_long(text)
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        _refuse_long(text)
        return int(text, 0)
    if _NOT_FINITE.fullmatch(text):
        raise UnusableScalar(f"{text} is no number to count with. Leave the field out instead.")
    if _FLOAT.fullmatch(text):
        _refuse_long(text)
        value = float(text)
        if value in (float("inf"), float("-inf")):
            raise UnusableScalar(f"{text} is too large a number.")
        return value
    return text


def whole_text(text: str) -> str:
    """A quoted scalar; JSON's surrogate pairs become the one character they stand for.

    Raises:
        UnusableText: half a pair stands alone, or a character that is refused.
    """
    if (refused := _REFUSED.search(text)) is not None:
        raise UnusableText(f"The character U+{ord(refused.group()):04X} may not stand in a text.")
    if text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise UnusableText("This text holds half a character (a lone surrogate).") from None


def _refuse_long(text: str) -> None:
    if sum(character.isalnum() for character in text) > _MOST_DIGITS:
        raise UnusableScalar(f"{text[:20]}… is too long a number. Put it in quotes if it is text.")
