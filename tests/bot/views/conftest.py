"""Changes and runs in every state, and a checker for Slack's limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airdesk.model import (
    Approval,
    ChangeView,
    DagState,
    FailedTask,
    Job,
    MergeRequest,
    NotifyTarget,
    Pipeline,
    Publication,
    Rollback,
    Rows,
    Run,
    Stage,
)
from airdesk_bot.views.card import Card
from airdesk_render.findings import Finding
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

T0 = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
SHA = "4f1c2a9be77d0c3f5a6b8d9e0f1a2b3c4d5e6f70"
CENTRAL = "9b8a7c6d5e4f30211203f4e5d6c7a8b9c0d1e2f3"
GITLAB = "http://127.0.0.1:8080/growth/pipelines"
AIRFLOW = "http://127.0.0.1:8090/dags/growth.delays_by_carrier"

REQUEST = MergeRequest(
    project="growth/pipelines",
    iid=7,
    url=f"{GITLAB}/-/merge_requests/7",
    title="delays_by_carrier: Which carriers ran late yesterday",
    state="opened",
    source_branch="airdesk/delays_by_carrier-c1",
    sha=SHA,
    author_id=11,
    author_name="Thu Tran",
)
MERGED = REQUEST.model_copy(
    update={"state": "merged", "merged_by": "Minh Le", "merge_commit": SHA[::-1]}
)
OTHER = REQUEST.model_copy(
    update={"iid": 9, "url": f"{GITLAB}/-/merge_requests/9", "author_name": "Minh Le"}
)
MINH = Approval(user_id=12, name="Minh Le", username="minh.le", at=T0)
THU = Approval(user_id=11, name="Thu Tran", username="thu.tran", at=T0)
PUBLICATION = Publication(
    dag_id="growth.delays_by_carrier",
    state="published",
    source_commit=SHA,
    source_digest="d" * 64,
    manifest_path="dags/delays_by_carrier.dag.yaml",
    merge_request=7,
    approved_by=("minh.le",),
    data_class="internal",
    owners=("thu.tran",),
    notify=(NotifyTarget(slack="#growth-data", events=("failure", "recovery")),),
    report_task="report",
)
WITHHELD = PUBLICATION.model_copy(
    update={
        "state": "withheld",
        "reason": (
            "Merge request !7 was approved by its author only. A lead of growth who did not push "
            "to its branch has to approve it; the publisher looks again within a minute."
        ),
    }
)
DAG = DagState(
    dag_id="growth.delays_by_carrier",
    bundle_version=CENTRAL,
    is_paused=False,
    next_run_at=T0 + timedelta(days=1),
    url=AIRFLOW,
)
RUN = Run(
    dag_id="growth.delays_by_carrier",
    run_id="airdesk__c1",
    state="success",
    started_at=T0,
    ended_at=T0 + timedelta(seconds=12.3),
    bundle_version=CENTRAL,
    triggered_by="thu.tran",
    url=f"{AIRFLOW}/runs/airdesk__c1",
)
ROWS = Rows(
    columns=("carrier", "name", "flights", "avg_delay"),
    rows=(
        ("F9", "Frontier Airlines Inc.", "685", "21.92"),
        ("FL", "AirTran Airways Corporation", "3,260", "20.12"),
        ("EV", "ExpressJet Airlines Inc.", "54,173", "15.80"),
        ("YV", "Mesa Airlines Inc.", "601", "15.56"),
        ("OO", "SkyWest Airlines Inc.", "32", "11.93"),
    ),
    total=16,
)
FAILED = FailedTask(
    task_id="report",
    try_number=2,
    explanation="Postgres says: division by zero. Guard the divisor, say with nullif(x, 0).",
    log_tail=(
        "[2026-12-01 08:30:11] INFO - Running: select sum(arr_delay) / 0 from flights\n"
        "[2026-12-01 08:30:11] ERROR - Task failed with exception\n"
        "psycopg2.errors.DivisionByZero: division by zero\n"
        "password=*** host=***"
    ),
)
FINDINGS = (
    Finding(
        file="dags/delays_by_carrier.dag.yaml",
        line=14,
        column=5,
        code="forbidden-option",
        message="retries is set by the platform; leave it out.",
        path=("tasks", "report", "retries"),
    ),
    Finding(
        file="dags/sql/delays_by_carrier.sql",
        line=3,
        column=1,
        code="sql-syntax",
        message="This is not SQL that Postgres understands near 'form'.",
        suggestion="from",
    ),
)
JOBS = tuple(
    Job(id=n, name=name, status=status, url=f"{GITLAB}/-/jobs/{n}")
    for n, (name, status) in enumerate(
        [("check", "success"), ("render", "success"), ("test", "failed")], start=31
    )
)


def pipeline(status: str, jobs: tuple[Job, ...] = ()) -> Pipeline:
    return Pipeline(id=5, status=status, url=f"{GITLAB}/-/pipelines/5", sha=SHA, jobs=jobs)


def a_change(stage: Stage, **fields: Any) -> ChangeView:
    base: dict[str, Any] = {
        "change_id": "c1",
        "team": "growth",
        "dag_name": "delays_by_carrier",
        "title": "delays_by_carrier: Which carriers ran late yesterday",
        "author_slack": "U_THU",
        "stage": stage,
    }
    return ChangeView(**(base | fields))


def in_airflow(stage: Stage, **fields: Any) -> ChangeView:
    base: dict[str, Any] = {
        "merge_request": MERGED,
        "pipeline": pipeline("success"),
        "approvals": (MINH,),
        "publication": PUBLICATION,
        "central_commit": CENTRAL,
        "dag": DAG if stage is not Stage.PUBLISHED else None,
    }
    return a_change(stage, **(base | fields))


def all_changes() -> dict[str, ChangeView]:
    review = Stage.REVIEW
    pii = PUBLICATION.model_copy(update={"data_class": "pii"})
    return {
        "submitted": a_change(Stage.SUBMITTED),
        "gitlab-down": a_change(
            Stage.SUBMITTED,
            problem="GitLab does not answer. Your change is kept and is tried again every minute.",
        ),
        "checking": a_change(review, merge_request=REQUEST, pipeline=pipeline("running")),
        "waiting": a_change(review, merge_request=REQUEST, pipeline=pipeline("success")),
        "own-approval": a_change(
            review, merge_request=REQUEST, pipeline=pipeline("success"), approvals=(THU,)
        ),
        "findings": a_change(
            review, merge_request=REQUEST, pipeline=pipeline("failed", JOBS), findings=FINDINGS
        ),
        "red-job": a_change(review, merge_request=REQUEST, pipeline=pipeline("failed", JOBS)),
        "clashes": a_change(
            review,
            merge_request=REQUEST.model_copy(update={"has_conflicts": True}),
            pipeline=pipeline("success"),
        ),
        "overlaps": a_change(
            review,
            merge_request=REQUEST,
            pipeline=pipeline("success"),
            overlaps=(OTHER,),
        ),
        "approved": a_change(
            review, merge_request=REQUEST, pipeline=pipeline("running"), approvals=(MINH,)
        ),
        "merged": a_change(
            Stage.MERGED,
            merge_request=MERGED,
            pipeline=pipeline("success"),
            approvals=(MINH,),
        ),
        "withheld": a_change(
            Stage.MERGED,
            merge_request=MERGED,
            pipeline=pipeline("success"),
            approvals=(THU,),
            publication=WITHHELD,
        ),
        "published": in_airflow(Stage.PUBLISHED),
        "import-error": in_airflow(
            Stage.PUBLISHED,
            import_error='Traceback (most recent call last):\n  File "x.py", line 3\nKeyError: 1',
        ),
        "parsed": in_airflow(Stage.PARSED),
        "running": in_airflow(
            Stage.PARSED, run=RUN.model_copy(update={"state": "running", "ended_at": None})
        ),
        "ran": in_airflow(Stage.RAN, run=RUN, rows=ROWS),
        "ran-pii": in_airflow(Stage.RAN, run=RUN, rows=ROWS, publication=pii),
        "run-failed": in_airflow(
            Stage.RAN, run=RUN.model_copy(update={"state": "failed"}), failed=FAILED
        ),
        "run-failed-pii": in_airflow(
            Stage.RAN,
            run=RUN.model_copy(update={"state": "failed"}),
            failed=FAILED,
            publication=pii,
        ),
        "rollback-asked": in_airflow(
            Stage.RAN, run=RUN, rollback=Rollback(by="U_THU", stage=Stage.SUBMITTED)
        ),
        "rollback-open": in_airflow(
            Stage.RAN,
            run=RUN,
            rollback=Rollback(by="U_THU", stage=Stage.REVIEW, merge_request=REQUEST),
        ),
        "rolled-back": in_airflow(
            Stage.RAN,
            run=RUN,
            rollback=Rollback(by="U_THU", stage=Stage.PARSED, merge_request=MERGED),
        ),
        "rollback-closed": in_airflow(
            Stage.RAN,
            run=RUN,
            rollback=Rollback(by="U_THU", stage=Stage.CLOSED, merge_request=REQUEST),
        ),
        "removed": a_change(
            Stage.MERGED,
            merge_request=MERGED,
            pipeline=pipeline("success"),
            publication=PUBLICATION.model_copy(update={"state": "removed"}),
        ),
        "closed": a_change(
            Stage.CLOSED, merge_request=REQUEST.model_copy(update={"state": "closed"})
        ),
    }


def texts(content: Any) -> Iterator[tuple[str, str]]:
    """Every text object of some blocks, as (type, text)."""
    if isinstance(content, dict):
        if content.get("type") in {"mrkdwn", "plain_text"} and isinstance(content["text"], str):
            yield content["type"], content["text"]
        for value in content.values():
            yield from texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from texts(value)


LIVE = re.compile(r"<[^>]*>?")
OUR_OWN = re.compile(
    r"<(@U_THU|!date\^\d+\^\{date_short_pretty\} at \{time\}\|[^|<>]*"
    r"|https?://[^<>|\s]+\|[^<>]+)>"
)


def assert_card(card: Card) -> None:
    """The card keeps Slack's limits, and nothing in it is a mention or link but our own."""
    assert 0 < len(card.text) <= 3000
    assert 0 < len(card.blocks) <= 50
    card.text.encode()
    for block in card.blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
        if block["type"] == "context":
            assert 1 <= len(block["elements"]) <= 10
        if block["type"] == "actions":
            assert 1 <= len(block["elements"]) <= 25
            ids = [element["action_id"] for element in block["elements"]]
            assert len(set(ids)) == len(ids)
    for kind, text in [*texts(card.blocks), ("mrkdwn", card.text)]:
        text.encode()
        assert 0 < len(text) <= 3000
        if kind == "mrkdwn":
            assert text.count("```") % 2 == 0
            for live in LIVE.findall(text):
                assert OUR_OWN.fullmatch(live), live
    assert sum(len(text) for _, text in texts(card.blocks)) < 13_000


def assert_modal(view: dict[str, Any]) -> None:
    """The view keeps Slack's limits for `views.open`."""
    View(**view).validate_json()
    assert len(view["blocks"]) <= 100
    assert len(view["private_metadata"]) <= 3000
    ids = [block["block_id"] for block in view["blocks"] if "block_id" in block]
    assert len(set(ids)) == len(ids)
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        assert len(block["label"]["text"]) <= 2000
        assert len(element["placeholder"]["text"]) <= 150
        assert len(element.get("initial_value", "")) <= element.get("max_length", 3000) <= 3000
        for option in element.get("options", []):
            assert 0 < len(option["text"]["text"]) <= 75
            assert 0 < len(option["value"]) <= 150
        if "initial_option" in element:
            assert element["initial_option"] in element["options"]


@pytest.fixture(scope="session")
def changes() -> dict[str, ChangeView]:
    return all_changes()


@pytest.fixture(scope="session")
def check_card() -> Callable[[Card], None]:
    return assert_card


@pytest.fixture(scope="session")
def check_modal() -> Callable[[dict[str, Any]], None]:
    return assert_modal


@pytest.fixture(scope="session")
def shown() -> Callable[[Card], str]:
    """All that a card shows, as one text."""
    return lambda card: "\n".join(text for _, text in texts(card.blocks))


@pytest.fixture(scope="session")
def run() -> Run:
    return RUN


@pytest.fixture(scope="session")
def failed() -> FailedTask:
    return FAILED


@pytest.fixture(scope="session")
def publication() -> Publication:
    return PUBLICATION


@pytest.fixture(scope="session")
def dag() -> DagState:
    return DAG


@pytest.fixture(scope="session")
def rows() -> Rows:
    return ROWS
