"""What feeds and starts pipelines: variables, trigger tokens, schedules."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import Select, select

from airdesk_sandbox.gitlab.api.pipelines import created
from airdesk_sandbox.gitlab.auth import by_job_token
from airdesk_sandbox.gitlab.call import Call, Reply, find_project
from airdesk_sandbox.gitlab.ci.cron import next_run
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.digests import new_token
from airdesk_sandbox.gitlab.entities import ci as entity
from airdesk_sandbox.gitlab.errors import ApiError, bad_request, forbidden, not_found
from airdesk_sandbox.gitlab.models import Project, Schedule, Trigger, Variable
from airdesk_sandbox.gitlab.permissions import DEVELOPER, MAINTAINER, may_run, project_level
from airdesk_sandbox.gitlab.pipeline_request import PipelineRequest
from airdesk_sandbox.gitlab.repo.read import ZERO
from airdesk_sandbox.gitlab.routing import Route

_MASKABLE = re.compile(r"[A-Za-z0-9_+=/@:.~-]{8,}")


def list_variables(call: Call) -> Reply:
    return call.page(_variables(call).order_by(Variable.id), entity.variable)


def show_variable(call: Call) -> dict[str, Any]:
    return entity.variable(_variable(call))


def create_variable(call: Call) -> dict[str, Any]:
    project = call.project("admin_project")
    key = call.params.need("key")
    if not re.fullmatch(r"[A-Za-z0-9_]+", key):
        raise bad_request({"key": ["can contain only letters, digits and '_'."]})
    scope = call.params.text("environment_scope", "*")
    known = _variables(call).where(Variable.key == key, Variable.environment_scope == scope)
    if call.session.scalar(known) is not None:
        raise bad_request({"key": [f"({key}) has already been taken"]})
    row = Variable(project_id=project.id, key=key, value="", environment_scope=scope)
    _apply_variable(call, row)
    call.session.add(row)
    call.session.flush()
    return entity.variable(row)


def update_variable(call: Call) -> dict[str, Any]:
    row = _variable(call)
    _apply_variable(call, row)
    return entity.variable(row)


def delete_variable(call: Call) -> None:
    call.session.delete(_variable(call))


def _apply_variable(call: Call, row: Variable) -> None:
    params = call.params
    row.value = params.text("value", row.value)
    row.variable_type = params.text("variable_type", row.variable_type or "env_var")
    row.protected = params.flag("protected", row.protected or False)
    row.masked = params.flag("masked", row.masked or False)
    row.raw = params.flag("raw", row.raw or False)
    row.description = params.maybe("description") or row.description
    if row.masked and not _MASKABLE.fullmatch(row.value):
        raise bad_request({"value": ["is invalid"]})


def _variables(call: Call) -> Select[Variable]:
    return select(Variable).where(Variable.project_id == call.project("admin_project").id)


def _variable(call: Call) -> Variable:
    row = call.session.scalar(_variables(call).where(Variable.key == call.path["key"]))
    if row is None:
        raise not_found("Variable")
    return row


def list_triggers(call: Call) -> Reply:
    project = call.project("admin_project")
    query = select(Trigger).where(Trigger.project_id == project.id).order_by(Trigger.id)
    return call.page(query, lambda row: _trigger(call, row))


def show_trigger(call: Call) -> dict[str, Any]:
    return _trigger(call, _find_trigger(call))


def create_trigger(call: Call) -> dict[str, Any]:
    project = call.project("admin_project")
    row = Trigger(
        project_id=project.id,
        owner=call.user,
        description=call.params.need("description"),
        token=new_token("glptt-"),
    )
    call.session.add(row)
    call.session.flush()
    return _trigger(call, row)


def delete_trigger(call: Call) -> None:
    call.session.delete(_find_trigger(call))


def _trigger(call: Call, row: Trigger) -> dict[str, Any]:
    return entity.trigger(row, call.server.url, whole=row.owner_id == call.user.id)


def _find_trigger(call: Call) -> Trigger:
    project = call.project("admin_project")
    row = call.session.get(Trigger, call.number("trigger_id"))
    if row is None or row.project_id != project.id:
        raise not_found("Trigger")
    return row


def trigger_pipeline(call: Call) -> Reply:
    """Start a pipeline with a trigger or job token, as the token's owner.

    A webhook may call this; what it carried is then in the file `$TRIGGER_PAYLOAD`.
    """
    if call.headers.get("x-gitlab-event") == "Pipeline Hook":
        raise forbidden()  # a pipeline's end would start the next pipeline, for ever
    project = find_project(call.session, call.path["id"])
    user_id, source = _trigger_owner(call, project)
    if project is None or user_id is None:
        raise not_found()
    ref = call.path.get("ref") or call.params.need("ref")
    sha = call.repository(project).ref(f"refs/heads/{ref}")
    if sha is None:
        raise bad_request({"base": ["Reference not found"]})
    given = call.params.raw("variables")
    variables = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
    payload = {k: v for k, v in call.params.values.items() if k not in ("token", "variables")}
    wish = PipelineRequest(
        project.id,
        user_id,
        ref,
        sha,
        source,
        ZERO,
        variables=variables,
        files={"TRIGGER_PAYLOAD": json.dumps(payload)},
    )
    return created(call, wish)


def _trigger_owner(call: Call, project: Project | None) -> tuple[int | None, str]:
    if project is None:
        return None, ""
    token = call.params.need("token")
    row = call.session.scalar(
        select(Trigger).where(Trigger.token == token, Trigger.project_id == project.id)
    )
    ref = call.path.get("ref") or call.params.text("ref")
    if row is not None:
        if not may_run(call.session, row.owner, project, ref):
            raise bad_request({"base": ["Insufficient permissions to trigger this pipeline"]})
        return row.owner_id, "trigger"
    try:
        user = by_job_token(call.session, token).user
    except ApiError:
        return None, ""
    return (user.id, "pipeline") if may_run(call.session, user, project, ref) else (None, "")


def list_schedules(call: Call) -> Reply:
    project = call.project("read_pipeline")
    query = select(Schedule).where(Schedule.project_id == project.id).order_by(Schedule.id)
    return call.page(query, lambda row: entity.schedule(row, call.server.url))


def show_schedule(call: Call) -> dict[str, Any]:
    row = _schedule(call, "read_pipeline")
    return {**entity.schedule(row, call.server.url), "variables": row.variables}


def create_schedule(call: Call) -> dict[str, Any]:
    project, params = call.project("update_pipeline"), call.params
    ref = params.need("ref").removeprefix("refs/heads/")
    if not may_run(call.session, call.user, project, ref):
        raise forbidden()
    row = Schedule(
        project_id=project.id,
        owner=call.user,
        description=params.need("description"),
        ref=ref,
        cron=params.need("cron"),
        cron_timezone=params.text("cron_timezone", "UTC"),
        active=params.flag("active", default=True),
    )
    _plan(row)
    call.session.add(row)
    call.session.flush()
    call.after.append(call.server.ci.wake)
    return {**entity.schedule(row, call.server.url), "variables": row.variables or []}


def update_schedule(call: Call) -> dict[str, Any]:
    row = _schedule(call)
    for name in ("description", "ref", "cron", "cron_timezone"):
        if name in call.params:
            setattr(row, name, call.params.text(name))
    row.active = call.params.flag("active", row.active)
    row.updated_at = now()
    _plan(row)
    call.after.append(call.server.ci.wake)
    return entity.schedule(row, call.server.url)


def _plan(row: Schedule) -> None:
    try:
        row.next_run_at = next_run(row.cron, row.cron_timezone, now())
    except ValueError:
        raise bad_request({"cron": ["syntax is invalid"]}) from None


def delete_schedule(call: Call) -> None:
    call.session.delete(_schedule(call))


def play_schedule(call: Call) -> Reply:
    row = _schedule(call)
    call.after.append(lambda: call.server.ci.wishes.play(row.id))
    return Reply(201, {"message": "201 Created"})


def add_schedule_variable(call: Call) -> dict[str, Any]:
    row = _schedule(call)
    added = {
        "key": call.params.need("key"),
        "value": call.params.text("value"),
        "variable_type": "env_var",
        "raw": False,
    }
    row.variables = [v for v in row.variables if v["key"] != added["key"]] + [added]
    return added


def _schedule(call: Call, ability: str = "update_pipeline") -> Schedule:
    project = call.project(ability)
    row = call.session.get(Schedule, call.number("schedule_id"))
    if row is None or row.project_id != project.id:
        raise not_found("Pipeline Schedule")
    level = project_level(call.session, call.user, project)
    own = row.owner_id == call.user.id and level >= DEVELOPER
    if ability != "read_pipeline" and not own and level < MAINTAINER:
        raise forbidden()
    return row


_VARIABLES = "/projects/:id/variables"
_TRIGGERS = "/projects/:id/triggers"
_SCHEDULES = "/projects/:id/pipeline_schedules"
ROUTES = [
    Route("GET", _VARIABLES, list_variables),
    Route("POST", _VARIABLES, create_variable),
    Route("GET", f"{_VARIABLES}/:key", show_variable),
    Route("PUT", f"{_VARIABLES}/:key", update_variable),
    Route("DELETE", f"{_VARIABLES}/:key", delete_variable),
    Route("GET", _TRIGGERS, list_triggers),
    Route("POST", _TRIGGERS, create_trigger),
    Route("GET", f"{_TRIGGERS}/:trigger_id", show_trigger),
    Route("DELETE", f"{_TRIGGERS}/:trigger_id", delete_trigger),
    *(
        Route("POST", path, trigger_pipeline, public=True, own_transaction=True)
        for path in (
            "/projects/:id/trigger/pipeline",
            "/projects/:id/ref/:ref/trigger/pipeline",
        )
    ),
    Route("GET", _SCHEDULES, list_schedules),
    Route("POST", _SCHEDULES, create_schedule),
    Route("GET", f"{_SCHEDULES}/:schedule_id", show_schedule),
    Route("PUT", f"{_SCHEDULES}/:schedule_id", update_schedule),
    Route("DELETE", f"{_SCHEDULES}/:schedule_id", delete_schedule),
    Route("POST", f"{_SCHEDULES}/:schedule_id/play", play_schedule),
    Route("POST", f"{_SCHEDULES}/:schedule_id/variables", add_schedule_variable),
]
