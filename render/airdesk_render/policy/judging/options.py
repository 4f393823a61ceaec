"""Options of tasks and DAGs: forced, limited, or left out of the language."""

from __future__ import annotations

from airdesk_render.document import Path
from airdesk_render.policy.facts import TaskFacts
from airdesk_render.policy.globs import matches
from airdesk_render.policy.judging.case import Case
from airdesk_render.policy.rulebook import LIMIT_CODES
from airdesk_render.policy.values import Amount, Choice, Flag, Time, seconds
from airdesk_render.words.texts import listed, seconds_in_words


def judge_options(case: Case) -> None:
    shared = (case.dag.shared,) if case.dag.shared is not None else ()
    for task in (*shared, *case.dag.tasks):
        for option, value in task.options.items():
            rule = getattr(case.rules.tasks, option, None)
            if rule is not None:
                _judge(case, option, rule, value, task.at(option), task)
        _forbidden(case, task)
    for option, value in case.dag.options.items():
        rule = getattr(case.rules.dags, option, None)
        if isinstance(rule, Amount | Time):
            _judge(case, option, rule, value, (option,), None)
    for name, path in case.dag.fields.items():
        if (sentence := case.policy.forbidden_options.get(name)) is not None:
            _refuse(case, name, sentence, path, None)


def _judge(
    case: Case,
    option: str,
    rule: Amount | Time | Flag | Choice,
    value: object,
    path: Path,
    task: TaskFacts | None,
) -> None:
    forced = seconds(rule.force) if isinstance(rule, Time) else rule.force
    if forced is not None:
        if value != forced:
            words = _in_words(rule, forced)
            case.breaks(
                "forced-value",
                f"{option!r} is {words} for every DAG here. Leave it out.",
                path,
                task=task,
                suggestion=words,
            )
    elif isinstance(rule, Choice):
        if rule.allow is not None and value not in rule.allow:
            case.breaks(
                "value-not-allowed",
                f"{option!r} may be {listed(rule.allow, 'or')} here.",
                path,
                task=task,
            )
    elif isinstance(rule, Amount | Time) and isinstance(value, int):
        _limits(case, option, rule, value, path, task)


def _limits(
    case: Case, option: str, rule: Amount | Time, value: int, path: Path, task: TaskFacts | None
) -> None:
    timed = isinstance(rule, Time)
    most = seconds(rule.most) if isinstance(rule, Time) else rule.most
    least = seconds(rule.least) if isinstance(rule, Time) else rule.least
    if most is not None and value > most:
        case.breaks(
            LIMIT_CODES[option],
            f"{option!r} is {_size(value, timed)}; policy allows at most {_size(most, timed)}.",
            path,
            task=task,
            amount=value,
        )
    if least is not None and value < least:
        case.breaks(
            LIMIT_CODES[option],
            f"{option!r} is {_size(value, timed)}; policy wants at least {_size(least, timed)}.",
            path,
            task=task,
        )


def _size(value: int, timed: bool) -> str:
    return seconds_in_words(value) if timed and value else str(value)


def _in_words(rule: Amount | Time | Flag | Choice, value: object) -> str:
    if isinstance(rule, Time):
        return str(rule.force)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _forbidden(case: Case, task: TaskFacts) -> None:
    plain, of_operators = case.policy.forbidden_options, case.policy.forbidden_of_operators
    for name in sorted(task.fields & (plain.keys() | of_operators.keys())):
        sentences = [plain[name]] if name in plain else []
        for pattern, sentence in of_operators.get(name, {}).items():
            if any(matches(pattern, sort.operator) for sort in task.sorts):
                sentences.append(sentence)
        if sentences:
            _refuse(case, name, sentences[0], task.at(name), task)


def _refuse(case: Case, name: str, sentence: str, path: Path, task: TaskFacts | None) -> None:
    case.breaks(
        "forbidden-option",
        f"{name!r} is not yours to set. {sentence}",
        path,
        task=task,
        of_key=True,
    )
