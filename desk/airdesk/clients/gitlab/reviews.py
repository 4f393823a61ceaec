"""Who approved, who pushed, who counts as a lead or as a group's member."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from gitlab.base import RESTObject

from airdesk.clients.gitlab.session import Session
from airdesk.model import Approval, DiffVersion, Push

DEVELOPER = 30
MAINTAINER = 40
APPROVED_NOTE = "approved this merge request"


class Reviews(Session):
    def approvals(self, project: str, iid: int) -> Sequence[Approval]:
        doing = f"read the approvals of {project}!{iid}"
        standing = self.reading(
            doing, lambda: self.request_handle(project, iid).approvals.get().approved_by
        )
        # Older GitLab leaves out the time; its system notes have it.
        times = (
            {}
            if all(given.get("approved_at") for given in standing)
            else self.reading(doing, lambda: self._approval_notes(project, iid))
        )
        found = []
        for given in standing:
            user: dict[str, Any] = given["user"]
            at = given.get("approved_at") or times.get(int(user["id"]))
            if at is not None:
                found.append(
                    Approval(
                        user_id=int(user["id"]),
                        name=str(user["name"]),
                        username=str(user["username"]),
                        at=when(at),
                    )
                )
        return tuple(found)

    def _approval_notes(self, project: str, iid: int) -> dict[int, str]:
        notes = self.request_handle(project, iid).notes.list(
            iterator=True, order_by="created_at", sort="asc"
        )
        return {
            int(note.author["id"]): str(note.created_at)
            for note in notes
            if note.system and note.body == APPROVED_NOTE
        }

    def diff_versions(self, project: str, iid: int) -> Sequence[DiffVersion]:
        found = self.reading(
            f"read the versions of {project}!{iid}",
            lambda: self.request_handle(project, iid).diffs.list(get_all=True),
        )
        newest_first = sorted(found, key=lambda version: int(version.id), reverse=True)
        return tuple(
            DiffVersion(head_sha=str(version.head_commit_sha), created_at=when(version.created_at))
            for version in newest_first
        )

    def pushes(self, project: str, branch: str) -> Sequence[Push]:
        def read() -> Sequence[Push]:
            events = self.project(project).events.list(action="pushed", iterator=True)
            found = (push_of(event.attributes) for event in events)
            return tuple(push for push in found if push and push.branch in ("", branch))

        return self.reading(f"read the push events of {project}", read)

    def leads(self, project: str) -> frozenset[int]:
        def read() -> frozenset[int]:
            return _at_least(MAINTAINER, self.project(project).members_all.list(iterator=True))

        return self.reading(f"list the members of {project}", read)

    def group_members(self, group: str) -> frozenset[int]:
        def read() -> frozenset[int]:
            handle = self.api.groups.get(group, lazy=True)
            return _at_least(DEVELOPER, handle.members_all.list(iterator=True))

        return self.reading(f"list the members of the group {group}", read)


def _at_least(level: int, members: Iterable[RESTObject]) -> frozenset[int]:
    return frozenset(
        int(member.id)
        for member in members
        if member.access_level >= level and getattr(member, "state", "active") == "active"
    )


def push_of(event: dict[str, Any]) -> Push | None:
    """A push event's branch and head; `None` for tags and for deleted branches.

    A merge that removes the source branch counts as the merger's push in GitLab's events, which
    must not make a pusher of the lead who merged.
    """
    data: dict[str, Any] = event.get("push_data") or {}
    if data.get("ref_type") == "tag" or data.get("action") == "removed":
        return None
    return Push(
        user_id=int(event["author_id"]),
        branch=str(data.get("ref") or ""),
        head_sha=str(data.get("commit_to") or ""),
        at=when(event["created_at"]),
    )


def when(text: str) -> datetime:
    """GitLab's time text as an aware datetime in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
