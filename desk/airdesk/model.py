"""The shapes that actions, ports, store and surfaces share.

All are frozen Pydantic models, so that what is stored as JSON reads back as it was. Times are
aware datetimes in UTC.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from airdesk_render.findings import Finding
from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(Frozen):
    """Somebody who linked Slack and GitLab; `directory_uid` is also the Airflow user name."""

    slack_user_id: str
    gitlab_user_id: int
    gitlab_username: str
    name: str
    directory_uid: str


class Grant(BaseModel):
    """A person's OAuth tokens. Never logged and never stored but sealed."""

    model_config = ConfigDict(frozen=True)

    access_token: str = Field(repr=False)
    refresh_token: str = Field(repr=False)
    expires_at: datetime


class Membership(Frozen):
    """One team a person belongs to, with what they may do there."""

    team: str
    is_lead: bool


class Stage(StrEnum):
    """How far a change has come; each stage implies those before it."""

    SUBMITTED = "submitted"
    REVIEW = "review"
    MERGED = "merged"
    PUBLISHED = "published"
    PARSED = "parsed"
    RAN = "ran"
    CLOSED = "closed"


class ChangeDraft(Frozen):
    """What somebody submitted: the files of one DAG, as they shall stand in the repository."""

    team: str
    dag_name: str
    title: str
    manifest_path: str
    files: dict[str, str]
    removed: tuple[str, ...] = ()
    """Files that shall be gone."""
    base: str | None = None
    """Commit that the draft was made from; `None` for a DAG that is new."""
    reverts: str | None = None
    """Id of the change that it takes back."""


class MergeRequest(Frozen):
    project: str
    iid: int
    url: str
    title: str
    state: str
    """`opened`, `merged`, `closed` or `locked`, as GitLab says."""
    source_branch: str
    sha: str
    author_id: int
    author_name: str
    merged_by: str | None = None
    merge_commit: str | None = None
    """The commit that the default branch got from it."""
    target_branch: str = ""
    opened_at: datetime | None = None
    has_conflicts: bool = False
    """What was merged meanwhile changes the same lines, so that it cannot be rebased by itself."""
    from_fork: bool = False
    """Its source branch lies in another project, whose pushes we do not see."""


class Approval(Frozen):
    user_id: int
    name: str
    username: str
    at: datetime


class DiffVersion(Frozen):
    head_sha: str
    created_at: datetime


class Push(Frozen):
    user_id: int
    branch: str
    """Empty where one push moved so many branches that GitLab does not name them."""
    head_sha: str
    at: datetime


class Job(Frozen):
    id: int
    name: str
    status: str
    url: str
    allow_failure: bool = False


class Pipeline(Frozen):
    id: int
    status: str
    url: str
    sha: str
    jobs: tuple[Job, ...] = ()


class NotifyTarget(Frozen):
    """A channel and the ends of runs it hears of (`failure`, `recovery`, `success`, `late`)."""

    slack: str
    """As the manifest names it, such as `#growth-data`."""
    events: tuple[str, ...]


class CountedApproval(Frozen):
    """An approval that the publisher counted."""

    username: str
    kind: str
    """`lead`, or the kind of approver that the platform's policy names, such as `security`."""
    at: datetime


class JudgedPipeline(Frozen):
    """The newest pipeline of the merge request that a decision was about."""

    id: int
    status: str
    url: str


class Reliance(Frozen):
    """What a DAG needs of others, by full names: assets, runs it waits for, DAGs it starts."""

    listens: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()


class BreakGlass(Frozen):
    """Leave to publish a DAG without approvals or in a freeze, as `publishing.yaml` gives it."""

    who: str
    reason: str
    until: datetime


class Publication(Frozen):
    """What the publisher decided about one DAG, as it stands in `<team>/publications.json`."""

    dag_id: str
    state: str
    """`published`, `withheld` or `removed`."""
    source_commit: str
    """The team repository's newest commit that touched the DAG: the one decided about here."""
    source_digest: str
    manifest_path: str
    merge_request: int | None = None
    approved_by: tuple[str, ...] = ()
    reason: str | None = None
    """Why it is withheld and what is missing, as a sentence."""
    data_class: str = "internal"
    owners: tuple[str, ...] = ()
    notify: tuple[NotifyTarget, ...] = ()
    report_task: str | None = None
    """The task whose first rows a card may show; none for PII."""
    files: tuple[str, ...] = ()
    """The team repository's files that the DAG is made of, its manifest included."""
    risk: str | None = None
    """Class of what changed: `none`, `low`, `review` or `security`; `None` where nobody looked."""
    reasons: tuple[str, ...] = ()
    """What made it of this class, as short phrases; parts of manifests stand in them."""
    breaks: tuple[str, ...] = ()
    """Other DAGs that lose what they wait for, with their owners, as short phrases."""
    needs: tuple[str, ...] = ()
    """Kinds of approvers that the class needs, one for each person."""
    approvals: tuple[CountedApproval, ...] = ()
    pipeline: JudgedPipeline | None = None
    hashes: dict[str, str] = Field(default_factory=dict)
    """Central path of each rendered file to the SHA-256 (hex) of its content."""
    relies_on: Reliance | None = None
    """As it is published; `None` where nobody looked yet."""
    break_glass: BreakGlass | None = None
    """What it was published by in spite of missing approvals or a freeze."""
    renamed_from: str | None = None
    renamed_to: str | None = None
    """Another `dag_id` of the same repository; Airflow knows both apart."""
    standing: Publication | None = None
    """For a withheld one: the decision that stays in effect meanwhile."""


class DagState(Frozen):
    """A DAG as Airflow knows it."""

    dag_id: str
    bundle_version: str | None
    """Commit of the central repository at which Airflow last parsed it."""
    is_paused: bool
    is_stale: bool = False
    next_run_at: datetime | None = None
    url: str


class Run(Frozen):
    dag_id: str
    run_id: str
    state: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    bundle_version: str | None = None
    triggered_by: str | None = None
    url: str


class FailedTask(Frozen):
    task_id: str
    map_index: int = -1
    try_number: int
    log_tail: str
    """The last lines of its log, redacted."""
    explanation: str | None = None
    """One sentence that says what went wrong, where the log lets us know."""


class Rows(Frozen):
    """First rows of a report, ready to show."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int | None = None


class Behaviour(Frozen):
    """What a change does, as the team's own pipeline reported it: for people to read, no more."""

    risk: Literal["none", "low", "review", "security"]
    lines: tuple[str, ...] = ()
    """The weightiest changes of the DAG, as phrases."""
    more: int = 0
    """How many further changes of it there are."""
    other_dags: int = 0
    """How many other DAGs change with it."""


class Rollback(Frozen):
    """A change that takes another one back, as the other one's card tells of it."""

    by: str
    """Slack user id."""
    stage: Stage
    merge_request: MergeRequest | None = None


class ChangeView(Frozen):
    """Everything the change card shows, computed afresh from GitLab, central repository, Airflow.

    A card is a pure function of this and of nothing else.
    """

    change_id: str
    team: str
    dag_name: str
    title: str
    author_slack: str
    stage: Stage
    merge_request: MergeRequest | None = None
    pipeline: Pipeline | None = None
    findings: tuple[Finding, ...] = ()
    behaviour: Behaviour | None = None
    approvals: tuple[Approval, ...] = ()
    central_commit: str | None = None
    publication: Publication | None = None
    import_error: str | None = None
    dag: DagState | None = None
    run: Run | None = None
    rows: Rows | None = None
    failed: FailedTask | None = None
    rollback: Rollback | None = None
    overlaps: tuple[MergeRequest, ...] = ()
    """Other open merge requests that change the same files."""
    problem: str | None = None
    """A sentence about what hinders us now and what happens next; `None` when all is well."""
