"""A code host in memory: commits, branches, merge requests and who did what when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from airdesk.actions.publish import PublishReport, publish
from airdesk.errors import HeadMoved, Refused
from airdesk.model import Approval, DiffVersion, MergeRequest, Pipeline, Push
from airdesk.publishing.controls import Controls, read_controls
from airdesk_render.catalogue import default_catalogue
from airdesk_render.names import Team
from airdesk_render.policy import default_policy
from airdesk_render.policy.approvals import Approvals
from airdesk_render.signing import new_key

CENTRAL = "platform/central"
GROWTH = Team("growth")
PEOPLE = {
    "thu.tran": 1,
    "minh.le": 2,
    "an.do": 3,
    "lan.pham": 4,
    "sam.ngo": 5,
    "kim.ho": 6,
    "hoa.vu": 7,
}
LEADS = {"growth/pipelines": {"minh.le", "an.do"}, "risk/pipelines": {"hoa.vu"}}


@dataclass(frozen=True)
class Commit:
    sha: str
    parent: str | None
    tree: Mapping[str, bytes]


@dataclass
class Repository:
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    requests: dict[int, MergeRequest] = field(default_factory=dict)
    approvals: dict[int, list[Approval]] = field(default_factory=dict)
    versions: dict[int, list[DiffVersion]] = field(default_factory=dict)
    pushes: list[Push] = field(default_factory=list)
    opened_on: dict[int, set[str]] = field(default_factory=dict)
    """Commits that main had when a merge request was opened."""

    def add(self, branch: str, tree: Mapping[str, bytes]) -> str:
        parent = self.branches.get(branch)
        text = f"{len(self.commits)} {parent} {sorted(tree.items())}"
        sha = hashlib.sha1(text.encode()).hexdigest()
        self.commits[sha] = Commit(sha, parent, dict(tree))
        self.branches[branch] = sha
        return sha

    def history(self, sha: str | None) -> list[Commit]:
        found = []
        while sha is not None:
            found.append(self.commits[sha])
            sha = self.commits[sha].parent
        return found

    def touched(self, commit: Commit, path: str) -> bool:
        before = self.commits[commit.parent].tree if commit.parent else {}
        return before.get(path) != commit.tree.get(path)


class MemoryHost:
    """The part of `CodeHost` that publishing uses, and what people do in GitLab."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
        self.central_commits = 0
        self.carried: dict[str, str] = {}
        self.notes: dict[tuple[str, int, str], str] = {}
        self.groups: dict[str, set[str]] = {}
        self.before_publishing: Callable[[], None] = lambda: None
        for project in ("growth/pipelines", "risk/pipelines", CENTRAL):
            self.repositories[project] = Repository()
            self.repositories[project].add("main", {"README.md": b"hello\n"})

    # What people do

    def push_as(
        self,
        who: str,
        branch: str,
        files: Mapping[str, str | None],
        *,
        project: str = "growth/pipelines",
    ) -> str:
        repository = self.repositories[project]
        if branch not in repository.branches:
            repository.branches[branch] = repository.branches["main"]
        tree = dict(repository.commits[repository.branches[branch]].tree)
        for path, text in files.items():
            if text is None:
                tree.pop(path)
            else:
                tree[path] = text.encode()
        sha = repository.add(branch, tree)
        repository.pushes.append(
            Push(user_id=PEOPLE[who], branch=branch, head_sha=sha, at=self._later())
        )
        for iid, request in repository.requests.items():
            if request.source_branch == branch and request.state == "opened":
                repository.requests[iid] = request.model_copy(update={"sha": sha})
                self._version(repository, iid, sha)
        return sha

    def open_as(self, who: str, branch: str, *, project: str = "growth/pipelines") -> int:
        repository = self.repositories[project]
        iid = len(repository.requests) + 1
        sha = repository.branches[branch]
        repository.requests[iid] = MergeRequest(
            project=project,
            iid=iid,
            url=f"http://gitlab.test/{project}/-/merge_requests/{iid}",
            title=branch,
            state="opened",
            source_branch=branch,
            target_branch="main",
            sha=sha,
            author_id=PEOPLE[who],
            author_name=NAMES[who],
        )
        repository.opened_on[iid] = {
            commit.sha for commit in repository.history(repository.branches["main"])
        }
        self._version(repository, iid, sha)
        return iid

    def approve_as(self, who: str, iid: int, *, project: str = "growth/pipelines") -> None:
        self.repositories[project].approvals.setdefault(iid, []).append(
            Approval(user_id=PEOPLE[who], name=NAMES[who], username=who, at=self._later())
        )

    def merge_now(self, iid: int, *, project: str = "growth/pipelines") -> None:
        """Fast-forward where possible, else with a merge commit, as GitLab's settings may allow."""
        repository = self.repositories[project]
        request = repository.requests[iid]
        main = repository.branches["main"]
        head = repository.branches[request.source_branch]
        if main in [commit.sha for commit in repository.history(head)]:
            repository.branches["main"] = head
        else:
            self._rebase(repository, head)
        repository.requests[iid] = request.model_copy(update={"state": "merged"})

    def _rebase(self, repository: Repository, head: str) -> None:
        """Bring the branch's last commit onto main while its merge request keeps the old head."""
        commit = repository.commits[head]
        before = repository.commits[str(commit.parent)].tree
        main = dict(repository.commits[repository.branches["main"]].tree)
        for path in {*before, *commit.tree}:
            if before.get(path) != commit.tree.get(path):
                main[path] = commit.tree[path]
        self.carried[repository.add("main", main)] = head

    def _version(self, repository: Repository, iid: int, sha: str) -> None:
        version = DiffVersion(head_sha=sha, created_at=self._later())
        repository.versions.setdefault(iid, []).insert(0, version)

    def _later(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    # CodeHost

    def put_note(self, project: str, iid: int, *, marker: str, body: str) -> None:
        self.notes[(project, iid, marker)] = body

    def default_branch(self, project: str) -> str:
        return "main"

    def head(self, project: str, branch: str) -> str:
        return self.repositories[project].branches[branch]

    def read_file(self, project: str, path: str, *, ref: str) -> str | None:
        content = self.repositories[project].commits[ref].tree.get(path)
        return None if content is None else content.decode()

    def read_tree(self, project: str, *, ref: str) -> Mapping[str, bytes]:
        return self.repositories[project].commits[ref].tree

    def last_commits(
        self, project: str, path: str, *, ref: str, since: str | None
    ) -> Sequence[str]:
        repository = self.repositories[project]
        known = {commit.sha for commit in repository.history(since)}
        return tuple(
            commit.sha
            for commit in repository.history(ref)
            if commit.sha not in known and (not path or repository.touched(commit, path))
        )

    def publish_files(
        self,
        project: str,
        files: Mapping[str, bytes],
        *,
        removed: Iterable[str],
        message: str,
        expected_head: str,
    ) -> str:
        self.before_publishing()
        repository = self.repositories[project]
        if repository.branches["main"] != expected_head:
            raise HeadMoved("platform/central got another commit.")
        tree = {**repository.commits[expected_head].tree, **files}
        for path in removed:
            del tree[path]
        self.central_commits += 1
        return repository.add("main", tree)

    def merge_requests_of(self, project: str, commit: str) -> Sequence[MergeRequest]:
        repository = self.repositories[project]
        found = []
        for iid, request in repository.requests.items():
            own = {found.sha for found in repository.history(request.sha)}
            own -= repository.opened_on[iid]
            if commit in own or self.carried.get(commit) == request.sha:
                found.append(request)
        return found

    def approvals(self, project: str, iid: int) -> Sequence[Approval]:
        return self.repositories[project].approvals.get(iid, [])

    def diff_versions(self, project: str, iid: int) -> Sequence[DiffVersion]:
        return self.repositories[project].versions[iid]

    def pushes(self, project: str, branch: str) -> Sequence[Push]:
        pushes = self.repositories[project].pushes
        return [push for push in pushes if push.branch in ("", branch)]

    def group_members(self, group: str) -> frozenset[int]:
        if group not in self.groups:
            raise Refused(f"GitLab cannot list the members of the group {group}: 404.")
        return frozenset(PEOPLE[who] for who in self.groups[group])

    def pipeline(self, project: str, iid: int) -> Pipeline | None:
        request = self.repositories[project].requests[iid]
        url = f"http://gitlab.test/{project}/-/pipelines/{100 + iid}"
        return Pipeline(id=100 + iid, status="success", url=url, sha=request.sha)

    def leads(self, project: str) -> frozenset[int]:
        if project not in LEADS:
            raise Refused("no such project")
        return frozenset(PEOPLE[who] for who in LEADS[project] if who in PEOPLE)


NAMES = {
    "thu.tran": "Thu Tran",
    "minh.le": "Minh Le",
    "an.do": "An Do",
    "lan.pham": "Lan Pham",
    "sam.ngo": "Sam Ngo",
    "kim.ho": "Kim Ho",
    "hoa.vu": "Hoa Vu",
}


MANIFEST = """\
version: 1
dag_id: {name}
description: Which carriers ran late yesterday
owners: [thu.tran]
data_class: {data_class}
schedule: {{cron: "0 6 * * 1-5", timezone: Asia/Ho_Chi_Minh, start_date: 2026-12-01}}
notify: {{slack: "#growth-data", events: [failure, recovery]}}
tasks:
  delays:
    operator: sql_query@1
    connection: warehouse
    sql: sql/{name}.sql
"""


def dag_files(
    name: str = "delays", *, sql: str = "select 1", data_class: str = "internal"
) -> dict[str, str | None]:
    return {
        f"dags/{name}.dag.yaml": MANIFEST.format(name=name, data_class=data_class),
        f"dags/sql/{name}.sql": f"{sql}\n",
    }


class Desk:
    """Two teams, a central repository and a publisher; everything a story needs."""

    def __init__(self) -> None:
        self.host = MemoryHost()
        self.private_key, self.public_key = new_key()
        self.policy = default_policy()
        self.controls = Controls()
        self.now: datetime | None = None
        """The publisher's clock, where it is not that of what people do."""
        self.dag_files = dag_files

    def change(
        self,
        files: Mapping[str, str | None],
        *,
        branch: str = "change",
        author: str = "thu.tran",
        approver: str | None = "minh.le",
        project: str = "growth/pipelines",
    ) -> int:
        """A whole change: pushed, opened, approved and merged. Returns its iid."""
        self.host.push_as(author, branch, files, project=project)
        iid = self.host.open_as(author, branch, project=project)
        if approver:
            self.host.approve_as(approver, iid, project=project)
        self.host.merge_now(iid, project=project)
        return iid

    def asks_for(self, groups: Mapping[str, set[str]], **approvals: object) -> None:
        """Let policy ask for these approvals, of groups with these members."""
        paths = {kind: f"company/{kind}" for kind in groups}
        self.host.groups = {f"company/{kind}": set(people) for kind, people in groups.items()}
        found = Approvals.model_validate({**approvals, "groups": paths})
        self.policy = default_policy().model_copy(update={"approvals": found})

    def controlled(self, text: str) -> None:
        """Let the platform's publishing.yaml say this."""
        self.controls = read_controls(text)

    def publish(self, *teams: str) -> PublishReport:
        return publish(
            [Team(name) for name in teams or ("growth", "risk")],
            code_host=self.host,  # type: ignore[arg-type]  # the part that publishing uses
            central_project=CENTRAL,
            policy=self.policy,
            catalogue=default_catalogue(),
            signing_key=self.private_key,
            controls=self.controls,
            clock=lambda: self.now or self.host.now,
        )

    def central(self) -> Mapping[str, bytes]:
        return self.host.read_tree(CENTRAL, ref=self.host.head(CENTRAL, "main"))

    def decisions(self, team: str = "growth") -> dict[str, dict[str, object]]:
        found = json.loads(self.central()[f"{team}/publications.json"])
        return dict(found)


@pytest.fixture
def desk() -> Desk:
    return Desk()
