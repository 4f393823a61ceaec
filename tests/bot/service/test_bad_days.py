"""Services that are down, events that come twice, people who may not, and bugs of ours."""

from __future__ import annotations

import pytest

FORM = {
    "dag_name": "delays",
    "description": "Which carriers ran late",
    "schedule": "manual",
    "data_class": "internal",
    "connection": "warehouse",
    "sql": "select carrier, count(*) from flights group by carrier",
    "channel": "#growth-data",
}


@pytest.fixture
def services(request, linked):
    """The running bot; over Socket Mode for tests that are marked so by their parameter."""
    bot = request.getfixturevalue(getattr(request, "param", "bot"))
    with bot.running() as services:
        linked(services, "U_THU", "U_MINH")
        yield services


@pytest.fixture
def form(slack, services):
    slack.command("U_THU", "/airflow new-dag")
    return slack.modal("U_THU")


def cards(slack, user="U_THU"):
    return [m for m in slack.messages(user) if m.get("app") and not m.get("ephemeral")]


def test_gitlab_down_while_submitting_goes_on_by_itself(services, slack, world, form, until):
    world.down.add("GitLab")
    assert slack.submit("U_THU", form, FORM)["ok"]
    slack.said("U_THU", "GitLab does not answer")
    assert world.gitlab.requests == {}
    world.down.clear()
    until("the merge request", lambda: world.gitlab.requests)
    until("a card without the problem", lambda: "does not answer" not in str(cards(slack)))
    assert len(cards(slack)) == 1


def test_a_link_that_ended_holds_the_change_until_the_person_links_again(
    services, slack, world, form, linked, until
):
    services.store.people.drop_grant(services.store.people.grant("U_THU"))
    assert slack.submit("U_THU", form, FORM)["ok"]
    slack.said("U_THU", "Your link to GitLab has ended")
    linked(services, "U_THU")
    until("the merge request", lambda: world.gitlab.requests)


def test_vault_sealed_lets_the_name_be_typed_and_keeps_the_change(services, slack, world, until):
    world.down.add("Vault")
    slack.command("U_THU", "/airflow new-dag")
    form = slack.modal("U_THU")
    connection = next(b for b in form["blocks"] if b["block_id"] == "connection")
    assert connection["element"]["type"] == "plain_text_input"
    assert slack.submit("U_THU", form, FORM)["ok"]
    slack.said("U_THU", "Vault does not answer")
    world.down.clear()
    until("the merge request", lambda: world.gitlab.requests)


@pytest.mark.parametrize("services", ["bot", "socket_bot"], indirect=True)
def test_the_same_event_twice_is_done_once(services, slack, world, form, until):
    assert slack.submit("U_THU", form, FORM)["ok"]
    slack.post("redeliver", n=2)
    until("the merge request", lambda: world.gitlab.requests)
    world.gitlab.run_pipeline("success")
    card = until("the button", lambda: _with_button(slack, "change_approve"))
    slack.click("U_MINH", card, "change_approve")
    slack.post("redeliver", n=1)
    until("the merge", lambda: "merge !1 as minh.le" in world.done)
    slack.post("redeliver", n=1)
    until("quiet", lambda: services.store.inbox.waiting() == 0)
    assert [len(world.gitlab.requests), world.done.count("approve !1 as minh.le")] == [1, 1]
    assert len(cards(slack)) == 1


def test_a_wrong_form_stores_nothing_and_says_where(services, slack, form):
    answer = slack.submit("U_THU", form, {**FORM, "sql": "flights", "dag_name": "Delays 2"})
    assert not answer["ok"]
    assert "dag_name" in answer["errors"]
    assert services.store.inbox.waiting() == 0


def test_who_is_not_linked_gets_the_link_alone(services, slack):
    slack.command("U_LAN", "/airflow new-dag", "C_RISK")
    message = slack.said("U_LAN", "/link/start", "C_RISK")
    assert message["ephemeral"]
    assert "/link/start" not in str(slack.messages("U_THU"))


def test_status_shows_only_ones_own_teams(services, slack, world, linked, until):
    world.gitlab.publish("growth.delays")
    world.airflow.parse("growth.delays")
    linked(services, "U_LAN")
    slack.command("U_THU", "/airflow status")
    assert slack.said("U_THU", "growth.delays")["ephemeral"]
    slack.command("U_LAN", "/airflow status growth.delays", "C_RISK")
    slack.said("U_LAN", "None of your teams has", "C_RISK")


def test_an_unknown_verb_is_answered_with_the_one_meant(services, slack):
    slack.command("U_THU", "/airflow new-dags")
    slack.said("U_THU", "Did you mean `/airflow new-dag`")


def test_a_bug_of_ours_becomes_an_apology_with_a_number(services, slack, world, monkeypatch):
    def bug(_team):
        raise ZeroDivisionError("secret token=abcdef123456")

    monkeypatch.setattr(world.vault, "connections", bug)
    slack.command("U_THU", "/airflow new-dag")
    message = slack.said("U_THU", "Sorry, something went wrong")
    assert "abcdef123456" not in str(message)


def test_a_failed_run_is_told_to_the_channel_once(services, slack, world, until):
    world.gitlab.publish("growth.delays")
    world.airflow.parse("growth.delays")
    until("the first look", lambda: _has_looked(services))
    world.airflow.trigger("thu.tran", "growth.delays", run_id="r1")
    world.now = services.clock()
    world.airflow.end("r1", "failed")
    slack.said("U_THU", "growth.delays")
    until("noted", lambda: services.store.reported.last_state("growth.delays") == "failed")
    assert len(cards(slack)) == 1


def _has_looked(services):
    with services.store.database.read() as session:
        return session.connection().exec_driver_sql("select count(*) from cursors").scalar()


def _with_button(slack, action_id):
    for message in slack.messages("U_THU"):
        for block in message.get("blocks") or ():
            if any(e.get("action_id") == action_id for e in block.get("elements", ())):
                return message
    return None


def test_who_already_changes_the_dag_is_named_in_the_form(services, slack, world, form):
    host, path = world.host("U_MINH"), "dags/delays.dag.yaml"
    host.commit_files("growth/pipelines", "mine", {path: "x"}, message="By git push")
    host.open_merge_request("growth/pipelines", "mine", title="mine", description="")
    answer = slack.submit("U_THU", form, FORM)
    assert "being changed by Minh Le in http://gitlab.test/" in answer["errors"]["dag_name"]


def test_waiting_says_what_waits_for_whom(services, slack, world, form, until):
    assert slack.submit("U_THU", form, FORM)["ok"]
    until("the merge request", lambda: world.gitlab.requests)
    world.gitlab.run_pipeline("success")
    slack.command("U_MINH", "/airflow waiting")
    slack.said("U_MINH", "waits for you to approve it")
    slack.command("U_THU", "/airflow waiting")
    slack.said("U_THU", "waits for a lead of growth to approve it")


def test_an_import_error_reaches_the_card_and_the_merge_request(
    services, slack, world, form, until
):
    trace = 'Traceback (most recent call last):\n  File "/b/growth/delays.py", line 3\nKeyError: 1'
    assert slack.submit("U_THU", form, FORM)["ok"]
    until("the merge request", lambda: world.gitlab.requests)
    world.airflow.import_errors["growth/delays.py"] = trace
    world.gitlab.run_pipeline("success")
    world.gitlab.merge()
    world.gitlab.publish("growth.delays")
    slack.said("U_THU", "Airflow cannot load")
    notes = until("the note", lambda: world.gitlab.notes.get(("growth/pipelines", 1)))
    [text] = notes.values()
    assert 'File "growth/delays.py", line 3' in text
    world.airflow.import_errors.clear()
    world.airflow.parse("growth.delays")
    slack.said("U_THU", "ready to run")
    until("the end", lambda: "loads `growth.delays` again" in next(iter(notes.values())))
    assert world.done.count("note on !1") == 2
