"""The bot dies at the worst moments and comes back: nothing is lost, nothing is doubled.

Dying is a `BaseException` right after an effect outside and before it is noted down: the worker's
thread ends there, as with SIGKILL. Then another bot opens the same database.
"""

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


class KilledError(BaseException):
    pass


def die_after(owner, name, monkeypatch, *, times=1):
    """Let the method do its work, and the caller never learn of it."""
    real, left = getattr(owner, name), [times]

    def once(*args, **kwargs):
        result = real(*args, **kwargs)
        if left[0] > 0:
            left[0] -= 1
            raise KilledError
        return result

    monkeypatch.setattr(owner, name, once, raising=True)
    return lambda: left[0] == 0


@pytest.fixture
def lives(bot, linked):
    """Each call of it is one life of the bot over the same database."""
    return bot.running


def cards(slack):
    return [m for m in slack.messages("U_THU") if m.get("app") and not m.get("ephemeral")]


def submit(slack):
    slack.command("U_THU", "/airflow new-dag")
    assert slack.submit("U_THU", slack.modal("U_THU"), FORM)["ok"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
class TestKilled:
    def test_after_posting_the_card(self, lives, slack, linked, until, monkeypatch):
        with lives() as services:
            linked(services, "U_THU")
            dead = die_after(services.web, "chat_postMessage", monkeypatch)
            submit(slack)
            until("the death", dead)
        with lives():
            slack.said("U_THU", "!1")
            assert len(cards(slack)) == 1

    @pytest.mark.parametrize("step", ["commit_files", "open_merge_request"])
    def test_while_opening(self, lives, slack, world, linked, until, monkeypatch, step):
        with lives() as services:
            linked(services, "U_THU")
            with monkeypatch.context() as patch:
                dead = die_after(type(world.host()), step, patch)
                submit(slack)
                until("the death", dead)
                services.wake.all()
        with lives():
            slack.said("U_THU", "!1")
        assert [done.split()[0] for done in world.done] == ["commit", "open"]

    @pytest.mark.parametrize("step", ["approve", "merge"])
    def test_while_approving(self, lives, slack, world, linked, until, monkeypatch, step):
        with lives() as services:
            linked(services, "U_THU", "U_MINH")
            submit(slack)
            until("the merge request", lambda: world.gitlab.requests)
            world.gitlab.run_pipeline("success")
            card = until("the button", lambda: _with_button(slack, "change_approve"))
            with monkeypatch.context() as patch:
                dead = die_after(type(world.host()), step, patch)
                slack.click("U_MINH", card, "change_approve")
                until("the death", dead)
        with lives() as services:
            until("the merge", lambda: world.gitlab.request().merge_request.state == "merged")
            until("quiet", lambda: services.store.inbox.waiting() == 0)
        assert world.done.count("approve !1 as minh.le") == 1
        assert world.done.count("merge !1 as minh.le") == 1

    @pytest.mark.parametrize("step", ["submit", "commit_files", "open_merge_request"])
    def test_while_rolling_back(self, lives, slack, world, linked, until, monkeypatch, step):
        with lives() as services:
            linked(services, "U_THU", "U_MINH")
            submit(slack)
            until("the merge request", lambda: world.gitlab.requests)
            world.gitlab.run_pipeline("success")
            world.gitlab.merge()
            world.gitlab.publish("growth.delays")
            world.airflow.parse("growth.delays")
            card = until("the button", lambda: _with_button(slack, "change_roll_back"))
            owner = services.store.changes if step == "submit" else type(world.host())
            with monkeypatch.context() as patch:
                dead = die_after(owner, step, patch)
                slack.click("U_MINH", card, "change_roll_back")
                until("the death", dead)
        with lives() as services:
            slack.said("U_THU", "prepares to roll it back in")
            until("quiet", lambda: services.store.inbox.waiting() == 0)
        assert [done.split()[0] for done in world.done] == ["commit", "open"] * 2
        assert world.done[-1] == "open !2 as minh.le"
        assert len(cards(slack)) == 2

    def test_after_starting_the_run(self, lives, slack, world, linked, until, monkeypatch):
        with lives() as services:
            linked(services, "U_THU", "U_MINH")
            submit(slack)
            until("the merge request", lambda: world.gitlab.requests)
            world.gitlab.run_pipeline("success")
            world.gitlab.merge()
            world.gitlab.publish("growth.delays")
            world.airflow.parse("growth.delays")
            card = until("the button", lambda: _with_button(slack, "change_run"))
            with monkeypatch.context() as patch:
                dead = die_after(world.airflow, "trigger", patch)
                slack.click("U_THU", card, "change_run")
                until("the death", dead)
        with lives() as services:
            until("quiet", lambda: services.store.inbox.waiting() == 0)
        assert len(world.airflow.started) == 1

    def test_after_telling_of_a_refusal(self, lives, slack, world, linked, until, monkeypatch):
        with lives() as services:
            linked(services, "U_THU")
            submit(slack)
            until("the merge request", lambda: world.gitlab.requests)
            world.gitlab.run_pipeline("success")
            card = until("the button", lambda: _with_button(slack, "change_approve"))
            dead = die_after(services.web, "chat_postMessage", monkeypatch)
            slack.click("U_THU", card, "change_approve")
            until("the death", dead)
        with lives() as services:
            until("quiet", lambda: services.store.inbox.waiting() == 0)
        assert len(cards(slack)) == 2, "the card and one reply"

    def test_after_telling_of_a_failed_run(self, lives, slack, world, until, monkeypatch):
        world.gitlab.publish("growth.delays")
        world.airflow.parse("growth.delays")
        with lives() as services:
            until("the first look", lambda: _has_looked(services))
            dead = die_after(services.web, "chat_postMessage", monkeypatch)
            world.airflow.trigger("thu.tran", "growth.delays", run_id="r1")
            world.now = services.clock()
            world.airflow.end("r1", "failed")
            until("the death", dead)
        with lives() as services:
            until("noted", lambda: services.store.reported.last_state("growth.delays"))
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
