"""Verdicts for people, for programs and for GitLab."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from xml.etree import ElementTree

from airdesk_render.loading import Loaded, LoadedDag
from airdesk_render.names import dag_name_of
from airdesk_render.verdicts.faults import Verdict


def text_of(verdicts: Sequence[Verdict]) -> str:
    """For the log: each DAG with its groups and tasks, and what is wrong."""
    lines = []
    for verdict in verdicts:
        names = "; ".join(
            f"{dag_name_of(dag.dag_id) or dag.dag_id}, {dag.schedule}" for dag in verdict.dags
        )
        mark = "ok  " if verdict.ok else "FAIL"
        lines.append(f"{mark} {verdict.file} ({names or 'no DAG'})")
        for dag in verdict.dags:
            lines += _tasks(dag)
        for fault in verdict.faults:
            lines += [f"     ! {line}" for line in _visible(str(fault)).splitlines()]
    bad = sum(not verdict.ok for verdict in verdicts)
    lines.append(f"{len(verdicts)} file(s), {bad} with problems." if verdicts else "No DAGs here.")
    return "\n".join(lines)


def _tasks(dag: LoadedDag) -> Iterator[str]:
    for task in dag.tasks:
        words = [f"{task.task_id}: {task.operator} on {task.queue}"]
        if task.mapped:
            over = ", ".join(task.mapped) if isinstance(task.mapped, tuple) else "another task"
            words.append(f"mapped over {over}")
        words += ["setup"] * task.setup + ["teardown"] * task.teardown
        if task.upstream:
            words.append(f"after {', '.join(task.upstream)}")
        yield f"       {' '.join(words)}"


def json_report(verdicts: Sequence[Verdict], loaded: Loaded) -> str:
    """`{"airflow", "policies", "ok", "files": [{"file", "ok", "faults", "dags"}]}`, without SQL."""
    data = {
        "airflow": loaded.airflow,
        "policies": loaded.policies,
        "ok": all(verdict.ok for verdict in verdicts),
        "files": [
            {
                "file": verdict.file,
                "ok": verdict.ok,
                "faults": [asdict(fault) for fault in verdict.faults],
                "dags": [
                    dag.model_dump(mode="json", exclude={"tasks": {"__all__": {"sql", "problems"}}})
                    for dag in verdict.dags
                ],
            }
            for verdict in verdicts
        ],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def junit_report(verdicts: Sequence[Verdict]) -> str:
    """JUnit XML as GitLab reads it."""
    failed = sum(not verdict.ok for verdict in verdicts)
    suite = ElementTree.Element(
        "testsuite", name="airdesk-render test", tests=str(len(verdicts)), failures=str(failed)
    )
    for verdict in verdicts:
        case = ElementTree.SubElement(
            suite, "testcase", classname="airflow", name=verdict.name, file=verdict.file
        )
        if not verdict.ok:
            texts = [_visible(str(fault)) for fault in verdict.faults]
            failure = ElementTree.SubElement(case, "failure", message=texts[0][:200])
            failure.text = "\n".join(texts)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _visible(text: str) -> str:
    return "".join(one if one.isprintable() or one == "\n" else " " for one in text)
