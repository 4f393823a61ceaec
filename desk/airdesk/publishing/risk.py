"""How risky a change of one DAG is: its behaviour before and after, by the platform's policy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime

from airdesk_render.behaviour import Index, Report, Rules, Side, compare
from airdesk_render.behaviour.harmless import visible
from airdesk_render.behaviour.wording import Phrase, affected_phrase, phrase_of
from airdesk_render.policy.risk import RISK_CLASSES, RiskClass

from airdesk.model import Frozen

MOST_REASONS = 4

Texts = Mapping[str, str]
"""Repository path to text."""


class Broken(Frozen):
    """Another DAG that loses what it waits for; `words` say how."""

    dag_id: str
    words: str


class Assessment(Frozen):
    """A class of risk, the changes that account for it as short phrases, and whom it breaks."""

    risk: RiskClass = "none"
    reasons: tuple[str, ...] = ()
    breaks: tuple[Broken, ...] = ()


HARMLESS = Assessment()
"""Nothing runs differently."""
UNKNOWN = Assessment(
    risk="security",
    reasons=("what was published of it is no longer in the repository's history",),
)
"""Where there is nothing to compare with, the highest class counts."""


def highest(*assessments: Assessment) -> Assessment:
    """The highest class with the reasons of all that are of it; what any of them breaks counts."""
    top = max(assessments, key=lambda one: RISK_CLASSES.index(one.risk))
    reasons = (
        reason for one in assessments if one.risk == top.risk != "none" for reason in one.reasons
    )
    return Assessment(
        risk=top.risk,
        reasons=tuple(dict.fromkeys(reasons))[: MOST_REASONS + 1],
        breaks=tuple(dict.fromkeys(broken for one in assessments for broken in one.breaks)),
    )


def lowest(*classes: RiskClass) -> RiskClass:
    return min(classes, key=RISK_CLASSES.index)


def assess(
    old: Texts, new: Texts, *, rules: Rules, at: datetime, index: Index | None = None
) -> Assessment:
    """What becomes of a DAG whose files were these and are those; no file means no DAG.

    Args:
        index: what other DAGs rely on.

    Both sides are read by the platform's present rules: what those changed is the platform's act.
    """
    return _assessment(report_on(old, new, rules=rules, at=at, index=index))


def report_on(
    old: Texts, new: Texts, *, rules: Rules, at: datetime, index: Index | None = None
) -> Report:
    """The whole behaviour diff of these files, as `airdesk-render diff` would print it."""
    before, after = FilesInMemory("published", old), FilesInMemory("candidate", new)
    return compare(before, after, old_rules=rules, new_rules=rules, at=at, index=index)


def _assessment(report: Report) -> Assessment:
    if report.risk == "none":
        return HARMLESS
    phrases = tuple(dict.fromkeys(_phrases(report)))
    if len(phrases) > MOST_REASONS:
        more = len(phrases) - MOST_REASONS
        phrases = (*phrases[:MOST_REASONS], f"and {more} more")
    return Assessment(risk=report.risk, reasons=phrases, breaks=tuple(_broken(report)))


def _phrases(report: Report) -> Iterator[str]:
    for dag in report.dags:
        if dag.risk != report.risk:
            continue
        told = [change for change in dag.changes if change.risk == dag.risk]
        yield from (_plain(phrase_of(change)) for change in told)
        if not told:  # a manifest that is wrong is risky as a whole
            yield from (reason.rstrip(".") for reason in dag.reasons)


def _broken(report: Report) -> Iterator[Broken]:
    for dag in report.dags:
        for one in dag.affected:
            if one.breaks:
                yield Broken(dag_id=one.dag_id, words=_plain(affected_phrase(one)))


def _plain(phrase: Phrase) -> str:
    parts = (part if isinstance(part, str) else part.text for part in phrase)
    return visible(" ".join("".join(parts).split()))


class FilesInMemory(Side):
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
