"""A DAG of dag-factory as a manifest's plain data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from airdesk_render.catalogue import Catalogue
from airdesk_render.converting.callbacks import notify_of
from airdesk_render.converting.dag_options import DAG_NEEDLESS, DAG_REASONS, documentation
from airdesk_render.converting.fields import Fields
from airdesk_render.converting.graph import Graph, Node
from airdesk_render.converting.items import Item, Plain
from airdesk_render.converting.options import options_of, tell_leftovers
from airdesk_render.converting.params import params_of
from airdesk_render.converting.schedules import Found, Schedules
from airdesk_render.converting.tasks import Tasks
from airdesk_render.converting.values import is_relative, moment, without_none
from airdesk_render.converting.world import World
from airdesk_render.language.people import PERSON_PATTERN, TAG_PATTERN

MOST_TAGS = 20
_PERHAPS = "A task that could not be converted may need it."


@dataclass(frozen=True)
class Chosen:
    """What dag-factory does not say and the caller does."""

    owners: tuple[str, ...]
    data_class: str


class DagConversion:
    """Converts one DAG; everything it could not say is in the world's notes."""

    def __init__(
        self, name: str, item: Item, world: World, catalogue: Catalogue, chosen: Chosen
    ) -> None:
        self.name = name
        self.world = world
        self.chosen = chosen
        self.dag = Fields(item, world.notes)
        args = self.dag.take("default_args")
        if args is not None and not isinstance(args.value, dict):
            self._no_mapping(args, "default_args")
        self.args = Fields(args or Item({}, item.place), world.notes)
        self.group_args: dict[str, Fields] = {}
        self.tasks = Tasks(world, catalogue, self.args)
        for folder in self.dag.texts("template_searchpath") or ():
            if not world.files.also_below(folder):
                message = (
                    f"The folder {folder} was not found beside the YAML. Name it with --files."
                )
                place = self.dag.where("template_searchpath")
                world.notes.left_out(place, "template_searchpath", message)

    def manifest(self) -> dict[str, Plain]:
        """The manifest's data, in the order people write it."""
        graph = self._graph()
        description, doc_md = documentation(self.dag, self.world, self.name)
        data: dict[str, Plain] = {
            "version": 1,
            "dag_id": self.world.dag_names[self.name],
            "description": description,
            "doc_md": doc_md,
            "owners": self._owners(),
            "tags": self._tags(),
            "data_class": self.chosen.data_class,
            "schedule": self._schedule(),
            "max_active_runs": self.dag.number("max_active_runs"),
            "max_active_tasks": self._max_active_tasks(),
            "dagrun_timeout": self._dagrun_timeout(),
            "params": self._params(),
            "notify": self._notify(),
            "default_args": options_of(self.args) or None,
            "tasks": self._members(graph, graph.top),
        }
        self._leftovers(graph)
        return {key: value for key, value in data.items() if value not in (None, [], {})}

    def _graph(self) -> Graph:
        tasks, groups = self.dag.take("tasks"), self.dag.take("task_groups")
        graph = Graph(
            self._by_name(tasks, "task_id"), self._by_name(groups, "group_name"), self.world.notes
        )
        for node in graph.empty_groups():
            message = "A group holds at least one task."
            self.world.notes.left_out(node.item.where, node.name, message)
        return graph

    def _by_name(self, item: Item | None, key: str) -> dict[str, Item]:
        """Tasks or groups by name, from either form: a mapping, or a list of named ones."""
        if item is None:
            return {}
        if isinstance(item.value, dict):
            return item.entries
        if not isinstance(item.value, tuple):
            self._no_mapping(item, key)
        found: dict[str, Item] = {}
        for one in item.items:
            name = one.entries.get(key)
            if name is None or name.value is None or str(name.value) in found:
                self.world.notes.left_out(one.where, key, f"Each needs a {key} of its own.")
                continue
            rest = {part: value for part, value in one.entries.items() if part != key}
            found[str(name.value)] = one.with_value(rest)
        return found

    def _no_mapping(self, item: Item, what: str) -> None:
        self.world.notes.left_out(item.where, what, "It must map names to values.")

    def _members(self, graph: Graph, members: Mapping[str, Node]) -> dict[str, Plain]:
        return {
            name: self._group(graph, node) if node.is_group else self._task(graph, node)
            for name, node in members.items()
        }

    def _task(self, graph: Graph, node: Node) -> dict[str, Plain]:
        self.world.reference = lambda name: graph.reference(name, node.group)
        groups = [self._group_args(one) for one in node.around]
        task = self.tasks.converted(node.item, groups)
        implied = task.pop("upstream", None)
        more = implied if isinstance(implied, list) else []
        upstream = list(dict.fromkeys(map(str, [*graph.upstream(node), *more])))
        return {**task, **({"upstream": [*upstream]} if upstream else {})}

    def _group_args(self, group: Node) -> Fields:
        """What a group's tasks get by default; the same for all, so that it knows who took it."""
        if group.name not in self.group_args:
            given = group.item.entries.get("default_args") or Item({}, group.item.place)
            self.group_args[group.name] = Fields(given, self.world.notes)
        return self.group_args[group.name]

    def _group(self, graph: Graph, node: Node) -> dict[str, Plain]:
        fields = Fields(node.item, self.world.notes)
        fields.taken.update(("dependencies", "parent_group_name", "default_args", "group_name"))
        tooltip = fields.text("tooltip")
        if fields.flag("prefix_group_id") is False:
            message = "Here the ids of a group's tasks begin with the group's."
            self.world.notes.changed(fields.where("prefix_group_id"), "prefix_group_id", message)
        tell_leftovers(fields, "A group has a description and what comes before it.")
        upstream = graph.upstream(node)
        return {
            **({"description": tooltip} if tooltip else {}),
            **({"upstream": upstream} if upstream else {}),
            "tasks": self._members(graph, node.members),
        }

    def _owners(self) -> list[Plain]:
        item = self.args.take("owner")
        if self.chosen.owners:
            if item is not None:
                self.world.notes.needless(item.where, "owner", "Others were named as owners.")
            return [*self.chosen.owners]
        given = item.text if item is not None else None
        names = [part.strip() for part in (given or "").split(",") if part.strip()]
        people = [
            name for name in names if re.fullmatch(PERSON_PATTERN, name) and name != "airflow"
        ]
        place = item.where if item is not None else self.dag.place
        if not people:
            message = "Say who looks after it: owners: [directory.name], or --owner."
            self.world.notes.left_out(place, "owner", message)
        else:
            message = f"{', '.join(people)}: owners are people by their directory names."
            self.world.notes.changed(place, "owner", message)
        return [*people]

    def _tags(self) -> list[Plain]:
        tags: list[Plain] = []
        for tag in self.dag.texts("tags") or ():
            if tag == "dagfactory" or tag in tags:
                continue
            if re.fullmatch(TAG_PATTERN, tag) and len(tags) < MOST_TAGS:
                tags.append(tag)
            else:
                place = self.dag.where("tags")
                self.world.notes.left_out(place, "tags", f"{tag[:60]!r} cannot be a tag here.")
        return tags

    def _schedule(self) -> Found | None:
        schedule, old = self.dag.take("schedule"), self._interval()
        item = old or schedule or self.dag.take("timetable")
        found = Schedules(self.world.notes, self.world.assets).read(item) if item else None
        zone, start = self._moment("start_date")
        _, end = self._moment("end_date")
        catchup = self.dag.flag("catchup")
        self.args.take("timezone")
        if found is None:
            return None
        if start is None and ("cron" in found or "every" in found):
            start = self.world.today.isoformat()
            message = f"Nothing says from which day on it runs; it is today, {start}."
            self.world.notes.changed(self.dag.place, "start_date", message)
        when = without_none({"timezone": zone if zone != "UTC" else None})
        parts = {"start_date": start, "end_date": end, "catchup": True if catchup else None}
        return {**when, **found, **without_none(parts)}

    def _interval(self) -> Item | None:
        item = self.dag.take("schedule_interval")
        if item is not None:
            message = "Airflow 3 and dag-factory since 1.0 call it schedule."
            self.world.notes.changed(item.where, "schedule_interval", message)
        return item

    def _moment(self, name: str) -> tuple[str, str | None]:
        """Time zone and moment, of the DAG or else of its default_args."""
        for fields in (self.dag, self.args):
            item, zone = fields.take(name), fields.take("timezone")
            if item is None:
                continue
            found = moment(item, self.world.today)
            if found is None:
                message = "Write the day as 2026-12-01, or 2026-12-01T06:00."
                self.world.notes.left_out(item.where, name, message)
                continue
            if is_relative(item):
                message = f"It is counted once, from today: {found}."
                self.world.notes.changed(item.where, name, message)
            # What the tasks say counts only where the DAG itself says nothing.
            self.args.take(name)
            return (zone.text if zone is not None and zone.text else "UTC"), found
        return "UTC", None

    def _max_active_tasks(self) -> int | None:
        found = self.dag.number("max_active_tasks")
        old = self.dag.number("concurrency")
        return old if found is None else found

    def _dagrun_timeout(self) -> str | None:
        return self.dag.duration("dagrun_timeout") or self.dag.duration("dagrun_timeout_sec")

    def _params(self) -> dict[str, Plain]:
        item = self.dag.take("params")
        if item is not None and not isinstance(item.value, dict):
            self._no_mapping(item, "params")
        return params_of(item, self.world.notes) if item is not None else {}

    def _notify(self) -> Plain:
        found = notify_of(self.dag, self.args)
        return found[0] if len(found) == 1 else found

    def _leftovers(self, graph: Graph) -> None:
        self.dag.taken.add("timezone")
        for name, item in self.dag.left():
            kind = name.removesuffix("_name").removesuffix("_file")
            if name in DAG_NEEDLESS:
                self.world.notes.needless(item.where, name, DAG_NEEDLESS[name])
            else:
                otherwise = "A DAG does not have this here."
                reason = DAG_REASONS.get(name) or DAG_REASONS.get(kind) or otherwise
                self.world.notes.left_out(item.where, name, reason)
        for args in (self.args, *self.group_args.values()):
            tell_leftovers(args, None if self.tasks.all_converted else _PERHAPS)
