"""Params of a DAG: plain values, or Airflow's `Param` with its JSON Schema words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from airdesk_render.converting.items import Item, Made, Plain, is_plain, plain
from airdesk_render.converting.notes import Notes
from airdesk_render.converting.values import slug, without_none

_WORDS = (
    *("title", "description", "section", "minimum", "maximum", "minLength", "maxLength"),
    *("pattern", "format", "enum"),
)
_TYPES: Mapping[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def params_of(item: Item, notes: Notes) -> dict[str, Plain]:
    """Name to what the manifest says of it; what cannot be said is told."""
    found: dict[str, Plain] = {}
    for given, one in item.entries.items():
        name = slug(given, 50)
        if name != given:
            message = f"The param {given} is called {name} here; say so in templates too."
            notes.changed(one.where, f"params.{given}", message)
        param = _param(one, f"params.{given}", notes)
        if param is not None:
            found[name] = param
    return found


def _param(item: Item, what: str, notes: Notes) -> dict[str, Plain] | None:
    value = item.value
    if isinstance(value, Made) and value.name == "Param":
        return _described(item, value, what, notes)
    if isinstance(value, dt.date):
        return {"type": "string", "default": value.isoformat()}
    if not is_plain(item):
        notes.left_out(item.where, what, "Give the param a plain value as its default.")
        return None
    default = plain(item)
    if default is None:
        return {"type": "string", "nullable": True, "default": None}
    return {"type": _TYPES[type(default)], "default": default}


def _described(item: Item, made: Made, what: str, notes: Notes) -> dict[str, Plain] | None:
    named = dict(made.named)
    if made.positional:
        named.setdefault("default", made.positional[0])
    if len(made.positional) > 1:
        named.setdefault("description", made.positional[1])
    default_item, kind_item = named.pop("default", None), named.pop("type", None)
    default = plain(default_item) if default_item is not None else None
    kinds = plain(kind_item) if kind_item is not None else _TYPES.get(type(default), "string")
    listed = [str(one) for one in kinds] if isinstance(kinds, list) else [str(kinds)]
    plain_kinds = [one for one in listed if one != "null"]
    if len(plain_kinds) != 1:
        notes.left_out(item.where, what, "A param has one type, or that and null.")
        return None
    words = {name: plain(named.pop(name)) for name in _WORDS if name in named}
    items = named.pop("items", None)
    if items is not None:
        words["items"] = plain(items.entries["type"]) if "type" in items.entries else None
    for name, one in named.items():
        if one.value is not None:
            notes.left_out(one.where, f"{what}.{name}", "A param does not have this here.")
    nullable = "null" in listed or default is None
    return {
        "type": plain_kinds[0],
        **({"nullable": True} if nullable else {}),
        "default": default,
        **without_none(words),
    }
