"""Are loaded DAGs what policy wants? One verdict per file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from airdesk_render.loading import Loaded, LoadedDag, LoadedTask
from airdesk_render.names import Team, dag_name_of
from airdesk_render.policy import Policy

_CODE_OPERATORS = frozenset(("BashOperator", "PythonOperator"))


@dataclass(frozen=True)
class Verdict:
    """What is to be said about one rendered file."""

    file: str
    dag: LoadedDag | None
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def judge(loaded: Loaded, folder: Path, policy: Policy) -> list[Verdict]:
    """A verdict for every Python file of the folder, sorted by path."""
    by_file: dict[str, list[LoadedDag]] = {}
    for dag in loaded.dags:
        by_file.setdefault(dag.file, []).append(dag)
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}
    verdicts = []
    for file in sorted(files | set(by_file) | set(loaded.import_errors)):
        dags = by_file.get(file, [])
        problems: list[str] = []
        if file in loaded.import_errors:
            problems.append(f"Airflow cannot import it: {loaded.import_errors[file].strip()}")
        elif len(dags) != 1:
            problems.append(f"It defines {len(dags)} DAGs, not one.")
        for dag in dags:
            problems += _problems(dag, policy)
        verdicts.append(Verdict(file, dags[0] if dags else None, tuple(problems)))
    return verdicts


def _problems(dag: LoadedDag, policy: Policy) -> list[str]:
    problems = list(dag.problems)
    try:
        team = Team(Path(dag.file).parts[0])
    except ValueError as error:
        return [*problems, f"It lies in no team's folder: {error}"]
    expected_id = team.dag_id(Path(dag.file).stem)
    if dag.dag_id != expected_id:
        problems.append(f"Its dag_id is {dag.dag_id!r}, not {expected_id!r}.")
    wanted = policy.access_control_of(team)
    given = {
        role: {resource: list(actions) for resource, actions in rights.items()}
        for role, rights in dag.access_control.items()
    }
    if given != wanted:
        problems.append("Its access_control is not the one of policy.")
    for task in dag.tasks:
        problems += _task_problems(task, team, policy)
    return problems


def _task_problems(task: LoadedTask, team: Team, policy: Policy) -> list[str]:
    problems = []
    if task.owner != policy.owner_of(team):
        problems.append(f"Task {task.task_id!r} belongs to {task.owner!r}.")
    queue = policy.queue_of_kind(team, "code" if task.operator in _CODE_OPERATORS else "managed")
    if task.queue != queue:
        problems.append(f"Task {task.task_id!r} runs on queue {task.queue!r}, not {queue!r}.")
    if task.retries > policy.retries.limit:
        problems.append(f"Task {task.task_id!r} is tried again {task.retries} times.")
    return problems


def text_of(verdicts: list[Verdict]) -> str:
    """For the log: each DAG with its tasks, and what is wrong."""
    lines = []
    for verdict in verdicts:
        dag = verdict.dag
        mark = "ok  " if verdict.ok else "FAIL"
        name = f"{dag_name_of(dag.dag_id)}, {dag.schedule}" if dag else "no DAG"
        lines.append(f"{mark} {verdict.file} ({name})")
        for task in dag.tasks if dag else ():
            after = f" after {', '.join(task.upstream)}" if task.upstream else ""
            lines.append(f"       {task.task_id}: {task.operator} on {task.queue}{after}")
        lines += [f"     ! {line}" for text in verdict.problems for line in text.splitlines()]
    bad = sum(not verdict.ok for verdict in verdicts)
    lines.append(f"{len(verdicts)} file(s), {bad} with problems." if verdicts else "No DAGs here.")
    return "\n".join(lines)


def junit_report(verdicts: list[Verdict]) -> str:
    """JUnit XML as GitLab reads it."""
    failed = sum(not verdict.ok for verdict in verdicts)
    suite = ElementTree.Element(
        "testsuite", name="airdesk-render test", tests=str(len(verdicts)), failures=str(failed)
    )
    for verdict in verdicts:
        name = verdict.dag.dag_id if verdict.dag else verdict.file
        case = ElementTree.SubElement(
            suite, "testcase", classname="airflow", name=name, file=verdict.file
        )
        if not verdict.ok:
            failure = ElementTree.SubElement(case, "failure", message=verdict.problems[0][:200])
            failure.text = "".join(
                character if character.isprintable() or character == "\n" else " "
                for character in "\n".join(verdict.problems)
            )
    root = ElementTree.Element("testsuites")
    root.append(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"
