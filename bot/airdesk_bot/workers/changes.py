"""Follows changes, and keeps their cards true."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from airdesk.actions.follow_change import follow_change, is_over
from airdesk.actions.tell_import_error import tell_import_error
from airdesk.errors import Refused, Unavailable
from airdesk.model import ChangeView
from airdesk.store import Change

from airdesk_bot.channels import NoWayInError
from airdesk_bot.services import Services
from airdesk_bot.views.change_card import change_card

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=180)
_SLOWEST = timedelta(seconds=30)
_AFTER_A_BUG = timedelta(seconds=30)


def follow_next_change(services: Services) -> bool:
    """Look at the change that waited longest. Returns whether there was one."""
    change = services.store.changes.take(now=services.clock(), lease=_LEASE)
    if change is None:
        return False
    with structlog.contextvars.bound_contextvars(change=change.id):
        try:
            _follow(change, services)
        except Exception:
            log.exception("follow_failed")
            services.store.changes.put_back(change, due_at=services.clock() + _AFTER_A_BUG)
    return True


def _follow(change: Change, services: Services) -> None:
    view = follow_change(
        change,
        code_host=services.reporter,
        lineage=services.lineage,
        workflows=services.workflows,
        central_project=services.settings.central_project,
        rollback=services.store.changes.rollback_of(change),
        overlaps=services.overlaps,
    )
    if not (_show(change, view, services) and _tell_merge_request(change, view, services)):
        services.store.changes.put_back(change, due_at=services.clock() + _pause(change, services))
        return
    if change.view is None or view.stage is not change.view.stage:
        log.info("change_at", stage=view.stage)
    services.store.changes.save(
        change,
        view,
        final=is_over(view),
        due_at=services.clock() + _pause(change, services),
        now=services.clock(),
    )
    if change.draft.reverts is not None and _tells_anew(view, change.view):
        services.store.changes.wake(change.draft.reverts, now=services.clock())


def _tells_anew(view: ChangeView, before: ChangeView | None) -> bool:
    """Whether the card of the change that it takes back has something new to say."""
    if before is None:
        return True
    return (view.stage, view.merge_request) != (before.stage, before.merge_request)


def _show(change: Change, view: ChangeView, services: Services) -> bool:
    try:
        services.messenger.put(
            f"change:{change.id}",
            change_card(view),
            channel=change.channel,
            otherwise_to=change.author,
        )
    except NoWayInError:
        log.exception("card_cannot_be_posted", channel=change.channel)
    except Unavailable as error:
        log.warning("card_waits", service=error.service, why=error.sentence)
        return False
    return True


def _tell_merge_request(change: Change, view: ChangeView, services: Services) -> bool:
    """Returns whether this is over; if not, the same is seen and said at the next look."""
    try:
        if tell_import_error(view, before=change.view, code_host=services.reporter):
            log.info("merge_request_told", cannot_load=view.import_error is not None)
    except Refused as error:
        log.warning("note_refused", why=error.sentence)
    except Unavailable as error:
        log.warning("note_waits", service=error.service, why=error.sentence)
        return False
    return True


def _pause(change: Change, services: Services) -> timedelta:
    """Short while something moves, longer the longer nothing did; webhooks wake it anyway."""
    still: timedelta = services.clock() - _last_moved(change)
    shortest = timedelta(seconds=services.settings.poll_seconds)
    return min(max(shortest, still / 20), max(shortest, _SLOWEST))


def _last_moved(change: Change) -> datetime:
    return max(change.changed_at, change.created_at)
