"""Deploy tokens and OAuth applications."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select

from airdesk_sandbox.gitlab.api.users import expiry
from airdesk_sandbox.gitlab.call import Call, Reply
from airdesk_sandbox.gitlab.clock import iso
from airdesk_sandbox.gitlab.digests import digest, new_token
from airdesk_sandbox.gitlab.errors import bad_request, missing, not_found
from airdesk_sandbox.gitlab.models import (
    DeployToken,
    OAuthApplication,
)
from airdesk_sandbox.gitlab.routing import Route

_DEPLOY_SCOPES = {"read_repository"}
_OAUTH_SCOPES = {"api", "read_api", "read_user", "read_repository", "write_repository"}


def list_deploy_tokens(call: Call) -> Reply:
    project = call.project("admin_project")
    query = select(DeployToken).where(DeployToken.project_id == project.id)
    return call.page(query.order_by(DeployToken.id), _deploy_token)


def create_deploy_token(call: Call) -> dict[str, Any]:
    project = call.project("admin_project")
    scopes = call.params.texts("scopes")
    if not scopes:
        raise missing("scopes")
    if not set(scopes) <= _DEPLOY_SCOPES:
        raise bad_request("This sandbox's deploy tokens can have the scope read_repository only.")
    text = new_token("gldt-")
    row = DeployToken(
        project_id=project.id,
        name=call.params.need("name"),
        username=call.params.text("username"),
        digest=digest(text),
        scopes=scopes,
        expires_at=expiry(call),
    )
    call.session.add(row)
    call.session.flush()
    row.username = row.username or f"gitlab+deploy-token-{row.id}"
    return {**_deploy_token(row), "token": text}


def delete_deploy_token(call: Call) -> None:
    project = call.project("admin_project")
    row = call.session.get(DeployToken, call.number("token_id"))
    if row is None or row.project_id != project.id:
        raise not_found()
    row.revoked = True


def _deploy_token(row: DeployToken) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "username": row.username,
        "expires_at": iso(row.expires_at),
        "revoked": row.revoked,
        "expired": False,
        "scopes": row.scopes,
    }


def list_applications(call: Call) -> Reply:
    call.admin()
    return call.page(select(OAuthApplication).order_by(OAuthApplication.id), _application)


def create_application(call: Call) -> dict[str, Any]:
    call.admin()
    scopes = call.params.text("scopes").replace(",", " ").split()
    if not scopes:
        raise missing("scopes")
    if not set(scopes) <= _OAUTH_SCOPES:
        raise bad_request({"scopes": ["doesn't match configured on the server."]})
    secret = new_token("gloas-")
    row = OAuthApplication(
        uid=secrets.token_hex(32),
        secret_digest=digest(secret),
        name=call.params.need("name"),
        redirect_uris=call.params.need("redirect_uri").split(),
        scopes=scopes,
        confidential=call.params.flag("confidential", default=True),
    )
    call.session.add(row)
    call.session.flush()
    return {**_application(row), "secret": secret}


def delete_application(call: Call) -> None:
    call.admin()
    row = call.session.get(OAuthApplication, call.number("application_id"))
    if row is None:
        raise not_found("Application")
    call.session.delete(row)


def _application(row: OAuthApplication) -> dict[str, Any]:
    return {
        "id": row.id,
        "application_id": row.uid,
        "application_name": row.name,
        "callback_url": "\n".join(row.redirect_uris),
        "confidential": row.confidential,
        "scopes": row.scopes,
    }


_DEPLOY = "/projects/:id/deploy_tokens"
ROUTES = [
    Route("GET", _DEPLOY, list_deploy_tokens),
    Route("POST", _DEPLOY, create_deploy_token),
    Route("DELETE", f"{_DEPLOY}/:token_id", delete_deploy_token),
    Route("GET", "/applications", list_applications),
    Route("POST", "/applications", create_application),
    Route("DELETE", "/applications/:application_id", delete_application),
]
