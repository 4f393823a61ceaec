"""What a rendered file shall say: the DAG and its tasks as data, before any source is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from airdesk_render.dependencies import Dependencies
from airdesk_render.expressions import Code, Invoke, Method
from airdesk_render.helpers import IMPORTS, SOURCES
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.operators.base import Rendering, shared_name
from airdesk_render.policy import Policy
from airdesk_render.rendering.body import Body
from airdesk_render.rendering.dag import dag_call
from airdesk_render.rendering.imports import Import, Imports
from airdesk_render.rendering.literals import block_literal, is_name
from airdesk_render.rendering.naming import Names
from airdesk_render.rendering.statements import Inside, Let, Statement
from airdesk_render.rendering.tasks import Made, made


@dataclass(frozen=True)
class Origin:
    """Where a rendered file comes from.

    Attributes:
        source_digest: SHA-256 (hex) over the manifest and all files it draws on.
        folder: path beside the file that holds its SQL and scripts; `None` if it has none.
    """

    manifest_path: str
    source_digest: str
    catalogue_version: str
    policy_version: str
    folder: str | None


@dataclass(frozen=True)
class Plan:
    """All that a file says, in the order in which it says it.

    Attributes:
        constants: texts of several lines by name.
        helpers: names of the functions the file carries with it (`helpers.py`).
        shared: variable to the file of the shared operator repository that it is, in `folder`.
    """

    header: tuple[str, ...]
    imports: tuple[Import, ...]
    folder: str | None
    constants: Mapping[str, str]
    helpers: tuple[str, ...]
    shared: Mapping[str, str]
    dag: Invoke
    body: tuple[Statement, ...]


def plan_of(manifest: Manifest, *, team: Team, policy: Policy, origin: Origin) -> Plan:
    """What the file of a manifest shall say.

    Raises:
        ValueError: an operator of the catalogue cannot be written down; the text says why.
    """
    links = Dependencies(manifest.tree)
    calls = {
        task_id: made(task, _rendering(team, manifest.data_class, links, task_id))
        for task_id, task in manifest.tree.tasks.items()
    }
    spoken = _Spoken(calls)
    variables = spoken.names.take_all(manifest.tree.nodes)
    settings = policy.dag_settings(team, manifest)
    filters = {name: of for one in calls.values() for name, of in one.call.filters.items()}
    dag = dag_call(manifest, team, settings, filters)
    body = Body(manifest, team, policy, settings.usual, links, calls, spoken.classes, variables)
    statements = body.statements()
    spoken.imports.known((dag, *_values(statements)))
    if origin.folder is not None:
        spoken.imports.name("pathlib", "Path")
    lifting = _Lifting()
    return Plan(
        header=_header(manifest, team, origin),
        imports=spoken.imports.sorted(),
        folder=origin.folder,
        dag=lifting.call(dag, ""),
        body=lifting.all(statements),
        constants=lifting.constants,
        helpers=spoken.helpers,
        shared=spoken.shared,
    )


def _header(manifest: Manifest, team: Team, origin: Origin) -> tuple[str, ...]:
    return (
        f"{team.dag_id(manifest.dag_id)}, rendered by Airdesk. Change its manifest instead.",
        f"Manifest:  {team.repository}/{origin.manifest_path}",
        f"Source:    {origin.source_digest[:16]}",
        f"Catalogue: {origin.catalogue_version}",
        f"Policy:    {origin.policy_version}",
    )


def _rendering(team: Team, data_class: str, links: Dependencies, task_id: str) -> Rendering:
    group = task_id.rpartition(".")[0]
    return Rendering(
        team,
        data_class,
        task_id=lambda name: links.resolve(name, group),
        first_tasks=lambda name: links.first(links.resolve(name, group)),
    )


class _Spoken:
    """The names that the calls of a DAG bring into its file.

    Attributes:
        helpers, shared: as in `Plan`. classes: full task id to what its class is called.
    """

    def __init__(self, calls: Mapping[str, Made]) -> None:
        helpers = {helper for one in calls.values() for helper in one.call.helpers}
        loaded = {
            one.call.shared for one in calls.values() if one.call.shared and not one.call.module
        }
        if loaded:
            helpers.add("load_shared")
        self.helpers = tuple(sorted(helpers))
        self.imports = Imports(SOURCES)
        for helper in self.helpers:
            for line in IMPORTS[helper]:
                self.imports.line(line)
        plain = {
            task_id: self.imports.name(one.call.module, one.call.name)
            for task_id, one in calls.items()
            if one.call.module
        }
        self.names = Names((*self.imports.names, *_MODULES))
        modules = {
            file: self.names.take(file.rpartition("/")[2].partition(".")[0])
            for file in sorted(loaded)
        }
        self.shared = {name: shared_name(file) for file, name in modules.items()}
        self.classes = plain | {
            task_id: f"{modules[one.call.shared]}.{_checked(one.call.name)}"
            for task_id, one in calls.items()
            if one.call.shared is not None and not one.call.module
        }


_MODULES = ("pendulum", "timedelta")
"""Names that `Imports.known` may import after the variables have got theirs."""


def _checked(name: str) -> str:
    if not is_name(name):
        raise ValueError(f"{name!r} is not the name of a class.")
    return name


def _values(statements: Iterable[Statement]) -> Iterator[object]:
    for one in statements:
        if isinstance(one, Let):
            yield one.value
        elif isinstance(one, Inside):
            yield one.call
            yield from _values(one.body)


class _Lifting:
    """Makes constants of texts that read better over several lines."""

    def __init__(self) -> None:
        self.constants: dict[str, str] = {}

    def all(self, statements: Iterable[Statement]) -> tuple[Statement, ...]:
        return tuple(map(self._statement, statements))

    def _statement(self, one: Statement) -> Statement:
        if isinstance(one, Inside):
            return replace(one, body=self.all(one.body))
        if not isinstance(one, Let):
            return one
        value, prefix = one.value, f"{one.name}_"
        if isinstance(value, Method):
            return Let(one.name, replace(value, of=self.call(value.of, prefix)))
        return Let(one.name, self.call(value, prefix))

    def call(self, call: Invoke, prefix: str) -> Invoke:
        named = {
            name: self._lift(f"{prefix}{name}".upper(), value) for name, value in call.named.items()
        }
        return Invoke(call.function, call.positional, named)

    def _lift(self, name: str, value: object) -> object:
        if not isinstance(value, str) or name in self.constants or block_literal(value) is None:
            return value
        self.constants[name] = value
        return Code(name)
