"""What templates may say, and what is said of those that say more."""

from __future__ import annotations

from dataclasses import dataclass

DATES = frozenset(
    (
        *("logical_date", "data_interval_start", "data_interval_end"),
        *("prev_data_interval_start_success", "prev_data_interval_end_success"),
        *("prev_start_date_success", "prev_end_date_success"),
    )
)
NAMES = frozenset(
    (
        *("ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz", "run_id", "params"),
        *("task_instance_key_str", "expanded_ti_count", *DATES),
    )
)
FILTERS = frozenset(
    (
        *("ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz"),
        *("default", "d", "int", "float", "lower", "upper", "title", "trim", "string", "tojson"),
        *("abs", "round", "length", "join", "first", "last"),
    )
)
DATE_PARTS = frozenset(("year", "month", "day", "hour", "minute", "second"))
DATE_METHODS = frozenset(("strftime", "isoformat", "add", "subtract", "in_timezone"))
PARTS = {
    "dag": frozenset(("dag_id",)),
    "task": frozenset(("task_id",)),
    "ti": frozenset(("map_index", "try_number")),
    "task_instance": frozenset(("map_index", "try_number")),
    "dag_run": frozenset(("run_type", "run_after")),
    **dict.fromkeys(DATES, DATE_PARTS),
}
"""Of these objects, only these attributes."""
OF_DATED_RUNS = frozenset(
    (
        *("ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz"),
        *("logical_date", "data_interval_start", "data_interval_end"),
    )
)
"""Names that a run set off by assets does not have (seen in Airflow 3.3)."""
MACROS = frozenset(("ds_add", "ds_format"))


@dataclass(frozen=True)
class Objection:
    """What a template must not say; line and column count from 1 inside the text."""

    line: int
    column: int
    code: str
    message: str
    word: str | None = None
    """The name that is not known, where a similar one may have been meant."""
