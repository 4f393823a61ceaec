"""One team's share of a publication."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from airdesk_render.behaviour import Rules
from airdesk_render.catalogue import Catalogue
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.policy import Policy
from airdesk_render.render import render_dag
from airdesk_render.signing import sign

from airdesk.errors import Refused, Unavailable
from airdesk.model import Publication
from airdesk.ports import CodeHost
from airdesk.publishing.approvers import Approvers
from airdesk.publishing.central import (
    Change,
    publications_path,
    read_publications,
    signature_path,
    write_publications,
)
from airdesk.publishing.changes import Changes
from airdesk.publishing.controls import Controls
from airdesk.publishing.decide import Matter, base_of, decide
from airdesk.publishing.notes import is_news
from airdesk.publishing.reliance import Published, reliance_of
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
    ) -> tuple[Mapping[str, bytes], bytes]:
        """The rendered DAG by central path, and the signature over it."""
        dag = render_dag(
            manifest,
            team=source.team,
            policy=self.policy,
            manifest_path=candidate.manifest_path,
            files=source.texts,
            catalogue=self.catalogue,
        )
        return dag.files, sign(self.signing_key, candidate.dag_id, dag.files)


@dataclass(frozen=True)
class Bench:
    """What all teams are judged by.

    Attributes:
        now: the moment of this publication, by which windows and leaves count.
    """

    press: Press
    approvers: Approvers
    controls: Controls
    published: Published
    now: datetime


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
    team: Team, *, code_host: CodeHost, bench: Bench, tree: Mapping[str, bytes]
) -> TeamShare:
    """Decide about every DAG of a team.

    Args:
        tree: the central repository's files.

    Raises:
        Refused: the team's repository cannot be read, or the central record is damaged.
    """
    path = publications_path(team)
    before = read_publications(tree.get(path), team=team)
    source = read_source(team, code_host=code_host)
    job = _TeamJob(source, before, code_host=code_host, bench=bench, tree=tree)
    job.decide_all()
    if job.after or path in tree:
        job.share.change.write(path, write_publications(job.after), tree=tree)
    return job.share


class _TeamJob:
    def __init__(
        self,
        source: Source,
        before: Mapping[str, Publication],
        *,
        code_host: CodeHost,
        bench: Bench,
        tree: Mapping[str, bytes],
    ) -> None:
        self._source, self._before, self._bench, self._tree = source, before, bench, tree
        press = bench.press
        self._found = candidates(source, policy=press.policy, catalogue=press.catalogue)
        self._review = Review(source, code_host=code_host, approvers=bench.approvers)
        self._rules = Rules(source.team, press.policy, press.catalogue)
        self._changes = Changes(
            source,
            rules=self._rules,
            index=bench.published.index,
            at=bench.now,
            texts_at=self._review.texts_at,
        )
        self.share = TeamShare()
        self.after: dict[str, Publication] = {}

    def decide_all(self) -> None:
        replaced = self._renames()
        successors = {old: new for new, old in replaced.items()}
        every = sorted({*self._before, *self._found})
        # A DAG that takes another's place is decided first: the old one waits for it.
        for dag_id in sorted(every, key=lambda one: one in successors):
            self._decide_one(dag_id, replaced.get(dag_id), successors.get(dag_id))

    def _renames(self) -> dict[str, str]:
        """New `dag_id` to the old one, of DAGs that only have another name now."""
        bases = {dag_id: base_of(one) for dag_id, one in self._before.items()}
        gone = {
            dag_id: base
            for dag_id, base in bases.items()
            if base is not None and base.state == "published" and dag_id not in self._found
        }
        come = {
            dag_id: one
            for dag_id, one in self._found.items()
            if one.manifest is not None
            and ((base := bases.get(dag_id)) is None or base.state == "removed")
        }
        try:
            return self._changes.renames(gone, come)
        except Exception as error:  # then they are told apart: one goes, another comes
            log.exception("looking for renames failed", team=self._source.team.name)
            self.share.broken.append(
                f"{self._source.team.name}: Airdesk failed to look for renamed DAGs "
                f"({type(error).__name__}). The traceback is in this log."
            )
            return {}

    def _decide_one(self, dag_id: str, replaces: str | None, successor: str | None) -> None:
        candidate, previous = self._found.get(dag_id), self._before.get(dag_id)
        controls, now = self._bench.controls, self._bench.now
        matter = Matter(
            dag_id,
            candidate,
            previous,
            hold=controls.hold(dag_id, now),
            glass=controls.glass(dag_id, now) or controls.glass(successor or "", now),
            spent=controls.spent(dag_id, now),
            replaces=base_of(self._before[replaces]) if replaces else None,
            successor=self.after.get(successor) if successor else None,
            published=self._bench.published,
        )
        try:
            decision = decide(matter, review=self._review, changes=self._changes)
            decision = self._carry_out(decision, matter)
        except (Refused, Unavailable):
            raise
        except Exception as error:  # a bug of ours in one DAG must not hold up the others
            log.exception("decision failed", dag_id=dag_id)
            self.share.broken.append(
                f"{dag_id}: Airdesk failed to decide about it ({type(error).__name__}); "
                "it stays as it was. The traceback is in this log."
            )
            decision = previous
        if decision is not None:
            self.after[dag_id] = decision
            if is_news(decision, previous):
                self.share.news.append(decision)

    def _carry_out(self, decision: Publication | None, matter: Matter) -> Publication | None:
        """Note in the share what a decision means for the central repository."""
        if decision is None:
            return None
        share, change, candidate = self.share, Change(), matter.candidate
        dag_id, team = matter.dag_id, self._source.team
        hands_off = matter.is_held
        if decision.state == "withheld":
            share.withheld.append(decision)
        elif decision.state == "removed":
            if not hands_off:
                change.replace_dag(dag_id, team, {}, tree=self._tree)
            if change:
                share.removed.append(dag_id)
        elif candidate is not None and candidate.manifest is not None:
            if not hands_off:
                files, signature = self._bench.press.central_files(
                    candidate, candidate.manifest, source=self._source
                )
                wanted = {**files, signature_path(dag_id, team): signature}
                change.replace_dag(dag_id, team, wanted, tree=self._tree)
                decision = self._noted(decision, candidate, _hashes(files))
            if change or decision != matter.previous:
                share.published.append(dag_id)
            else:
                share.unchanged += 1
        log.debug("decided", dag_id=dag_id, state=decision.state, commit=decision.source_commit)
        share.change.take(change)
        return decision

    def _noted(
        self, decision: Publication, candidate: Candidate, hashes: dict[str, str]
    ) -> Publication:
        """The decision with what was rendered; read again only where that is new."""
        relies_on = decision.relies_on
        if relies_on is None or hashes != decision.hashes:
            texts = {path: self._source.texts[path] for path in candidate.files}
            relies_on = reliance_of(texts, rules=self._rules)
        return decision.model_copy(update={"hashes": hashes, "relies_on": relies_on})


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}
