"""The page about findings, `docs/findings.md`, made from the codes themselves."""

from __future__ import annotations

from airdesk_render.codes import CODES
from airdesk_render.policy.rulebook import RULES

_HEAD = """\
# Findings

What `airdesk-render check` says is wrong carries a code; this page tells what each stands for. It \
is made by `airdesk-render explain --page`. `airdesk-render explain CODE` says the same on a \
terminal. Codes of the platform's rules are in [policy.md](policy.md), with their reasons.

A finding of severity `error` stops a change; `warning` and `info` do not. The same codes are in \
the Slack form, in GitLab's Code Quality report and in SARIF.
"""


def findings_page() -> str:
    """The page, as Markdown: a heading per code."""
    parts = (f"### {code}\n\n{CODES[code]}\n" for code in sorted(CODES) if code not in RULES)
    return "\n".join((_HEAD, *parts))
