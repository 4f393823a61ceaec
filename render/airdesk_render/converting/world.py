"""What the conversion of one DAG knows and gathers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from airdesk_render.converting.assets import Assets
from airdesk_render.converting.files import Files
from airdesk_render.converting.items import Item
from airdesk_render.converting.notes import Notes
from airdesk_render.converting.values import slug


@dataclass
class World:
    """Shared by all parts of one DAG's conversion.

    Attributes:
        dag_names: DAG in dag-factory to its name here, of all files that are converted together.
        reference: task or group by its bare name, as the manifest names it from the task at hand;
            None if there is no such.
        connections: Airflow's connection id to the team's name for it, as they are met.
        today: what relative dates count from.
    """

    notes: Notes
    files: Files
    assets: Assets
    dag_names: Mapping[str, str]
    today: dt.date
    reference: Callable[[str], str | None] = lambda _: None
    connections: dict[str, str] = field(default_factory=dict)

    def connection(self, item: Item) -> str:
        """The team's name of a connection; told where it differs."""
        given = item.text or ""
        name = slug(given)
        if given not in self.connections and name != given:
            message = f"The connection {given} is called {name} here; ask for it by that name."
            self.notes.changed(item.where, "connection", message)
        self.connections[given] = name
        return name
