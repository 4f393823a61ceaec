"""What changes between two states of a repository, as a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from airdesk_render.behaviour.comparing import changes_between, changes_of_gone, changes_of_new
from airdesk_render.behaviour.facts import DagFacts
from airdesk_render.behaviour.impact import Index, Indexed, affected_by, indexed
from airdesk_render.behaviour.pairing import Pair, manifest_name, mentioning, pairs_to_compare
from airdesk_render.behaviour.picture import graph_of
from airdesk_render.behaviour.readings import Reading, Rules, reading_of
from airdesk_render.behaviour.renames import renamed_dags
from airdesk_render.behaviour.risk import Judge, at_least, highest_of, risk_rules_of
from airdesk_render.behaviour.shapes import Affected, Change, DagReport, Report, Status
from airdesk_render.behaviour.sides import Side
from airdesk_render.behaviour.timing import schedule_of
from airdesk_render.names import is_manifest
from airdesk_render.policy.risk import RISK_CLASSES

_BROKEN = "A manifest that is wrong cannot be compared: somebody has to look at it."


@dataclass(frozen=True)
class Case:
    """One DAG before and after; a reading is `None` where there is no manifest."""

    old: Reading | None
    new: Reading | None
    because: tuple[str, ...]


def compare(
    old: Side,
    new: Side,
    *,
    old_rules: Rules,
    new_rules: Rules,
    at: dt.datetime,
    index: Index | None = None,
) -> Report:
    """Compare two states of a repository.

    Args:
        old_rules, new_rules: of the same team; policy and catalogue may differ.
        at: an aware moment, from which next runs are counted.
        index: DAGs of other teams that may depend on these.
    """
    because_of_all = tuple(_differing(old_rules, new_rules))
    pairs = pairs_to_compare(old, new, because_of_all=because_of_all)
    for side, paths in ((old, [one.old for one in pairs]), (new, [one.new for one in pairs])):
        side.load([path for path in paths if path is not None])
    cases = _joined([_case(pair, old, new, old_rules, new_rules) for pair in pairs])
    reporter = _Reporter(new, new_rules, at, index or Index())
    reports = [report for case in cases if (report := reporter.report(case)) is not None]
    reports.sort(key=lambda one: (-RISK_CLASSES.index(one.risk), one.dag_id))
    risk, reasons = highest_of(
        Change(kind="dag", risk=one.risk, reasons=one.reasons) for one in reports
    )
    told = {path for one in reports for path in (one.manifest, one.was_at)}
    edited = [
        path for pair in pairs if (path := pair.new) in pair.because and path not in told and path
    ]
    manifests = sum(1 for path in new if is_manifest(path))
    return Report(
        team=new_rules.team.name,
        old=old.label,
        new=new.label,
        at=at,
        old_policy=old_rules.policy.version,
        new_policy=new_rules.policy.version,
        risk=risk,
        reasons=reasons,
        dags=tuple(reports),
        only_text=tuple(sorted(edited)),
        unchanged=manifests - len(told & new.digests.keys()) - len(edited),
    )


def _differing(old: Rules, new: Rules) -> Iterator[str]:
    if old.policy.version != new.policy.version:
        yield "policy"
    if old.catalogue.version != new.catalogue.version:
        yield "catalogue"


def _case(pair: Pair, old: Side, new: Side, old_rules: Rules, new_rules: Rules) -> Case:
    return Case(
        reading_of(old, pair.old, old_rules) if pair.old is not None else None,
        reading_of(new, pair.new, new_rules) if pair.new is not None else None,
        pair.because,
    )


def _joined(cases: list[Case]) -> list[Case]:
    """The same with a DAG that went and one that came made one case where it was renamed."""
    gone = {facts.dag_id: one for one in cases if one.new is None and (facts := _facts(one.old))}
    come = {facts.dag_id: one for one in cases if one.old is None and (facts := _facts(one.new))}
    pairs = renamed_dags(
        [facts for one in gone.values() if (facts := _facts(one.old))],
        [facts for one in come.values() if (facts := _facts(one.new))],
    )
    used = {id(gone[before]) for before in pairs} | {id(come[after]) for after in pairs.values()}
    renamed = [
        Case(gone[before].old, come[after].new, (*gone[before].because, *come[after].because))
        for before, after in pairs.items()
    ]
    return [*(one for one in cases if id(one) not in used), *renamed]


def _facts(reading: Reading | None) -> DagFacts | None:
    return reading.facts if reading is not None else None


class _Reporter:
    """Makes a report of each case; other DAGs of the repository are read once, when asked for."""

    def __init__(self, side: Side, rules: Rules, at: dt.datetime, index: Index) -> None:
        self.side, self.rules, self.at, self.index = side, rules, at, index
        self.risk = risk_rules_of(rules.policy)
        self._read: dict[str, Indexed | None] = {}

    def report(self, case: Case) -> DagReport | None:
        """What changes about a DAG; `None` where nothing does."""
        old, new = _facts(case.old), _facts(case.new)
        found = [*_changes(case, old, new), *_exceptions(case)]
        if not found:
            return None
        judge = Judge(self.risk, self.rules.team, old, new)
        changes = [judge.judged(change) for change in found]
        risk, reasons = highest_of(changes)
        status = _status(case, old, new)
        broken = any(one is not None and one.facts is None for one in (case.old, case.new))
        if broken and risk in ("none", "low"):
            risk, reasons = at_least(risk, "review"), (_BROKEN,)
        last = case.new or case.old
        assert last is not None  # noqa: S101 - a case has a side
        facts = new or old
        return DagReport(
            dag_id=facts.dag_id if facts else self.rules.team.dag_id(manifest_name(last.path)),
            status=status,
            manifest=last.path,
            was=old.dag_id if old and new and old.dag_id != new.dag_id else None,
            was_at=case.old.path if case.old and case.old.path != last.path else None,
            data_class=str(facts.head["data_class"]) if facts else None,
            risk=risk,
            reasons=reasons,
            because=case.because,
            changes=tuple(sorted(changes, key=lambda one: -RISK_CLASSES.index(one.risk))),
            schedule=schedule_of(old, new, self.at) if facts else None,
            graph=graph_of(old, new, changes) if facts else graph_of(None, None, ()),
            affected=self._affected(old, new) if facts and not broken else (),
            exceptions=case.new.exceptions if case.new else (),
            old_findings=case.old.findings if case.old else (),
            new_findings=case.new.findings if case.new else (),
        )

    def _affected(self, old: DagFacts | None, new: DagFacts | None) -> tuple[Affected, ...]:
        sides = [facts for facts in (old, new) if facts is not None]
        names = {name for facts in sides for name in (facts.dag_id, *facts.outlets)}
        bare = {name.partition(".")[2] for name in names}
        here = [
            one
            for path in mentioning(self.side, sorted(bare))
            if (one := self._indexed(path)) is not None
        ]
        known = {one.dag_id for one in here}
        others: Sequence[Indexed] = [one for one in self.index.dags if one.dag_id not in known]
        return (
            *affected_by(old, new, here, "repository"),
            *affected_by(old, new, others, "index"),
        )

    def _indexed(self, path: str) -> Indexed | None:
        if path not in self._read:
            facts = reading_of(self.side, path, self.rules).facts
            self._read[path] = indexed(facts) if facts is not None else None
        return self._read[path]


def _changes(case: Case, old: DagFacts | None, new: DagFacts | None) -> list[Change]:
    if old is not None and new is not None:
        moved = case.old is not None and case.new is not None and case.old.path != case.new.path
        paths = (case.old.path, case.new.path) if moved and case.old and case.new else None
        found = changes_between(old, new)
        if paths and old.dag_id == new.dag_id:
            found.append(Change(kind="dag.file", before=paths[0], after=paths[1]))
        return found
    if case.new is not None and new is None:
        return [Change(kind="manifest.broken", after=len(case.new.findings))]
    if new is not None:
        mended = case.old is not None
        found = changes_of_new(new)
        return [Change(kind="manifest.mended"), *found[1:]] if mended else found
    if old is not None:
        return changes_of_gone(old)
    return [Change(kind="dag.removed", note="Its manifest was broken before.")]


def _exceptions(case: Case) -> Iterator[Change]:
    before = case.old.exceptions if case.old else ()
    after = case.new.exceptions if case.new else ()
    for text in after:
        if text not in before:
            yield Change(kind="exception.added", after=text)
    for text in before:
        if text not in after:
            yield Change(kind="exception.removed", before=text)


def _status(case: Case, old: DagFacts | None, new: DagFacts | None) -> Status:
    if case.new is not None and new is None:
        return "broken"
    if case.new is None:
        return "removed"
    if case.old is None:
        return "added"
    return "renamed" if old and new and old.dag_id != new.dag_id else "changed"
