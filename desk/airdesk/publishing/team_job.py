"""One team's share of a publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from airdesk_render.catalogue import Catalogue
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.policy import Policy
from airdesk_render.render import render_dag
from airdesk_render.signing import sign

from airdesk.errors import Refused, Unavailable
from airdesk.model import Publication
from airdesk.ports import CodeHost
from airdesk.publishing.central import (
    Change,
    publications_path,
    read_publications,
    signature_path,
    write_publications,
)
from airdesk.publishing.decide import decide
from airdesk.publishing.notes import is_news
from airdesk.publishing.review import Review
from airdesk.publishing.sources import Candidate, Source, candidates, read_source

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Press:
    """What turns an approved manifest into central files, the same for all teams."""

    policy: Policy
    catalogue: Catalogue
    signing_key: bytes

    def central_files(
        self, candidate: Candidate, manifest: Manifest, *, source: Source
    ) -> Mapping[str, bytes]:
        """The rendered DAG and its signature, central path to content."""
        dag = render_dag(
            manifest,
            team=source.team,
            policy=self.policy,
            manifest_path=candidate.manifest_path,
            files=source.texts,
            catalogue=self.catalogue,
        )
        signature = sign(self.signing_key, candidate.dag_id, dag.files)
        return {**dag.files, signature_path(candidate.dag_id, source.team): signature}


@dataclass
class TeamShare:
    """What was decided for one team, and what it changes in the central repository."""

    change: Change = field(default_factory=Change)
    published: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    withheld: list[Publication] = field(default_factory=list)
    unchanged: int = 0
    broken: list[str] = field(default_factory=list)
    news: list[Publication] = field(default_factory=list)
    """Decisions that the people of a merge request have not heard yet."""


def decide_team(
    team: Team, *, code_host: CodeHost, press: Press, tree: Mapping[str, bytes]
) -> TeamShare:
    """Decide about every DAG of a team.

    Args:
        tree: the central repository's files.

    Raises:
        Refused: the team's repository cannot be read, or the central record is damaged.
    """
    share = TeamShare()
    path = publications_path(team)
    before = read_publications(tree.get(path), team=team)
    source = read_source(team, code_host=code_host)
    found = candidates(source, policy=press.policy, catalogue=press.catalogue)
    review = Review(source, code_host=code_host)
    after: dict[str, Publication] = {}
    for dag_id in sorted({*before, *found}):
        candidate, previous = found.get(dag_id), before.get(dag_id)
        try:
            decision = decide(dag_id, candidate, previous, review=review)
            _carry_out(share, dag_id, decision, previous, candidate, source, press, tree)
        except (Refused, Unavailable):
            raise
        except Exception as error:  # a bug of ours in one DAG must not hold up the others
            log.exception("decision failed", dag_id=dag_id)
            share.broken.append(
                f"{dag_id}: Airdesk failed to decide about it ({type(error).__name__}); "
                "it stays as it was. The traceback is in this log."
            )
            decision = previous
        if decision is not None:
            after[dag_id] = decision
            if is_news(decision, previous):
                share.news.append(decision)
    if after or path in tree:
        share.change.write(path, write_publications(after), tree=tree)
    return share


def _carry_out(
    share: TeamShare,
    dag_id: str,
    decision: Publication | None,
    previous: Publication | None,
    candidate: Candidate | None,
    source: Source,
    press: Press,
    tree: Mapping[str, bytes],
) -> None:
    """Note in the share what a decision means for the central repository."""
    if decision is None:
        return
    change = Change()
    if decision.state == "withheld":
        share.withheld.append(decision)
    elif decision.state == "removed":
        change.replace_dag(dag_id, source.team, {}, tree=tree)
        if change:
            share.removed.append(dag_id)
    elif candidate is not None and candidate.manifest is not None:
        wanted = press.central_files(candidate, candidate.manifest, source=source)
        change.replace_dag(dag_id, source.team, wanted, tree=tree)
        if change or decision != previous:
            share.published.append(dag_id)
        else:
            share.unchanged += 1
    log.debug("decided", dag_id=dag_id, state=decision.state, commit=decision.source_commit)
    share.change.take(change)
