"""One change, from the command to its first run, with everything behind the bot in memory."""

from __future__ import annotations

GOOD = {
    "dag_name": "delays_by_carrier",
    "description": "Which carriers ran late yesterday",
    "schedule": "0 6 * * 1-5",
    "data_class": "internal",
    "connection": "warehouse",
    "sql": "select carrier, count(*) from flights group by carrier",
    "check_sql": "select count(*) > 0 from flights",
    "channel": "#growth-data",
    "message": "Delays on {{ ds }}",
}


def test_from_command_to_green_card(socket_bot, slack, world, linked, until):
    with socket_bot.running() as services:
        linked(services, "U_THU", "U_MINH")
        assert slack.command("U_THU", "/airflow new-dag")["ok"]
        view = slack.modal("U_THU")

        wrong = slack.submit("U_THU", view, {**GOOD, "options": "queue: fast"})
        assert not wrong["ok"]
        assert set(wrong["errors"]) == {"options"}

        assert slack.submit("U_THU", view, {**GOOD, "options": ""}) == {"ok": True}
        card = slack.said("U_THU", "delays_by_carrier")
        until("the merge request", lambda: world.gitlab.requests)
        assert world.done[-1] == "open !1 as thu.tran"
        world.gitlab.run_pipeline("success")
        card = until("the button", lambda: _with_button(slack, card["ts"], "change_approve"))

        slack.click("U_THU", card, "change_approve")
        slack.said("U_THU", "wrote this change yourself")
        slack.click("U_MINH", card, "change_approve")
        until("the merge", lambda: "merge !1 as minh.le" in world.done)
        assert world.done.count("approve !1 as minh.le") == 1

        world.gitlab.publish("growth.delays_by_carrier")
        world.airflow.parse("growth.delays_by_carrier")
        card = until("the run button", lambda: _with_button(slack, card["ts"], "change_run"))
        slack.click("U_THU", card, "change_run")
        until("the run", lambda: world.airflow.started)
        assert world.done[-1] == "trigger growth.delays_by_carrier as thu.tran"
        world.airflow.end(world.airflow.started[0].run_id, "success")
        slack.said("U_THU", "carrier")
        until("the end", lambda: _is_final(services))
    posted = [m for m in slack.messages("U_THU") if m.get("app")]
    assert len(posted) == 2, "one card and one refusal"


def _with_button(slack, ts, action_id):
    card = next(m for m in slack.messages("U_THU") if m["ts"] == ts)
    ids = {e.get("action_id") for b in card["blocks"] for e in b.get("elements", ())}
    return card if action_id in ids else None


def _is_final(services):
    return not services.store.changes.following(["growth"], limit=9)
