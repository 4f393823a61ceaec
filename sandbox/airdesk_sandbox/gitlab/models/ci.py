"""Pipelines, their jobs, and what starts or feeds them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.db import Base
from airdesk_sandbox.gitlab.models.people import User
from airdesk_sandbox.gitlab.models.projects import Project
from airdesk_sandbox.gitlab.models.reviews import MergeRequest

FINISHED = ("success", "failed", "canceled", "skipped")


class Pipeline(Base):
    __tablename__ = "pipelines"
    __table_args__ = (UniqueConstraint("project_id", "iid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    iid: Mapped[int]
    sha: Mapped[str]
    before_sha: Mapped[str]
    ref: Mapped[str]
    """A branch's name, or `refs/merge-requests/IID/head`."""
    source: Mapped[str]
    status: Mapped[str] = mapped_column(default="created")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    merge_request_id: Mapped[int | None] = mapped_column(
        ForeignKey("merge_requests.id", ondelete="CASCADE")
    )
    variables: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Variables given by who started it, a trigger or a schedule."""
    config: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The expanded `.gitlab-ci.yml`."""
    stages: Mapped[list[str]] = mapped_column(default=list)
    yaml_errors: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    project: Mapped[Project] = relationship(lazy="joined")
    user: Mapped[User] = relationship(lazy="joined")
    merge_request: Mapped[MergeRequest | None] = relationship()
    jobs: Mapped[list[Job]] = relationship(back_populates="pipeline", order_by="Job.id")

    @property
    def current_jobs(self) -> list[Job]:
        """The jobs that count: those not replaced by a retry."""
        return [job for job in self.jobs if not job.retried]


class Job(Base):
    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    pipeline_id: Mapped[int] = mapped_column(ForeignKey("pipelines.id", ondelete="CASCADE"))
    name: Mapped[str]
    stage: Mapped[str]
    stage_index: Mapped[int]
    status: Mapped[str] = mapped_column(default="created")
    when: Mapped[str] = mapped_column(default="on_success")
    allow_failure: Mapped[bool] = mapped_column(default=False)
    needs: Mapped[list[Any] | None]
    """`[{"job", "artifacts", "optional"}]`; `None` waits for all earlier stages."""
    spec: Mapped[dict[str, Any]]
    """The job's part of the expanded configuration."""
    resource_group: Mapped[str | None]
    token_digest: Mapped[str | None]
    retries_left: Mapped[int] = mapped_column(default=0)
    retried: Mapped[bool] = mapped_column(default=False)
    failure_reason: Mapped[str | None]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    process: Mapped[dict[str, Any] | None]
    """`{"pid", "started"}` of the running job's process group."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    queued_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    pipeline: Mapped[Pipeline] = relationship(back_populates="jobs", lazy="joined")
    user: Mapped[User] = relationship(lazy="joined")


class PipelineWish(Base):
    """A pipeline to be made: the fields of a `PipelineRequest`."""

    __tablename__ = "pipeline_wishes"

    id: Mapped[int] = mapped_column(primary_key=True)
    request: Mapped[dict[str, Any]]


class Variable(Base):
    """A CI/CD variable of a project or a group."""

    __tablename__ = "variables"
    __table_args__ = (
        UniqueConstraint("project_id", "key", "environment_scope"),
        UniqueConstraint("group_id", "key", "environment_scope"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("namespaces.id", ondelete="CASCADE"))
    key: Mapped[str]
    value: Mapped[str]
    variable_type: Mapped[str] = mapped_column(default="env_var")
    protected: Mapped[bool] = mapped_column(default=False)
    masked: Mapped[bool] = mapped_column(default=False)
    raw: Mapped[bool] = mapped_column(default=False)
    environment_scope: Mapped[str] = mapped_column(default="*")
    description: Mapped[str | None]


class Trigger(Base):
    __tablename__ = "triggers"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    description: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    last_used: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    owner: Mapped[User] = relationship(lazy="joined")


class Schedule(Base):
    __tablename__ = "schedules"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    description: Mapped[str]
    ref: Mapped[str]
    cron: Mapped[str]
    cron_timezone: Mapped[str] = mapped_column(default="UTC")
    active: Mapped[bool] = mapped_column(default=True)
    next_run_at: Mapped[datetime | None]
    last_pipeline_id: Mapped[int | None]
    variables: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    owner: Mapped[User] = relationship(lazy="joined")
