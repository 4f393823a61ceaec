"""What actions need of the outside world; `clients/` implements it, tests may implement it anew.

Every method may raise `Unavailable` when the service does not answer, and `Refused` when the
service says no to the person on whose behalf it was asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from airdesk.model import (
    Approval,
    DagState,
    DiffVersion,
    FailedTask,
    Grant,
    Membership,
    MergeRequest,
    Pipeline,
    Push,
    Rows,
    Run,
)


class CodeHost(Protocol):
    """GitLab, seen with one identity: a person's, the bot's Reporter or the publisher's."""

    def memberships(self) -> Sequence[Membership]:
        """Teams of the identity: groups whose `pipelines` project it may push to.

        Maintainers lead.
        """

    def default_branch(self, project: str) -> str: ...

    def head(self, project: str, branch: str) -> str:
        """Commit at the tip of a branch."""

    def read_file(self, project: str, path: str, *, ref: str) -> str | None:
        """Text of a file, or `None` where there is none."""

    def read_tree(self, project: str, *, ref: str) -> Mapping[str, bytes]:
        """All files of a repository at one commit, path to content (one archive download)."""

    def last_commits(
        self, project: str, path: str, *, ref: str, since: str | None
    ) -> Sequence[str]:
        """Commits that touched `path`, newest first, back to but without `since`."""

    def commit_files(
        self,
        project: str,
        branch: str,
        files: Mapping[str, str],
        *,
        removed: Iterable[str] = (),
        message: str,
    ) -> str:
        """Write and remove files on a branch, made from the default branch where it is missing.

        Returns the branch's head. What already stands as wanted makes no commit.
        """

    def publish_files(
        self,
        project: str,
        files: Mapping[str, bytes],
        *,
        removed: Iterable[str],
        message: str,
        expected_head: str,
    ) -> str:
        """One commit on the default branch; `Refused` if the branch moved past `expected_head`."""

    def open_merge_request(
        self, project: str, branch: str, *, title: str, description: str
    ) -> MergeRequest:
        """Open it, or return the open one of the same source branch."""

    def merge_request(self, project: str, iid: int) -> MergeRequest: ...

    def open_requests_of(self, project: str, *, limit: int) -> Sequence[MergeRequest]:
        """Open merge requests of one project, newest first."""

    def changed_paths(self, project: str, iid: int) -> frozenset[str]:
        """Files that a merge request changes, under their old and their new names."""

    def open_merge_requests(self) -> Sequence[tuple[str, int]]:
        """Project and number of all open ones that the identity may see, of any project."""

    def merge_requests_of(self, project: str, commit: str) -> Sequence[MergeRequest]: ...

    def approvals(self, project: str, iid: int) -> Sequence[Approval]: ...

    def diff_versions(self, project: str, iid: int) -> Sequence[DiffVersion]:
        """Newest first."""

    def pushes(self, project: str, branch: str) -> Sequence[Push]: ...

    def leads(self, project: str) -> frozenset[int]:
        """User ids that count as leads: Maintainers and Owners, inherited ones included."""

    def group_members(self, group: str) -> frozenset[int]:
        """User ids of a group's active members of level Developer and above, inherited ones too."""

    def approve(self, project: str, iid: int, *, sha: str) -> None: ...

    def merge(self, project: str, iid: int, *, sha: str) -> None:
        """Merge now, or as soon as the running pipeline has passed."""

    def is_behind(self, project: str, iid: int) -> bool:
        """Whether it has to be rebased before the project's way of merging takes it."""

    def rebase(self, project: str, iid: int) -> None:
        """Put its commits on top of the default branch; `Refused` where they do not fit."""

    def pipeline(self, project: str, iid: int) -> Pipeline | None:
        """The newest pipeline of a merge request."""

    def artifact(self, project: str, job_id: int, path: str) -> bytes | None:
        """One file of a job's artifacts; `None` where there is none, or it is far too large."""

    def trace(self, project: str, job_id: int) -> str: ...

    def put_note(self, project: str, iid: int, *, marker: str, body: str) -> None:
        """Write the one note that carries `marker`, or update it."""


class Workflows(Protocol):
    """Airflow, read with the bot's own account."""

    def dag(self, dag_id: str) -> DagState | None: ...

    def import_error(self, central_file: str) -> str | None: ...

    def runs(self, dag_id: str, *, limit: int) -> Sequence[Run]:
        """Newest first."""

    def finished_runs(self, *, since: datetime) -> Sequence[Run]:
        """All teams' runs that ended at or after `since`, oldest first."""

    def failed_tasks(self, run: Run) -> Sequence[FailedTask]: ...

    def rows(self, run: Run, task_id: str) -> Rows | None: ...


class ActingAs(Protocol):
    """Changes in Airflow, done as the person through Airdesk's endpoint in Airflow."""

    def trigger(self, directory_uid: str, dag_id: str, *, run_id: str) -> Run:
        """Start a run, or return the one that has this `run_id`."""


class DagBundles(Protocol):
    """Where Airflow takes its DAGs from."""

    def refresh(self, bundle: str) -> None:
        """Have Airflow fetch the bundle now; it parses what changed a moment later."""


class AccessRoles(Protocol):
    """Airflow's roles, changed with an administrator's account.

    A permission is written as `can_read on DAG Runs`: Airflow's action, `on`, its resource.
    """

    def permissions(self, role: str) -> frozenset[str] | None:
        """What a role may do, or `None` where there is no such role."""

    def create(self, role: str, permissions: frozenset[str]) -> None: ...

    def replace(self, role: str, permissions: frozenset[str]) -> None: ...


class VaultIndex(Protocol):
    """What Vault tells about connections: that they exist, never what they hold."""

    def connections(self, team: str) -> Sequence[str]: ...


class Sealer(Protocol):
    """Encryption of the bot's stored grants, done by Vault's transit engine."""

    def seal(self, plain: str) -> str: ...

    def unseal(self, sealed: str) -> str: ...


class GrantIssuer(Protocol):
    """GitLab's OAuth token endpoint."""

    def refresh(self, refresh_token: str) -> Grant:
        """New tokens for old; both old ones are dead afterwards.

        Raises:
            Refused: GitLab no longer takes the refresh token.
        """
