"""Where a person reads more about a finding."""

from __future__ import annotations

import os

DOCS_VARIABLE = "AIRDESK_DOCS_URL"
"""Address of the folder with Airdesk's documentation; without it, links are paths in Airdesk's
own repository."""


def link_of(code: str) -> str:
    """The documentation of a code, such as `docs/findings.md#cycle`."""
    from airdesk_render.policy.rulebook import RULES

    page = "policy.md" if code in RULES else "findings.md"
    return f"{os.environ.get(DOCS_VARIABLE, 'docs').rstrip('/')}/{page}#{code}"


def address_of(code: str) -> str | None:
    """The same where it is a full address, which some formats insist on."""
    link = link_of(code)
    return link if link.startswith(("https://", "http://")) else None
