"""YAML's event stream: from libyaml, or where it cannot read a text, from PyYAML's own parser.

libyaml is about forty times faster. It refuses the surrogate pairs by which JSON escapes signs
beyond the basic plane, so those few texts are read by the other one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from yaml.events import Event
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def _libyaml() -> Callable[[str], Any] | None:
    try:
        from yaml._yaml import CParser
    except ImportError:  # PyYAML was built without it
        return None
    return CParser


FAST_PARSER = _libyaml()


class _PureParser(Reader, Scanner, Parser):
    """PyYAML's reader, scanner and parser without its composer and constructor."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


def next_event_of(text: str) -> Callable[[], Event | None]:
    """A function that gives the next event of a text at each call, and `None` after the last.

    Raises:
        yaml.YAMLError: by this function or the one returned; the text is not YAML.
    """
    if FAST_PARSER is None or _SURROGATE_ESCAPE.search(text) is not None:
        return _PureParser(text).get_event
    next_event: Callable[[], Event | None] = FAST_PARSER(text).get_event
    return next_event
