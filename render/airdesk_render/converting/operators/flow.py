"""Empty tasks, other DAGs, people, and all that waits."""

from __future__ import annotations

import re

from airdesk_render.converting.items import Item, Plain, plain
from airdesk_render.converting.operators.job import Job, Task
from airdesk_render.converting.values import slug

_TIME = re.compile(r"(?P<time>(?:[01]?[0-9]|2[0-3]):[0-5][0-9])(?::00)?")


def empty(job: Job) -> Task:
    return job.made("empty@1")


def trigger(job: Job) -> Task | None:
    item = job.fields.take("trigger_dag_id")
    if item is None or item.text is None:
        return None
    waits = job.fields.flag("wait_for_completion")
    conf = job.plain_values("conf")
    if conf:
        message = "The other DAG gets these as params; it must declare them."
        job.world.notes.changed(job.fields.where("conf"), "conf", message)
    why = "Each run gets an id and a date of its own, and none is reset."
    job.refuse(why, "logical_date", "execution_date", "trigger_run_id", "reset_dag_run")
    job.refuse("The task fails if the other run fails.", "allowed_states", "failed_states")
    job.ignore("deferrable", "skip_when_already_exists", "fail_when_dag_is_paused")
    if not waits:
        job.ignore("poke_interval")
    return job.made(
        "trigger_dag@1",
        dag=_dag(job, item),
        params=conf,
        wait=True if waits else None,
        poke_interval=job.seconds("poke_interval") if waits else None,
    )


def _dag(job: Job, item: Item) -> str:
    """The other DAG's name here; one that is not converted at the same time is told."""
    text = item.text or ""
    if (known := job.world.dag_names.get(text)) is not None:
        return known
    name = slug(text, 100)
    message = (
        f"The DAG {text} is not among these files; it is taken to be {name} of the same team. "
        "To follow a DAG of another team, schedule on one of its assets."
    )
    job.world.notes.changed(item.where, "dag", message)
    return name


def approval(job: Job) -> Task:
    defaults = job.fields.data("defaults")
    rejects = defaults in ("Reject", ["Reject"])
    users = job.fields.data("assigned_users")
    named = [one.get("name") if isinstance(one, dict) else one for one in _list(users)]
    job.ignore("options", "multiple", "params", "notifiers", "ignore_downstream_trigger_rules")
    return job.made(
        "approval@1",
        subject=job.fields.text("subject"),
        body=job.fields.text("body"),
        approvers=[str(one) for one in named],
        timeout=job.seconds("response_timeout") or job.seconds("execution_timeout"),
        on_timeout="reject" if rejects else None,
        on_reject="fail" if job.fields.flag("fail_on_reject") else None,
    )


def _list(value: Plain) -> list[Plain]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def waiting(job: Job, *, deferrable: bool = False) -> dict[str, Plain]:
    """What all sensors have."""
    job.ignore("mode", why="Sensors give their slot back between two looks.")
    job.ignore("exponential_backoff", "max_wait", "silent_fail", "never_fail")
    defers = job.fields.flag("deferrable")
    return {
        "poke_interval": job.seconds("poke_interval"),
        "timeout": job.seconds("timeout"),
        "soft_fail": job.fields.flag("soft_fail") or None,
        "deferrable": True if defers and deferrable else None,
    }


def dag(job: Job) -> Task | None:
    """ExternalTaskSensor."""
    item = job.fields.take("external_dag_id")
    if item is None or item.text is None:
        return None
    why = "No function says which run; the one of the same logical date is waited for, or offset."
    job.refuse(why, "execution_date_fn", "execution_date_fn_name", "execution_date_fn_file")
    job.refuse("Name one task of the group, or the whole DAG.", "external_task_group_id")
    why = "It waits for success and fails if that fails."
    job.refuse(why, "allowed_states", "failed_states", "skipped_states")
    job.ignore("check_existence", "poll_interval")
    return job.made(
        "wait_for_dag@1",
        dag=_dag(job, item),
        task=_external_task(job),
        offset=job.seconds("execution_delta") or job.seconds("execution_delta_secs"),
        **waiting(job, deferrable=False),
    )


def _external_task(job: Job) -> str | None:
    single, several = job.fields.take("external_task_id"), job.fields.take("external_task_ids")
    if single is not None and single.text:
        return ".".join(slug(part) for part in single.text.split("."))
    if several is None:
        return None
    if len(several.items) == 1 and several.items[0].text:
        return ".".join(slug(part) for part in several.items[0].text.split("."))
    job.left(several, "external_task_ids", "It waits for one task, or for the whole DAG.")
    return None


def delta(job: Job) -> Task:
    length = job.seconds("delta")
    return job.made("wait@1", duration=length, **waiting(job, deferrable=True))


def time(job: Job) -> Task | None:
    """TimeSensor at a time of day; a moment (DateTimeSensor) has no equal."""
    item = job.fields.take("target_time")
    text = _time_of_day(plain(item)) if item is not None else None
    if text is None:
        return None
    return job.made("wait_until@1", time=text, **waiting(job, deferrable=True))


def _time_of_day(value: Plain) -> str | None:
    """`07:30`; YAML reads that without quotes as minutes, and 07:30:00 as seconds."""
    if isinstance(value, str):
        found = _TIME.fullmatch(value.strip())
        return found["time"].zfill(5) if found is not None else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    minutes = value if value < 1440 else value // 60
    return f"{minutes // 60:02}:{minutes % 60:02}" if minutes < 1440 else None


def file(job: Job) -> Task | None:
    path = job.fields.text("filepath")
    connection = job.connection("fs_conn_id", default="fs_default")
    recursive = job.fields.flag("recursive")
    if path is None:
        return None
    if path.startswith("/"):
        message = "The path is below the folder that the connection names; cut it to that."
        job.world.notes.changed(job.fields.where("filepath"), "filepath", message)
    return job.made(
        "wait_for_file@1",
        connection=connection,
        path=path.lstrip("/"),
        recursive=recursive or None,
        **waiting(job),
    )
