"""What a DAG will do, laid flat: the effective values after defaults and policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from airdesk_render.behaviour.task_facts import Around, TaskFacts, full_asset, task_facts
from airdesk_render.catalogue import Catalogue
from airdesk_render.dependencies import Dependencies
from airdesk_render.language.base import seconds_of
from airdesk_render.language.group import Placed, TaskGroup
from airdesk_render.language.params import Param
from airdesk_render.language.schedule import AssetSet, Schedule
from airdesk_render.language.task import FromTask
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.operators.base import ManagedOperator, shared_name
from airdesk_render.policy import DagSettings, Policy
from airdesk_render.words import deadline_in_words, seconds_in_words
from airdesk_render.words.cron import canonical_cron


@dataclass(frozen=True)
class DagFacts:
    """What a DAG will do.

    Attributes:
        head: fields of the DAG. rhythm: what its schedule means, whatever way it is written.
        groups: full id to what is said about it.
        upstream: full id of a task or group to those it waits for.
        files: texts that travel with it by name, relative to the manifest.
        listens: full names of assets in its schedule.
        catalogue: version of the operators by which it is rendered.
    """

    dag_id: str
    head: Mapping[str, JsonValue]
    schedule: Schedule | None
    rhythm: JsonValue
    params: Mapping[str, Mapping[str, JsonValue]]
    groups: Mapping[str, Mapping[str, JsonValue]]
    tasks: Mapping[str, TaskFacts]
    upstream: Mapping[str, frozenset[str]]
    files: Mapping[str, str]
    listens: tuple[str, ...]
    catalogue: str

    def tasks_about(self, subject: str) -> tuple[TaskFacts, ...]:
        """The task of that id, the tasks that use a file of that name; all for anything else."""
        if subject in self.tasks:
            return (self.tasks[subject],)
        users = tuple(task for task in self.tasks.values() if subject in task.files)
        return users or tuple(self.tasks.values())

    @property
    def outlets(self) -> frozenset[str]:
        return frozenset(name for task in self.tasks.values() for name in task.outlets)


def facts_of(
    manifest: Manifest,
    *,
    manifest_path: str,
    team: Team,
    policy: Policy,
    files: Mapping[str, str],
    catalogue: Catalogue,
) -> DagFacts:
    """The facts of a manifest that was found right."""
    settings = policy.dag_settings(team, manifest)
    schedule = manifest.schedule
    if schedule is not None:
        schedule = schedule.model_copy(update={"catchup": settings.catchup})
    texts = dict(_files(manifest, manifest_path, files, catalogue))
    nodes = manifest.tree.nodes
    around = Around(manifest, team, policy, Dependencies(manifest.tree), texts)
    return DagFacts(
        dag_id=team.dag_id(manifest.dag_id),
        head=_head(manifest, settings),
        schedule=schedule,
        rhythm=_rhythm(schedule, team),
        params={name: _param(param) for name, param in manifest.params.items()},
        groups={
            one.id: {"description": one.node.description}
            for one in nodes.values()
            if isinstance(one.node, TaskGroup)
        },
        tasks={
            one.id: task_facts(one, one.node, around)
            for one in nodes.values()
            if isinstance(one.node, ManagedOperator)
        },
        upstream={one.id: frozenset(_upstream(one, manifest)) for one in nodes.values()},
        files=texts,
        catalogue=catalogue.version,
        listens=tuple(
            full_asset(name, team) for name in (schedule.asset_names() if schedule else ())
        ),
    )


def _head(manifest: Manifest, settings: DagSettings) -> dict[str, JsonValue]:
    timeout = settings.dagrun_timeout
    notify = sorted((one.slack, sorted(one.events)) for one in manifest.notify)
    return {
        "description": manifest.description,
        "doc_md": manifest.doc_md,
        "owners": [*sorted(manifest.owners)],
        # that of the data class says again what data_class says
        "tags": [tag for tag in settings.tags if tag != manifest.data_class],
        "data_class": manifest.data_class,
        "deadline": deadline_in_words(manifest.deadline) if manifest.deadline else None,
        "max_active_runs": settings.max_active_runs,
        "max_active_tasks": settings.max_active_tasks,
        "dagrun_timeout": seconds_in_words(timeout) if timeout else None,
        "notify": [f"{channel}: {', '.join(events)}" for channel, events in notify],
        "owner": settings.owner,
        "access_control": {
            role: {resource: list(actions) for resource, actions in rights.items()}
            for role, rights in settings.access_control.items()
        },
    }


def _rhythm(schedule: Schedule | None, team: Team) -> JsonValue:
    if schedule is None:
        return None
    cron = canonical_cron(schedule.cron) if schedule.cron is not None else None
    by_clock = schedule.cron is not None or schedule.every is not None
    return {
        "cron": cron,
        "every": seconds_of(schedule.every) if schedule.every is not None else None,
        "timezone": schedule.timezone if by_clock else None,
        "assets": _assets(schedule.assets, team),
    }


def _assets(assets: str | tuple[str, ...] | AssetSet | None, team: Team) -> JsonValue:
    """Names in full; the order among equals says nothing."""
    if assets is None:
        return None
    if isinstance(assets, str):
        return full_asset(assets, team)
    word = "any" if isinstance(assets, AssetSet) and assets.any is not None else "all"
    parts = assets if isinstance(assets, tuple) else assets.all or assets.any or ()
    found = [_assets(part, team) for part in parts]
    return found[0] if len(found) == 1 else {word: sorted(found, key=repr)}


def _param(param: Param) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = param.model_dump(mode="json", exclude_none=True)
    found.setdefault("default", None)
    return found


def _upstream(one: Placed, manifest: Manifest) -> Iterator[str]:
    """Tasks and groups that come before: those named, and those that mapping and teardown imply."""
    names = list(one.node.upstream)
    if isinstance(one.node, ManagedOperator):
        names += [
            values.from_ for values in one.node.expand.values() if isinstance(values, FromTask)
        ]
        names += one.node.teardown_of
    for name in names:
        full = manifest.tree.resolve(name, one.group)
        if full is not None:
            yield full


def _files(
    manifest: Manifest, manifest_path: str, files: Mapping[str, str], catalogue: Catalogue
) -> Iterator[tuple[str, str]]:
    folder = manifest_path.rpartition("/")[0]
    for task in manifest.tree.tasks.values():
        for name in task.files():
            text = files.get(f"{folder}/{name}" if folder else name)
            if text is not None:
                yield name, text.replace("\r\n", "\n").rstrip("\n") + "\n"
        for name in task.shared_files():
            content = catalogue.files.get(name)
            if content is not None:
                yield shared_name(name), content.decode("utf-8", "replace")
