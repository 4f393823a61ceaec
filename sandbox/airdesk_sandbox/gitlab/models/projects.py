"""Projects and what belongs to a project alone: protected branches, webhooks, events."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.db import Base
from airdesk_sandbox.gitlab.models.people import Namespace, User

# rubydoc.info, gitlabhq: WebHooks::AutoDisabling
TEMPORARILY, PERMANENTLY = 3, 39
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(days=1)


class Project(Base):
    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(primary_key=True)
    namespace_id: Mapped[int] = mapped_column(ForeignKey("namespaces.id"))
    name: Mapped[str]
    path: Mapped[str]
    full_path: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    visibility: Mapped[str] = mapped_column(default="private")
    default_branch: Mapped[str] = mapped_column(default="main")
    merge_method: Mapped[str] = mapped_column(default="merge")
    """`merge`, `rebase_merge` (merge commit, semi-linear) or `ff`."""
    squash_option: Mapped[str] = mapped_column(default="default_off")
    only_allow_merge_if_pipeline_succeeds: Mapped[bool] = mapped_column(default=False)
    remove_source_branch_after_merge: Mapped[bool] = mapped_column(default=True)
    ci_config_path: Mapped[str | None]
    only_allow_merge_if_all_discussions_are_resolved: Mapped[bool] = mapped_column(default=False)
    ci_allow_fork_pipelines_to_run_in_parent_project: Mapped[bool] = mapped_column(default=True)
    forked_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("projects.id", ondelete="SET NULL")
    )
    import_status: Mapped[str] = mapped_column(default="none")
    """`none`, or of a fork `scheduled`, `finished` or `failed`."""
    jobs_enabled: Mapped[bool] = mapped_column(default=True)
    build_timeout: Mapped[int] = mapped_column(default=3600)
    creator_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_activity_at: Mapped[datetime] = mapped_column(default=now)
    namespace: Mapped[Namespace] = relationship(lazy="joined")
    forked_from: Mapped[Project | None] = relationship(remote_side="Project.id")


class ProtectedBranch(Base):
    """Levels: 0 no one, 30 developers, 40 maintainers, 60 administrators."""

    __tablename__ = "protected_branches"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[str]
    """A branch's name, or a pattern with `*`."""
    push_level: Mapped[int] = mapped_column(default=40)
    merge_level: Mapped[int] = mapped_column(default=40)
    allow_force_push: Mapped[bool] = mapped_column(default=False)


class Hook(Base):
    """A project's webhook."""

    __tablename__ = "hooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    url: Mapped[str]
    token: Mapped[str | None]
    push_events: Mapped[bool] = mapped_column(default=True)
    tag_push_events: Mapped[bool] = mapped_column(default=False)
    merge_requests_events: Mapped[bool] = mapped_column(default=False)
    note_events: Mapped[bool] = mapped_column(default=False)
    job_events: Mapped[bool] = mapped_column(default=False)
    pipeline_events: Mapped[bool] = mapped_column(default=False)
    push_events_branch_filter: Mapped[str] = mapped_column(default="")
    enable_ssl_verification: Mapped[bool] = mapped_column(default=True)
    recent_failures: Mapped[int] = mapped_column(default=0)
    backoff_count: Mapped[int] = mapped_column(default=0)
    disabled_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def alert_status(self) -> str:
        """`executable`, `temporarily_disabled`, or `disabled` for good."""
        if self.recent_failures > PERMANENTLY:
            return "disabled"
        asleep = self.disabled_until is not None and self.disabled_until > now()
        return "temporarily_disabled" if asleep else "executable"

    def succeeded(self) -> None:
        self.recent_failures, self.backoff_count, self.disabled_until = 0, 0, None

    def failed(self) -> None:
        """Count a failure, and pause for longer and longer once there were too many in a row."""
        self.recent_failures += 1
        if self.recent_failures > TEMPORARILY:
            pause = min(FIRST_PAUSE * 2**self.backoff_count, LONGEST_PAUSE)
            self.disabled_until = now() + pause
            self.backoff_count += 1


class HookDelivery(Base):
    """One event on its way to a hook; kept, so that a restart loses none."""

    __tablename__ = "hook_deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    hook_id: Mapped[int] = mapped_column(ForeignKey("hooks.id", ondelete="CASCADE"))
    event: Mapped[str]
    payload: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(default=now)
    """When to try next; `None` once it was delivered or given up."""
    request_headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    response_status: Mapped[str | None]
    response_headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    response_body: Mapped[str | None]
    duration: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    hook: Mapped[Hook] = relationship(lazy="joined")


class Event(Base):
    """What somebody did, as `GET /events` lists it."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    action_name: Mapped[str]
    target_type: Mapped[str | None]
    target_id: Mapped[int | None]
    target_iid: Mapped[int | None]
    target_title: Mapped[str | None]
    push_data: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[User] = relationship(lazy="joined")
