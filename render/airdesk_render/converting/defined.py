"""Operators that the platform offers by a definition over an Airflow operator (YAML)."""

from __future__ import annotations

from airdesk_render.catalogue import Catalogue
from airdesk_render.catalogue.defined import DefinedOperator
from airdesk_render.catalogue.definition import FieldDefinition
from airdesk_render.converting.items import Plain
from airdesk_render.converting.operators.flow import waiting
from airdesk_render.converting.operators.job import Handler, Job, Task


def handler_of_definition(path: str, catalogue: Catalogue) -> Handler | None:
    """The function for an operator over which the catalogue has a definition; the newest of it."""
    found = [
        operator
        for operator in catalogue.operators.values()
        if issubclass(operator, DefinedOperator) and operator.definition.airflow == path
    ]
    if not found:
        return None
    newest = max(found, key=lambda operator: operator.version())
    return lambda job: _task(job, newest)


def _task(job: Job, operator: type[DefinedOperator]) -> Task:
    values = {
        name: _value(job, one, one.argument or name)
        for name, one in operator.definition.fields.items()
    }
    job.ignore(*operator.definition.fixed, why="The platform sets it.")
    return job.made(operator.key(), **values, **(waiting(job) if operator.is_sensor else {}))


def _value(job: Job, one: FieldDefinition, argument: str) -> Plain:
    if one.type == "connection":
        item = job.fields.take(argument)
        return job.world.connection(item) if item is not None and item.text else None
    if one.type == "duration":
        return job.seconds(argument)
    if one.type in ("file", "sql"):
        text, file = job.text_or_file(argument, (one.ending or ".sql",))
        return file or text
    return job.fields.data(argument)
