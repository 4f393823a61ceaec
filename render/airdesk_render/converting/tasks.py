"""A task of dag-factory as a task of a manifest."""

from __future__ import annotations

from collections.abc import Sequence

from airdesk_render.catalogue import Catalogue
from airdesk_render.converting.decorated import decorated
from airdesk_render.converting.defined import handler_of_definition
from airdesk_render.converting.expanding import expanded
from airdesk_render.converting.fields import Fields
from airdesk_render.converting.items import Item, Plain, plain
from airdesk_render.converting.operators.job import Job, Task
from airdesk_render.converting.operators.table import INSTEAD, handler_of
from airdesk_render.converting.options import options_of, tell_leftovers
from airdesk_render.converting.world import World

_NO_SUCH = "This key of the operator has no equal here."
_KEPT = "The manifest keeps the task as it was written, and check refuses it until then."
_OF_BOTH = ("dependencies", "task_group_name", "task_id")


class Tasks:
    """Converts the tasks of one DAG."""

    def __init__(self, world: World, catalogue: Catalogue, args: Fields) -> None:
        self.world = world
        self.catalogue = catalogue
        self.args = args
        self.all_converted = True

    def converted(self, item: Item, groups: Sequence[Fields]) -> Task:
        """A task without its place in the graph, except for `upstream` that mapping implies.

        `groups` are the `default_args` of the groups around it, the nearest first.
        """
        fields = Fields(item, self.world.notes, (*groups, self.args))
        fields.taken.update(_OF_BOTH)
        own = fields.before(groups)
        common = {**options_of(own), **self._shown(own)}
        if "decorator" in fields.entries:
            task, sources = decorated(fields, self.world)
        else:
            task, sources = self._operated(fields)
        if task is None:
            return self._unconverted(fields, common)
        tell_leftovers(fields, _NO_SUCH)
        implied: dict[str, Plain] = {"upstream": [*sources]} if sources else {}
        return {**task, **common, **implied}

    def _operated(self, fields: Fields) -> tuple[Task | None, list[str]]:
        path = fields.text("operator") or ""
        handler = handler_of_definition(path, self.catalogue) or handler_of(path)
        if handler is None:
            return None, []

        def convert(keys: Fields) -> Task | None:
            return handler(Job(path, keys, self.world))

        if "expand" in fields.entries:
            return expanded(fields, self.world, self.catalogue, convert)
        return convert(fields), []

    def _shown(self, fields: Fields) -> dict[str, Plain]:
        """Documentation and assets."""
        doc = fields.text("doc_md") or fields.text("doc")
        outlets = fields.take("outlets")
        names = self.world.assets.listed(outlets) if outlets is not None else []
        return {**({"doc_md": doc} if doc else {}), **({"outlets": names} if names else {})}

    def _unconverted(self, fields: Fields, common: Task) -> Task:
        """The task as it was written, so that nothing is lost and nothing runs without it.

        `check` refuses it until somebody gives it a managed operator.
        """
        self.all_converted = False
        item = fields.entries.get("operator") or fields.entries.get("decorator")
        path = (item.text if item is not None else None) or "nothing"
        name = path.rpartition(".")[2]
        place = item.where if item is not None else fields.place
        if handler_of(path) is not None and name not in INSTEAD:
            message = f"{name} cannot be carried over; why is said at its keys. {_KEPT}"
        else:
            own = f"airdesk-render catalogue import {path} drafts an entry for it."
            instead = INSTEAD.get(name, f"Use another, or offer this one: {own}")
            message = f"{path} is no managed operator. {instead} {_KEPT}"
        self.world.notes.left_out(place, "operator", message)
        dealt = {"operator", "decorator", *_OF_BOTH, *common}
        kept = {key: plain(one) for key, one in fields.entries.items() if key not in dealt}
        return {"operator": path, **kept, **common}
