"""One API request, as the handlers see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.auth import Caller
from airdesk_sandbox.gitlab.errors import ApiError, forbidden, not_found, unauthorized
from airdesk_sandbox.gitlab.models import MergeRequest, Namespace, Project, User
from airdesk_sandbox.gitlab.params import Params
from airdesk_sandbox.gitlab.permissions import may, sees_group
from airdesk_sandbox.gitlab.repo.read import Repository

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.server import Server

T = TypeVar("T")
NO_KEYSET = "Keyset pagination is not yet available for this type of request"


@dataclass
class Reply:
    """What a handler answers where status or headers matter; `body` bytes are sent as they are."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


@dataclass
class Call:
    server: Server
    session: Session
    method: str
    path: dict[str, str]
    params: Params
    headers: Mapping[str, str]
    caller: Caller | None
    url: str
    after: list[Callable[[], None]] = field(default_factory=list)
    """What to do once the transaction is committed, in a worker thread."""

    @property
    def user(self) -> User:
        if self.caller is None:
            raise unauthorized()
        return self.caller.user

    def number(self, name: str) -> int:
        """A numeric path parameter; anything else names nothing that exists."""
        value = self.path[name]
        if not value.isdigit():
            raise not_found()
        return int(value)

    def admin(self) -> User:
        if not self.user.is_admin:
            raise forbidden()
        return self.user

    def project(self, ability: str = "read_project") -> Project:
        """The project of the path, if the caller may see it and has the ability.

        Raises:
            ApiError: 404 where the caller may not even know of it, 403 where the role is too low.
        """
        project = find_project(self.session, self.path["id"])
        user = self.caller.user if self.caller else None
        if project is None or not may(self.session, user, "read_project", project):
            raise not_found("Project")
        if not may(self.session, user, ability, project):
            raise forbidden()
        return project

    def repository(self, project: Project) -> Repository:
        return self.server.repository(project)

    def group(self) -> Namespace:
        group = find_group(self.session, self.path["id"])
        if group is None or not sees_group(self.session, self.user, group):
            raise not_found("Group")
        return group

    def merge_request(self, project: Project) -> MergeRequest:
        iid = self.number("iid")
        found = self.session.scalar(
            select(MergeRequest).where(
                MergeRequest.project_id == project.id, MergeRequest.iid == iid
            )
        )
        if found is None:
            raise not_found()
        return found

    def page(self, query: Select[T], present: Callable[[T], Any]) -> Reply:
        """One page of a query's rows, each turned into JSON by `present`."""
        total = self.session.scalar(
            select(func.count()).select_from(query.order_by(None).subquery())
        )
        number, size = self._page_and_size()
        rows = self.session.scalars(query.limit(size).offset((number - 1) * size)).unique().all()
        return self._paged([present(row) for row in rows], total or 0, number, size)

    def page_of(self, items: Sequence[T], present: Callable[[T], Any]) -> Reply:
        """One page of a list."""
        number, size = self._page_and_size()
        chosen = items[(number - 1) * size : number * size]
        return self._paged([present(item) for item in chosen], len(items), number, size)

    def keyset(
        self, items: Sequence[T], present: Callable[[T], Any], id_of: Callable[[T], int]
    ) -> Reply:
        """One page by id (`pagination=keyset`): no totals, and a link to the next page only."""
        if self.params.text("order_by", "id") != "id":
            raise ApiError(405, {"error": NO_KEYSET})
        rising, size = self.params.text("sort", "desc") == "asc", self._size()
        after = self.params.number("id_after", 0)
        before = self.params.number("id_before", 0)
        rows = [
            item
            for item in sorted(items, key=id_of, reverse=not rising)
            if id_of(item) > after and (not before or id_of(item) < before)
        ]
        headers = {"X-Per-Page": str(size)}
        if len(rows) > size:
            name = "id_after" if rising else "id_before"
            kept = [(k, v) for k, v in parse_qsl(self.url.partition("?")[2]) if k != name]
            query = urlencode([*kept, (name, id_of(rows[size - 1]))])
            headers["Link"] = f'<{self.url.partition("?")[0]}?{query}>; rel="next"'
        return Reply(200, [present(row) for row in rows[:size]], headers)

    def _size(self) -> int:
        return min(100, max(1, self.params.number("per_page", 20)))

    def _page_and_size(self) -> tuple[int, int]:
        if self.params.text("pagination") == "keyset":
            raise ApiError(405, {"error": NO_KEYSET})
        number = max(1, self.params.number("page", 1))
        return number, self._size()

    def _paged(self, body: list[Any], total: int, number: int, size: int) -> Reply:
        pages = max(1, -(-total // size))
        following = str(number + 1) if number < pages else ""
        headers = {
            "X-Page": str(number),
            "X-Per-Page": str(size),
            "X-Total": str(total),
            "X-Total-Pages": str(pages),
            "X-Next-Page": following,
            "X-Prev-Page": str(number - 1) if number > 1 else "",
        }
        links = {"first": 1, "last": pages}
        if following:
            links["next"] = number + 1
        if number > 1:
            links["prev"] = number - 1
        headers["Link"] = ", ".join(
            f'<{self._page_url(page, size)}>; rel="{rel}"' for rel, page in links.items()
        )
        return Reply(200, body, headers)

    def _page_url(self, page: int, size: int) -> str:
        base, _, query = self.url.partition("?")
        kept = [(k, v) for k, v in parse_qsl(query) if k not in ("page", "per_page")]
        return f"{base}?{urlencode([*kept, ('page', page), ('per_page', size)])}"


def find_project(session: Session, key: str) -> Project | None:
    """A project by id or full path (in any case of letters, as GitLab finds it)."""
    if key.isdigit():
        return session.get(Project, int(key))
    return session.scalar(select(Project).where(func.lower(Project.full_path) == key.lower()))


def find_group(session: Session, key: str) -> Namespace | None:
    where = Namespace.id == int(key) if key.isdigit() else Namespace.full_path == key
    return session.scalar(select(Namespace).where(where, Namespace.kind == "group"))
