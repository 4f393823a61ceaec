"""A DAG as plain data: what Airflow will run, after its policies had their say."""

from __future__ import annotations

from typing import Any


def facts_of_dag(dag: Any) -> tuple[dict[str, Any], Any]:
    """The facts, tasks by id, and the DAG as it comes back from Airflow's own storage, or None."""
    kept, problems = _stored(dag)
    timetable = kept.timetable if kept is not None else dag.timetable
    return {
        "dag_id": dag.dag_id,
        "access_control": {
            role: {resource: sorted(actions) for resource, actions in rights.items()}
            for role, rights in (dag.access_control or {}).items()
        },
        "schedule": _schedule(timetable),
        "timezone": str(getattr(timetable, "_timezone", "") or ""),
        "assets": _assets(timetable),
        "start_date": _moment(dag.start_date or _edge(min, dag, "start_date")),
        "end_date": _moment(dag.end_date or _edge(max, dag, "end_date")),
        "catchup": bool(dag.catchup),
        "max_active_runs": dag.max_active_runs,
        "max_active_tasks": dag.max_active_tasks,
        "dagrun_timeout": _seconds(dag.dagrun_timeout),
        "tags": sorted(dag.tags or ()),
        "params": sorted(dag.params.keys()),
        "groups": _groups(dag),
        "tasks": {task.task_id: facts_of_task(task) for task in dag.tasks},
        "problems": problems,
    }, kept


def _stored(dag: Any) -> tuple[Any, list[str]]:
    """What is written into Airflow's database, read back as the scheduler reads it."""
    from airflow.serialization.serialized_objects import DagSerialization

    try:
        kept = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    except Exception as error:  # whatever Airflow raises is what is to be told
        return None, [f"Airflow cannot store it: {type(error).__name__}: {error}"]
    before = {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks}
    after = {task.task_id: sorted(task.upstream_task_ids) for task in kept.tasks}
    if before != after:
        return kept, ["Its tasks are not the same after Airflow stored them."]
    return kept, []


def _schedule(timetable: Any) -> str:
    if expression := getattr(timetable, "expression", ""):
        return str(expression)
    kind = type(timetable).__name__
    if kind == "NullTimetable":
        return "manual"
    inner = getattr(timetable, "timetable", None)
    if kind == "AssetOrTimeSchedule" and inner is not None:
        return f"{_schedule(inner)} or assets"
    if kind == "AssetTriggeredTimetable":
        return "assets"
    return str(getattr(timetable, "summary", "") or kind)


def _assets(timetable: Any) -> Any:
    """The condition as `{"all": […]}`, `{"any": […]}` or a name; None without assets."""
    condition = getattr(timetable, "asset_condition", None)
    expression = condition.as_expression() if condition is not None else None
    return _plain(expression) if expression else None


def _plain(expression: Any) -> Any:
    if isinstance(expression, dict):
        for key in ("all", "any"):
            if key in expression:
                return {key: [_plain(part) for part in expression[key]]}
        if isinstance(asset := expression.get("asset"), dict):
            return str(asset.get("name") or asset.get("uri"))
        return {str(key): str(value) for key, value in expression.items()}
    return str(expression)


def _groups(dag: Any) -> list[dict[str, Any]]:
    groups = dag.task_group.get_task_group_dict()
    return [
        {
            "group_id": group.group_id,
            "parent": _group_of(group),
            "tooltip": str(group.tooltip or ""),
            "mapped": bool(getattr(group, "_expand_input", None)),
            "upstream_groups": sorted(one for one in group.upstream_group_ids if one),
            "upstream_tasks": sorted(group.upstream_task_ids),
        }
        for group_id, group in sorted(groups.items(), key=lambda item: item[0] or "")
        if group_id is not None
    ]


def _group_of(node: Any) -> str:
    """Full id of the group around a task or group; "" at the top."""
    around = getattr(node, "task_group", None) or getattr(node, "parent_group", None)
    return str(around.group_id) if around is not None and around.group_id else ""


def facts_of_task(task: Any) -> dict[str, Any]:
    mapped = is_mapped(task)
    kind = task.operator_class if mapped else type(task)
    return {
        "task_id": task.task_id,
        "group": _group_of(task),
        "operator": task.task_type,
        "operator_class": f"{kind.__module__}.{kind.__qualname__}",
        "mapped": _mapped(task),
        "setup": bool(task.is_setup),
        "teardown": bool(task.is_teardown),
        "upstream": sorted(task.upstream_task_ids),
        "trigger_rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
        "owner": task.owner,
        "queue": task.queue,
        "executor": getattr(task, "executor", None),
        "pool": task.pool,
        "priority_weight": task.priority_weight,
        "retries": task.retries,
        "retry_delay": _seconds(task.retry_delay),
        "execution_timeout": _seconds(task.execution_timeout),
        "depends_on_past": bool(task.depends_on_past),
        "connections": connections_of(task),
        "image": _text(attribute(task, "image")),
        "outlets": sorted(filter(None, map(_name_of_asset, task.outlets or ()))),
        "sql": [],
        "problems": [],
    }


def is_mapped(task: Any) -> bool:
    from airflow.sdk.definitions.mappedoperator import MappedOperator

    return isinstance(task, MappedOperator)


def _mapped(task: Any) -> bool | list[str]:
    """Names of the arguments that are mapped over; True where they come as one mapping."""
    if not is_mapped(task):
        return False
    # A decorated function is mapped over its own arguments, not over the operator's.
    expand = getattr(task, "op_kwargs_expand_input", None) or task.expand_input
    value = getattr(expand, "value", None)
    return sorted(value) if isinstance(value, dict) and value else True


def attribute(task: Any, name: str) -> Any:
    """An argument of a task, mapped or not."""
    if is_mapped(task):
        return task.partial_kwargs.get(name)
    return getattr(task, name, None)


def connections_of(task: Any) -> list[str]:
    """Airflow connection ids among a task's arguments, sorted."""
    given = task.partial_kwargs if is_mapped(task) else vars(task)
    return sorted(
        {
            value
            for name, value in given.items()
            if name.endswith("conn_id") and not name.startswith("_") and isinstance(value, str)
        }
        - {""}
    )


def _name_of_asset(asset: Any) -> str | None:
    return _text(getattr(asset, "name", None) or getattr(asset, "uri", None))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _edge(choose: Any, dag: Any, name: str) -> Any:
    """The first start or last end of the tasks, which counts where the DAG says none."""
    found = [getattr(task, name) for task in dag.tasks if getattr(task, name, None) is not None]
    return choose(found) if found else None


def _moment(value: Any) -> str | None:
    return value.isoformat() if value is not None else None


def _seconds(value: Any) -> float | None:
    return value.total_seconds() if hasattr(value, "total_seconds") else None
