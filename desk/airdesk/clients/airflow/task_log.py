"""What a task's log tells a person: its last lines, redacted, and one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from airdesk.redact import redact

TAIL_LINES = 15
LINE_CHARS = 400

_FROM_AIRDESK = re.compile(r"\bAirdesk: (?P<sentence>[^\n]+)")
_PLAIN_EXCEPTION = re.compile(
    r"^(?P<type>[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Denied|Timeout|NotFound|ByZero))"
    r"(?:: (?P<value>.*))?$"
)
_DATABASES = ("psycopg", "sqlalchemy", "pymysql", "MySQLdb", "oracledb", "snowflake", "trino")
_MARKERS = ("::group::", "::endgroup::")
# Fields of a structured message that tell a person nothing.
_DULL_FIELDS = frozenset(
    {"event", "timestamp", "level", "logger", "error_detail", "filename", "lineno", "loc",
     "ti_id", "chan", "func_name", "dag_id", "run_id", "task_id", "try_number", "map_index",
     "category", "sources"}
)  # fmt: skip
# What Airflow says about itself before the task begins.
_DULL_EVENTS = re.compile(
    r"^(?:DAG bundles loaded|Filling up the DagBag|Worker startup parse complete|Task instance is"
    r" in running state|The airflow\.security\.permissions module is deprecated|/\S+\.log$)"
)

Message = Mapping[str, Any]


def tail(messages: Iterable[Message], *, lines: int = TAIL_LINES) -> str:
    """The last `lines` lines, oldest first, without secrets."""
    written: list[str] = []
    for message in messages:
        written.extend(_lines_of(message))
    # Redacted before it is cut: a secret cut in two would not be recognised.
    clean = redact("\n".join(written)).splitlines()[-lines:]
    return "\n".join(_cut(line) for line in clean)


def explanation(messages: Sequence[Message]) -> str | None:
    """One sentence that says what went wrong; what Airdesk's guard wrote wins."""
    texts = [text for message in messages for text in _texts_of(message)]
    for text in reversed(texts):
        if found := _FROM_AIRDESK.search(text):
            return redact(found["sentence"].rstrip("\"'}] "))
    for message in reversed(messages):
        if sentence := _exception_sentence(message):
            return redact(_cut(sentence))
    return None


def _lines_of(message: Message) -> list[str]:
    event = str(message.get("event", ""))
    if event.startswith(_MARKERS) or _DULL_EVENTS.match(event):
        return []
    level = str(message.get("level") or "").upper()
    extras = " ".join(
        f"{key}={value}" for key, value in message.items() if key not in _DULL_FIELDS and value
    )
    head, *rest = event.splitlines() or [""]
    lines = [" ".join(part for part in (level, head, extras) if part), *rest]
    for detail in _details(message):
        lines.extend(f"{detail.get('exc_type')}: {detail.get('exc_value')}".splitlines())
    return lines


def _texts_of(message: Message) -> list[str]:
    return [str(message.get("event", "")), *(str(d.get("exc_value")) for d in _details(message))]


def _details(message: Message) -> list[Mapping[str, Any]]:
    found = message.get("error_detail")
    if not isinstance(found, list):
        return []
    return [detail for detail in found if isinstance(detail, Mapping)]


def _exception_sentence(message: Message) -> str | None:
    for detail in _details(message):
        modules = {str(frame.get("filename", "")) for frame in detail.get("frames") or ()}
        from_database = any(f"/{name}" in path for path in modules for name in _DATABASES)
        value = str(detail.get("exc_value") or "").strip()
        kind = str(detail.get("exc_type") or "")
        if kind or value:
            return _readable(kind, value, plain=from_database)
    lines = str(message.get("event", "")).splitlines()
    for line in reversed(lines):
        if found := _PLAIN_EXCEPTION.match(line.strip()):
            return _readable(found["type"], (found["value"] or "").strip(), plain=False)
    return None


def _readable(kind: str, value: str, *, plain: bool) -> str:
    """`psycopg.errors.DivisionByZero` with its text gives the text; others keep their type."""
    first = value.splitlines()[0].strip() if value else ""
    name = kind.rpartition(".")[2]
    if not first:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    if plain or kind.startswith(_DATABASES) or _says_the_same(name, first):
        return first
    return f"{name}: {first}"


def _says_the_same(name: str, text: str) -> bool:
    """Whether an exception's name only repeats its text: `DivisionByZero`, "division by zero"."""
    return re.sub(r"\W", "", text).lower().startswith(name.lower())


def _cut(line: str) -> str:
    return line if len(line) <= LINE_CHARS else f"{line[: LINE_CHARS - 1]}…"
