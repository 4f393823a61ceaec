"""Merge requests and what is said and decided about them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.db import Base
from airdesk_sandbox.gitlab.models.people import User
from airdesk_sandbox.gitlab.models.projects import Project


class MergeRequest(Base):
    __tablename__ = "merge_requests"
    __table_args__ = (UniqueConstraint("project_id", "iid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    iid: Mapped[int]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="opened")
    source_branch: Mapped[str]
    target_branch: Mapped[str]
    sha: Mapped[str]
    """Head of the source branch."""
    base_sha: Mapped[str]
    """Merge base of source and target."""
    start_sha: Mapped[str]
    """Head of the target branch when the newest version was made."""
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    labels: Mapped[list[str]] = mapped_column(default=list)
    assignee_ids: Mapped[list[int]] = mapped_column(default=list)
    reviewer_ids: Mapped[list[int]] = mapped_column(default=list)
    remove_source_branch: Mapped[bool] = mapped_column(default=False)
    squash: Mapped[bool] = mapped_column(default=False)
    auto_merge: Mapped[bool] = mapped_column(default=False)
    merge_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who merged it, or set it to merge by itself."""
    merge_error: Mapped[str | None]
    merge_commit_sha: Mapped[str | None]
    squash_commit_sha: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    merged_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    head_pipeline_id: Mapped[int | None]
    rebase_in_progress: Mapped[bool] = mapped_column(default=False)
    fork_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    """The fork that the source branch is in; `None` where it is in the project itself."""
    project: Mapped[Project] = relationship(foreign_keys=[project_id], lazy="joined")
    fork: Mapped[Project | None] = relationship(foreign_keys=[fork_id], lazy="joined")
    author: Mapped[User] = relationship(foreign_keys=[author_id], lazy="joined")
    merge_user: Mapped[User | None] = relationship(foreign_keys=[merge_user_id])
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id])

    @property
    def source_project(self) -> Project:
        return self.fork or self.project

    @property
    def draft(self) -> bool:
        return self.title.lower().startswith(("draft:", "[draft]", "(draft)"))

    @property
    def reference(self) -> str:
        return f"{self.project.full_path}!{self.iid}"

    @property
    def head_ref(self) -> str:
        return f"refs/merge-requests/{self.iid}/head"


class DiffVersion(Base):
    """The state of a merge request's changes after one push."""

    __tablename__ = "diff_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_request_id: Mapped[int] = mapped_column(
        ForeignKey("merge_requests.id", ondelete="CASCADE")
    )
    head_sha: Mapped[str]
    base_sha: Mapped[str]
    start_sha: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Approval(Base):
    """Who approved when; no commit, and no reset on a push: that is GitLab Free."""

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("merge_request_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_request_id: Mapped[int] = mapped_column(
        ForeignKey("merge_requests.id", ondelete="CASCADE")
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    user: Mapped[User] = relationship(lazy="joined")


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_request_id: Mapped[int] = mapped_column(
        ForeignKey("merge_requests.id", ondelete="CASCADE")
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str]
    system: Mapped[bool] = mapped_column(default=False)
    discussion_id: Mapped[str | None]
    kind: Mapped[str | None]
    """`DiscussionNote` or `DiffNote` in a thread; `None` for a comment that stands alone."""
    position: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Where a `DiffNote` stands: SHAs, paths and lines, as the API tells them."""
    resolved: Mapped[bool] = mapped_column(default=False)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    resolved_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[User] = relationship(foreign_keys=[author_id], lazy="joined")
    resolved_by: Mapped[User | None] = relationship(foreign_keys=[resolved_by_id], lazy="joined")

    @property
    def thread(self) -> str:
        """The id of the thread it is in."""
        return self.discussion_id or hashlib.sha1(b"note %d" % self.id).hexdigest()  # noqa: S324  a name

    @property
    def resolvable(self) -> bool:
        return self.kind is not None and not self.system
