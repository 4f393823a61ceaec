"""Tasks of the TaskFlow API: `decorator: airflow.sdk.task` over a Python function."""

from __future__ import annotations

import re

from airdesk_render.converting.expanding import products, source_of
from airdesk_render.converting.fields import Fields
from airdesk_render.converting.items import Item, Plain, is_plain, plain
from airdesk_render.converting.operators.code import function_of, parameters_of
from airdesk_render.converting.operators.job import Job, Task
from airdesk_render.converting.world import World

_PLAIN_TASK = re.compile(r"airflow\.(?:sdk\.|decorators\.)(?:[\w.]*\.)?task(?:\.python)?")
_OUTPUT = (
    "Another task's output cannot be an argument. Let that task return a list of mappings and map "
    "over it (expand: {{arguments: {{from: {task}}}}}), or hand the data on through a table."
)


def decorated(fields: Fields, world: World) -> tuple[Task | None, list[str]]:
    """The task, and references of the tasks whose output it takes; None: no managed operator."""
    path = fields.text("decorator") or ""
    if not _PLAIN_TASK.fullmatch(path):
        return None, []
    job = Job(path, fields, world)
    found = function_of(job)
    if found is None:
        return None, []
    file, function = found
    call = _Call(job, parameters_of(job, file, function))
    task = job.made("python_function@1", file=file, function=function, **call.arguments())
    return task, call.sources


class _Call:
    """The arguments of one function, mapped or not."""

    def __init__(self, job: Job, names: list[str]) -> None:
        self.job = job
        self.names = names
        self.sources: list[str] = []

    def arguments(self) -> dict[str, Plain]:
        fields = self.job.fields
        given = {name: fields.take(name) for name in self.names if name in fields.entries}
        partial, expand = fields.own("partial"), fields.own("expand")
        for name, one in (("expand", expand), ("partial", partial)):
            if one is not None and not isinstance(one.value, dict):
                self.job.left(one, name, "It must map arguments to values.")
        common = self._values({**given, **(partial.entries if partial else {})})
        if expand is None:
            return {"arguments": common}
        mapped = {
            key: item for key, item in expand.entries.items() if not self._is_output(key, item)
        }
        rows = products(mapped, common) if len(mapped) == len(expand.entries) else None
        if rows is None:
            if len(mapped) == len(expand.entries):
                self.job.left(expand, "expand", "Map over lists of plain values.")
            return {"arguments": common}
        return {"expand": {"arguments": rows}}

    def _values(self, given: dict[str, Item | None]) -> dict[str, Plain]:
        values: dict[str, Plain] = {}
        for name, item in given.items():
            if item is None or self._is_output(name, item):
                continue
            if is_plain(item):
                values[name] = plain(item)
            else:
                self.job.left(item, name, "A manifest holds plain data, no Python objects.")
        return values

    def _is_output(self, name: str, item: Item) -> bool:
        """Whether it is another task's output; that is told, and keeps its place in the order."""
        task = source_of(item) if (item.text or "").startswith("+") else None
        if task is None:
            return False
        reference = self.job.world.reference(task)
        self.job.left(item, name, _OUTPUT.format(task=reference or task))
        if reference is not None and reference not in self.sources:
            self.sources.append(reference)
        return True
