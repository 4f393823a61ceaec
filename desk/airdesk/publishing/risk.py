"""How risky a change of one DAG is: its behaviour before and after, by the platform's policy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime

from airdesk_render.behaviour import Report, Rules, Side, compare
from airdesk_render.behaviour.harmless import visible
from airdesk_render.behaviour.wording import Phrase, phrase_of
from airdesk_render.policy.risk import RISK_CLASSES, RiskClass

from airdesk.model import Frozen

MOST_REASONS = 4

Texts = Mapping[str, str]
"""Repository path to text."""


class Assessment(Frozen):
    """A class of risk, and the changes that account for it, as short phrases."""

    risk: RiskClass = "none"
    reasons: tuple[str, ...] = ()


HARMLESS = Assessment()
"""Nothing runs differently."""
UNKNOWN = Assessment(
    risk="security",
    reasons=("what was published of it is no longer in the repository's history",),
)
"""Where there is nothing to compare with, the highest class counts."""


def highest(*assessments: Assessment) -> Assessment:
    """The one of the highest class, with the reasons of all that are of it."""
    top = max(assessments, key=lambda one: RISK_CLASSES.index(one.risk))
    reasons = (
        reason for one in assessments if one.risk == top.risk != "none" for reason in one.reasons
    )
    return Assessment(risk=top.risk, reasons=tuple(dict.fromkeys(reasons))[: MOST_REASONS + 1])


def lowest(*classes: RiskClass) -> RiskClass:
    return min(classes, key=RISK_CLASSES.index)


def assess(old: Texts, new: Texts, *, rules: Rules, at: datetime) -> Assessment:
    """What becomes of a DAG whose files were these and are those; no file means no DAG.

    Both sides are read by the platform's present rules: what those changed is the platform's act.
    """
    return _assessment(report_on(old, new, rules=rules, at=at))


def report_on(old: Texts, new: Texts, *, rules: Rules, at: datetime) -> Report:
    """The whole behaviour diff of these files, as `airdesk-render diff` would print it."""
    before, after = _Files("published", old), _Files("candidate", new)
    return compare(before, after, old_rules=rules, new_rules=rules, at=at)


def _assessment(report: Report) -> Assessment:
    if report.risk == "none":
        return HARMLESS
    phrases = tuple(dict.fromkeys(_phrases(report)))
    if len(phrases) > MOST_REASONS:
        more = len(phrases) - MOST_REASONS
        phrases = (*phrases[:MOST_REASONS], f"and {more} more")
    return Assessment(risk=report.risk, reasons=phrases)


def _phrases(report: Report) -> Iterator[str]:
    for dag in report.dags:
        if dag.risk != report.risk:
            continue
        told = [change for change in dag.changes if change.risk == dag.risk]
        yield from (_plain(phrase_of(change)) for change in told)
        if not told:  # a manifest that is wrong is risky as a whole
            yield from (reason.rstrip(".") for reason in dag.reasons)


def _plain(phrase: Phrase) -> str:
    parts = (part if isinstance(part, str) else part.text for part in phrase)
    return visible(" ".join("".join(parts).split()))


class _Files(Side):
    """Texts in memory as one side of a comparison."""

    def __init__(self, label: str, texts: Texts) -> None:
        super().__init__(label)
        self._content = {path: text.encode("utf-8", "replace") for path, text in texts.items()}
        self.digests = {
            path: hashlib.sha1(raw, usedforsecurity=False).hexdigest()
            for path, raw in self._content.items()
        }

    def _bytes(self, path: str) -> bytes | None:
        return self._content.get(path)
