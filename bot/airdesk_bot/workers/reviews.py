"""Keeps the note on every open merge request true, whether it came from Slack or by git push."""

from __future__ import annotations

from datetime import timedelta

import structlog
from airdesk.actions.write_behaviour_note import NoteState, write_behaviour_note
from airdesk.errors import Refused, Unavailable
from airdesk.store import Review
from airdesk_render.names import Team

from airdesk_bot.services import Services

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=180)
_SEARCH_EVERY = timedelta(seconds=60)
"""Webhooks tell of most at once; this finds those that none told of."""
_SLOWEST_WHILE_MOVING = timedelta(seconds=30)
_SLOWEST = timedelta(minutes=10)
_AFTER_A_REFUSAL = timedelta(minutes=30)


def follow_next_review(services: Services) -> bool:
    """Look at the open merge request that waited longest. Returns whether there was one."""
    _search(services)
    review = services.store.reviews.take(now=services.clock(), lease=_LEASE)
    if review is None:
        return False
    with structlog.contextvars.bound_contextvars(team=review.team, merge_request=review.iid):
        _follow(review, services)
    return True


def _search(services: Services) -> None:
    """Ask GitLab for all open merge requests, now and then, one replica for all."""
    reviews = services.store.reviews
    if not reviews.begin_search(every=_SEARCH_EVERY, now=services.clock()):
        return
    try:
        found = services.reporter.open_merge_requests()
    except (Unavailable, Refused) as error:
        log.warning("merge_requests_unknown", why=error.sentence)
        return
    places = [place for project, iid in found if (place := place_of(project, iid)) is not None]
    if number := reviews.add_unknown(places, now=services.clock()):
        log.info("merge_requests_found", number=number)


def place_of(project: str, iid: int) -> tuple[str, int] | None:
    """Team and number of a merge request of a team's repository."""
    try:
        team = Team(project.partition("/")[0])
    except ValueError:
        return None
    return (team.name, iid) if team.repository == project else None


def _follow(review: Review, services: Services) -> None:
    now = services.clock()
    try:
        state = write_behaviour_note(
            Team(review.team), review.iid, told=review.told, code_host=services.reporter
        )
    except Unavailable as error:
        log.warning("note_waits", why=error.sentence)
        _put_back(review, review.told, _SLOWEST_WHILE_MOVING, services)
    except Refused as error:
        log.warning("note_refused", why=error.sentence)
        _put_back(review, review.told, _AFTER_A_REFUSAL, services)
    except Exception:  # a bug about one merge request must not keep the others from their notes
        log.exception("note_failed")
        _put_back(review, review.told, _AFTER_A_REFUSAL, services)
    else:
        if not state.is_open:
            services.store.reviews.forget(review)
            return
        if state.told != review.told:
            log.info("note_written", told=state.told)
        still = now - review.changed_at if state.told == review.told else timedelta()
        _put_back(review, state.told, _pause(state, still, services), services)


def _pause(state: NoteState, still: timedelta, services: Services) -> timedelta:
    """Short while something moves, longer the longer nothing did; webhooks wake it anyway."""
    shortest = timedelta(seconds=services.settings.poll_seconds)
    slowest = _SLOWEST_WHILE_MOVING if state.is_moving else _SLOWEST
    return min(max(shortest, still / 10), max(shortest, slowest))


def _put_back(review: Review, told: str | None, pause: timedelta, services: Services) -> None:
    now = services.clock()
    services.store.reviews.put_back(review, told=told, due_at=now + pause, now=now)
