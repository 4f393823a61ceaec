"""What changes about one DAG, as its part of the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from airdesk_render.behaviour.comparing import changes_between, changes_of_gone, changes_of_new
from airdesk_render.behaviour.facts import DagFacts
from airdesk_render.behaviour.impact import Index, Indexed, affected_by, indexed
from airdesk_render.behaviour.pairing import Words, manifest_name
from airdesk_render.behaviour.picture import graph_of
from airdesk_render.behaviour.readings import Reading, Rules, reading_of
from airdesk_render.behaviour.risk import Judge, highest_of, risk_rules_of
from airdesk_render.behaviour.shapes import Affected, Change, DagReport, Graph, Status
from airdesk_render.behaviour.sides import Side
from airdesk_render.behaviour.timing import schedule_of
from airdesk_render.policy.risk import RISK_CLASSES

_BROKEN = "A manifest that is wrong cannot be compared: somebody has to look at it."


@dataclass(frozen=True)
class Case:
    """One DAG before and after; a reading is `None` where there is no manifest."""

    old: Reading | None
    new: Reading | None
    because: tuple[str, ...]

    @property
    def broken(self) -> bool:
        """Whether either manifest is wrong."""
        return any(one is not None and one.facts is None for one in (self.old, self.new))


def facts_in(reading: Reading | None) -> DagFacts | None:
    """The facts of a manifest that is there and right."""
    return reading.facts if reading is not None else None


class Reporter:
    """Makes a report of each case; other DAGs of the repository are read once, when asked for."""

    def __init__(
        self, side: Side, rules: Rules, at: dt.datetime, index: Index, cases: Iterable[Case]
    ) -> None:
        self.side, self.rules, self.at, self.index = side, rules, at, index
        self.risk = risk_rules_of(rules.policy)
        self._words = Words(side)
        readings = [case.new for case in cases if case.new is not None]
        self._known = {one.path: _indexed(one) for one in readings}

    def report(self, case: Case) -> DagReport | None:
        """What changes about a DAG; `None` where nothing does."""
        old, new = facts_in(case.old), facts_in(case.new)
        found = [*_changes(case, old, new), *_exceptions(case)]
        last = case.new or case.old
        if not found or last is None:
            return None
        judge = Judge(self.risk, self.rules.team, old, new)
        changes = [judge.judged(change) for change in found]
        risk, reasons = highest_of(changes)
        if case.broken and risk in ("none", "low"):
            risk, reasons = "review", (_BROKEN,)
        facts = new or old
        whole = facts is not None and not case.broken
        return DagReport(
            dag_id=facts.dag_id if facts else self.rules.team.dag_id(manifest_name(last.path)),
            status=_status(case, old, new),
            manifest=last.path,
            was=old.dag_id if old and new and old.dag_id != new.dag_id else None,
            was_at=case.old.path if case.old and case.old.path != last.path else None,
            data_class=str(facts.head["data_class"]) if facts else None,
            risk=risk,
            reasons=reasons,
            because=case.because,
            changes=tuple(sorted(changes, key=lambda one: -RISK_CLASSES.index(one.risk))),
            schedule=schedule_of(old, new, self.at) if whole else None,
            graph=graph_of(old, new, changes) if whole else Graph(),
            affected=self._affected(old, new) if whole and risk != "none" else (),
            exceptions=case.new.exceptions if case.new else (),
            old_findings=case.old.findings if case.old else (),
            new_findings=case.new.findings if case.new else (),
        )

    def _affected(self, old: DagFacts | None, new: DagFacts | None) -> tuple[Affected, ...]:
        sides = [facts for facts in (old, new) if facts is not None]
        names = {name for facts in sides for name in (facts.dag_id, *facts.outlets)}
        bare = {name.partition(".")[2] for name in names}
        here = [
            one for path in self._words.mentioning(bare) if (one := self._found(path)) is not None
        ]
        known = {one.dag_id for one in here}
        others = [one for one in self.index.dags if one.dag_id not in known]
        return (
            *affected_by(old, new, here, "repository"),
            *affected_by(old, new, others, "index"),
        )

    def _found(self, path: str) -> Indexed | None:
        if path not in self._known:
            self._known[path] = _indexed(reading_of(self.side, path, self.rules))
        return self._known[path]


def _indexed(reading: Reading) -> Indexed | None:
    return indexed(reading.facts) if reading.facts is not None else None


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
