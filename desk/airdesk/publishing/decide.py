"""What becomes of one DAG: published, withheld, removed or left as it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from airdesk_render.manifest import Manifest, report_task

from airdesk.model import BreakGlass, NotifyTarget, Publication
from airdesk.publishing.changes import Changes, judged_until
from airdesk.publishing.controls import Hold
from airdesk.publishing.reliance import Published
from airdesk.publishing.review import Review, Verdict
from airdesk.publishing.sources import Candidate


@dataclass(frozen=True)
class Matter:
    """One DAG to decide about.

    Attributes:
        candidate: the DAG in the team's repository; `None` where it has no manifest any more.
        previous: the decision that stands in `publications.json` now.
        hold: why the platform wants it left alone.
        glass: leave to publish it in spite of missing approvals or a freeze.
        spent: a sentence about such a leave that is over.
        replaces: the DAG that goes with the same change, where this one is it renamed.
        published: what else is published.
        successor: the decision on the DAG that takes its place, for one that goes.
    """

    dag_id: str
    candidate: Candidate | None
    previous: Publication | None
    hold: Hold | None = None
    glass: BreakGlass | None = None
    spent: str | None = None
    replaces: Publication | None = None
    successor: Publication | None = None
    published: Published = field(default_factory=Published)

    @property
    def is_held(self) -> bool:
        """Whether nothing of it may be written: stopped, or frozen without leave."""
        return self.hold is not None and (self.hold.kind == "stop" or self.glass is None)


def decide(matter: Matter, *, review: Review, changes: Changes) -> Publication | None:
    """The decision as it shall stand in `publications.json`; `None` for a DAG to forget."""
    base, candidate = base_of(matter.previous), matter.candidate
    if candidate is None:
        return _gone(matter, base, review, changes)
    if candidate.manifest is None:
        return _broken(candidate, base, review)
    if base is not None and base.state == "published" and _same(base, candidate):
        return _unchanged(candidate, candidate.manifest, base, matter.previous, review)
    verdict = review.verdict(changes.of(candidate, base, replaces=matter.replaces))
    reason, glass = _obstacle(verdict, matter)
    found = _of_verdict(verdict, matter)
    if reason is not None:
        return _withheld(candidate, base, verdict.commit, reason).model_copy(update=found)
    found |= {
        "break_glass": glass,
        "renamed_from": matter.replaces.dag_id if matter.replaces else None,
    }
    decided = _published(candidate, candidate.manifest, verdict.commit)
    return decided.model_copy(update=found)


def base_of(previous: Publication | None) -> Publication | None:
    """The last decision that took effect in the central repository."""
    if previous is None or previous.state != "withheld":
        return previous
    return previous.standing


def _same(base: Publication, candidate: Candidate) -> bool:
    return (base.source_digest, base.manifest_path) == (candidate.digest, candidate.manifest_path)


def _obstacle(verdict: Verdict, matter: Matter) -> tuple[str | None, BreakGlass | None]:
    """Why it must not be published; else the break-glass entry that it took, if it took one."""
    hold, glass = matter.hold, matter.glass
    stopped = hold is not None and hold.kind == "stop"
    liftable = [*verdict.missing, *([hold.sentence] if hold and not stopped else [])]
    reasons = [*([hold.sentence] if hold and stopped else []), *verdict.barriers]
    if glass is None:
        reasons += liftable
        if matter.spent and liftable:
            reasons.append(matter.spent)
    if reasons:
        return " ".join(reasons), None
    return None, glass if liftable else None


def _of_verdict(verdict: Verdict, matter: Matter) -> dict[str, object]:
    """What a publication tells of the verdict behind it."""
    return {
        "merge_request": verdict.merge_request,
        "approved_by": tuple(one.username for one in verdict.approvals),
        "approvals": verdict.approvals,
        "risk": verdict.assessment.risk,
        "reasons": verdict.assessment.reasons,
        "breaks": tuple(matter.published.told(one) for one in verdict.assessment.breaks),
        "needs": verdict.needs,
        "pipeline": verdict.pipeline,
    }


_KEPT = (
    *("merge_request", "approved_by", "approvals", "risk", "reasons", "needs", "pipeline"),
    *("breaks", "hashes", "relies_on", "break_glass", "renamed_from"),
)
"""What stays said of a publication while its files stay the same."""


def _unchanged(
    candidate: Candidate,
    manifest: Manifest,
    base: Publication,
    previous: Publication | None,
    review: Review,
) -> Publication:
    commit = base.source_commit
    if previous is not None and previous.state == "withheld":
        # A withheld change was taken back: what stands is what the newest commit holds.
        commit = review.newest(judged_until(candidate.files, base)) or commit
    kept = {field: getattr(base, field) for field in _KEPT}
    return _published(candidate, manifest, commit).model_copy(update=kept)


def _gone(
    matter: Matter, base: Publication | None, review: Review, changes: Changes
) -> Publication | None:
    if base is None or base.state == "removed":
        return base
    verdict = review.verdict(changes.of_gone(base))
    reason, glass = _obstacle(verdict, matter)
    successor = matter.successor
    if successor is not None and successor.state == "withheld":
        reason, glass = _waits_for(successor), None
    found = _of_verdict(verdict, matter)
    if reason is not None:
        why = f"{matter.dag_id} keeps running although its manifest is gone: {reason}"
        found |= {"state": "withheld", "reason": why, "standing": base, "break_glass": None}
    else:
        found |= {"state": "removed", "break_glass": glass, "hashes": {}, "relies_on": None}
        found["renamed_to"] = successor.dag_id if successor else None
    return base.model_copy(update={**found, "source_commit": verdict.commit})


def _waits_for(successor: Publication) -> str:
    return f"it becomes {successor.dag_id}, which is not published yet: {successor.reason}"


def _broken(candidate: Candidate, base: Publication | None, review: Review) -> Publication:
    commit = review.newest(judged_until(candidate.files, base))
    if commit is None:  # not the manifest changed but the policy did, or a file beside it went
        commit = base.source_commit if base else review.head
    problem = candidate.problem or "The manifest has findings."
    withheld = _withheld(candidate, base, commit, problem)
    return withheld.model_copy(update={"merge_request": review.brought_by(commit)})


def _withheld(
    candidate: Candidate, base: Publication | None, commit: str, reason: str
) -> Publication:
    return Publication(
        dag_id=candidate.dag_id,
        state="withheld",
        source_commit=commit,
        source_digest=candidate.digest,
        manifest_path=candidate.manifest_path,
        reason=reason,
        files=candidate.files,
        standing=base,
    ).model_copy(update=_told(candidate.manifest, base))


def _published(candidate: Candidate, manifest: Manifest, commit: str) -> Publication:
    return Publication(
        dag_id=candidate.dag_id,
        state="published",
        source_commit=commit,
        source_digest=candidate.digest,
        manifest_path=candidate.manifest_path,
        files=candidate.files,
    ).model_copy(update=_told(manifest, None))


def _told(manifest: Manifest | None, base: Publication | None) -> dict[str, object]:
    """How sensitive a DAG is, whom it belongs to and whom its runs are told to.

    While a publication stands it says so, and not a manifest that nobody approved: the runs are
    those of the former.
    """
    standing = base is not None and base.state == "published"
    if manifest is not None and not standing:
        shown = manifest.data_class != "pii"
        return {
            "data_class": manifest.data_class,
            "owners": tuple(manifest.owners),
            "notify": tuple(
                NotifyTarget(slack=target.slack, events=target.events) for target in manifest.notify
            ),
            "report_task": report_task(manifest) if shown else None,
        }
    if base is not None:
        kept = ("data_class", "owners", "notify", "report_task")
        return {field: getattr(base, field) for field in kept}
    return {}
