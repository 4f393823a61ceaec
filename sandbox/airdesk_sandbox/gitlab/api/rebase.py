"""Asking for a rebase of a merge request's source branch."""

from __future__ import annotations

from airdesk_sandbox.gitlab import rebases
from airdesk_sandbox.gitlab.api.merge_requests import find_request
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.errors import conflict, forbidden
from airdesk_sandbox.gitlab.permissions import may_push
from airdesk_sandbox.gitlab.routing import Route

_BUSY = (
    "Failed to enqueue the rebase operation, possibly due to a long-lived transaction. "
    "Try again later."
)


def rebase(call: Call) -> Reply:
    """Answered at once; `include_rebase_in_progress` and `merge_error` tell how it went."""
    request = find_request(call)
    if not may_push(call.session, call.user, request.source_project, request.source_branch):
        raise forbidden("Cannot push to source branch")
    if request.state != "opened":
        raise forbidden("The merge request is not open")
    if request.rebase_in_progress:
        raise conflict(_BUSY)
    request.rebase_in_progress, request.merge_error = True, None
    wanted = rebases.Rebase(request.id, call.user.id, call.params.flag("skip_ci"))
    call.after.append(lambda: rebases.perform(call.server, wanted))
    return Reply(202, {"rebase_in_progress": True})


ROUTES = [Route("PUT", "/projects/:id/merge_requests/:iid/rebase", rebase)]
