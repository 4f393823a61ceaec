"""Request parameters: the query string, a JSON body or a form, nested the way Rails nests them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from airdesk_sandbox.gitlab.errors import ApiError, invalid, missing

TRUE = ("true", "1", "t", "yes", "on")


class Params:
    """What the caller gave, by name; the body wins over the query string."""

    def __init__(self, query: str, body: bytes, content_type: str) -> None:
        self.values: dict[str, Any] = nest(parse_qsl(query, keep_blank_values=True))
        if body and content_type.startswith("application/json"):
            self.values.update(_json_object(body))
        elif body and content_type.startswith("application/x-www-form-urlencoded"):
            self.values.update(nest(parse_qsl(body.decode(), keep_blank_values=True)))

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def raw(self, name: str) -> Any:
        return self.values.get(name)

    def need(self, name: str) -> str:
        """A text that must be there and not be empty."""
        value = self.text(name)
        if not value:
            raise missing(name)
        return value

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, (dict, list)):
            raise invalid(name)
        return str(value)

    def maybe(self, name: str) -> str | None:
        return self.text(name) if name in self else None

    def number(self, name: str, default: int | None = None) -> int:
        value = self.values.get(name)
        if value is None or value == "":
            if default is None:
                raise missing(name)
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise invalid(name) from None

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.values.get(name)
        return default if value is None else str(value).lower() in TRUE

    def texts(self, name: str) -> list[str]:
        """A list, given as `name[]=a&name[]=b`, as JSON, or as `a,b`."""
        value = self.values.get(name)
        if value is None or value == "":
            return []
        if isinstance(value, list):
            return [str(item) for item in value]
        return [part.strip() for part in str(value).split(",")]

    def objects(self, name: str) -> list[dict[str, Any]]:
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise invalid(name)
        return value


def nest(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`a[]=1&a[]=2&b[c]=3` becomes `{"a": ["1", "2"], "b": {"c": "3"}}`."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        base, bracket, rest = name.partition("[")
        if not bracket:
            result[base] = value
        elif rest == "]":
            kept = result.setdefault(base, [])
            if isinstance(kept, list):
                kept.append(value)
        else:
            inner = result.setdefault(base, {})
            if isinstance(inner, dict):
                inner[rest.rstrip("]").split("][")[0]] = value
    return result


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        raise ApiError(400, {"error": "The request body is not valid JSON."}) from None
    if not isinstance(value, dict):
        raise ApiError(400, {"error": "The request body must be a JSON object."})
    return value
