"""A first version of an operator's YAML, from what Airflow says about its class."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from airdesk_render.catalogue.definition import REDIRECTING, is_reserved, platform_arguments
from airdesk_render.yaml_text import entry

TIMEOUT_SECONDS = 120


class NoDraft(Exception):
    """An operator cannot be read; the text says why."""


def described(path: str, *, python: str | None = None) -> Mapping[str, Any]:
    """What the class at a dotted path takes, as `signature.py` tells it.

    Args:
        python: a Python that has Airflow; the one that runs this if not given.

    Raises:
        NoDraft: no Airflow there, no such class, or it is no operator.
    """
    script = str(Path(__file__).with_name("signature.py"))
    with tempfile.TemporaryDirectory(prefix="airdesk-import-") as home:
        try:
            done = subprocess.run(
                [python or sys.executable, script, path],
                env=_environment(home),
                cwd=home,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NoDraft(f"Airflow did not answer within {TIMEOUT_SECONDS} s.") from None
        except OSError as error:
            raise NoDraft(f"{python} cannot be run: {error.strerror}.") from None
    if done.returncode != 0 or not done.stdout:
        raise NoDraft(_why(done.stderr, path))
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _environment(home: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "AIRDESK_", "_AIRFLOW")) and name != "PYTHONPATH"
    }
    return {**kept, "AIRFLOW_HOME": home, "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL"}


def _why(stderr: str, path: str) -> str:
    if "No module named 'airflow'" in stderr:
        return "Airflow is not installed here. Name a Python that has it with --python."
    last = [line for line in stderr.strip().splitlines() if line.strip()]
    return f"{path} cannot be read: {last[-1] if last else 'it said nothing'}"


def draft(found: Mapping[str, Any]) -> str:
    """The text of an `.operator.yaml` for an operator that was described."""
    name = _snake(re.sub(r"(?:Operator|Sensor)$", "", found["name"]) or found["name"])
    title = name.replace("_", " ").capitalize()
    summary = found["summary"] or f"What {found['name']} does."
    head = {
        "version": 1,
        "operator": f"{name}@1",
        "title": title[:60],
        "summary": summary[:200],
        "airflow": found["path"],
        **({"category": "Wait", "sensor": True} if found["sensor"] else {}),
    }
    lines = [line for key, value in head.items() for line in entry(key, value, 0)]
    fields, left = _fields(found)
    if fields:
        lines.append("fields:")
    for key, value in fields.items():
        lines += entry(key, value, 2, row=True)
    if left:
        lines.append("# Left out; what is needed of it may stand under fixed:")
    lines += [f"#   {argument} {why}" for argument, why in left.items()]
    return "\n".join(lines) + "\n"


def _fields(found: Mapping[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Fields by name, and arguments that got none with the reason."""
    fields: dict[str, dict[str, Any]] = {}
    left: dict[str, str] = {}
    taken = platform_arguments(sensor=found["sensor"])
    connections = [one for one in found["arguments"] if one["name"].endswith("conn_id")]
    others = [one for one in found["arguments"] if one not in connections]
    for one in (*connections, *others):
        argument = one["name"]
        if argument in taken:
            continue
        if argument.endswith("conn_id"):
            stem = argument.removesuffix("conn_id").strip("_")
            field = "connection" if len(connections) == 1 else f"{stem}_connection".strip("_")
            fields[field] = dict(_connection(one, field))
        elif REDIRECTING.search(argument):
            left[argument] = "could send a credential elsewhere"
        elif (kind := _kind(one, found)) is None:
            left[argument] = f"is {one['type']}, which YAML cannot say"
        else:
            reserved = is_reserved(argument, sensor=found["sensor"])
            field = f"its_{argument}" if reserved else argument
            fields[field] = dict(_field(one, kind, field, found))
    return fields, left


def _connection(one: Mapping[str, Any], field: str) -> Iterator[tuple[str, Any]]:
    yield "type", "connection"
    if field != one["name"]:
        yield "argument", one["name"]
    yield "description", _sentence(one, "The connection it uses")


def _field(
    one: Mapping[str, Any], kind: Mapping[str, Any], field: str, found: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    yield from kind.items()
    if field != one["name"]:
        yield "argument", one["name"]
    default, fits = one["default"], kind.get("type", "string")
    if default not in (None, "") and _fits(default, fits) and fits not in ("sql", "duration"):
        yield "default", default
    elif not one["required"]:
        yield "optional", True
    if one["name"] in found["template_fields"]:
        yield "templated", True
    yield "description", _sentence(one, one["name"].replace("_", " ").capitalize())


def _fits(default: object, kind: str) -> bool:
    kinds: Mapping[str, type | tuple[type, ...]] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
    }
    right = isinstance(default, kinds.get(kind, ()))
    return right and (kind == "boolean" or not isinstance(default, bool))


def _kind(one: Mapping[str, Any], found: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The field's type by the argument's annotation, or `None` where YAML has no such value."""
    written = one["type"].replace("typing.", "").replace(" ", "")
    if one["name"] in ("sql", "hql") and ".sql" in found["template_endings"]:
        return {"type": "sql"}
    if (choices := re.match(r"Literal\[(.*?)\]", written)) is not None:
        words = re.findall(r"""["']([^"']+)["']""", choices[1])
        return {"choices": words} if words else None
    if "Callable" in written:
        return None
    for start, kind in _KINDS:
        if re.match(start, written):
            return {} if kind == "string" else {"type": kind}
    return None


_KINDS = (
    (r"(?:str|Path|PathLike)\b", "string"),
    (r"bool\b", "boolean"),
    (r"int\|float|float\b|SupportsAbs", "number"),
    (r"int\b", "integer"),
    (r"(?:list|Sequence|Collection|Iterable|tuple)\[str", "strings"),
    (r"(?:dict|Mapping)\b", "mapping"),
    (r"(?:datetime\.)?timedelta\|float", "duration"),
    (r"$", "string"),
)


def _sentence(one: Mapping[str, Any], otherwise: str) -> str:
    text = re.sub(r"\(templated\)\s*", "", one["doc"] or otherwise).strip()
    text = re.sub(
        r":[a-z:]+:`~?([^`<]*?)\s*(?:<[^`]*>)?`", r"\1", text
    )  # roles of reStructuredText
    text = re.split(r"(?<=\.)\s", text)[0][:300].strip() or otherwise
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _snake(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"[^a-z0-9_]", "_", words.lower()).strip("_")[:50]
