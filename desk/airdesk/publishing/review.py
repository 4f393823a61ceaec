"""Whether people approved what a team's repository now holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from airdesk.model import MergeRequest
from airdesk.ports import CodeHost
from airdesk.publishing.judge_approval import Judgement, judge_approval
from airdesk.publishing.sources import Source

SHORT = 8


@dataclass(frozen=True)
class Verdict:
    """What was found about the newest change of some files.

    Attributes:
        commit: the newest commit that touched them.
        merge_request: iid of the one that brought it, where there is one.
        reason: why it must not be published; `None` when it may.
    """

    commit: str
    merge_request: int | None
    approved_by: tuple[str, ...]
    reason: str | None


class Review:
    """Judges one repository; asks GitLab about each merge request once."""

    def __init__(self, source: Source, *, code_host: CodeHost) -> None:
        self._source = source
        self._project = source.team.repository
        self._code_host = code_host
        self._judgement = lru_cache(maxsize=None)(self._judge)
        self._requests = lru_cache(maxsize=None)(self._requests_of)
        self._tree = lru_cache(maxsize=4)(self._read_tree)

    @property
    def head(self) -> str:
        return self._source.head

    @cached_property
    def _leads(self) -> frozenset[int]:
        return self._code_host.leads(self._project)

    def newest(self, since: Mapping[str, str | None]) -> str | None:
        """The newest commit that touched one of the files, `None` if none did; see `verdict`."""
        touched = {path: self._commits(path, since[path]) for path in since}
        every = {commit for commits in touched.values() for commit in commits}
        return self._newest(touched, every, since) if every else None

    def verdict(self, since: Mapping[str, str | None]) -> Verdict:
        """Judge every commit that touched a file after the commit up to which it was judged.

        Args:
            since: repository path to the commit up to which it is published, `None` for never.
        """
        touched = {path: self._commits(path, since[path]) for path in since}
        every = {commit for commits in touched.values() for commit in commits}
        if not every:
            return Verdict(
                commit=self._source.head,
                merge_request=None,
                approved_by=(),
                reason="GitLab names no commit that made this change, so nobody can have "
                "approved it. An operator must look at the repository's history.",
            )
        newest = self._newest(touched, every, since)
        request, judgement = self._best(newest)
        reasons = [judgement.reason] if not judgement.sufficient else []
        for commit in sorted(every - {newest}):
            _, earlier = self._best(commit)
            if not earlier.sufficient and earlier.reason not in reasons:
                reasons.append(earlier.reason)
        if not reasons and request is not None:
            reasons.extend(self._differences(request, list(since)))
        return Verdict(
            commit=newest,
            merge_request=request.iid if request else None,
            approved_by=judgement.approved_by,
            reason=" ".join(reasons) or None,
        )

    def _commits(self, path: str, since: str | None) -> Sequence[str]:
        return self._code_host.last_commits(self._project, path, ref=self._source.head, since=since)

    def _newest(
        self,
        touched: Mapping[str, Sequence[str]],
        every: set[str],
        since: Mapping[str, str | None],
    ) -> str:
        if len(every) == 1:
            return next(iter(every))
        firsts = {commits[0] for commits in touched.values() if commits}
        if len(firsts) == 1:
            return firsts.pop()
        bases = set(since.values())
        base = bases.pop() if len(bases) == 1 else None
        history = self._commits("", base)
        return next(commit for commit in history if commit in every)

    def _best(self, commit: str) -> tuple[MergeRequest | None, Judgement]:
        """The merge request that vouches for a commit, or the one that fails to."""
        requests = self._requests(commit)
        merged = [
            request
            for request in requests
            if request.state == "merged" and request.target_branch == self._source.branch
        ]
        if not merged:
            sentence = (
                f"Commit {commit[:SHORT]} reached {self._source.branch} without a merge request. "
                "Revert it and open one."
            )
            return None, Judgement(sufficient=False, reason=sentence)
        judged = [(request, self._judgement(request)) for request in merged]
        return next((pair for pair in judged if pair[1].sufficient), judged[0])

    def _requests_of(self, commit: str) -> Sequence[MergeRequest]:
        return self._code_host.merge_requests_of(self._project, commit)

    def _judge(self, request: MergeRequest) -> Judgement:
        if request.from_fork:
            # Its pushes happened in another project, out of our sight.
            return Judgement(
                sufficient=False,
                reason=f"{self._project}!{request.iid} comes from a fork, whose pushes cannot be "
                "judged. Open it from a branch of the repository itself.",
            )
        host, iid = self._code_host, request.iid
        versions = host.diff_versions(self._project, iid)
        judgement = judge_approval(
            request,
            team=self._source.team,
            approvals=host.approvals(self._project, iid),
            versions=versions,
            pushes=host.pushes(self._project, request.source_branch),
            leads=self._leads,
        )
        if judgement.sufficient and versions[0].head_sha != request.sha:
            return Judgement(
                sufficient=False,
                reason=f"{self._project}!{iid} was merged at another commit than the approved one.",
            )
        return judgement

    def _differences(self, request: MergeRequest, paths: Sequence[str]) -> list[str]:
        """Sentences about content that is not what the approvers saw."""
        texts = self._source.texts
        approved = self._tree(request.sha)
        found = []
        for path in paths:
            merged = texts.get(path)
            seen = approved.get(path)
            if seen != (None if merged is None else merged.encode()):
                found.append(
                    f"{path} is not what {self._project}!{request.iid} showed its approvers: "
                    "another change was merged beside it. Open a merge request on the newest "
                    f"{self._source.branch}."
                )
            elif self._code_host.read_file(self._project, path, ref=self._source.head) != merged:
                # `export-subst` and `export-ignore` in .gitattributes change an archive's content.
                found.append(
                    f"{path} differs between the repository and its archive; "
                    "remove export attributes from .gitattributes."
                )
        return found

    def _read_tree(self, ref: str) -> Mapping[str, bytes]:
        return self._code_host.read_tree(self._project, ref=ref)
