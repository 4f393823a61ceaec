"""Findings of the check, taken back to the fields of the form."""

from __future__ import annotations

from collections.abc import Iterable

from airdesk_render.findings import Finding

from airdesk_bot.views.new_dag.draft import sql_path
from airdesk_bot.views.new_dag.form import NOT_EMPTY, POST, REPORT, NewDagForm
from airdesk_bot.views.text import clip, one_line

MAX_SENTENCE = 400
_WRITTEN_TWICE = frozenset({"connection", "channel"})
"""Fields that stand at several places of the manifest; once is enough to read what is wrong."""
_TOP = {
    "dag_id": "dag_name",
    "description": "description",
    "doc_md": "description",
    "schedule": "schedule",
    "data_class": "data_class",
    "notify": "channel",
}
_TASK = {
    REPORT: {"connection": "connection", "sql": "sql", "": "options"},
    NOT_EMPTY: {"connection": "connection", "": "check_sql"},
    POST: {"channel": "channel", "connection": "channel", "": "message"},
}


def errors_of(findings: Iterable[Finding], form: NewDagForm) -> dict[str, str]:
    """Block id to sentences, ready for Slack's `response_action: errors`; warnings are left out."""
    sentences: dict[str, list[str]] = {}
    seen: set[tuple[str, str]] = set()
    for finding in sorted(findings, key=lambda finding: finding.path[:1] == ("notify",)):
        block = _block(finding, form)
        if finding.severity != "error" or (block, finding.code) in seen:
            continue
        if block in _WRITTEN_TWICE:
            seen.add((block, finding.code))
        sentence = _sentence(finding, block, form)
        if sentence not in sentences.setdefault(block, []):
            sentences[block].append(sentence)
    return {block: clip(" ".join(texts), MAX_SENTENCE) for block, texts in sentences.items()}


def _block(finding: Finding, form: NewDagForm) -> str:
    if _is_sql_file(finding, form):
        return "sql"
    match finding.path:
        case ("tasks", str(task), *rest) if task in _TASK:
            fields = _TASK[task]
            block = fields.get(str(rest[0]) if rest else "", fields[""])
        case ("tasks", *_):
            block = "options"
        case (str(key), *_):
            block = _TOP.get(key, "dag_name")
        case _:
            block = "dag_name"
    return block


def _is_sql_file(finding: Finding, form: NewDagForm) -> bool:
    return finding.file == sql_path(form.dag_name.strip())


def _sentence(finding: Finding, block: str, form: NewDagForm) -> str:
    meant = f" Did you mean {one_line(finding.suggestion)}?" if finding.suggestion else ""
    # Lines of the manifest mean nothing to who filled a form; those of the query do.
    several = block == "sql" and _is_sql_file(finding, form) and "\n" in form.sql.strip()
    place = f"Line {finding.line}: " if several else ""
    message = one_line(finding.message) or f"This is not accepted ({finding.code})."
    return f"{place}{message}{meant}"
