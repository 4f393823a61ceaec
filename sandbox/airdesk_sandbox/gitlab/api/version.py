"""What server this is."""

from __future__ import annotations

from typing import Any

from airdesk_sandbox.gitlab.call import Call
from airdesk_sandbox.gitlab.routing import Route

VERSION = "18.6.0"


def show_version(call: Call) -> dict[str, Any]:
    return {
        "version": VERSION,
        "revision": "sandbox",
        "enterprise": False,
        "kas": {"enabled": False},
    }


ROUTES = [
    Route("GET", "/version", show_version, scopes=("read_user",)),
    Route("GET", "/metadata", show_version, scopes=("read_user",)),
]
