"""What the shape of a policy cannot say: parts that contradict each other, or leave a gap."""

from __future__ import annotations

from collections.abc import Iterator

from airdesk_render.document import Path
from airdesk_render.policy.approvals import faults_of_approvals
from airdesk_render.policy.model import Policy
from airdesk_render.policy.parts import Rules
from airdesk_render.policy.templates import merged
from airdesk_render.policy.values import Amount, Time, seconds

Fault = tuple[Path, str]
_NEEDED = ("retries", "retry_delay", "execution_timeout")


def faults_of(policy: Policy) -> list[Fault]:
    """Every contradiction with its place, in the order of the file's parts."""
    return [
        *_gaps(policy),
        *_queues(policy),
        *_contradictions(policy),
        *_names(policy),
        *(
            (("approvals", *path), message)
            for path, message in faults_of_approvals(policy.approvals)
        ),
    ]


def _gaps(policy: Policy) -> Iterator[Fault]:
    for part in Rules.model_fields:
        if part not in policy.rules.model_fields_set:
            yield ("rules",), f"rules lacks {part!r}. Say it for everybody; teams may differ."
    for name in _NEEDED:
        option = getattr(policy.rules.tasks, name)
        if option.default is None and option.force is None:
            yield ("rules", "tasks", name), f"{name!r} needs a default: every task has one."
    if not any("{data_class}" in tag for tag in policy.tags):
        yield (
            ("tags",),
            "One tag must hold {data_class}: Airflow's policies know the data class from there.",
        )


def _queues(policy: Policy) -> Iterator[Fault]:
    queues = policy.queues
    for data_class in queues.data_class:
        if data_class not in policy.data_classes:
            yield (
                ("queues", "data_class", data_class),
                f"The platform takes no {data_class!r} data.",
            )
    if "pii" not in policy.data_classes:
        return
    if (sensitive := queues.data_class.get("pii")) is None:
        yield ("queues", "data_class"), "pii needs a queue of its own, which nothing overrides."
    elif sensitive in (queues.default, *queues.workload.values(), *queues.operator.values()):
        yield (
            ("queues", "data_class", "pii"),
            f"{sensitive!r} is also the queue of other tasks. Data about people needs its own.",
        )


def _contradictions(policy: Policy) -> Iterator[Fault]:
    plain = policy.rules.model_dump(exclude_unset=True)
    yield from _of_rules(policy.rules, ("rules",))
    for pattern, other in policy.teams.items():
        both = Rules.model_validate(merged(plain, other.model_dump(exclude_unset=True)))
        for path, message in _of_rules(both, ("teams", pattern)):
            if _is_said(other, path[2:]):
                yield path, message


def _of_rules(rules: Rules, path: Path) -> Iterator[Fault]:
    for part in ("tasks", "dags"):
        for name, option in getattr(rules, part):
            if not isinstance(option, Amount | Time):
                continue
            values = [
                seconds(value) if isinstance(value, str) else value
                for value in (option.least, option.default, option.most)
            ]
            given = [value for value in values if value is not None]
            if given != sorted(given):
                message = f"least, default and most of {name!r} contradict each other."
                yield (*path, part, name), message


def _is_said(rules: Rules, path: Path) -> bool:
    """Whether a team's own rules speak of this option at all."""
    part, name = (str(one) for one in path)
    return part in rules.model_fields_set and name in getattr(rules, part).model_fields_set


def _names(policy: Policy) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, one in enumerate(policy.exceptions):
        if one.name in seen:
            yield ("exceptions", index, "name"), f"There are two exceptions named {one.name!r}."
        seen.add(one.name)
    for name, sentence in policy.forbidden_options.items():
        if not sentence.endswith("."):
            yield ("forbidden_options", name), "Write a whole sentence, with a full stop."
