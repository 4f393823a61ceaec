"""From the settings that policy decides for a task to the arguments of Airflow's operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from airdesk_render.policy import TaskSettings
from airdesk_render.rendering.times import span

ARGUMENTS = (
    *("owner", "queue", "executor", "pool", "pool_slots", "priority_weight", "weight_rule"),
    *("retries", "retry_delay", "retry_exponential_backoff", "max_retry_delay"),
    *("execution_timeout", "trigger_rule", "depends_on_past", "wait_for_downstream"),
    "max_active_tis_per_dagrun",
)
"""Settings, in the order in which they are written; each is an argument of the same name."""

_UNSAID: Mapping[str, object] = {
    "executor": None,
    "pool": "default_pool",
    "pool_slots": 1,
    "priority_weight": 1,
    "weight_rule": "downstream",
    "retry_exponential_backoff": False,
    "max_retry_delay": None,
    "trigger_rule": "all_success",
    "depends_on_past": False,
    "wait_for_downstream": False,
    "max_active_tis_per_dagrun": None,
}
"""What Airflow takes where nothing is said. The others are always written."""


def _doubling(value: object) -> object:
    """Airflow's factor by which the wait grows with each try."""
    return 2.0 if value else 0


def _span(value: object) -> object:
    return span(value) if isinstance(value, int) else None


_WRITTEN: Mapping[str, Callable[[object], object]] = {
    "retry_delay": _span,
    "max_retry_delay": _span,
    "execution_timeout": _span,
    "retry_exponential_backoff": _doubling,
}


def usual_arguments(usual: TaskSettings) -> dict[str, object]:
    """`default_args` of a DAG: what a task gets that says nothing."""
    return {
        name: _written(name, value)
        for name in ARGUMENTS
        if (value := _value(usual, name)) != _UNSAID.get(name, _ALWAYS)
    }


def own_arguments(settings: TaskSettings, usual: TaskSettings) -> dict[str, object]:
    """What of a task's settings is not in `default_args`."""
    return {
        name: _written(name, value)
        for name in ARGUMENTS
        if (value := _value(settings, name)) != _value(usual, name)
    }


_ALWAYS = object()


def _value(settings: TaskSettings, name: str) -> object:
    value: object = getattr(settings, name)
    if name == "depends_on_past":
        # Airflow adds this by itself, but not for mapped tasks.
        value = value or settings.wait_for_downstream
    return _UNSAID.get(name) if value is None else value


def _written(name: str, value: object) -> object:
    return _WRITTEN[name](value) if name in _WRITTEN else value
