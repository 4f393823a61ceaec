"""`/airflow new-dag | status [dag] | waiting | link | help`."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from airdesk.actions.team_status import team_status
from airdesk.actions.waiting_queue import waiting_queue
from airdesk.errors import NotLinked, Refused, Unavailable
from airdesk.model import Person
from slack_bolt import Ack, App, Respond
from slack_sdk.errors import SlackApiError

from airdesk_bot.listeners.guarded import guarded
from airdesk_bot.once import Once
from airdesk_bot.services import Services
from airdesk_bot.views.card import Card
from airdesk_bot.views.help import help_message
from airdesk_bot.views.link import link_prompt
from airdesk_bot.views.new_dag import new_dag_modal
from airdesk_bot.views.refusal import refusal
from airdesk_bot.views.status import status_message
from airdesk_bot.views.waiting import waiting_message

log = structlog.get_logger(__name__)

COMMAND = "/airflow"
_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "trigger_exchanged"})


@dataclass(frozen=True)
class Typed:
    """One use of the command."""

    user: str
    channel: str
    rest: str
    trigger_id: str


Say = Callable[[Card], object]
Verb = Callable[[Typed, Services, Say], None]


def listen(app: App, services: Services) -> None:
    once = Once()

    @app.command(COMMAND)
    def airflow(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        if not once.is_first(body["trigger_id"]):
            log.info("command_delivered_twice", user=body["user_id"])
            return
        verb, _, rest = str(body.get("text") or "").strip().partition(" ")
        typed = Typed(
            user=body["user_id"],
            channel=body["channel_id"],
            rest=rest.strip(),
            trigger_id=body["trigger_id"],
        )

        def say(card: Card) -> object:
            return respond(text=card.text, blocks=card.blocks, response_type="ephemeral")

        with guarded("command", user=typed.user, say=say):
            _run(verb.lower() or "help", typed, services, say)


def _run(verb: str, typed: Typed, services: Services, say: Say) -> None:
    if verb not in VERBS:
        close = difflib.get_close_matches(verb, VERBS, n=1)
        meant = f"Did you mean `{COMMAND} {close[0]}`? " if close else ""
        say(refusal(typed.user, f"I do not know {verb!r}. {meant}`{COMMAND} help` lists it all."))
        return
    VERBS[verb](typed, services, say)


def _new_dag(typed: Typed, services: Services, say: Say) -> None:
    if _linked(typed, services, say) is None:
        return
    try:
        memberships = services.teams.of(typed.user)
    except NotLinked:
        say(_link_card(typed, services))
        return
    view = new_dag_modal(
        memberships=memberships,
        connections=services.teams.connections(m.team for m in memberships),
        channel=typed.channel,
    )
    try:
        services.web.views_open(trigger_id=typed.trigger_id, view=view)
    except SlackApiError as error:
        if error.response.get("error") not in _LATE:
            raise
        # We took longer than three seconds, or another replica got the same delivery.
        log.warning("form_too_late", why=error.response.get("error"))
        raise Unavailable(
            "Slack", f"The form took too long to open. Type {COMMAND} new-dag again."
        ) from error


def _status(typed: Typed, services: Services, say: Say) -> None:
    if _linked(typed, services, say) is None:
        return
    status = team_status(
        services.teams.of(typed.user),
        dag_name=typed.rest or None,
        changes=services.store.changes,
        publications=services.publications,
        workflows=services.workflows,
    )
    if typed.rest and not (status.changes or status.dags or status.unavailable):
        raise Refused(
            f"None of your teams has a DAG or an open change named {typed.rest}. "
            f"`{COMMAND} status` lists them all."
        )
    say(status_message(changes=status.changes, dags=status.dags, unavailable=status.unavailable))


def _waiting(typed: Typed, services: Services, say: Say) -> None:
    person = _linked(typed, services, say)
    if person is None:
        return
    queue = waiting_queue(
        services.teams.of(typed.user),
        person=person,
        approvals=services.policy.current().approvals,
        changes=services.store.changes,
        publications=services.publications,
        code_host=services.reporter,
    )
    say(waiting_message(queue))


def _link(typed: Typed, services: Services, say: Say) -> None:
    say(_link_card(typed, services))


def _help(typed: Typed, services: Services, say: Say) -> None:
    leads = [m.team for m in services.teams.known(typed.user) if m.is_lead]
    say(help_message(is_linked=services.person(typed.user) is not None, leads=leads))


def _linked(typed: Typed, services: Services, say: Say) -> Person | None:
    """The person; who is not linked gets the link, and then types the command again."""
    person = services.person(typed.user)
    if person is None:
        say(_link_card(typed, services))
    return person


def _link_card(typed: Typed, services: Services) -> Card:
    secret = services.store.attempts.issue(typed.user, typed.channel, now=services.clock())
    return link_prompt(services.settings.link_url(secret))


VERBS: dict[str, Verb] = {
    "new-dag": _new_dag,
    "status": _status,
    "waiting": _waiting,
    "link": _link,
    "help": _help,
}
