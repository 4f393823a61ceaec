"""Are loaded DAGs what they should be? One verdict per file, and reports of them."""

from __future__ import annotations

from airdesk_render.verdicts.faults import Fault, Verdict
from airdesk_render.verdicts.judge import judge
from airdesk_render.verdicts.reports import json_report, junit_report, text_of

__all__ = ["Fault", "Verdict", "json_report", "judge", "junit_report", "text_of"]
