"""The platform's policy."""

from __future__ import annotations

from airdesk_render.checks.place import Inspection
from airdesk_render.manifest import Manifest
from airdesk_render.operators.base import seconds_of


def check_rules(inspection: Inspection, manifest: Manifest) -> None:
    policy = inspection.policy
    if manifest.data_class not in policy.data_classes:
        inspection.report(
            "data-class",
            f"The platform takes only {', '.join(policy.data_classes)} data.",
            ("data_class",),
        )
    if len(manifest.tasks) > policy.max_tasks:
        inspection.report(
            "too-many-tasks", f"A DAG may have {policy.max_tasks} tasks.", ("tasks",), of_key=True
        )
    for task_id, task in manifest.tasks.items():
        if task.operator not in policy.operators:
            inspection.report(
                "operator-not-allowed",
                f"The platform does not offer {task.operator} at present.",
                ("tasks", task_id, "operator"),
            )
        if task.retries is not None and task.retries > policy.retries.limit:
            inspection.report(
                "forbidden-option",
                f"The platform allows at most {policy.retries.limit} retries.",
                ("tasks", task_id, "retries"),
            )
        limit = policy.execution_timeout.limit
        if task.execution_timeout and seconds_of(task.execution_timeout) > seconds_of(limit):
            inspection.report(
                "forbidden-option",
                f"The platform allows a task at most {limit}.",
                ("tasks", task_id, "execution_timeout"),
            )
