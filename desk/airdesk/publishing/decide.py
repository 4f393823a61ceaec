"""What becomes of one DAG: published, withheld, removed or left as it is."""

from __future__ import annotations

from airdesk_render.manifest import Manifest, report_task

from airdesk.model import NotifyTarget, Publication
from airdesk.publishing.review import Review
from airdesk.publishing.sources import Candidate


def decide(
    dag_id: str, candidate: Candidate | None, previous: Publication | None, *, review: Review
) -> Publication | None:
    """The decision as it shall stand in `publications.json`; `None` for a DAG to forget.

    Args:
        candidate: the DAG in the team's repository; `None` where it has no manifest any more.
        previous: the decision that stands there now.
    """
    base = _base(previous)
    if candidate is None:
        return _gone(dag_id, base, review)
    if candidate.manifest is None:
        return _broken(candidate, base, review)
    if base is not None and base.state == "published" and _same(base, candidate):
        return _unchanged(candidate, candidate.manifest, base, previous, review)
    verdict = review.verdict(_since(candidate.files, base))
    if verdict.reason is not None:
        withheld = _withheld(candidate, base, verdict.commit, verdict.reason)
        return withheld.model_copy(update={"merge_request": verdict.merge_request})
    return _published(
        candidate,
        candidate.manifest,
        commit=verdict.commit,
        merge_request=verdict.merge_request,
        approved_by=verdict.approved_by,
    )


def _base(previous: Publication | None) -> Publication | None:
    """The last decision that took effect in the central repository."""
    if previous is None or previous.state != "withheld":
        return previous
    return previous.standing


def _same(base: Publication, candidate: Candidate) -> bool:
    return (base.source_digest, base.manifest_path) == (candidate.digest, candidate.manifest_path)


def _since(paths: tuple[str, ...], base: Publication | None) -> dict[str, str | None]:
    """Up to which commit each file was judged; files that are new to the DAG never were.

    Files that it was made from until now count too: taking away a file of defaults changes it.
    """
    if base is None:
        return dict.fromkeys(paths)
    before = dict.fromkeys(base.files, base.source_commit)
    return {path: before.get(path) for path in dict.fromkeys((*paths, *base.files))}


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
        commit = review.newest(_since(candidate.files, base)) or commit
    return _published(
        candidate,
        manifest,
        commit=commit,
        merge_request=base.merge_request,
        approved_by=base.approved_by,
    )


def _gone(dag_id: str, base: Publication | None, review: Review) -> Publication | None:
    if base is None or base.state == "removed":
        return base
    verdict = review.verdict({base.manifest_path: base.source_commit})
    if verdict.reason is not None:
        return base.model_copy(
            update={
                "state": "withheld",
                "source_commit": verdict.commit,
                "merge_request": verdict.merge_request,
                "approved_by": (),
                "reason": f"{dag_id} keeps running although its manifest is gone: {verdict.reason}",
                "standing": base,
            }
        )
    return base.model_copy(
        update={
            "state": "removed",
            "source_commit": verdict.commit,
            "merge_request": verdict.merge_request,
            "approved_by": verdict.approved_by,
        }
    )


def _broken(candidate: Candidate, base: Publication | None, review: Review) -> Publication:
    commit = review.newest(_since(candidate.files, base))
    if commit is None:  # not the manifest changed but the policy did, or a file beside it went
        commit = base.source_commit if base else review.head
    return _withheld(candidate, base, commit, candidate.problem or "The manifest has findings.")


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


def _published(
    candidate: Candidate,
    manifest: Manifest,
    *,
    commit: str,
    merge_request: int | None,
    approved_by: tuple[str, ...],
) -> Publication:
    return Publication(
        dag_id=candidate.dag_id,
        state="published",
        source_commit=commit,
        source_digest=candidate.digest,
        manifest_path=candidate.manifest_path,
        merge_request=merge_request,
        approved_by=approved_by,
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
