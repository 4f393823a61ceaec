"""What changes between two states of a repository, as a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from airdesk_render.behaviour.impact import Index
from airdesk_render.behaviour.pairing import Pair, pairs_to_compare
from airdesk_render.behaviour.readings import Rules, reading_of
from airdesk_render.behaviour.renames import renamed_dags
from airdesk_render.behaviour.reporting import Case, Reporter, facts_in
from airdesk_render.behaviour.risk import highest_of
from airdesk_render.behaviour.shapes import Change, DagReport, Report
from airdesk_render.behaviour.sides import Side
from airdesk_render.names import is_manifest
from airdesk_render.policy.risk import RISK_CLASSES


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
    reporter = Reporter(new, new_rules, at, index or Index(), cases)
    reports = [report for case in cases if (report := reporter.report(case)) is not None]
    reports.sort(key=lambda one: (-RISK_CLASSES.index(one.risk), one.dag_id))
    whole = [Change(kind="dag", risk=one.risk, reasons=one.reasons) for one in reports]
    risk, reasons = highest_of(whole)
    only_text, unchanged = _without_effect(new, pairs, reports)
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
        only_text=only_text,
        unchanged=unchanged,
    )


def _without_effect(
    new: Side, pairs: list[Pair], reports: list[DagReport]
) -> tuple[tuple[str, ...], int]:
    """Manifests that were edited and do the same; how many others there are."""
    told = {one.manifest for one in reports if one.status != "removed"}
    edited = {
        pair.new
        for pair in pairs
        if pair.new is not None and pair.new in pair.because and pair.new not in told
    }
    manifests = sum(1 for path in new.digests if is_manifest(path))
    return tuple(sorted(edited)), manifests - len(told) - len(edited)


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
    gone = {facts.dag_id: one for one in cases if one.new is None and (facts := facts_in(one.old))}
    come = {facts.dag_id: one for one in cases if one.old is None and (facts := facts_in(one.new))}
    pairs = renamed_dags(
        [facts for one in gone.values() if (facts := facts_in(one.old))],
        [facts for one in come.values() if (facts := facts_in(one.new))],
    )
    used = {id(gone[before]) for before in pairs} | {id(come[after]) for after in pairs.values()}
    renamed = [
        Case(gone[before].old, come[after].new, (*gone[before].because, *come[after].because))
        for before, after in pairs.items()
    ]
    return [*(one for one in cases if id(one) not in used), *renamed]
