"""The first story: from `/airflow new-dag` to the green card, as three people live it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from airdesk_sandbox.demo.cast import LAN, MINH, THU, Actor
from airdesk_sandbox.demo.linking import Browser
from airdesk_sandbox.demo.outsiders import refused_by_publisher, risk_sees_nothing
from airdesk_sandbox.demo.slack_person import Message, SlackPerson, View, find_element, shown
from airdesk_sandbox.demo.stack import Stack

DELAYS_SQL = """select a.name as carrier, count(*) as flights,
       round(avg(f.arr_delay), 1) as minutes_late
from flights f join airlines a using (carrier)
group by a.name
order by minutes_late desc"""

REPORT = {
    "dag_name": "delays_by_carrier",
    "description": "Which carriers ran late",
    "schedule": "0 6 * * 1-5",
    "data_class": "internal",
    "connection": "warehouse",
    "sql": DELAYS_SQL,
    "check_sql": "select count(*) > 0 from flights",
    "channel": "#growth-data",
    "message": "Delays by carrier, {{ ds }}",
    "options": "max_rows: 5",
}
BROKEN = {
    **REPORT,
    "dag_name": "delay_ratio",
    "description": "A report with a mistake in it",
    "schedule": "manual",
    "sql": "select carrier, sum(arr_delay) / (count(*) - count(*)) as ratio "
    "from flights group by carrier",
    "check_sql": "",
    "message": "Ratios",
    "options": "retries: 0",  # nobody wants to wait for a second division by zero
}
MISTAKES = {**REPORT, "sql": "flights", "options": "max_rows: 5\nqueue: sensitive"}


class Story:
    """Each method is one step, to be played in the order of `play`.

    Every expectation that fails raises, with a sentence that says what was not there.

    Args:
        seat: puts a person in front of Slack; by default with the page's HTTP interface alone.
    """

    def __init__(
        self, stack: Stack, seat: Callable[[str, Actor], SlackPerson] = SlackPerson
    ) -> None:
        self._stack = stack
        self.thu = seat(stack.slack_url, THU)
        self.minh = seat(stack.slack_url, MINH)
        self.lan = seat(stack.slack_url, LAN)

    def play(self) -> None:
        """The six chapters."""
        step = self._stack.progress.step
        with step("People link Slack and GitLab") as now:
            for person in (self.thu, self.minh, self.lan):
                self.link(person)
            now.note = "Thu, Minh, Lan"
        with step("1 · Thu fills the form, errs, corrects, submits") as now:
            errors = self.make_mistakes()
            now.note = "; ".join(f"{block}: {text}" for block, text in errors.items())
            self.submit_corrected()
        with step("2 · Merge request in Thu's name; checks in a real Airflow") as now:
            now.note = links(self.reviewable(REPORT["dag_name"])).get("merge", "")
        with step("3 · Thu may not approve; Minh may; the publisher judges") as now:
            now.note = self.refuse_author(REPORT["dag_name"])
            self.approve(REPORT["dag_name"])
        with step("3b · A merge that nobody but its author approved is not published") as now:
            now.note = refused_by_publisher(self._stack, THU)
        with step("4 · Airflow parses and runs it; the card turns green") as now:
            self.run(REPORT["dag_name"])
            now.note = self.green(REPORT["dag_name"])
        with step("5 · A second DAG divides by zero") as now:
            self.deliver(BROKEN)
            self.run(BROKEN["dag_name"])
            now.note = self.red(BROKEN["dag_name"])
        with step("6 · risk neither sees growth's DAG nor uses its connection") as now:
            now.note = risk_sees_nothing(self._stack, self.lan)

    def link(self, person: SlackPerson) -> None:
        """Link one person, unless that was done yesterday."""
        answer = person.ask("/airflow link")
        address = re.search(r"https?://[^\s\"|>]+/link/start[^\s\"|>\\]*", shown(answer))
        if address is None:
            expect("already" in shown(answer), f"a link or 'already linked', not {shown(answer)}")
            return
        Browser(person.actor, slack_url=self._stack.slack_url).link(address.group())

    def make_mistakes(self) -> dict[str, str]:
        """A table's name where a query belongs, and an option that the platform sets."""
        view = self.open_form(self.thu)
        errors = self.thu.submit(view, MISTAKES)
        expect("sql" in errors, f"a finding on the SQL field, not {errors}")
        expect("options" in errors, f"a finding on the options field, not {errors}")
        return errors

    def submit_corrected(self) -> None:
        errors = self.thu.submit(self.thu.modal(), REPORT)
        expect(not errors, f"the corrected form to be accepted, not {errors}")

    def deliver(self, form: dict[str, str]) -> None:
        """The way of a change that nobody has anything to say against."""
        errors = self.thu.submit(self.open_form(self.thu), form)
        expect(not errors, f"the form to be accepted, not {errors}")
        self.reviewable(form["dag_name"])
        self.approve(form["dag_name"])

    def open_form(self, person: SlackPerson) -> View:
        person.command("/airflow new-dag")
        return person.modal()

    def card(
        self, dag_name: str, what: str, ready: Callable[[Message], Any], *, seconds: float = 90
    ) -> Message:
        """The change card of a DAG, once it says what is waited for."""
        return self.thu.message(
            f"the card of {dag_name} with {what}",
            lambda m: is_card(m, f"change:{dag_name}") and bool(ready(m)),
            seconds=seconds,
        )

    def reviewable(self, dag_name: str) -> Message:
        return self.card(
            dag_name,
            "passed checks",
            lambda m: (
                find_element(m, "change_approve")
                and "/-/pipelines/" in shown(m)
                and ("checks passed" in shown(m).lower() or "✅ checks" in shown(m))
            ),
            seconds=180,
        )

    def refuse_author(self, dag_name: str) -> str:
        card = self.reviewable(dag_name)
        self.thu.click(card, "change_approve")
        answer = self.thu.message(
            "the refusal",
            lambda m: (
                m.get("thread_ts") == card["ts"] and m["ts"] != card["ts"] and "approve" in shown(m)
            ),
            seconds=30,
        )
        return str(answer["text"])

    def approve(self, dag_name: str) -> None:
        self.minh.click(self.reviewable(dag_name), "change_approve")
        self.card(dag_name, "a run button", lambda m: find_element(m, "change_run"), seconds=240)

    def run(self, dag_name: str) -> None:
        card = self.card(dag_name, "a run button", lambda m: find_element(m, "change_run"))
        self.thu.click(card, "change_run")

    def green(self, dag_name: str) -> str:
        card = self.card(
            dag_name, "the report's rows", lambda m: "Frontier" in shown(m), seconds=120
        )
        return str(card["text"])

    def red(self, dag_name: str) -> str:
        card = self.thu.message(
            f"the run card of {dag_name}",
            lambda m: is_card(m, f"run:growth.{dag_name}") and "division by zero" in shown(m),
            seconds=120,
        )
        status = shown(self.thu.ask(f"/airflow status {dag_name}"))
        expect("failed" in status and dag_name in status, f"a status that agrees, not {status}")
        return str(card["text"])


def is_card(message: Message, key: str) -> bool:
    """Whether a message is the card of that key: `change:<dag_name>` or `run:<dag_id>`.

    A change's key carries its id, so the DAG is found in the text.
    """
    kind, _, name = key.partition(":")
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("key", "")).startswith(f"{kind}:") and name in shown(message)


def links(message: Message) -> dict[str, str]:
    """Addresses behind a message's link buttons, by the first word of their label."""
    return {
        element["text"]["text"].split()[0].lower(): element["url"]
        for block in message.get("blocks") or ()
        for element in block.get("elements", ())
        if isinstance(element, dict) and element.get("url")
    }


def expect(truth: bool, what: str) -> None:
    """Say what was expected when it is not there."""
    if not truth:
        raise AssertionError(f"Expected {what}.")
