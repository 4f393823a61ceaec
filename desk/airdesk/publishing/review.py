"""Whether people approved what a team's repository now holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from airdesk_render.policy.approvals import LEAD, Needed

from airdesk.errors import Refused
from airdesk.model import CountedApproval, JudgedPipeline, MergeRequest
from airdesk.ports import CodeHost
from airdesk.publishing.approvers import Approvers, in_words
from airdesk.publishing.judge_approval import Judgement, judge_approval
from airdesk.publishing.risk import UNKNOWN, Assessment, Texts, highest, lowest
from airdesk.publishing.sources import Source, texts_of
from airdesk.publishing.steps import DagChange, Step, steps_of

SHORT = 8
LEAD_ALONE: Needed = (LEAD,)


@dataclass(frozen=True)
class Verdict:
    """What was found about a change of some files.

    Attributes:
        commit: the newest commit that touched them.
        merge_request: iid of the one that brought it, where there is one.
        assessment: how risky the whole change is.
        missing: sentences about approvals that are missing.
        barriers: sentences about what no approval makes good.
    """

    commit: str
    merge_request: int | None = None
    approvals: tuple[CountedApproval, ...] = ()
    assessment: Assessment = UNKNOWN
    needs: Needed = ()
    pipeline: JudgedPipeline | None = None
    missing: tuple[str, ...] = ()
    barriers: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Vouched:
    """The merge request that vouches for a commit, or the one that fails to."""

    request: MergeRequest | None
    judgement: Judgement
    barrier: str | None = None

    @property
    def good(self) -> bool:
        return self.barrier is None and self.judgement.sufficient


class Review:
    """Judges one repository; asks GitLab about each merge request once."""

    def __init__(self, source: Source, *, code_host: CodeHost, approvers: Approvers) -> None:
        self._source = source
        self._project = source.team.repository
        self._code_host = code_host
        self._approvers = approvers
        self._judgement = lru_cache(maxsize=None)(self._judge)
        self._requests = lru_cache(maxsize=None)(self._requests_of)
        self._pipeline = lru_cache(maxsize=None)(self._pipeline_of)
        self.texts_at = lru_cache(maxsize=4)(self._texts_at)

    @property
    def head(self) -> str:
        return self._source.head

    def newest(self, since: Mapping[str, str | None]) -> str | None:
        """The newest commit that touched one of the files, `None` if none did; see `DagChange`."""
        return next(reversed(self._touching(since)), None)

    def brought_by(self, commit: str) -> int | None:
        """Iid of the merge request that a commit came with."""
        return next((request.iid for request in self._merged(commit)), None)

    def verdict(self, change: DagChange) -> Verdict:
        """Judge every commit that touched a file after the commit up to which it was judged."""
        touching = self._touching(change.since)
        if not touching:
            sentence = (
                "GitLab names no commit that made this change, so nobody can have approved it. "
                "An operator must look at the repository's history."
            )
            return Verdict(commit=self.head, barriers=(sentence,))
        steps, newest = self._steps(change, touching), next(reversed(touching))
        last = self._best(newest, self._needed(steps[-1]))
        missing, barriers = self._faults(steps)
        if not (missing or barriers) and last.request is not None:
            barriers = tuple(self._differences(last.request, list(change.since)))
        whole = highest(*(step.assessment for step in steps))
        return Verdict(
            commit=newest,
            merge_request=last.request.iid if last.request else None,
            approvals=last.judgement.approvals,
            assessment=whole,
            needs=self._approvers.needed(whole, self._source.team),
            pipeline=self._pipeline(last.request) if last.request else None,
            missing=missing,
            barriers=barriers,
        )

    def _touching(self, since: Mapping[str, str | None]) -> dict[str, set[str]]:
        """Commits that touched one of the files since it was judged, oldest first, with those."""
        touched = {path: self._commits(path, since[path]) for path in since}
        found: dict[str, set[str]] = {}
        for path, commits in touched.items():
            for commit in commits:
                found.setdefault(commit, set()).add(path)
        order: Sequence[str] = max(touched.values(), key=len, default=())
        if found.keys() - set(order):  # no file's own history has them all
            bases = set(since.values())
            order = self._commits("", bases.pop() if len(bases) == 1 else None)
        return {commit: found[commit] for commit in reversed(order) if commit in found}

    def _commits(self, path: str, since: str | None) -> Sequence[str]:
        return self._code_host.last_commits(self._project, path, ref=self.head, since=since)

    def _steps(self, change: DagChange, touching: dict[str, set[str]]) -> list[Step]:
        known = {path for path, commit in change.since.items() if commit is not None}
        if known == change.since.keys():
            steps = steps_of(change, list(touching), key=self._came_with, texts_at=self.texts_at)
            return self._covered(steps, change)
        # Files came to the DAG that were there before, so what each commit did to it cannot be
        # said. Those of the manifest and the newest answer for all; others for a usual look.
        whole, newest = change.whole(), next(reversed(touching))
        usual = Assessment(risk=lowest(whole.risk, "review"))
        weighty = {change.manifest_path, *known}
        return [
            Step(
                (commit,),
                usual if paths.isdisjoint(weighty) and commit != newest else whole,
                change.new,
            )
            for commit, paths in touching.items()
        ]

    def _covered(self, steps: list[Step], change: DagChange) -> list[Step]:
        """Let the last step answer for those before whose approvers saw something else."""
        unseen = [
            step.assessment
            for step in steps[:-1]
            if (request := self._best(step.commits[-1], self._needed(step)).request) is not None
            and not self._showed(request, step.texts, change.paths)
        ]
        last = steps[-1]
        whole = highest(last.assessment, *unseen)
        return [*steps[:-1], Step(last.commits, whole, last.texts)]

    def _showed(self, request: MergeRequest, texts: Texts, paths: frozenset[str]) -> bool:
        shown = self.texts_at(request.sha)
        return all(shown.get(path) == texts.get(path) for path in paths)

    def _came_with(self, commit: str) -> frozenset[int]:
        return frozenset(request.iid for request in self._merged(commit))

    def _needed(self, step: Step) -> Needed:
        return self._approvers.needed(step.assessment, self._source.team)

    def _faults(self, steps: Sequence[Step]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What keeps the commits from being published, those of the newest merge request first."""
        missing: dict[str, None] = {}
        barriers: dict[str, None] = {}
        for step in reversed(steps):
            needed = self._needed(step)
            for commit in reversed(step.commits):
                found = self._best(commit, needed)
                if found.barrier is not None:
                    barriers[found.barrier] = None
                elif not found.judgement.sufficient:
                    missing[_told(found.judgement, needed, step.assessment)] = None
        return tuple(missing), tuple(barriers)

    def _best(self, commit: str, needed: Needed) -> _Vouched:
        merged = self._merged(commit)
        if not merged:
            sentence = (
                f"Commit {commit[:SHORT]} reached {self._source.branch} without a merge request. "
                "Revert it and open one."
            )
            return _Vouched(None, Judgement(sufficient=False), sentence)
        judged = [self._judgement(request, needed) for request in merged]
        return next((one for one in judged if one.good), judged[0])

    def _merged(self, commit: str) -> list[MergeRequest]:
        return [
            request
            for request in self._requests(commit)
            if request.state == "merged" and request.target_branch == self._source.branch
        ]

    def _requests_of(self, commit: str) -> Sequence[MergeRequest]:
        return self._code_host.merge_requests_of(self._project, commit)

    def _judge(self, request: MergeRequest, needed: Needed) -> _Vouched:
        host, iid = self._code_host, request.iid
        if request.from_fork:
            # Its pushes happened in another project, out of our sight.
            sentence = (
                f"{self._project}!{iid} comes from a fork, whose pushes cannot be judged. "
                "Open it from a branch of the repository itself."
            )
            return _Vouched(request, Judgement(sufficient=False), sentence)
        versions = host.diff_versions(self._project, iid)
        kinds = dict.fromkeys((*needed, LEAD))
        judgement = judge_approval(
            request,
            team=self._source.team,
            needed=needed,
            people={kind: self._approvers.of(kind, self._project) for kind in kinds},
            approvals=host.approvals(self._project, iid),
            versions=versions,
            pushes=host.pushes(self._project, request.source_branch),
        )
        if versions and versions[0].head_sha != request.sha:
            sentence = f"{self._project}!{iid} was merged at another commit than the approved one."
            return _Vouched(request, judgement, sentence)
        return _Vouched(request, judgement)

    def _pipeline_of(self, request: MergeRequest) -> JudgedPipeline | None:
        try:
            found = self._code_host.pipeline(self._project, request.iid)
        except Refused:
            return None  # a note on where it came from, which nothing depends on
        if found is None or found.sha != request.sha:
            return None
        return JudgedPipeline(id=found.id, status=found.status, url=found.url)

    def _differences(self, request: MergeRequest, paths: Sequence[str]) -> Iterator[str]:
        """Sentences about content that is not what the approvers saw."""
        texts = self._source.texts
        approved = self.texts_at(request.sha)
        for path in paths:
            merged = texts.get(path)
            if approved.get(path) != merged:
                yield (
                    f"{path} is not what {self._project}!{request.iid} showed its approvers: "
                    "another change was merged beside it. Open a merge request on the newest "
                    f"{self._source.branch}."
                )
            elif self._code_host.read_file(self._project, path, ref=self.head) != merged:
                # `export-subst` and `export-ignore` in .gitattributes change an archive's content.
                yield (
                    f"{path} differs between the repository and its archive; "
                    "remove export attributes from .gitattributes."
                )

    def _texts_at(self, ref: str) -> Texts:
        return texts_of(self._code_host.read_tree(self._project, ref=ref))


def _told(judgement: Judgement, needed: Needed, assessment: Assessment) -> str:
    """What is missing; with the reason where more is asked for than a lead's look."""
    if needed == LEAD_ALONE or not judgement.reason:
        return judgement.reason
    reasons = (*assessment.reasons, *(broken.words for broken in assessment.breaks))
    because = f": {'; '.join(reasons)}" if reasons else ""
    return f"Needs {in_words(needed)}{because}. {judgement.reason}"
