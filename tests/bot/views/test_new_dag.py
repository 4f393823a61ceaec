"""The form: drawing it, reading it back, its manifest, and findings on its fields."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from airdesk.model import Membership
from airdesk_bot.views.new_dag import (
    FormError,
    NewDagForm,
    draft_of,
    errors_of,
    new_dag_modal,
    read_new_dag,
)
from airdesk_render.check import check_manifest
from airdesk_render.findings import Finding
from airdesk_render.names import Team
from airdesk_render.policy import default_policy

GROWTH = Membership(team="growth", is_lead=False)
RISK = Membership(team="risk", is_lead=False)
DAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 20, tzinfo=UTC)
FORM = NewDagForm(
    team="growth",
    dag_name="delays_by_carrier",
    description="Which carriers ran late yesterday",
    schedule="0 6 * * 1-5",
    data_class="internal",
    connection="warehouse",
    sql="select carrier, avg(arr_delay) as delay\nfrom flights\ngroup by carrier",
    check_sql="select count(*) > 0 from flights",
    channel="growth-data",
    message="Delays on {{ ds }}",
    options="max_rows: 5",
)


def blocks_of(view):
    return {block["block_id"]: block for block in view["blocks"] if "block_id" in block}


def submitted(view, form):
    """The view as Slack sends it when `form` was typed into it."""
    values = {}
    for block_id, block in blocks_of(view).items():
        typed = getattr(form, block_id)
        if block["element"]["type"] == "static_select":
            value = {
                "type": "static_select",
                "selected_option": {"value": typed} if typed else None,
            }
        else:
            value = {"type": "plain_text_input", "value": typed or None}
        values[block_id] = {"value": value}
    return {**view, "state": {"values": values}}


def checked(form):
    draft = draft_of(form, owner="thu.tran", now=NOW)
    return check_manifest(
        draft.files[draft.manifest_path],
        file=draft.manifest_path,
        team=Team(draft.team),
        policy=default_policy(),
        files=draft.files,
    )


@pytest.mark.parametrize("memberships", [[GROWTH], [GROWTH, RISK]])
@pytest.mark.parametrize("connections", [["warehouse", "crm"], [], None])
@pytest.mark.parametrize("form", [None, FORM])
def test_the_form_keeps_slacks_limits(memberships, connections, form, check_modal):
    view = new_dag_modal(
        memberships=memberships, connections=connections, channel="C_GROWTH", form=form
    )
    check_modal(view)
    assert view["callback_id"] == "new_dag"
    assert json.loads(view["private_metadata"])["channel"] == "C_GROWTH"


@pytest.mark.parametrize("memberships", [[GROWTH], [RISK, GROWTH]])
@pytest.mark.parametrize("connections", [["warehouse"], None])
def test_what_is_typed_is_read_and_shown_again(memberships, connections):
    empty = new_dag_modal(memberships=memberships, connections=connections, channel="C_GROWTH")
    form = read_new_dag(submitted(empty, FORM))
    assert form == FORM
    again = new_dag_modal(
        memberships=memberships, connections=connections, channel="C_GROWTH", form=form
    )
    fields = blocks_of(again)
    assert fields["sql"]["element"]["initial_value"] == FORM.sql
    assert fields["data_class"]["element"]["initial_option"]["value"] == "internal"
    assert fields["options"]["element"]["initial_value"] == "max_rows: 5"


def test_the_team_is_asked_only_of_who_has_several():
    one = new_dag_modal(memberships=[GROWTH], connections=["warehouse"], channel="C_1")
    two = new_dag_modal(memberships=[GROWTH, RISK], connections=["warehouse"], channel="C_1")
    assert "team" not in blocks_of(one)
    assert [o["value"] for o in blocks_of(two)["team"]["element"]["options"]] == ["growth", "risk"]


def test_who_has_no_team_reads_what_to_do(check_modal):
    view = new_dag_modal(memberships=[], connections=None, channel="C_1")
    check_modal(view)
    assert "submit" not in view
    assert "in no team" in view["blocks"][0]["text"]["text"]


def test_a_sealed_vault_still_leaves_a_form():
    view = new_dag_modal(memberships=[GROWTH], connections=None, channel="C_1")
    assert blocks_of(view)["connection"]["element"]["type"] == "plain_text_input"
    assert "Vault could not be asked" in json.dumps(view)


def test_the_only_connection_for_queries_is_picked_already():
    view = new_dag_modal(memberships=[GROWTH], connections=["warehouse", "slack"], channel="C_1")
    menu = blocks_of(view)["connection"]["element"]
    assert [option["value"] for option in menu["options"]] == ["warehouse"]
    assert menu["initial_option"]["value"] == "warehouse"


def test_a_connection_that_is_gone_is_not_picked_again():
    form = FORM.model_copy(update={"connection": "old"})
    view = new_dag_modal(memberships=[GROWTH], connections=["crm"], channel="C_1", form=form)
    assert "initial_option" not in blocks_of(view)["connection"]["element"]


def test_the_draft_is_a_manifest_and_its_query():
    draft = draft_of(FORM, owner="thu.tran", now=NOW)
    assert draft.title == "delays_by_carrier: Which carriers ran late yesterday"
    assert draft.manifest_path == "dags/delays_by_carrier.dag.yaml"
    assert draft.files["dags/sql/delays_by_carrier.sql"] == f"{FORM.sql}\n"
    assert draft == draft_of(FORM, owner="thu.tran", now=NOW)


def test_the_draft_passes_the_check():
    result = checked(FORM)
    assert result.findings == ()
    manifest = result.manifest
    assert list(manifest.tasks) == ["report", "not_empty", "post"]
    assert manifest.owners == ("thu.tran",)
    assert manifest.schedule.start_date == DAY
    (told,) = manifest.notify
    assert (told.slack, told.events) == ("#growth-data", ("failure", "recovery"))
    assert manifest.tasks["report"].max_rows == 5
    assert manifest.tasks["post"].rows_from == "report"
    assert manifest.tasks["post"].upstream == ("not_empty",)


def test_left_empty_means_left_out():
    form = FORM.model_copy(update={"check_sql": " ", "channel": "", "message": "", "options": ""})
    manifest = checked(form).manifest
    assert list(manifest.tasks) == ["report"]
    assert manifest.notify == ()


def test_the_message_falls_back_to_the_description():
    manifest = checked(FORM.model_copy(update={"message": ""})).manifest
    assert manifest.tasks["post"].text == "Which carriers ran late yesterday ({{ ds }})"


def test_personal_data_is_never_posted():
    manifest = checked(FORM.model_copy(update={"data_class": "pii"})).manifest
    assert manifest.tasks["post"].rows_from is None


@pytest.mark.parametrize(
    ("typed", "cron", "zone"),
    [
        ("@daily", "@daily", "UTC"),
        (" 0  6 * * 1-5 ", "0 6 * * 1-5", "UTC"),
        ("0 6 * * 1-5 Asia/Ho_Chi_Minh", "0 6 * * 1-5", "Asia/Ho_Chi_Minh"),
        ("@daily Asia/Ho_Chi_Minh", "@daily", "Asia/Ho_Chi_Minh"),
    ],
)
def test_schedules(typed, cron, zone):
    schedule = checked(FORM.model_copy(update={"schedule": typed})).manifest.schedule
    assert (schedule.cron, schedule.timezone) == (cron, zone)


@pytest.mark.parametrize("typed", ["manual", " Manual ", ""])
def test_by_hand_only(typed):
    assert checked(FORM.model_copy(update={"schedule": typed})).manifest.schedule is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("- max_rows", "name: value"),
        ("max_rows", "name: value"),
        ("a: [", "Line 1"),
        ("a: &x [1]\nb: *x", ""),
        ("[" * 2900, ""),
        ("max_rows: 1\nmax_rows: 2", ""),
        ("sql: select 1", "Leave out sql"),
        ("operator: bash@1", "Leave out operator"),
        ("upstream: [post]", "Leave out upstream"),
        ("connection: other", "Leave out connection"),
    ],
)
def test_options_that_are_none_say_so_on_their_field(options, words):
    with pytest.raises(FormError) as caught:
        draft_of(FORM.model_copy(update={"options": options}), owner="thu.tran", now=NOW)
    assert list(caught.value.errors) == ["options"]
    assert words in caught.value.errors["options"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Delays by Carrier", "delays_by_carrier"),
        ("../../etc/passwd", "etc_passwd"),
        ("nycflights.flights", "nycflights_flights"),
        ("Trễ chuyến đi", "tre_chuyen_di"),
        ("2nd", "nd"),
    ],
)
def test_a_name_that_is_none_says_which_was_meant(name, meant):
    form = FORM.model_copy(update={"dag_name": name})
    with pytest.raises(FormError) as caught:
        draft_of(form, owner="thu.tran", now=NOW)
    assert caught.value.errors["dag_name"].endswith(f"Did you mean {meant}?")


def test_several_mistakes_are_told_at_once():
    form = FORM.model_copy(update={"dag_name": "", "team": "?", "options": "["})
    with pytest.raises(FormError) as caught:
        draft_of(form, owner="thu.tran", now=NOW)
    assert set(caught.value.errors) == {"dag_name", "team", "options"}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("options", "queue: fast"),
        ("options", "max_row: 5"),
        ("options", "max_rows: many"),
        ("options", "pool: big"),
        ("schedule", "every morning"),
        ("schedule", "0 6 * * 1-5 Asia/Saigonn"),
        ("data_class", "secret"),
        ("connection", "My Warehouse"),
        ("sql", "flights"),
        ("sql", "select * form flights\nwhere ("),
        ("sql", "select '{{ conn.warehouse.password }}'"),
        ("check_sql", "{{ var.value.x }}"),
        ("channel", "#Growth Data"),
        ("message", "{{ ti.xcom_pull('x') }}"),
        ("description", ""),
    ],
)
def test_what_the_check_finds_comes_back_to_its_field(field, typed):
    form = FORM.model_copy(update={field: typed})
    errors = errors_of(checked(form).findings, form)
    if (field, typed) == ("connection", "My Warehouse"):
        # The check uses the connection as well.
        assert set(errors) <= {"connection"}
    assert field in errors, errors
    assert len(errors[field]) <= 400


def test_good_forms_have_no_errors():
    assert errors_of(checked(FORM).findings, FORM) == {}


@pytest.mark.parametrize(
    ("path", "file", "block"),
    [
        (("dag_id",), None, "dag_name"),
        (("description",), None, "description"),
        (("schedule", "cron"), None, "schedule"),
        (("notify", "slack"), None, "channel"),
        (("owners", 0), None, "dag_name"),
        (("tasks", "report", "connection"), None, "connection"),
        (("tasks", "report", "sql"), None, "sql"),
        (("tasks", "report", "retries"), None, "options"),
        (("tasks", "report"), None, "options"),
        (("tasks",), None, "options"),
        (("tasks", "not_empty", "sql"), None, "check_sql"),
        (("tasks", "not_empty", "connection"), None, "connection"),
        (("tasks", "post", "channel"), None, "channel"),
        (("tasks", "post", "text"), None, "message"),
        (("tasks", "post"), None, "message"),
        (("tasks", "report", "sql"), "dags/sql/delays_by_carrier.sql", "sql"),
        ((), "dags/sql/delays_by_carrier.sql", "sql"),
        ((), None, "dag_name"),
        ((0,), None, "dag_name"),
    ],
)
def test_every_place_has_its_field(path, file, block):
    finding = Finding(
        file=file or "dags/delays_by_carrier.dag.yaml",
        line=2,
        column=1,
        code="x",
        message="Wrong.",
        path=path,
        suggestion="right",
    )
    errors = errors_of([finding, finding], FORM)
    place = "Line 2: " if file else ""
    assert errors == {block: f"{place}Wrong. Did you mean right?"}
    view = new_dag_modal(memberships=[GROWTH], connections=["warehouse"], channel="C_1")
    assert block in blocks_of(view)


def test_a_mistake_written_twice_into_the_manifest_is_told_once():
    form = FORM.model_copy(update={"channel": "#Growth Data", "connection": "My Warehouse"})
    errors = errors_of(checked(form).findings, form)
    assert set(errors) == {"channel", "connection"}
    assert errors["channel"].count("Growth Data") == 1
    assert errors["connection"].count("My Warehouse") == 1


def test_warnings_stop_nobody():
    warning = Finding(
        file="x", line=1, column=1, code="x", message="Hm.", severity="warning", path=("dag_id",)
    )
    assert errors_of([warning], FORM) == {}


def test_the_schedule_begins_on_the_day_it_is_in_its_own_zone() -> None:
    form = FORM.model_copy(update={"schedule": "0 6 * * 1-5 Asia/Ho_Chi_Minh"})
    text = draft_of(form, owner="thu.tran", now=NOW).files["dags/delays_by_carrier.dag.yaml"]
    assert "start_date: 2026-12-02" in text
