"""Publish what was approved: render it again, sign it, write it to the central repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from airdesk_render.catalogue import Catalogue
from airdesk_render.names import Team
from airdesk_render.policy import Policy

from airdesk.clock import Clock, utc_now
from airdesk.errors import HeadMoved, Refused
from airdesk.model import Publication
from airdesk.ports import CodeHost
from airdesk.publishing.approvers import Approvers
from airdesk.publishing.central import Change
from airdesk.publishing.controls import Controls
from airdesk.publishing.notes import write_notes
from airdesk.publishing.reliance import published_in
from airdesk.publishing.team_job import Bench, Press, TeamShare, decide_team

log = structlog.get_logger(__name__)

ATTEMPTS = 2


@dataclass
class PublishReport:
    """What a publication did.

    Attributes:
        commit: of the central repository, where one was made.
        published, removed: `dag_id`s whose files it wrote or took away.
        withheld: decisions, new and old, that keep a DAG back; each has its `reason`.
        unchanged: how many DAGs stand as they stood.
        broken: sentences about what an operator must look at.
        notices: sentences about stops, freezes and break-glass entries in effect.
        glass: decisions that a break-glass entry made possible this time.
    """

    commit: str | None = None
    published: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    withheld: list[Publication] = field(default_factory=list)
    unchanged: int = 0
    broken: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    glass: list[Publication] = field(default_factory=list)

    def add(self, share: TeamShare) -> None:
        self.published += share.published
        self.removed += share.removed
        self.withheld += share.withheld
        self.unchanged += share.unchanged
        self.broken += share.broken
        self.glass += [one for one in share.news if one.break_glass is not None]


def publish(
    teams: Sequence[Team],
    *,
    code_host: CodeHost,
    central_project: str,
    policy: Policy,
    catalogue: Catalogue,
    signing_key: bytes,
    controls: Controls | None = None,
    clock: Clock = utc_now,
) -> PublishReport:
    """Bring the central repository up to what the approvers let through, in one commit.

    A DAG whose approval or manifest does not suffice is withheld: what was published of it
    earlier keeps running. One team's trouble does not hold up the others.

    Args:
        code_host: GitLab as the publisher's account, which reads the teams and writes centrally.
        catalogue: the managed operators, those of the shared operator repository too.
        signing_key: Ed25519 private key, PEM.
        controls: stops, freezes and break-glass entries of the platform.

    Raises:
        Unavailable: GitLab does not answer; nothing was published.
        Refused: GitLab does not let the publisher write.
    """
    press = Press(policy=policy, catalogue=catalogue, signing_key=signing_key)
    controls = controls or Controls()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _publish_once(teams, code_host, central_project, press, controls, clock())
        except HeadMoved:
            if attempt == ATTEMPTS:
                raise
            log.info("central repository moved, reading it again", project=central_project)
    raise AssertionError("the last attempt returns or raises")


def _publish_once(
    teams: Sequence[Team],
    code_host: CodeHost,
    central_project: str,
    press: Press,
    controls: Controls,
    now: datetime,
) -> PublishReport:
    head = code_host.head(central_project, code_host.default_branch(central_project))
    tree = code_host.read_tree(central_project, ref=head)
    bench = Bench(
        press=press,
        approvers=Approvers(press.policy.approvals, code_host=code_host),
        controls=controls,
        published=published_in(tree),
        now=now,
    )
    report, change, news = _decide_teams(teams, code_host, bench, tree)
    if change:
        report.commit = code_host.publish_files(
            central_project,
            change.files,
            removed=sorted(change.removed),
            message=_message(report),
            expected_head=head,
        )
    # only now: what the notes say must stand in the central repository first
    for project, decisions in news.items():
        report.broken += write_notes(project, decisions, code_host=code_host)
    return report


def _decide_teams(
    teams: Sequence[Team], code_host: CodeHost, bench: Bench, tree: Mapping[str, bytes]
) -> tuple[PublishReport, Change, dict[str, list[Publication]]]:
    """What to report, what to write, and what to tell in each team's project."""
    report, change = PublishReport(), Change()
    report.notices += bench.controls.notices(bench.now)
    report.broken += bench.controls.faults(bench.now)
    news: dict[str, list[Publication]] = {}
    for team in teams:
        try:
            share = decide_team(team, code_host=code_host, bench=bench, tree=tree)
        except Refused as refused:
            report.broken.append(f"{team.name}: {refused.sentence}")
            continue
        report.add(share)
        change.take(share.change)
        news[team.repository] = share.news
    report.broken += bench.approvers.troubles
    return report, change, news


def _message(report: PublishReport) -> str:
    """Commit message: a line that counts, then a line per DAG."""
    lines = [f"+ {dag_id}" for dag_id in report.published]
    lines += [f"- {dag_id}" for dag_id in report.removed]
    lines += [f"! {decision.dag_id} is withheld" for decision in report.withheld]
    lines += [
        f"* {decision.dag_id} by break-glass of {decision.break_glass.who}"
        for decision in report.glass
        if decision.break_glass is not None
    ]
    numbers = {
        "published": len(report.published),
        "removed": len(report.removed),
        "withheld": len(report.withheld),
    }
    counts = [f"{number} {word}" for word, number in numbers.items() if number]
    return "\n".join([f"Publish: {', '.join(counts) or 'decisions'}", "", *lines]).strip() + "\n"
