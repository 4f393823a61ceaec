"""A small router that understands URL-encoded project paths (`growth%2Fpipelines`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.call import Call

Handler = Callable[["Call"], Any]


@dataclass(frozen=True)
class Route:
    """`path` has `:name` for one segment and may end in `*name` for all that follow."""

    method: str
    path: str
    handler: Handler
    public: bool = False
    """Answers without a token; the handler looks for itself."""
    job_token: bool = False
    """Answers to a job's token, too."""
    own_transaction: bool = False
    """The handler works for long and writes in a short transaction of its own."""
    scopes: tuple[str, ...] = ()
    """Scopes that suffice besides `api` (and `read_api` for reading)."""
    segments: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "segments", tuple(self.path.strip("/").split("/")))


class Router:
    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[tuple[str, str], list[Route]] = {}
        for route in routes:
            self._routes.setdefault((route.method, route.segments[0]), []).append(route)

    def find(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and its decoded parameters; `raw_path` is as sent, still encoded."""
        parts = raw_path.strip("/").split("/")
        for route in self._routes.get((method, parts[0]), []):
            values = _match(route.segments, parts)
            if values is not None:
                return route, values
        return None


def _match(segments: tuple[str, ...], parts: list[str]) -> dict[str, str] | None:
    rest = segments[-1].startswith("*")
    if len(parts) < len(segments) or (len(parts) > len(segments) and not rest):
        return None
    values: dict[str, str] = {}
    for index, segment in enumerate(segments):
        if segment.startswith("*"):
            values[segment[1:]] = unquote("/".join(parts[index:]))
        elif segment.startswith(":"):
            values[segment[1:]] = unquote(parts[index])
        elif segment != parts[index]:
            return None
    return values
