"""Tasks that are mapped over values: dag-factory's `expand` and `partial`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping

from airdesk_render.catalogue import Catalogue
from airdesk_render.converting.fields import Fields
from airdesk_render.converting.items import Item, Plain, is_plain, plain
from airdesk_render.converting.operators.job import Task
from airdesk_render.converting.world import World

_OUTPUT = re.compile(r"(?P<task>.+?)\.output|XcomArg\(+(?P<arg>.*?)\)")
_PLUS = re.compile(r"\+(?P<task>\w+)(?P<key>\[.*\])?")
MOST = 1_000
Convert = Callable[[Fields], Task | None]
"""From the keys of a plain task to the task."""


def expanded(
    fields: Fields, world: World, catalogue: Catalogue, convert: Convert
) -> tuple[Task | None, list[str]]:
    """The mapped task, and references of the tasks whose output it is mapped over."""
    given, partial = fields.own("expand"), fields.own("partial")
    for name, one in (("expand", given), ("partial", partial)):
        if one is not None and not isinstance(one.value, dict):
            world.notes.left_out(one.where, name, "It must map arguments to values.")
    entries = {
        key: item
        for key, item in {**(partial.entries if partial else {}), **fields.entries}.items()
        if key not in ("expand", "partial")
    }
    sources, lists = _sorted(given, world)
    plain_fields = fields.replaced({**entries, **{key: items[0] for key, items in lists.items()}})
    task = convert(plain_fields)
    fields.taken |= plain_fields.taken
    if task is None:
        return None, []
    mapped: dict[str, Plain] = {}
    for key, items in lists.items():
        variants = [
            convert(plain_fields.replaced({**plain_fields.entries, key: one})) for one in items
        ]
        field = _field_of(variants, key, task, catalogue)
        if field is None:
            _cannot(world, items[0], key)
        else:
            mapped[field] = [one.get(field) for one in variants if one is not None]
    for key, (item, reference) in sources.items():
        field = _by_argument(task, key, catalogue, at_run=True)
        if field is None:
            _cannot(world, item, key)
        else:
            mapped[field] = {"from": reference}
    kept = {key: value for key, value in task.items() if key not in mapped}
    return ({**kept, "expand": mapped} if mapped else task), _names(mapped)


def _names(mapped: Mapping[str, Plain]) -> list[str]:
    return [str(one["from"]) for one in mapped.values() if isinstance(one, dict)]


def _sorted(
    given: Item | None, world: World
) -> tuple[dict[str, tuple[Item, str]], dict[str, tuple[Item, ...]]]:
    """What comes from tasks, and what is listed; anything else is told."""
    sources: dict[str, tuple[Item, str]] = {}
    lists: dict[str, tuple[Item, ...]] = {}
    for key, item in (given.entries if given is not None else {}).items():
        if item.items:
            lists[key] = item.items[:MOST]
        elif (task := source_of(item)) is not None and (found := world.reference(task)) is not None:
            sources[key] = item, found
        else:
            world.notes.left_out(item.where, f"expand.{key}", "Map over a list or a task's output.")
    return sources, lists


def source_of(item: Item) -> str | None:
    """`request` out of `request.output`, `XcomArg(request)` or `+request`."""
    if item.text is None:
        return None
    found = _OUTPUT.fullmatch(item.text.strip())
    if found is not None:
        return found["task"] or found["arg"]
    plus = _PLUS.fullmatch(item.text.strip())
    return plus["task"] if plus is not None else None


def _cannot(world: World, item: Item, key: str) -> None:
    message = (
        f"{key} cannot be mapped over here. Values of another task must be mappings of the "
        "task's arguments; code, SQL and paths come from lists only."
    )
    world.notes.left_out(item.where, f"expand.{key}", message)


def _field_of(
    variants: list[Task | None], key: str, task: Task, catalogue: Catalogue
) -> str | None:
    """The one field in which the variants differ, if it may be mapped."""
    tasks = [one for one in variants if one is not None]
    if len(tasks) != len(variants) or any(one["operator"] != task["operator"] for one in tasks):
        return None
    names = dict.fromkeys(name for one in tasks for name in one)
    differing = [name for name in names if any(one.get(name) != task.get(name) for one in tasks)]
    if len(differing) > 1:
        return None
    field = differing[0] if differing else _by_argument(task, key, catalogue, at_run=False)
    kind = catalogue.operators.get(str(task["operator"]))
    return field if kind is not None and field in kind.mappable else None


def _by_argument(task: Task, key: str, catalogue: Catalogue, *, at_run: bool) -> str | None:
    """The field that becomes an argument of Airflow's operator."""
    kind = catalogue.operators.get(str(task["operator"]))
    if kind is None:
        return None
    for field, argument in kind.mappable.items():
        if argument == key and (not at_run or field in kind.mappable_at_run):
            return field
    return None


def products(given: Mapping[str, Item], common: Mapping[str, Plain]) -> list[Plain] | None:
    """Arguments of each call of a function that is mapped over lists; None if one is no list."""
    columns: list[list[tuple[str, Plain]]] = []
    for key, item in given.items():
        if not item.items or not is_plain(item):
            return None
        columns.append([(key, plain(one)) for one in item.items])
    rows = itertools.islice(itertools.product(*columns), MOST)
    return [{**common, **dict(row)} for row in rows]
