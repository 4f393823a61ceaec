"""One verdict for each file that Airflow parsed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from airdesk_render.loading import Loaded, LoadedDag, LoadedFile, LoadedTask
from airdesk_render.names import Team
from airdesk_render.policy import Policy
from airdesk_render.sql import GENERIC, sql_problems
from airdesk_render.sql.dialects import dialect_of, dialect_of_operator
from airdesk_render.verdicts.faults import Fault, Verdict
from airdesk_render.verdicts.import_errors import faults_of


def judge(
    loaded: Loaded, policy: Policy, dialects: Mapping[str, str] | None = None
) -> list[Verdict]:
    """A verdict for every file, sorted by path; `dialects` maps connections to their SQL."""
    files_of: dict[str, set[str]] = defaultdict(set)
    for dag in loaded.dags:
        files_of[dag.dag_id].add(dag.file)
    return [
        Verdict(file.file, file.dags, tuple(_faults(file, files_of, policy, dialects or {})))
        for file in loaded.files
    ]


def _faults(
    file: LoadedFile,
    files_of: Mapping[str, set[str]],
    policy: Policy,
    dialects: Mapping[str, str],
) -> Iterator[Fault]:
    if file.error is not None:
        yield from faults_of(file.error, file.file)
    elif not file.dags:
        yield Fault("dag-count", "It defines no DAG.")
    elif len(file.dags) > 1:
        names = ", ".join(dag.dag_id for dag in file.dags)
        yield Fault("dag-count", f"It defines {len(file.dags)} DAGs, not one: {names}.")
    for dag in file.dags:
        others = sorted(files_of[dag.dag_id] - {file.file})
        if others:
            message = f"{dag.dag_id} is also defined by {', '.join(others)}; Airflow takes either."
            yield Fault("duplicate-dag", message, dag.dag_id)
        yield from (Fault("not-storable", problem, dag.dag_id) for problem in dag.problems)
        yield from _place(dag, policy)
        for task in dag.tasks:
            yield from _task(dag, task, dialects)


def _place(dag: LoadedDag, policy: Policy) -> Iterator[Fault]:
    """Folder, id, rights and owner agree."""
    path = PurePosixPath(dag.file)
    try:
        team = Team(path.parts[0])
    except ValueError as error:
        yield Fault("dag-place", f"It lies in no team's folder: {error}", dag.dag_id)
        return
    expected = team.dag_id(path.stem)
    if dag.dag_id != expected:
        yield Fault("dag-place", f"Its dag_id is {dag.dag_id!r}, not {expected!r}.", dag.dag_id)
    given = {
        role: {resource: list(actions) for resource, actions in rights.items()}
        for role, rights in dag.access_control.items()
    }
    if given != policy.access_control_of(team):
        yield Fault("dag-rights", "Its access_control is not the one of policy.", dag.dag_id)
    owner = policy.owner_of(team)
    for task in dag.tasks:
        if task.owner != owner:
            message = f"It belongs to {task.owner!r}, not to {owner!r}."
            yield Fault("dag-rights", message, dag.dag_id, task.task_id)


def _task(dag: LoadedDag, task: LoadedTask, dialects: Mapping[str, str]) -> Iterator[Fault]:
    for problem in task.problems:
        message = f"Its template cannot be filled in: {problem.message}."
        yield Fault("template-error", message, dag.dag_id, task.task_id, problem.field)
    for one in task.sql:
        known = dialect_of(one.connection, dialects)
        own = dialect_of_operator(task.operator_class)
        dialect = own if own is not None and known == GENERIC else known
        for found in sql_problems(one.sql, dialect=dialect, writes=True, several=True):
            place = f"line {found.line}, column {found.column} after templates: "
            message = place + found.message
            yield Fault(found.code, message, dag.dag_id, task.task_id, one.field)
