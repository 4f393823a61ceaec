"""GitLab in memory, behind `CodeHost`; world.py loads it by path."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from airdesk.errors import Refused
from airdesk.model import Approval, DiffVersion, Job, Membership, MergeRequest, Pipeline, Push

CENTRAL = "platform/central"
PLATFORM = "platform/airdesk-ci"


@dataclass(frozen=True)
class User:
    id: int
    username: str
    name: str
    memberships: tuple[Membership, ...]


PEOPLE = {
    "U_THU": User(11, "thu.tran", "Thu Tran", (Membership(team="growth", is_lead=False),)),
    "U_MINH": User(12, "minh.le", "Minh Le", (Membership(team="growth", is_lead=True),)),
    "U_LAN": User(13, "lan.pham", "Lan Pham", (Membership(team="risk", is_lead=False),)),
}


@dataclass
class Request:
    merge_request: MergeRequest
    approvals: list[Approval] = field(default_factory=list)
    versions: list[DiffVersion] = field(default_factory=list)
    pipeline: Pipeline | None = None
    merges_when_green: bool = False


class GitLab:
    def __init__(self, world: Any) -> None:
        self.world = world
        self.trees: dict[str, dict[str, str]] = {}
        self.parents: dict[str, str | None] = {}
        self.branches: dict[tuple[str, str], str] = {}
        self.requests: dict[tuple[str, int], Request] = {}
        self.pushed: list[tuple[str, Push]] = []
        self.notes: dict[tuple[str, int], dict[str, str]] = {}
        self.artifacts: dict[tuple[int, str], bytes] = {}
        for project in ("growth/pipelines", "risk/pipelines", CENTRAL, PLATFORM):
            self.commit(project, "main", {"README.md": project})

    def commit(
        self, project: str, branch: str, files: Mapping[str, str], *, removed: Iterable[str] = ()
    ) -> str:
        parent = self.branches.get((project, branch))
        tree = dict(self.trees.get(parent or "", {})) | dict(files)
        for path in removed:
            del tree[path]
        made = json.dumps([project, parent, sorted(tree.items())])
        sha = hashlib.sha1(made.encode()).hexdigest()
        self.trees[sha], self.parents[sha] = tree, parent
        self.branches[project, branch] = sha
        return sha

    def request(self, iid: int = 1, project: str = "growth/pipelines") -> Request:
        return self.requests[project, iid]

    def run_pipeline(
        self,
        status: str,
        findings: Sequence[Any] = (),
        *,
        iid: int = 1,
        behaviour: bytes | None = None,
    ) -> None:
        """A pipeline of the newest commit; it has a job `diff` if it says what behaviour is."""
        request = self.request(iid)
        number = (request.pipeline.id if request.pipeline else 0) + 1
        job = Job(id=100 + number, name="check", status=status, url="http://gitlab.test/job")
        jobs = [job]
        if behaviour is not None:
            jobs.append(job.model_copy(update={"id": 500 + number, "name": "diff"}))
            self.artifacts[500 + number, "airdesk/behaviour.json"] = behaviour
        request.pipeline = Pipeline(
            id=number,
            status=status,
            url="http://gitlab.test/pipeline",
            sha=request.merge_request.sha,
            jobs=tuple(jobs),
        )
        self.artifacts[job.id, "airdesk/findings.json"] = json.dumps(
            {"findings": list(findings)}
        ).encode()
        if status == "success" and request.merges_when_green:
            self.merge(iid)

    def merge(self, iid: int = 1, project: str = "growth/pipelines") -> str:
        request = self.request(iid, project)
        sha = request.merge_request.sha
        self.branches[project, "main"] = sha
        request.merge_request = request.merge_request.model_copy(
            update={"state": "merged", "merge_commit": sha}
        )
        return sha

    def publish(self, dag_id: str, *, state: str = "published", **more: Any) -> str:
        """What the publisher pipeline does after a merge."""
        team, _, name = dag_id.partition(".")
        source = self.branches[f"{team}/pipelines", "main"]
        publication = {
            "dag_id": dag_id,
            "state": state,
            "source_commit": source,
            "source_digest": "d" * 64,
            "manifest_path": f"dags/{name}.dag.yaml",
            "report_task": "report",
            "notify": [{"slack": f"#{team}-data", "events": ["failure", "recovery"]}],
            **more,
        }
        listed = self.trees[self.branches[CENTRAL, "main"]].get(f"{team}/publications.json", "{}")
        files = {
            f"{team}/publications.json": json.dumps(json.loads(listed) | {dag_id: publication})
        }
        if state == "published":
            files[f"{team}/{name}.py"] = f"# {dag_id} from {source}"
        return self.commit(CENTRAL, "main", files)


@dataclass(frozen=True)
class Host:
    """`CodeHost` with one identity."""

    gitlab: GitLab
    user: User | None

    def _ask(self) -> None:
        self.gitlab.world.ask("GitLab")

    def memberships(self) -> Sequence[Membership]:
        self._ask()
        return self.user.memberships if self.user else ()

    def default_branch(self, project: str) -> str:
        self._ask()
        return "main"

    def head(self, project: str, branch: str) -> str:
        self._ask()
        return self.gitlab.branches[project, branch]

    def read_file(self, project: str, path: str, *, ref: str) -> str | None:
        self._ask()
        commit = self.gitlab.branches.get((project, ref), ref)
        return self.gitlab.trees[commit].get(path)

    def last_commits(
        self, project: str, path: str, *, ref: str, since: str | None
    ) -> Sequence[str]:
        self._ask()
        found: list[str] = []
        commit: str | None = ref
        while commit is not None and commit != since:
            parent = self.gitlab.parents[commit]
            before = self.gitlab.trees[parent].get(path) if parent else None
            if self.gitlab.trees[commit].get(path) != before:
                found.append(commit)
            commit = parent
        return found

    def commit_files(
        self,
        project: str,
        branch: str,
        files: Mapping[str, str],
        *,
        removed: Iterable[str] = (),
        message: str,
    ) -> str:
        self._ask()
        gitlab, key = self.gitlab, (project, branch)
        gitlab.branches.setdefault(key, gitlab.branches[project, "main"])
        tree = gitlab.trees[gitlab.branches[key]]
        gone = [path for path in removed if path in tree]
        if not gone and all(tree.get(path) == text for path, text in files.items()):
            return gitlab.branches[key]
        gitlab.world.did(f"commit {branch}")
        sha = gitlab.commit(project, branch, files, removed=gone)
        push = Push(user_id=self.user.id, branch=branch, head_sha=sha, at=gitlab.world.now)
        gitlab.pushed.append((project, push))
        return sha

    def open_merge_request(
        self, project: str, branch: str, *, title: str, description: str
    ) -> MergeRequest:
        self._ask()
        for (where, _), request in self.gitlab.requests.items():
            if where == project and request.merge_request.source_branch == branch:
                return request.merge_request
        iid = 1 + sum(where == project for where, _ in self.gitlab.requests)
        sha = self.gitlab.branches[project, branch]
        merge_request = MergeRequest(
            project=project,
            iid=iid,
            url=f"http://gitlab.test/{project}/-/merge_requests/{iid}",
            title=title,
            state="opened",
            source_branch=branch,
            sha=sha,
            author_id=self.user.id,
            author_name=self.user.name,
            target_branch="main",
        )
        version = DiffVersion(head_sha=sha, created_at=self.gitlab.world.now)
        self.gitlab.requests[project, iid] = Request(merge_request, versions=[version])
        self.gitlab.world.did(f"open !{iid} as {self.user.username}")
        return merge_request

    def open_requests_of(self, project: str, *, limit: int) -> Sequence[MergeRequest]:
        self._ask()
        found = [
            request.merge_request
            for (where, _), request in self.gitlab.requests.items()
            if where == project and request.merge_request.state == "opened"
        ]
        return found[::-1][:limit]

    def changed_paths(self, project: str, iid: int) -> frozenset[str]:
        self._ask()
        gitlab, merged = self.gitlab, set()
        commit: str | None = gitlab.branches[project, "main"]
        while commit is not None:
            merged.add(commit)
            commit = gitlab.parents[commit]
        head = base = gitlab.request(iid, project).merge_request.sha
        while base not in merged:
            base = gitlab.parents[base] or ""
        before, after = gitlab.trees[base], gitlab.trees[head]
        every = before.keys() | after.keys()
        return frozenset(path for path in every if before.get(path) != after.get(path))

    def merge_request(self, project: str, iid: int) -> MergeRequest:
        self._ask()
        return self.gitlab.request(iid, project).merge_request

    def open_merge_requests(self) -> Sequence[tuple[str, int]]:
        self._ask()
        found = self.gitlab.requests.items()
        return [place for place, request in found if request.merge_request.state == "opened"]

    def approvals(self, project: str, iid: int) -> Sequence[Approval]:
        self._ask()
        return list(self.gitlab.request(iid, project).approvals)

    def diff_versions(self, project: str, iid: int) -> Sequence[DiffVersion]:
        self._ask()
        return list(self.gitlab.request(iid, project).versions)

    def pushes(self, project: str, branch: str) -> Sequence[Push]:
        self._ask()
        return [p for where, p in self.gitlab.pushed if where == project and p.branch == branch]

    def leads(self, project: str) -> frozenset[int]:
        self._ask()
        team = project.partition("/")[0]
        return frozenset(
            user.id
            for user in PEOPLE.values()
            if Membership(team=team, is_lead=True) in user.memberships
        )

    def is_behind(self, project: str, iid: int) -> bool:
        self._ask()
        commit: str | None = self.gitlab.request(iid, project).merge_request.sha
        while commit is not None and commit != self.gitlab.branches[project, "main"]:
            commit = self.gitlab.parents[commit]
        return commit is None

    def rebase(self, project: str, iid: int) -> None:
        self._ask()
        gitlab, request = self.gitlab, self.gitlab.request(iid, project)
        branch = request.merge_request.source_branch
        files = gitlab.trees[request.merge_request.sha]
        gitlab.branches[project, branch] = gitlab.branches[project, "main"]
        sha = gitlab.commit(project, branch, files)
        request.merge_request = request.merge_request.model_copy(update={"sha": sha})
        request.versions.append(DiffVersion(head_sha=sha, created_at=gitlab.world.later(1)))
        push = Push(user_id=self.user.id, branch=branch, head_sha=sha, at=gitlab.world.now)
        gitlab.pushed.append((project, push))
        gitlab.world.did(f"rebase !{iid} as {self.user.username}")

    def approve(self, project: str, iid: int, *, sha: str) -> None:
        self._ask()
        request = self.gitlab.request(iid, project)
        if request.merge_request.sha != sha:
            raise Refused("GitLab: the commit is not the newest.")
        self.gitlab.world.did(f"approve !{iid} as {self.user.username}")
        request.approvals.append(
            Approval(
                user_id=self.user.id,
                name=self.user.name,
                username=self.user.username,
                at=self.gitlab.world.later(1),
            )
        )

    def merge(self, project: str, iid: int, *, sha: str) -> None:
        self._ask()
        request = self.gitlab.request(iid, project)
        self.gitlab.world.did(f"merge !{iid} as {self.user.username}")
        if request.pipeline is not None and request.pipeline.status == "success":
            self.gitlab.merge(iid, project)
        else:
            request.merges_when_green = True

    def pipeline(self, project: str, iid: int) -> Pipeline | None:
        self._ask()
        return self.gitlab.request(iid, project).pipeline

    def put_note(self, project: str, iid: int, *, marker: str, body: str) -> None:
        self._ask()
        notes = self.gitlab.notes.setdefault((project, iid), {})
        if notes.get(marker) != body:
            self.gitlab.world.did(f"note on !{iid}")
        notes[marker] = body

    def artifact(self, project: str, job_id: int, path: str) -> bytes | None:
        self._ask()
        return self.gitlab.artifacts.get((job_id, path))
