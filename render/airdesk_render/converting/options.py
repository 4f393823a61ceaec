"""Options that every task may have, and what is said of those that have no equal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from airdesk_render.converting.fields import Fields
from airdesk_render.converting.items import Plain
from airdesk_render.converting.values import without_none

_RULES = {"none_failed_or_skipped": "none_failed_min_one_success", "dummy": "always"}
_CALLBACKS = "Python cannot be called at a run's end; `notify` tells a Slack channel of it."
_MAIL = "Messages of a run's end go to Slack: use `notify`."
_QUEUE = "The platform chooses where a task runs, by its operator and the data class."

REASONS: Final[Mapping[str, str]] = {
    "executor": _QUEUE,
    "executor_config": _QUEUE,
    "queue": _QUEUE,
    "resources": _QUEUE,
    "run_as_user": _QUEUE,
    "email": _MAIL,
    "sla": "Say by when a run must be done: deadline: {within: 2h}.",
    "on_execute_callback": _CALLBACKS,
    "on_failure_callback": _CALLBACKS,
    "on_retry_callback": _CALLBACKS,
    "on_skipped_callback": _CALLBACKS,
    "on_success_callback": _CALLBACKS,
    "pre_execute": "Put the work into a task of its own.",
    "post_execute": "Put the work into a task of its own.",
    "params": "Params belong to the whole DAG: declare them there.",
    "start_date": "The DAG's schedule says from when on it runs.",
    "end_date": "The DAG's schedule says until when it runs.",
    "variables_as_arguments": "Variables may hold secrets. Declare the values under params.",
    "map_index_template": "Mapped instances are numbered.",
    "multiple_outputs": "A task has one output.",
    "do_xcom_push": "The platform decides what a task hands on.",
    "inlets": "What a task reads is not declared.",
    "max_active_tis_per_dag": "Use max_active_tis_per_dagrun, which counts within a run.",
    "task_concurrency": "Use max_active_tis_per_dagrun, which counts within a run.",
    "task_display_name": "A task is shown by its id.",
    "retry_policy": "Tasks are tried again by retries and retry_delay.",
    "default_args": "Options stand at the task.",
}
"""Key of a task to why it stays behind, and what to do instead."""

NEEDLESS: Final[Mapping[str, str]] = {
    "owner": "Airflow's owner is the team; people stand in owners.",
    "email_on_failure": _MAIL,
    "email_on_retry": _MAIL,
    "catchup": "It has no effect on tasks; the DAG's schedule says it.",
    "provide_context": "Airflow 3 does not know it.",
    "ignore_first_depends_on_past": "It has no effect here.",
    "wait_for_past_depends_before_skipping": "It has no effect here.",
    "doc_rst": "Only Markdown is shown: doc_md.",
    "doc_json": "Only Markdown is shown: doc_md.",
    "doc_yaml": "Only Markdown is shown: doc_md.",
    "ui_color": "Colours are the platform's.",
    "ui_fgcolor": "Colours are the platform's.",
}
_LEGACY = {"retry_delay": "retry_delay_sec", "execution_timeout": "execution_timeout_secs"}


def options_of(fields: Fields) -> dict[str, Plain]:
    """The options of a task, or of all tasks, as `default_args` and tasks have them."""
    rule = fields.text("trigger_rule")
    backoff = _backoff(fields)
    return without_none(
        {
            "trigger_rule": _RULES.get(rule, rule) if rule is not None else None,
            "retries": fields.number("retries"),
            "retry_delay": _length(fields, "retry_delay"),
            "retry_exponential_backoff": backoff,
            "max_retry_delay": fields.duration("max_retry_delay"),
            "execution_timeout": _length(fields, "execution_timeout"),
            "pool": fields.text("pool"),
            "pool_slots": fields.number("pool_slots"),
            "priority_weight": fields.number("priority_weight"),
            "weight_rule": fields.text("weight_rule"),
            "depends_on_past": fields.flag("depends_on_past"),
            "wait_for_downstream": fields.flag("wait_for_downstream"),
            "max_active_tis_per_dagrun": fields.number("max_active_tis_per_dagrun"),
        }
    )


def _backoff(fields: Fields) -> bool | None:
    """Yes or no; Airflow also takes a factor, which is 2 here."""
    item = fields.take("retry_exponential_backoff")
    if item is None or isinstance(item.value, bool):
        return None if item is None else bool(item.value)
    if isinstance(item.value, int | float):
        if item.value not in (0, 2):
            why = "The wait doubles with each try."
            fields.notes.changed(item.where, "retry_exponential_backoff", why)
        return item.value != 0
    return fields.flag("retry_exponential_backoff")


def _length(fields: Fields, name: str) -> str | None:
    """The option, or what dag-factory called it before 1.0 (since then it ignores that)."""
    found = fields.duration(name)
    if found is not None or fields.take(_LEGACY[name]) is None:
        return found
    message = f"dag-factory since 1.0 ignores this; here it counts, as {name}."
    fields.notes.changed(fields.where(_LEGACY[name]), _LEGACY[name], message)
    return fields.duration(_LEGACY[name])


def tell_leftovers(fields: Fields, otherwise: str | None) -> None:
    """Say of each key that nobody took why it stays behind.

    `otherwise` is said where nothing else is known; without it, such a key needs no one.
    """
    for name, item in fields.left():
        kind = name.removesuffix("_name").removesuffix("_file")
        if name in NEEDLESS or (item.value is False and name in ("do_xcom_push", "email")):
            why = NEEDLESS.get(name, REASONS.get(name, ""))
            fields.notes.needless(item.where, name, why)
        elif (reason := REASONS.get(name) or REASONS.get(kind) or otherwise) is not None:
            fields.notes.left_out(item.where, name, reason)
        else:
            fields.notes.needless(item.where, name, "No task of this DAG takes it.")
