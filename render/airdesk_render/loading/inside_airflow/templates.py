"""Every templated field of a task, filled in for one date, without touching a connection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from .facts import is_mapped

_SQL_WORDS = frozenset(("sql", "hql", "tsql", "postgresql", "mysql"))
_BY_ASSETS = " (in a run that assets start; those have no dates in Airflow 3)"
_LONGEST = 300


class _Unknown:
    """Stands for what only a run knows: another task's output, a connection, a variable."""

    def __getattr__(self, name: str) -> _Unknown:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> _Unknown:
        return self

    def __call__(self, *positional: Any, **named: Any) -> _Unknown:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __str__(self) -> str:
        return "0"


UNKNOWN = _Unknown()


Moments = tuple[Any, Any, Any]
"""Logical date, begin and end of the data interval."""


def rendered(dag: Any, kept: Any, date: str | None) -> Iterator[dict[str, Any]]:
    """For each task `{"task", "sql", "problems"}`; a problem is `{"field", "message"}`."""
    by_assets = getattr(getattr(kept, "timetable", None), "asset_condition", None)
    run = _run(kept, date)
    for task in dag.tasks:
        found = _tried(dag, task, run, dated=True)
        problems = [_problem(one) for one in found if "message" in one]
        if by_assets and date is None and not problems:
            undated = _tried(dag, task, run, dated=False)
            problems = [_problem(one, _BY_ASSETS) for one in undated if "message" in one]
        sql = [one for one in found if "sql" in one]
        yield {"task": task.task_id, "sql": sql, "problems": problems}


def _problem(one: dict[str, str], more: str = "") -> dict[str, str]:
    return {"field": one["field"], "message": one["message"] + more}


def _tried(dag: Any, task: Any, run: Moments, *, dated: bool) -> list[dict[str, str]]:
    try:
        context = _context(dag, task, run, dated=dated)
    except Exception as error:  # what operators and params raise is what is to be told
        return [{"field": "params", "message": _words(error)}]
    return _fields(task, context)


def _run(kept: Any, date: str | None) -> Moments:
    """The run that is tried out: at the given date, or the next one."""
    from airflow.sdk import timezone

    if date is not None:
        moment = timezone.coerce_datetime(dt.datetime.fromisoformat(date))
        return moment, moment, moment
    info = None
    if kept is not None:
        info = kept.next_dagrun_info(last_automated_run_info=None)
    if info is None or info.data_interval is None:
        today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        moment = timezone.coerce_datetime(today)
        return moment, moment, moment
    start, end = info.data_interval.start, info.data_interval.end
    return timezone.coerce_datetime(info.logical_date or start), start, end


def _context(dag: Any, task: Any, run: Moments, *, dated: bool) -> dict[str, Any]:
    from airflow.sdk.execution_time import macros

    logical_date, start, end = run
    run_id = f"scheduled__{logical_date.isoformat()}"
    both: dict[str, Any] = {"dag_id": dag.dag_id, "run_id": run_id, "start_date": logical_date}
    instance = SimpleNamespace(
        **both, task_id=task.task_id, task=task, map_index=-1, try_number=1, max_tries=0,
        hostname="", log_url="", xcom_pull=UNKNOWN, xcom_push=UNKNOWN,
    )  # fmt: skip
    dag_run = SimpleNamespace(
        **both, conf={}, logical_date=logical_date, data_interval_start=start,
        data_interval_end=end, run_after=end, run_type="scheduled",
    )  # fmt: skip
    return {
        **(_dates(run) if dated else {}),
        **dict.fromkeys(("var", "conn", "inlet_events", "outlet_events"), UNKNOWN),
        **dict.fromkeys(("ti", "task_instance"), instance),
        **dict.fromkeys(("map_index_template", "expanded_ti_count", "templates_dict")),
        **dict.fromkeys(("partition_key", "partition_date", "exception")),
        "inlets": [],
        "outlets": [],
        "triggering_asset_events": {},
        "prev_start_date_success": start,
        "prev_end_date_success": end,
        "dag": dag,
        "task": task,
        "dag_run": dag_run,
        "run_id": run_id,
        "params": _params(dag, task),
        "macros": macros,
        "test_mode": False,
        "task_instance_key_str": f"{dag.dag_id}__{task.task_id}__{run_id}",
        "task_reschedule_count": 0,
    }


def _dates(run: Moments) -> dict[str, Any]:
    """What Airflow 3 knows of a run only where it has a logical date."""
    logical_date, start, end = run
    moment, day = logical_date.isoformat(), logical_date.strftime("%Y-%m-%d")
    return {
        "logical_date": logical_date,
        "data_interval_start": start,
        "data_interval_end": end,
        "prev_data_interval_start_success": start,
        "prev_data_interval_end_success": end,
        "ds": day,
        "ds_nodash": day.replace("-", ""),
        "ts": moment,
        "ts_nodash": logical_date.strftime("%Y%m%dT%H%M%S"),
        "ts_nodash_with_tz": moment.replace("-", "").replace(":", ""),
    }


def _params(dag: Any, task: Any) -> Any:
    """Defaults of the params, as a run without changes has them."""
    from airflow.sdk.definitions.param import process_params

    return process_params(dag, task, {}, suppress_exception=False)


def _fields(task: Any, context: Any) -> list[dict[str, str]]:
    import jinja2

    try:
        plain = _unmapped(task)
        environment = plain.get_template_env(dag=context["dag"])
    except Exception as error:  # what operators and params raise is what is to be told
        return [{"field": "expand", "message": _words(error)}]
    environment.undefined = jinja2.StrictUndefined
    context = {**context, "task": plain}
    found: list[dict[str, str]] = []
    for field in plain.template_fields:
        value = getattr(plain, field, None)
        if not value or callable(value):
            continue
        try:
            text = plain.render_template(value, context, environment)
        except Exception as error:  # a template may fail in any way; the field is told
            found.append({"field": field, "message": _words(error)})
            continue
        found += _sql(plain, field, text)
    return found


def _unmapped(task: Any) -> Any:
    """A mapped task as its first instance is, with unknown values where a task gives them."""
    if not is_mapped(task):
        return task
    values = getattr(task.expand_input, "value", None)
    if not isinstance(values, dict):
        return task.unmap({})
    return task.unmap({name: _first(value) for name, value in values.items()})


def _first(value: Any) -> Any:
    if isinstance(value, list | tuple) and value:
        return value[0]
    if isinstance(value, dict) and value:
        return next(iter(value.items()))
    return "0"


def _sql(task: Any, field: str, value: Any) -> list[dict[str, str]]:
    word = (getattr(task, "template_fields_renderers", None) or {}).get(field)
    if word not in _SQL_WORDS and field not in _SQL_WORDS:
        return []
    texts = value if isinstance(value, list | tuple) else [value]
    connection = next(
        (
            str(getattr(task, name))
            for name in ("conn_id", "sql_conn_id", "source_conn_id", "hive_cli_conn_id")
            if isinstance(getattr(task, name, None), str)
        ),
        "",
    )
    return [
        {"field": field, "sql": text, "connection": connection}
        for text in texts
        if isinstance(text, str)
    ]


def _words(error: Exception) -> str:
    text = " ".join(str(error).split())[:_LONGEST] or type(error).__name__
    line = getattr(error, "lineno", None)
    place = f" (line {line} of it)" if line else ""
    return f"{text}{place}"
