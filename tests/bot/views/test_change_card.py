"""The change card tells each state at a glance and offers what can be done then."""

from __future__ import annotations

from typing import Any

import pytest
from airdesk.model import Rows, Stage
from airdesk_bot.views.change_card import change_card

STATES = [
    "submitted", "gitlab-down", "checking", "waiting", "own-approval", "findings", "red-job",
    "approved", "merged", "withheld", "published", "import-error", "parsed", "running", "ran",
    "ran-pii", "run-failed", "run-failed-pii", "closed", "rollback-asked", "rollback-open",
    "rolled-back", "rollback-closed", "removed", "clashes", "overlaps",
]  # fmt: skip


def buttons(card: Any) -> dict[str, dict[str, Any]]:
    return {
        element["action_id"]: element
        for block in card.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    }


def progress(card: Any) -> str:
    return card.blocks[1]["text"]["text"].splitlines()[1]


def test_every_state_is_covered(changes):
    assert sorted(changes) == sorted(STATES)


@pytest.mark.parametrize("state", STATES)
def test_a_card_keeps_slacks_limits_and_its_bytes(state, changes, check_card):
    card = change_card(changes[state])
    check_card(card)
    assert card.digest == change_card(changes[state].model_copy()).digest


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        ("submitted", "🔵 growth.delays_by_carrier · submitted"),
        ("checking", "🔵 growth.delays_by_carrier · being checked"),
        ("waiting", "🟡 growth.delays_by_carrier · waits for a lead of growth"),
        ("own-approval", "🟡 growth.delays_by_carrier · waits for a lead of growth"),
        ("findings", "🔴 growth.delays_by_carrier · checks failed"),
        ("approved", "🔵 growth.delays_by_carrier · approved"),
        ("merged", "🔵 growth.delays_by_carrier · being published"),
        ("withheld", "🟠 growth.delays_by_carrier · merged, not published"),
        ("import-error", "🔴 growth.delays_by_carrier · Airflow cannot load it"),
        ("parsed", "🟡 growth.delays_by_carrier · ready to run"),
        ("running", "🔵 growth.delays_by_carrier · running"),
        ("ran", "🟢 growth.delays_by_carrier · ran OK"),
        ("run-failed", "🔴 growth.delays_by_carrier · run failed"),
        ("rollback-open", "🟢 growth.delays_by_carrier · ran OK"),
        ("rolled-back", "⚪ growth.delays_by_carrier · rolled back"),
        ("removed", "⚪ growth.delays_by_carrier · removed"),
        ("clashes", "🔴 growth.delays_by_carrier · has to be rebased"),
        ("overlaps", "🟡 growth.delays_by_carrier · waits for a lead of growth"),
        ("closed", "⚪ growth.delays_by_carrier · closed"),
    ],
)
def test_the_headline_names_dag_and_state(state, headline, changes):
    card = change_card(changes[state])
    assert card.blocks[0]["text"]["text"] == headline
    assert card.text.startswith(f"{headline[0]} growth.delays_by_carrier ")
    assert card.text.endswith(".")


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (
            "waiting",
            (
                "✅ draft · ✅ checks · ⏳ *review by a lead of growth* · merge · publish · Airflow"
                " · first run"
            ),
        ),
        (
            "findings",
            (
                "✅ draft · ❌ *checks* · review by a lead of growth · merge · publish · Airflow"
                " · first run"
            ),
        ),
        (
            "withheld",
            "✅ draft · ✅ checks · ✅ review · ✅ merge · ✋ *publish* · Airflow · first run",
        ),
        (
            "import-error",
            "✅ draft · ✅ checks · ✅ review · ✅ merge · ✅ publish · ❌ *Airflow* · first run",
        ),
        (
            "ran",
            "✅ draft · ✅ checks · ✅ review · ✅ merge · ✅ publish · ✅ Airflow · ✅ first run",
        ),
        (
            "clashes",
            (
                "✅ draft · ✅ checks · review by a lead of growth · ❌ *merge* · publish · Airflow"
                " · first run"
            ),
        ),
        (
            "removed",
            "✅ draft · ✅ checks · ✅ review · ✅ merge · ✅ publish · Airflow · first run",
        ),
        ("closed", "✅ draft · ⚪ *closed without a merge*"),
    ],
)
def test_the_progress_line_shows_how_far_it_came(state, steps, changes):
    assert progress(change_card(changes[state])) == steps


@pytest.mark.parametrize("state", STATES)
def test_approval_is_offered_only_in_review_and_never_on_red(state, changes):
    offered = "change_approve" in buttons(change_card(changes[state]))
    assert offered == (state in {"checking", "waiting", "own-approval", "approved", "overlaps"})


def test_the_approve_button_carries_the_commit_and_asks_again(changes):
    view = changes["waiting"]
    button = buttons(change_card(view))["change_approve"]
    assert button["value"] == f"c1:{view.merge_request.sha}"
    assert view.merge_request.sha[:8] in button["confirm"]["text"]["text"]


@pytest.mark.parametrize("state", STATES)
def test_running_is_offered_only_where_airflow_knows_it_and_no_run_is_on(state, changes):
    offered = buttons(change_card(changes[state])).get("change_run")
    allowed = {"parsed", "ran", "ran-pii", "run-failed", "run-failed-pii"}
    allowed |= {"rollback-asked", "rollback-open", "rollback-closed"}
    assert (offered is not None) == (state in allowed)
    if offered:
        assert offered["value"] == "c1"
        assert offered["text"]["text"] == ("Run now" if state == "parsed" else "Run again")


@pytest.mark.parametrize("state", STATES)
def test_rolling_back_is_offered_for_what_is_live_and_not_taken_back_yet(state, changes):
    offered = buttons(change_card(changes[state])).get("change_roll_back")
    live = {"published", "import-error", "parsed", "running", "ran", "ran-pii", "rollback-closed"}
    assert (offered is not None) == (state in live | {"run-failed", "run-failed-pii"})
    if offered:
        assert offered["value"] == "c1"
        assert "in your own name" in offered["confirm"]["text"]["text"]


def test_a_clash_is_explained_and_others_are_named(changes):
    clash = str(change_card(changes["clashes"]).blocks)
    assert "*It cannot be rebased by itself:* what was merged to `main`" in clash
    assert "Thu Tran has to rebase it" in clash
    others = str(change_card(changes["overlaps"]).blocks)
    assert (
        "the same files in <http://127.0.0.1:8080/growth/pipelines/-/merge_requests/9|!9>" in others
    )
    assert "by Minh Le. Whoever merges second" in others


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("rollback-asked", "↩️ <@U_THU> prepares to roll it back. It stays live"),
        ("rollback-open", "prepares to roll it back in <http://127.0.0.1:8080/growth/pipelines/-/"),
        ("rolled-back", "↩️ *Rolled back* by <@U_THU> in <http"),
        ("rollback-closed", "that was closed without a merge."),
    ],
)
def test_a_rollback_is_linked(state, told, changes):
    assert told in str(change_card(changes[state]).blocks)


def test_links_lead_to_gitlab_and_to_the_run(changes):
    links = buttons(change_card(changes["ran"]))
    assert links["open_merge_request"]["url"].endswith("/-/merge_requests/7")
    assert links["open_airflow"]["url"].endswith("/runs/airdesk__c1")
    assert buttons(change_card(changes["waiting"]))["open_pipeline"]["url"].endswith("/pipelines/5")


def test_an_address_that_is_none_gives_no_button(changes):
    view = changes["waiting"]
    odd = view.model_copy(
        update={"merge_request": view.merge_request.model_copy(update={"url": "javascript:x()"})}
    )
    assert "open_merge_request" not in buttons(change_card(odd))


def test_findings_say_where_and_what(changes, shown):
    text = shown(change_card(changes["findings"]))
    assert "*2 things to correct*" in text
    assert "|dags/delays_by_carrier.dag.yaml:14>: retries is set by the platform" in text
    assert "/-/blob/4f1c2a9be77d0c3f5a6b8d9e0f1a2b3c4d5e6f70/dags/sql/" in text
    assert "Did you mean `from`?" in text


def test_a_red_pipeline_without_findings_names_the_job(changes, shown):
    text = shown(change_card(changes["red-job"]))
    assert "*Failed in the pipeline:*" in text
    assert "/-/jobs/33|test>" in text


def test_approvals_tell_who_when_and_which_do_not_count(changes, shown):
    assert "✅ Approved by *Minh Le* · <!date^1796113800^" in shown(change_card(changes["ran"]))
    own = shown(change_card(changes["own-approval"]))
    assert "Thu Tran approved their own change: it does not count" in own


def test_the_commit_is_named_at_which_airflow_parsed_it(changes, shown):
    assert "Airflow parsed it at `9b8a7c6d`" in shown(change_card(changes["parsed"]))


def test_a_green_card_shows_duration_and_rows_aligned(changes, shown):
    text = shown(change_card(changes["ran"]))
    assert "*The run took 12 s*, started by thu.tran." in text
    assert "First 5 of 16 rows:" in text
    assert "EV       ExpressJet Airlines Inc.      54,173      15.80" in text


def test_a_failed_run_shows_task_explanation_and_log(changes, shown):
    text = shown(change_card(changes["run-failed"]))
    assert "Task `report` failed (try 2)." in text
    assert "Guard the divisor" in text
    assert "psycopg2.errors.DivisionByZero" in text


@pytest.mark.parametrize("state", ["ran-pii", "run-failed-pii"])
def test_personal_data_stays_out_of_slack(state, changes, shown):
    text = shown(change_card(changes[state])) + change_card(changes[state]).text
    for secret in ("ExpressJet", "avg_delay", "psycopg2", "division"):
        assert secret not in text
    assert "personal data" in text


@pytest.mark.parametrize("data_class", ["secret", ""])
def test_an_unknown_data_class_counts_as_personal(data_class, changes, shown):
    view = changes["run-failed"]
    odd = view.publication.model_copy(update={"data_class": data_class})
    for publication in (odd, None):
        text = shown(change_card(view.model_copy(update={"publication": publication})))
        assert "psycopg2" not in text
        assert "division" not in text


def test_a_problem_stands_in_the_card_and_in_the_notification(changes, shown):
    card = change_card(changes["gitlab-down"])
    assert "⚠️ GitLab does not answer." in shown(card)
    assert "GitLab does not answer." in card.text


def test_a_report_without_rows_says_so(changes, shown):
    empty = Rows(columns=("carrier",), rows=(), total=0)
    text = shown(change_card(changes["ran"].model_copy(update={"rows": empty})))
    assert "The report has no rows." in text


def test_what_the_publisher_holds_back_is_no_longer_run_or_loading(changes):
    view = changes["parsed"].model_copy(
        update={"publication": changes["withheld"].publication, "stage": Stage.PARSED}
    )
    card = change_card(view)
    assert "merged, not published" in card.blocks[0]["text"]["text"]
    assert "change_run" not in buttons(card)


def test_a_paused_dag_says_that_it_waits(changes, shown):
    view = changes["parsed"]
    paused = view.model_copy(update={"dag": view.dag.model_copy(update={"is_paused": True})})
    assert "Paused in Airflow" in shown(change_card(paused))


def test_a_place_outside_the_repository_is_no_link(changes, shown):
    finding = changes["findings"].findings[0].model_copy(update={"file": "../../admin"})
    text = shown(change_card(changes["findings"].model_copy(update={"findings": (finding,)})))
    assert "`../../admin:14`" in text


def test_what_a_later_change_removed_says_so(changes):
    publication = changes["withheld"].publication.model_copy(update={"state": "removed"})
    view = changes["merged"].model_copy(update={"publication": publication})
    assert change_card(view).text.endswith("was removed from Airflow.")
