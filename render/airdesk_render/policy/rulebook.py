"""Every rule by its code: why there is one, how grave it is, whether anything lifts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from airdesk_render.policy.airflow_rules import AIRFLOW_RULES
from airdesk_render.policy.rule import Rule

_USE: Final = (
    Rule(
        "operator-not-allowed",
        "What a team may run is decided per operator, since each reaches other systems.",
        "Use another operator, or ask the platform team to allow this one for your team.",
        "rules.use.operators",
    ),
    Rule(
        "connection-not-allowed",
        "A team may have connections that not every DAG shall use.",
        "Use another connection of your team, or ask the platform team.",
        "rules.use.connections",
    ),
    Rule(
        "queue-not-allowed",
        "A queue is a set of machines with their own rights, so policy chooses it.",
        "Leave `queue` out. Where your team has a choice, the finding lists it.",
        "rules.use.queues, rules.use.code_queues",
    ),
    Rule(
        "queue-forced",
        "Data about people is worked on by the sensitive workers alone, and nothing overrides it.",
        "Leave `queue` out. If the data is not about people, `data_class` is what to change.",
        "queues.data_class",
        liftable=False,
    ),
    Rule(
        "pool-not-allowed",
        "A pool protects a system from too many tasks at once, and belongs to whom it protects.",
        "Leave `pool` out, or use one that the finding lists.",
        "rules.use.pools",
    ),
    Rule(
        "executor-not-allowed",
        "The executor decides on which machines and as whom a task runs.",
        "Leave `executor` out.",
        "rules.use.executors",
    ),
    Rule(
        "image-not-allowed",
        "A container image is code; it comes from where it was looked at, with a fixed version.",
        "Use an image from an allowed place, with a tag that is not `latest`.",
        "rules.use.images",
    ),
    Rule(
        "data-class",
        "The platform takes only data that it has the machines and the leave for.",
        "Choose one of the data classes that the finding lists.",
        "data_classes",
        liftable=False,
    ),
)
_TASKS: Final = (
    Rule(
        "too-many-retries",
        "What fails many times fails for a reason that another try does not mend.",
        "Try fewer times, with a longer `retry_delay`.",
        "rules.tasks.retries",
    ),
    Rule(
        "retry-delay",
        "Tries that follow at once hammer a system that is down; long waits surprise people.",
        "Choose a wait within the limits.",
        "rules.tasks.retry_delay, rules.tasks.max_retry_delay",
    ),
    Rule(
        "task-timeout",
        "A task that hangs holds a worker's slot from everybody else.",
        "Choose a shorter `execution_timeout`, or split the task.",
        "rules.tasks.execution_timeout",
    ),
    Rule(
        "too-many-slots",
        "A task that takes many slots keeps others out of the pool.",
        "Take fewer `pool_slots`.",
        "rules.tasks.pool_slots",
    ),
    Rule(
        "priority-too-high",
        "Where everybody is first, nobody is.",
        "Choose a smaller `priority_weight`.",
        "rules.tasks.priority_weight",
    ),
    Rule(
        "too-many-active-tasks",
        "A DAG that fills all slots keeps other teams waiting.",
        "Let fewer tasks run at a time.",
        "rules.dags.max_active_tasks, rules.tasks.max_active_tis_per_dagrun",
    ),
    Rule(
        "value-not-allowed",
        "Some of Airflow's choices are not supported on this platform.",
        "Choose one of the values that the finding lists.",
        "rules.tasks",
    ),
    Rule(
        "forced-value",
        "The platform sets this option for every DAG, so that all behave alike.",
        "Leave the option out.",
        "rules.tasks, rules.dags",
    ),
    Rule(
        "forbidden-option",
        "The platform sets this itself, or it would undo what keeps credentials in.",
        "Leave it out; the finding says who sets it, or what to use.",
        "forbidden_options",
    ),
)
_DAGS: Final = (
    Rule(
        "too-many-tasks",
        "A DAG of very many tasks cannot be read, and slows the scheduler for all.",
        "Split the DAG; an asset or `trigger_dag` joins the parts.",
        "rules.dags.most_tasks",
    ),
    Rule(
        "too-many-mapped",
        "Each value that a task is mapped over is a task of its own for the scheduler.",
        "Map over fewer values, or let one task work through several.",
        "rules.dags.most_mapped",
    ),
    Rule(
        "too-many-active-runs",
        "Runs side by side multiply the load on what they read and write.",
        "Choose a smaller `max_active_runs`.",
        "rules.dags.max_active_runs",
    ),
    Rule(
        "run-timeout",
        "A run that never ends blocks those after it.",
        "Choose a shorter `dagrun_timeout`.",
        "rules.dags.dagrun_timeout",
    ),
    Rule(
        "catchup-not-allowed",
        "Making up for missed runs starts them all at once, from start_date on.",
        "Leave `catchup` out, begin later, or run less often.",
        "rules.dags.catchup",
        airflow=False,
    ),
    Rule(
        "too-often",
        "Runs that follow each other closely load the scheduler and their sources.",
        "Run less often, or let an asset start the run when there is something to do.",
        "rules.dags.shortest_interval",
    ),
    Rule(
        "outside-hours",
        "At some hours the platform, or what it reads from, belongs to others.",
        "Choose a time within the hours that the finding lists.",
        "rules.dags.hours",
    ),
)
_NAMES: Final = (
    Rule(
        "dag-naming",
        "Names that follow one pattern are found, and sorted, by everybody.",
        "Rename the DAG as the finding says.",
        "rules.naming.dag_id",
        airflow=False,
    ),
    Rule(
        "task-naming",
        "Names that follow one pattern are found, and sorted, by everybody.",
        "Rename the task as the finding says.",
        "rules.naming.task_id",
        airflow=False,
    ),
    Rule(
        "tag-not-allowed",
        "Tags are a list to choose from, or each DAG has its own.",
        "Use a tag from the list.",
        "rules.naming.tags",
        airflow=False,
    ),
    Rule(
        "tag-missing",
        "Reports by tag need one of these on every DAG.",
        "Add a tag as the finding says.",
        "rules.naming.tags_required",
        airflow=False,
    ),
    Rule(
        "tag-reserved",
        "The platform tells a DAG's data class by its tag, so authors may not write another's.",
        "Remove the tag. The data class is set by `data_class`.",
        "tags",
        liftable=False,
    ),
)
_EXCEPTIONS: Final = (
    Rule(
        "exception-in-effect",
        "Somebody answers for this exception until a day, and reviewers shall see it.",
        "Nothing; it stops no change.",
        "exceptions",
        severity="info",
        liftable=False,
        airflow=False,
    ),
    Rule(
        "exception-expired",
        "An exception counts until its day; after it the rule counts again.",
        "Ask the exception's owner to renew it, or follow the rule.",
        "exceptions",
        severity="warning",
        liftable=False,
        airflow=False,
    ),
)
RULES: Final[Mapping[str, Rule]] = {
    rule.code: rule
    for part in (_USE, _TASKS, _DAGS, _NAMES, _EXCEPTIONS, AIRFLOW_RULES)
    for rule in part
}
"""All rules by code, in the order of the docs."""

LIMIT_CODES: Final[Mapping[str, str]] = {
    "dagrun_timeout": "run-timeout",
    "execution_timeout": "task-timeout",
    "max_active_runs": "too-many-active-runs",
    "max_active_tasks": "too-many-active-tasks",
    "max_active_tis_per_dagrun": "too-many-active-tasks",
    "max_retry_delay": "retry-delay",
    "pool_slots": "too-many-slots",
    "priority_weight": "priority-too-high",
    "retries": "too-many-retries",
    "retry_delay": "retry-delay",
}
"""Option with a limit to the code of the rule that keeps it."""

COUNTED: Final = frozenset((*LIMIT_CODES.values(), "too-many-tasks", "too-many-mapped"))
"""Rules with an upper limit, which an exception may move instead of lifting it."""
