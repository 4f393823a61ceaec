"""What published DAGs need of each other, kept with the decisions about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from airdesk_render.behaviour import Index, Rules, index_of
from airdesk_render.behaviour.impact import Indexed
from airdesk_render.names import Team

from airdesk.errors import Refused
from airdesk.model import Publication, Reliance
from airdesk.publishing.central import PUBLICATIONS, read_publications
from airdesk.publishing.risk import Broken, FilesInMemory, Texts


@dataclass(frozen=True)
class Published:
    """All DAGs that are published, of all teams.

    Attributes:
        index: what they rely on, where it is known.
        owners: `dag_id` to the people who look after it.
    """

    index: Index = field(default_factory=Index)
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def told(self, broken: Broken) -> str:
        """`risk.exposures (hoa.vu) runs when growth.orders is updated, which will be gone`."""
        owners = ", ".join(self.owners.get(broken.dag_id, ()))
        return broken.words.replace(broken.dag_id, f"{broken.dag_id} ({owners})", 1)


def published_in(tree: Mapping[str, bytes]) -> Published:
    """From the central repository's files; a team whose record is damaged is left out."""
    standing: list[Publication] = []
    for path, content in tree.items():
        folder, _, name = path.partition("/")
        if name != PUBLICATIONS:
            continue
        try:
            found = read_publications(content, team=Team(folder))
        except (Refused, ValueError):
            continue  # the team's own part of the publication says so
        standing += [base for one in found.values() if (base := _standing(one)) is not None]
    known = [(one.dag_id, one.relies_on) for one in standing if one.relies_on is not None]
    dags = tuple(Indexed(dag_id=dag_id, **relies_on.model_dump()) for dag_id, relies_on in known)
    return Published(Index(dags=dags), {one.dag_id: one.owners for one in standing})


def reliance_of(texts: Texts, *, rules: Rules) -> Reliance:
    """What the one DAG of these files relies on."""
    for found in index_of(FilesInMemory("published", texts), rules).dags:
        return Reliance(listens=found.listens, waits=found.waits, triggers=found.triggers)
    return Reliance()


def _standing(decision: Publication) -> Publication | None:
    """The publication that runs, if one does."""
    base = decision.standing if decision.state == "withheld" else decision
    return base if base is not None and base.state == "published" else None
