"""One manifest of one side: its facts where it is right, else what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from airdesk_render.behaviour.facts import DagFacts, facts_of
from airdesk_render.behaviour.impact import Index, indexed
from airdesk_render.behaviour.pairing import text_of
from airdesk_render.behaviour.sides import Side
from airdesk_render.catalogue import Catalogue
from airdesk_render.check import check_manifest
from airdesk_render.defaults import defaults_files
from airdesk_render.findings import Finding
from airdesk_render.names import Team, is_manifest
from airdesk_render.policy import Policy

_UNREADABLE = {
    "not-utf8": "This file is not UTF-8 text. Save it as UTF-8.",
    "too-large": "This file is too large to be read.",
}
EXCEPTION = "exception-in-effect"


@dataclass(frozen=True)
class Rules:
    """What a side is read by."""

    team: Team
    policy: Policy
    catalogue: Catalogue


@dataclass(frozen=True)
class Reading:
    """A manifest as it was read.

    Attributes:
        facts: `None` where it is broken; then `findings` say why.
        exceptions: sentences about the policy's exceptions that it needs.
    """

    path: str
    facts: DagFacts | None
    findings: tuple[Finding, ...] = ()
    exceptions: tuple[str, ...] = ()


def reading_of(side: Side, path: str, rules: Rules) -> Reading:
    """Read, check and lay flat one manifest; never raises for what a person could have written."""
    # asked for once, so that a file that cannot be read is known not to be there
    for file in (path, *defaults_files(path, side.digests)):
        text_of(side, file)
        if file in side.unreadable:
            return Reading(path, None, (_unreadable(file, side.unreadable[file]),))
    checked = check_manifest(
        side[path],
        file=path,
        team=rules.team,
        policy=rules.policy,
        files=side,
        catalogue=rules.catalogue,
    )
    if not checked.ok or checked.manifest is None:
        errors = tuple(one for one in checked.findings if one.severity == "error")
        return Reading(path, None, errors)
    facts = facts_of(
        checked.manifest,
        manifest_path=path,
        team=rules.team,
        policy=rules.policy,
        files=side,
        catalogue=rules.catalogue,
    )
    needed = (one.message for one in checked.findings if one.code == EXCEPTION)
    return Reading(path, facts, (), tuple(dict.fromkeys(needed)))


def _unreadable(file: str, why: str) -> Finding:
    return Finding(file=file, line=1, column=1, code=why, message=_UNREADABLE[why])


def index_of(side: Side, rules: Rules) -> Index:
    """All right manifests of a side, for those who look for listeners in other teams."""
    paths = [path for path in side if is_manifest(path)]
    side.load(paths)
    found = (reading_of(side, path, rules).facts for path in paths)
    return Index(dags=tuple(indexed(facts) for facts in found if facts is not None))
