"""Does what people asked for, once, and tells them when it cannot be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from airdesk.actions.approve_change import approve_change
from airdesk.actions.open_merge_request import open_merge_request
from airdesk.actions.roll_back_change import roll_back_change
from airdesk.actions.trigger_run import trigger_run
from airdesk.errors import NotLinked, NotYet, Refused, Unavailable
from airdesk.model import Person
from airdesk.store import Ask, AskKind, Change
from airdesk_render.names import Team

from airdesk_bot.channels import NoWayInError
from airdesk_bot.services import Services
from airdesk_bot.views.apology import apology
from airdesk_bot.views.card import Card
from airdesk_bot.views.refusal import refusal

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=180)
_LONGEST_WAIT = timedelta(seconds=30)
_SOON = timedelta(seconds=4)
_TRIES_ON_ERRORS = 5


def do_next_ask(services: Services) -> bool:
    """Take up one ask. Returns whether there was one."""
    ask = services.store.inbox.take(now=services.clock(), lease=_LEASE)
    if ask is None:
        return False
    change = services.store.changes.get(ask.payload["change"])
    if change is None:
        log.error("ask_without_change", ask=ask.id, change=ask.payload["change"])
        services.store.inbox.finish(ask.id, "There is no such change.")
        return True
    with structlog.contextvars.bound_contextvars(
        request_id=ask.id, ask=ask.kind, change=change.id, slack_user=ask.person
    ):
        _do(ask, change, services)
    services.wake.all()
    return True


def _do(ask: Ask, change: Change, services: Services) -> None:
    try:
        HANDLERS[ask.kind](ask, change, services)
        _done(ask, change, services)
    except Refused as error:
        _refused(ask, change, error.sentence, services)
    except NotLinked as error:
        if ask.kind is AskKind.OPEN_CHANGE:
            _wait(ask, change, error.sentence, services)
        else:
            _refused(
                ask,
                change,
                "Your link to GitLab has ended. Type `/airflow link`, then click again.",
                services,
            )
    except NotYet as error:
        log.info("ask_waits", why=error.sentence)
        _wait(ask, change, error.sentence, services, at_most=_SOON)
    except Unavailable as error:
        log.warning("ask_waits", service=error.service, why=error.sentence)
        sentence = f"{error.service} does not answer. What was asked is kept; I try again soon."
        _wait(ask, change, sentence, services)
    except Exception:
        log.exception("ask_failed", attempts=ask.attempts)
        _failed(ask, change, services)


def _done(ask: Ask, change: Change, services: Services) -> None:
    log.info("ask_done", attempts=ask.attempts)
    services.store.changes.hinder(change.id, None, now=services.clock())
    services.store.changes.wake(change.id, now=services.clock())
    services.store.inbox.finish(ask.id, None)


def _refused(ask: Ask, change: Change, sentence: str, services: Services) -> None:
    log.info("ask_refused", why=sentence)
    if ask.kind is AskKind.OPEN_CHANGE:
        services.store.changes.close(change.id, sentence, now=services.clock())
    else:
        services.store.changes.hinder(change.id, None, now=services.clock())
        if not _reply(ask, refusal(ask.person, sentence), services):
            return
    services.store.inbox.finish(ask.id, sentence)


def _failed(ask: Ask, change: Change, services: Services) -> None:
    if ask.attempts < _TRIES_ON_ERRORS:
        _wait(ask, change, "Something went wrong on our side; I try it again.", services)
        return
    if ask.kind is AskKind.OPEN_CHANGE:
        sentence = f"Sorry, this failed on our side. Tell the platform team the number {ask.id}."
        services.store.changes.close(change.id, sentence, now=services.clock())
    elif not _reply(ask, apology(ask.id), services):
        return
    services.store.inbox.finish(ask.id, "It failed; the log says why.")


def _wait(
    ask: Ask,
    change: Change,
    sentence: str,
    services: Services,
    *,
    at_most: timedelta = _LONGEST_WAIT,
) -> None:
    services.store.changes.hinder(change.id, sentence, now=services.clock())
    _postpone(ask, sentence, services, at_most=at_most)


def _postpone(
    ask: Ask, sentence: str, services: Services, *, at_most: timedelta = _LONGEST_WAIT
) -> None:
    wait = min(timedelta(seconds=2 ** min(ask.attempts, 6)), at_most)
    services.store.inbox.postpone(ask.id, due_at=services.clock() + wait, outcome=sentence)


def _reply(ask: Ask, card: Card, services: Services) -> bool:
    """Answer in the card's thread, once. Returns whether the ask is over with that."""
    try:
        services.messenger.put(
            f"answer:{ask.id}",
            card,
            channel=ask.payload["channel"],
            thread_ts=ask.payload["ts"],
            otherwise_to=ask.person,
        )
    except NoWayInError:
        log.exception("answer_cannot_be_posted")
    except Unavailable as error:
        _postpone(ask, error.sentence, services)
        return False
    return True


def _open(ask: Ask, change: Change, services: Services) -> None:
    if change.merge_request is not None:
        return
    merge_request = open_merge_request(change, code_host=services.as_person(ask.person))
    services.store.changes.opened(change.id, merge_request.iid, now=services.clock())


def _approve(ask: Ask, change: Change, services: Services) -> None:
    if change.merge_request is None:
        raise Refused("The merge request is not open yet. The card says when it is.")
    approve_change(
        team=Team(change.draft.team),
        iid=change.merge_request,
        sha=ask.payload["sha"],
        person=_person(ask, services),
        reporter=services.reporter,
        as_person=lambda: services.as_person(ask.person),
        as_author=lambda: services.as_person(change.author),
    )


def _run(ask: Ask, change: Change, services: Services) -> None:
    if change.view is None:
        raise Refused("This change is not published yet. The card says when it is.")
    person = _person(ask, services)
    trigger_run(
        change.view,
        person=person,
        memberships=services.teams.of(ask.person),
        ask_id=ask.id,
        asked_at=ask.created_at,
        now=services.clock(),
        workflows=services.workflows,
        acting=services.acting,
    )


def _roll_back(ask: Ask, change: Change, services: Services) -> None:
    _person(ask, services)
    roll_back_change(
        change,
        person=ask.person,
        memberships=services.teams.of(ask.person),
        ask_id=ask.id,
        code_host=services.reporter,
        lineage=services.lineage,
        central_project=services.settings.central_project,
        changes=services.store.changes,
        clock=services.clock,
    )


def _person(ask: Ask, services: Services) -> Person:
    person = services.person(ask.person)
    if person is None:
        raise NotLinked
    return person


HANDLERS: dict[AskKind, Callable[[Ask, Change, Services], None]] = {
    AskKind.OPEN_CHANGE: _open,
    AskKind.APPROVE_CHANGE: _approve,
    AskKind.RUN_CHANGE: _run,
    AskKind.ROLL_BACK_CHANGE: _roll_back,
}
