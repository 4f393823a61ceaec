"""Assets that a DAG waits for or updates: their names here, and conditions of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from airdesk_render.converting.items import Condition, Item, Made, Plain
from airdesk_render.converting.notes import Notes
from airdesk_render.converting.values import slug

ASSET_CLASSES = ("Asset", "Dataset")
MAX_DEPTH = 20
_TOKEN = re.compile(r"\s*([()&|]|[^\s()&|]+)")
_Name = Callable[[str], str]


class Assets:
    """Gives assets their names; `uris` are those of a datasets file, by its names."""

    def __init__(self, notes: Notes, uris: Mapping[str, str] | None = None) -> None:
        self.notes = notes
        self.uris = uris or {}

    def condition(self, item: Item, depth: int = 0) -> Plain:
        """A name, or a condition of names; None (told) where it is neither."""
        value = item.value
        if isinstance(value, Condition) and depth < MAX_DEPTH:
            parts = [self.condition(one, depth + 1) for one in value.parts]
            word = "all" if value.word == "and" else "any"
            return {word: [part for part in parts if part is not None]}
        if isinstance(value, str):
            return self._words(item, value)
        if isinstance(value, Made) and value.name in ASSET_CLASSES:
            return self._made_asset(item, value)
        self.notes.left_out(item.where, "schedule", "It is no asset that can be named.")
        return None

    def _made_asset(self, item: Item, made: Made) -> Plain:
        named = dict(made.named)
        if made.positional:
            named.setdefault("name", made.positional[0])
        if len(made.positional) > 1:
            named.setdefault("uri", made.positional[1])
        for name, one in named.items():
            if name not in ("name", "uri", "group") and one.value is not None:
                self.notes.left_out(one.where, name, f"An asset has no {name} here.")
        chosen = named.get("name") or named.get("uri")
        if chosen is None or chosen.text is None:
            self.notes.left_out(item.where, "schedule", "The asset has neither a name nor a uri.")
            return None
        return self.named_asset(item, chosen.text)

    def all_of(self, items: tuple[Item, ...]) -> Plain:
        """Those that can be named, all of which must have been updated."""
        parts = [self.condition(one) for one in items if one.value not in (None, "")]
        return {"all": [part for part in parts if part is not None]}

    def listed(self, item: Item) -> list[Plain]:
        """Names of the assets that a task updates: a list, or names out of a datasets file."""
        parts = item.items or item.entries.get("datasets", item).items
        names = [self.condition(one) for one in parts]
        if not parts and item.value is not None:
            self.notes.left_out(item.where, "outlets", "List the assets by name.")
        return [name for name in names if isinstance(name, str)]

    def named_asset(self, item: Item, text: str) -> str:
        """The name under which an asset is known here; the same for the same uri."""
        uri = self.uris.get(text, text)
        name = slug(uri, 100)
        if name != text:
            message = f"The asset {text} is called {name} here, for all DAGs of the team."
            self.notes.changed(item.where, "asset", message)
        return name

    def _words(self, item: Item, text: str) -> Plain:
        """`(a & b) | c`, with names or URIs."""
        tokens = _TOKEN.findall(text)
        try:
            found, rest = _either_of(tokens, lambda word: self.named_asset(item, word), 0)
        except (IndexError, ValueError):
            found, rest = None, tokens
        if found is None or rest:
            self.notes.left_out(item.where, "schedule", "The condition cannot be read.")
            return None
        return found


def _either_of(tokens: list[str], name: _Name, depth: int) -> tuple[Plain, list[str]]:
    parts, rest = [], tokens
    while True:
        part, rest = _all_of(rest, name, depth)
        parts.append(part)
        if not rest or rest[0] != "|":
            return (parts[0] if len(parts) == 1 else {"any": parts}), rest
        rest = rest[1:]


def _all_of(tokens: list[str], name: _Name, depth: int) -> tuple[Plain, list[str]]:
    parts, rest = [], tokens
    while True:
        part, rest = _one(rest, name, depth)
        parts.append(part)
        if not rest or rest[0] != "&":
            return (parts[0] if len(parts) == 1 else {"all": parts}), rest
        rest = rest[1:]


def _one(tokens: list[str], name: _Name, depth: int) -> tuple[Plain, list[str]]:
    first, rest = tokens[0], tokens[1:]
    if first == "(":
        if depth > MAX_DEPTH:
            raise ValueError(first)
        found, rest = _either_of(rest, name, depth + 1)
        if rest[0] != ")":
            raise ValueError(rest[0])
        return found, rest[1:]
    if first in ")&|":
        raise ValueError(first)
    return name(first), rest
