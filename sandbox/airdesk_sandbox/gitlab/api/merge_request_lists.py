"""Lists of merge requests, and what narrows them."""

from __future__ import annotations

from sqlalchemy import Select, select

from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.clock import parse_time
from airdesk_sandbox.gitlab.entities import reviews
from airdesk_sandbox.gitlab.errors import ApiError, invalid
from airdesk_sandbox.gitlab.models import MergeRequest
from airdesk_sandbox.gitlab.permissions import may
from airdesk_sandbox.gitlab.routing import Route

# real ones that this server does not know: better refused than silently ignored
_UNKNOWN_FILTERS = (
    "approved_by_ids",
    "approver_ids",
    "assignee_id",
    "environment",
    "labels",
    "milestone",
    "my_reaction_emoji",
    "not",
    "reviewer_id",
    "reviewer_username",
    "wip",
)
_ORDERS = {
    "created_at": MergeRequest.created_at,
    "updated_at": MergeRequest.updated_at,
    "merged_at": MergeRequest.merged_at,
    "title": MergeRequest.title,
}


def list_of_project(call: Call) -> Reply:
    project = call.project("read_merge_request")
    query = _filtered(call, select(MergeRequest).where(MergeRequest.project_id == project.id))
    return call.page(query, lambda request: reviews.basic(call, request))


def list_everywhere(call: Call) -> Reply:
    """`scope`: `created_by_me` (as GitLab assumes), `assigned_to_me` or `all`."""
    query = _filtered(call, select(MergeRequest))
    scope = call.params.text("scope", "created_by_me")
    if scope == "created_by_me":
        query = query.where(MergeRequest.author_id == call.user.id)
    seen = [
        request
        for request in call.session.scalars(query)
        if may(call.session, call.user, "read_merge_request", request.project)
        and (scope != "assigned_to_me" or call.user.id in request.assignee_ids)
    ]
    return call.page_of(seen, lambda request: reviews.basic(call, request))


def _filtered(call: Call, query: Select[MergeRequest]) -> Select[MergeRequest]:
    params = call.params
    for name in _UNKNOWN_FILTERS:
        if name in params:
            raise ApiError(501, {"message": f"501 Not Implemented: filter {name}"})
    if (state := params.text("state", "all")) != "all":
        query = query.where(MergeRequest.state == state)
    for name in ("source_branch", "target_branch"):
        if name in params:
            query = query.where(getattr(MergeRequest, name) == params.text(name))
    if iids := params.texts("iids"):
        query = query.where(MergeRequest.iid.in_([int(iid) for iid in iids if iid.isdigit()]))
    if "author_id" in params:
        query = query.where(MergeRequest.author_id == params.number("author_id"))
    if "author_username" in params:
        query = query.where(MergeRequest.author.has(username=params.text("author_username")))
    if search := params.text("search"):
        query = query.where(MergeRequest.title.contains(search))
    query = _since(call, query)
    order = _ORDERS.get(params.text("order_by", "created_at"))
    if order is None:
        raise invalid("order_by")
    rising = params.text("sort", "desc") == "asc"
    return query.order_by(order.asc() if rising else order.desc(), MergeRequest.id.desc())


def _since(call: Call, query: Select[MergeRequest]) -> Select[MergeRequest]:
    for name in ("created", "updated", "merged"):
        column = getattr(MergeRequest, f"{name}_at")
        try:
            if (text := call.params.text(f"{name}_after")) != "":
                query = query.where(column >= parse_time(text))
            if (text := call.params.text(f"{name}_before")) != "":
                query = query.where(column <= parse_time(text))
        except ValueError:
            raise invalid(f"{name}_after") from None
    return query


ROUTES = [
    Route("GET", "/merge_requests", list_everywhere),
    Route("GET", "/projects/:id/merge_requests", list_of_project),
]
