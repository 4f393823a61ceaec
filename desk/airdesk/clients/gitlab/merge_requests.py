"""Merge requests: opening, reading, approving, merging, and the one note on them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from gitlab.base import RESTObject
from gitlab.exceptions import GitlabError

from airdesk.clients.gitlab.repository import Repository
from airdesk.clients.gitlab.reviews import when
from airdesk.clients.gitlab.session import words_of
from airdesk.errors import Refused, Unavailable
from airdesk.model import MergeRequest

RUNNING = frozenset({"created", "waiting_for_resource", "preparing", "pending", "running"})
STILL_CHECKING = frozenset({"unchecked", "checking", "preparing", "approvals_syncing"})
REBASE_SECONDS = 20.0
REBASE_PAUSE_SECONDS = 0.3


class MergeRequests(Repository):
    def open_merge_request(
        self, project: str, branch: str, *, title: str, description: str
    ) -> MergeRequest:
        standing = self._open_one(project, branch)
        if standing is not None:
            return standing
        data = {
            "source_branch": branch,
            "target_branch": self.default_branch(project),
            "title": title,
            "description": description,
            "remove_source_branch": True,
        }
        try:
            made = self.project(project).mergerequests.create(data)
        except (GitlabError, OSError) as error:
            conflict = isinstance(error, GitlabError) and error.response_code == 409
            # 409: an attempt before this one reached GitLab after all.
            if conflict and (standing := self._open_one(project, branch)) is not None:
                return standing
            raise self.failure(error, f"open a merge request in {project}") from error
        return merge_request_of(project, made)

    def _open_one(self, project: str, branch: str) -> MergeRequest | None:
        found = self.reading(
            f"list the merge requests of {project}",
            lambda: self.project(project).mergerequests.list(
                source_branch=branch, state="opened", get_all=False
            ),
        )
        return merge_request_of(project, found[0]) if found else None

    def merge_request(self, project: str, iid: int) -> MergeRequest:
        doing = f"read merge request {project}!{iid}"
        return merge_request_of(
            project, self.reading(doing, lambda: self.project(project).mergerequests.get(iid))
        )

    def open_requests_of(self, project: str, *, limit: int) -> Sequence[MergeRequest]:
        found = self.reading(
            f"list the open merge requests of {project}",
            lambda: self.project(project).mergerequests.list(
                state="opened",
                order_by="created_at",
                sort="desc",
                per_page=min(limit, 100),
                get_all=False,
            ),
        )
        return tuple(merge_request_of(project, one) for one in found)

    def changed_paths(self, project: str, iid: int) -> frozenset[str]:
        def read() -> frozenset[str]:
            # https://docs.gitlab.com/api/merge_requests/#list-merge-request-diffs
            address = f"/projects/{quote(project, safe='')}/merge_requests/{iid}/diffs"
            found = self.api.http_list(address, iterator=True)
            return frozenset(str(one[side]) for one in found for side in ("old_path", "new_path"))

        return self.reading(f"list the changed files of {project}!{iid}", read)

    def open_merge_requests(self) -> Sequence[tuple[str, int]]:
        def read() -> Sequence[tuple[str, int]]:
            found = self.api.mergerequests.list(scope="all", state="opened", iterator=True)
            full = (str(one.references["full"]).rpartition("!") for one in found)
            return [(project, int(iid)) for project, _, iid in full]

        return self.reading("list the open merge requests", read)

    def merge_requests_of(self, project: str, commit: str) -> Sequence[MergeRequest]:
        def read() -> Sequence[int]:
            handle = self.project(project).commits.get(commit, lazy=True)
            return [int(found["iid"]) for found in handle.merge_requests()]

        iids = self.reading(f"list the merge requests of commit {commit}", read)
        return tuple(self.merge_request(project, iid) for iid in iids)

    def approve(self, project: str, iid: int, *, sha: str) -> None:
        doing = f"approve merge request {project}!{iid}"
        try:
            self.request_handle(project, iid).approve(sha=sha)
        except (GitlabError, OSError) as error:
            code = error.response_code if isinstance(error, GitlabError) else None
            if code == 409:
                raise Refused(
                    f"{project}!{iid} got a push after you looked at it. "
                    "Look at the new version, then approve."
                ) from error
            # GitLab says 401 also to a living token: who approved already, or may not at all.
            if code != 401:
                raise self.failure(error, doing) from error
            self._explain_refused_approval(project, iid, error)

    def _explain_refused_approval(
        self, project: str, iid: int, error: GitlabError | OSError
    ) -> None:
        own = self.own_id()  # a dead token shows here
        standing = self.reading(
            f"read the approvals of {project}!{iid}",
            lambda: self.request_handle(project, iid).approvals.get(),
        )
        if any(given["user"]["id"] == own for given in standing.approved_by):
            return
        raise Refused(f"GitLab does not let you approve {project}!{iid}.") from error

    def is_behind(self, project: str, iid: int) -> bool:
        doing = f"compare {project}!{iid} with the default branch"
        found = self.reading(
            doing,
            lambda: self.project(project).mergerequests.get(
                iid, include_diverged_commits_count=True
            ),
        )
        if not found.attributes.get("diverged_commits_count"):
            return False
        way = self.reading(doing, lambda: self.api.projects.get(project)).attributes
        return bool(way.get("merge_method", "merge") != "merge")

    def rebase(self, project: str, iid: int) -> None:
        doing = f"rebase {project}!{iid}"
        self.changing(doing, lambda: self.request_handle(project, iid).rebase())
        deadline = time.monotonic() + REBASE_SECONDS
        while time.monotonic() < deadline:
            found = self.reading(
                doing,
                lambda: self.project(project).mergerequests.get(
                    iid, include_rebase_in_progress=True
                ),
            ).attributes
            if not found.get("rebase_in_progress"):
                if error := found.get("merge_error"):
                    raise Refused(f"GitLab cannot {doing}: {error}")
                return
            time.sleep(REBASE_PAUSE_SECONDS)
        raise Unavailable("GitLab", f"GitLab takes long to {doing}.")

    def merge(self, project: str, iid: int, *, sha: str) -> None:
        doing = f"merge {project}!{iid}"
        found = self.reading(doing, lambda: self.project(project).mergerequests.get(iid))
        if found.state == "merged":
            return
        wanted: dict[str, Any] = {"sha": sha, "should_remove_source_branch": True}
        pipeline = getattr(found, "head_pipeline", None) or {}
        waits = found.attributes.get("detailed_merge_status") == "ci_still_running"
        if waits or pipeline.get("status") in RUNNING:
            wanted["merge_when_pipeline_succeeds"] = True
        try:
            found.merge(**wanted)
        except (GitlabError, OSError) as error:
            raise self._merge_failure(error, found, doing) from error

    def _merge_failure(
        self, error: GitlabError | OSError, found: RESTObject, doing: str
    ) -> Refused | Unavailable:
        code = error.response_code if isinstance(error, GitlabError) else None
        status = str(getattr(found, "detailed_merge_status", ""))
        if code == 409:
            return Refused(f"GitLab refused to {doing}: the branch got a push after you looked.")
        if code in (405, 406, 422) and status in STILL_CHECKING:
            return Unavailable("GitLab", f"GitLab still finds out whether it can {doing}.")
        if code in (405, 406, 422) and isinstance(error, GitlabError):
            why = _WHY_NOT.get(status) or f"{words_of(error)} ({status or 'no status'})"
            return Refused(f"GitLab cannot {doing}: {why}.")
        return self.failure(error, doing)

    def put_note(self, project: str, iid: int, *, marker: str, body: str) -> None:
        text = body if marker in body else f"{body}\n\n{marker}"
        doing = f"write a note on {project}!{iid}"
        notes = self.request_handle(project, iid).notes
        own = self.own_id()

        def mine() -> RESTObject | None:
            every = notes.list(iterator=True, order_by="created_at", sort="asc")
            return next((n for n in every if n.author["id"] == own and marker in n.body), None)

        standing = self.reading(doing, mine)
        if standing is None:
            self.changing(doing, lambda: notes.create({"body": text}))
        elif standing.body != text:
            self.changing(doing, lambda: notes.update(standing.id, {"body": text}))


_WHY_NOT = {
    "conflict": "it conflicts with the default branch; rebase it",
    "need_rebase": "the default branch moved on; rebase it",
    "ci_must_pass": "its pipeline must pass first",
    "ci_still_running": "its pipeline still runs",
    "draft_status": "it is marked as draft",
    "not_open": "it is not open",
    "discussions_not_resolved": "it has open threads",
    "not_approved": "it lacks an approval",
    "requested_changes": "a reviewer asked for changes",
}


def merge_request_of(project: str, found: RESTObject) -> MergeRequest:
    """Our shape of a merge request as GitLab's single-request endpoints give it."""
    given: dict[str, Any] = found.attributes
    author: dict[str, Any] = given.get("author") or {"id": 0, "name": "a deleted account"}
    merger: dict[str, Any] = given.get("merge_user") or given.get("merged_by") or {}
    state = str(given["state"])
    commit = given.get("merge_commit_sha") or given.get("squash_commit_sha")
    if state == "merged" and not commit:
        commit = given["sha"]  # a fast-forward makes no commit of its own
    return MergeRequest(
        project=project,
        iid=int(given["iid"]),
        url=str(given["web_url"]),
        title=str(given["title"]),
        state=state,
        source_branch=str(given["source_branch"]),
        target_branch=str(given["target_branch"]),
        opened_at=when(given["created_at"]) if given.get("created_at") else None,
        has_conflicts=bool(given.get("has_conflicts")),
        from_fork=given.get("source_project_id") != given.get("target_project_id"),
        sha=str(given["sha"]),
        author_id=int(author["id"]),
        author_name=str(author["name"]),
        merged_by=merger.get("name"),
        merge_commit=commit,
    )
