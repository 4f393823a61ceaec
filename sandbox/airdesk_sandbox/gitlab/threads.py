"""Threads: the notes of a merge request, by what they answer."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.models import MergeRequest, Note, User
from airdesk_sandbox.gitlab.permissions import DEVELOPER, project_level


def new_id() -> str:
    return secrets.token_hex(20)


def of(session: Session, request: MergeRequest) -> list[list[Note]]:
    """All threads, the oldest first; a comment that stands alone is a thread of one."""
    query = select(Note).where(Note.merge_request_id == request.id).order_by(Note.id)
    found: dict[str, list[Note]] = {}
    for note in session.scalars(query):
        found.setdefault(note.thread, []).append(note)
    return list(found.values())


def unresolved(session: Session, request: MergeRequest) -> int:
    """How many threads somebody still has to resolve."""
    return sum(
        any(note.resolvable and not note.resolved for note in notes)
        for notes in of(session, request)
    )


def may_resolve(session: Session, user: User, request: MergeRequest) -> bool:
    """Developers and the merge request's author."""
    level = project_level(session, user, request.project)
    return level >= DEVELOPER or user.id == request.author_id


def resolve(notes: Iterable[Note], user: User, resolved: bool) -> None:
    for note in notes:
        if note.resolvable:
            note.resolved = resolved
            note.resolved_by, note.resolved_at = (user, now()) if resolved else (None, None)
