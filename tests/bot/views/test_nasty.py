"""Whatever text comes, every card and form stays within Slack's limits and pings nobody."""

from __future__ import annotations

from datetime import UTC, datetime

from airdesk.model import (
    Approval,
    Behaviour,
    ChangeView,
    DagState,
    FailedTask,
    Job,
    Membership,
    MergeRequest,
    Pipeline,
    Publication,
    Rows,
    Run,
    Stage,
)
from airdesk_bot.views.apology import apology
from airdesk_bot.views.change_card import change_card
from airdesk_bot.views.new_dag import (
    FormError,
    NewDagForm,
    draft_of,
    errors_of,
    new_dag_modal,
    read_new_dag,
)
from airdesk_bot.views.refusal import refusal
from airdesk_bot.views.run_card import run_card
from airdesk_bot.views.status import status_message
from airdesk_render.findings import Finding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NASTY = st.sampled_from(
    [
        "<!channel>", "<@U999>", "<!subteam^S1>", "<https://evil.test|GitLab>", "https://evil.test",
        "```\n<!here>", "`", "*_~", "&amp;", "&", "\u202e", "\x00", "\u2028", "{{ conn }}", "😀",
        "東京", "@channel", ":x:", "|>", "a" * 3100, "&" * 800, "\n" * 99, "<" * 3100, "",
    ]
)  # fmt: skip
TEXT = st.lists(NASTY | st.text(max_size=12), max_size=4).map("".join)
MAYBE = st.none() | TEXT
TIMES = st.datetimes(
    datetime(2026, 1, 1),
    datetime(2027, 1, 1),
    timezones=st.just(UTC),
)
URL = st.sampled_from(
    ["http://g.test/p/-/merge_requests/1", "javascript:1", "http://x/" + "u" * 4000]
)
FINDINGS = st.builds(
    Finding,
    file=TEXT,
    line=st.integers(1, 99),
    column=st.just(1),
    code=st.just("x"),
    message=TEXT,
    path=st.sampled_from([(), ("tasks", "report", "sql"), ("tasks", "x"), ("tags", 0)]),
    suggestion=MAYBE,
    severity=st.sampled_from(["error", "warning"]),
)
REQUESTS = st.builds(
    MergeRequest,
    url=URL, title=TEXT, sha=TEXT, state=st.sampled_from(["opened", "merged"]),
    author_id=st.integers(1, 3), author_name=TEXT, merged_by=MAYBE, merge_commit=MAYBE,
)  # fmt: skip
STATES = st.sampled_from(["success", "failed", "running", "canceled", "<!here>"])
PIPELINES = st.builds(
    Pipeline,
    status=STATES,
    url=URL,
    jobs=st.lists(st.builds(Job, name=TEXT, status=STATES, url=URL), max_size=7).map(tuple),
)
APPROVALS = st.builds(Approval, user_id=st.integers(1, 3), name=TEXT, at=TIMES)
PUBLICATIONS = st.builds(
    Publication,
    state=st.sampled_from(["published", "withheld"]),
    reason=MAYBE,
    data_class=st.sampled_from(["internal", "pii", "public", "?"]),
    owners=st.lists(TEXT, max_size=12).map(tuple),
)
DAGS = st.builds(
    DagState, dag_id=TEXT, bundle_version=MAYBE, next_run_at=st.none() | TIMES, url=URL
)
RUNS = st.builds(
    Run,
    dag_id=TEXT, run_id=TEXT, state=STATES, started_at=st.none() | TIMES,
    ended_at=st.none() | TIMES, bundle_version=MAYBE, triggered_by=MAYBE, url=URL,
)  # fmt: skip
FAILED = st.builds(FailedTask, task_id=TEXT, log_tail=TEXT, explanation=MAYBE)
ROWS = st.integers(1, 5).flatmap(
    lambda width: st.builds(
        Rows,
        columns=st.lists(TEXT, min_size=width, max_size=width).map(tuple),
        rows=st.lists(st.lists(TEXT, max_size=width).map(tuple), max_size=12).map(tuple),
    )
)
BEHAVIOURS = st.builds(
    Behaviour,
    risk=st.sampled_from(["none", "low", "review", "security"]),
    lines=st.lists(TEXT, max_size=3).map(tuple),
    more=st.integers(0, 999),
    other_dags=st.integers(0, 999),
)
CHANGES = st.builds(
    ChangeView,
    change_id=TEXT, team=TEXT, dag_name=TEXT, title=TEXT,
    author_slack=st.sampled_from(["U_THU", "<!channel>", "U1>x", ""]),
    stage=st.sampled_from(list(Stage)),
    merge_request=st.none() | REQUESTS,
    pipeline=st.none() | PIPELINES,
    findings=st.lists(FINDINGS, max_size=12).map(tuple),
    behaviour=st.none() | BEHAVIOURS,
    approvals=st.lists(APPROVALS, max_size=12).map(tuple),
    central_commit=MAYBE,
    publication=st.none() | PUBLICATIONS,
    import_error=MAYBE,
    dag=st.none() | DAGS,
    run=st.none() | RUNS,
    rows=st.none() | ROWS,
    failed=st.none() | FAILED,
    problem=MAYBE,
)  # fmt: skip
FORMS = st.builds(
    NewDagForm,
    **dict.fromkeys(NewDagForm.model_fields, TEXT),
).map(lambda form: form.model_copy(update={"dag_name": form.dag_name or "delays"}))
nasty = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@nasty
@given(view=CHANGES)
def test_change_cards(view, check_card):
    card = change_card(view)
    check_card(card)
    assert card.digest == change_card(view).digest


@nasty
@given(run=RUNS, failed=st.lists(FAILED, max_size=5), publication=st.none() | PUBLICATIONS)
def test_run_cards(run, failed, publication, check_card):
    check_card(run_card(run=run, failed=failed, publication=publication))


@nasty
@given(
    changes=st.lists(CHANGES, max_size=4),
    dags=st.lists(st.tuples(DAGS, st.none() | RUNS), max_size=12),
    unavailable=MAYBE,
)
def test_status(changes, dags, unavailable, check_card):
    check_card(status_message(changes=changes, dags=dags, unavailable=unavailable))


@nasty
@given(person=TEXT, sentence=TEXT, request=TEXT)
def test_short_messages(person, sentence, request, check_card):
    check_card(refusal(person, sentence))
    check_card(apology(request))


@nasty
@given(form=FORMS, connections=st.none() | st.lists(TEXT, max_size=130))
def test_forms(form, connections, check_modal):
    growth = Membership(team="growth", is_lead=False)
    view = new_dag_modal(memberships=[growth], connections=connections, channel="C_1", form=form)
    check_modal(view)
    assert read_new_dag(view) == NewDagForm(team="growth")


@nasty
@given(form=FORMS, good_options=st.booleans(), findings=st.lists(FINDINGS, max_size=5))
def test_drafts_are_written_or_refused_with_a_sentence(form, good_options, findings):
    form = form.model_copy(update={"team": "growth", "dag_name": "delays"})
    if good_options:
        form = form.model_copy(update={"options": "max_rows: 5"})
    refused: set[str] = set()
    files: set[str] = set()
    try:
        files = set(
            draft_of(form, owner="thu.tran", now=datetime(2026, 12, 1, 9, tzinfo=UTC)).files
        )
    except FormError as error:
        refused = set(error.errors)
    assert refused == {"options"} or files == {"dags/delays.dag.yaml", "dags/sql/delays.sql"}
    assert not (good_options and refused)
    for block, sentence in errors_of(findings, form).items():
        assert block in NewDagForm.model_fields
        assert 0 < len(sentence) <= 400
