"""Signing in and out, and OAuth's pages and endpoints."""

from __future__ import annotations

import base64
import re
import secrets
from urllib.parse import unquote

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from airdesk_sandbox.gitlab import oauth
from airdesk_sandbox.gitlab.auth import SESSION_COOKIE, by_password
from airdesk_sandbox.gitlab.digests import digest
from airdesk_sandbox.gitlab.models import WebSession
from airdesk_sandbox.gitlab.pages.view import Page, View, endpoint
from airdesk_sandbox.gitlab.server import Server


def sign_in_form(view: View) -> Response:
    return view.render(
        "sign_in.html", return_to=_target(view.request.query_params.get("return_to"))
    )


def sign_in(view: View) -> Response:
    user = by_password(view.session, view.form.get("username", ""), view.form.get("password", ""))
    target = _target(view.form.get("return_to"))
    if user is None:
        problem = "Invalid login or password."
        return view.render("sign_in.html", status=401, return_to=target, problem=problem)
    cookie = secrets.token_urlsafe(32)
    view.session.add(WebSession(user_id=user.id, digest=digest(cookie)))
    response = RedirectResponse(target, 302)
    response.set_cookie(SESSION_COOKIE, cookie, httponly=True, samesite="lax")
    return response


def sign_out(view: View) -> Response:
    response = RedirectResponse("/users/sign_in", 302)
    response.delete_cookie(SESSION_COOKIE)
    return response


def _target(text: str | None) -> str:
    """Only addresses of this server: anything else would send people elsewhere."""
    here = text is not None and re.fullmatch(r"/(?![/\\]).*", text)
    return text if text and here else "/"


def consent_form(view: View) -> Response:
    return _consent(view, dict(view.request.query_params))


def _consent(view: View, given: dict[str, str]) -> Response:
    user = view.user
    try:
        ask = oauth.check_ask(view.session, given)
    except oauth.OAuthError as problem:
        return view.render("problem.html", status=problem.status, sentence=str(problem))
    return view.render("consent.html", ask=ask, given=given, person=user)


def consent(view: View) -> Response:
    user = view.user
    try:
        ask = oauth.check_ask(view.session, view.form)
    except oauth.OAuthError as problem:
        return view.render("problem.html", status=problem.status, sentence=str(problem))
    if view.form.get("decision") != "authorize":
        refusal = "The resource owner or authorization server denied the request."
        return RedirectResponse(ask.back(error="access_denied", error_description=refusal), 302)
    return RedirectResponse(ask.back(code=oauth.grant(view.session, ask, user)), 302)


def issue_token(view: View) -> Response:
    try:
        return JSONResponse(oauth.exchange(view.session, _given(view)))
    except oauth.OAuthError as problem:
        return JSONResponse(problem.body, problem.status)


def revoke_token(view: View) -> Response:
    try:
        oauth.revoke(view.session, _given(view))
    except oauth.OAuthError as problem:
        return JSONResponse(problem.body, problem.status)
    return JSONResponse({})


def _given(view: View) -> dict[str, str]:
    """Parameters from the query or the body; client credentials may come by HTTP Basic, too."""
    given = {**dict(view.request.query_params), **view.form}
    scheme, _, encoded = view.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
        given = {"client_id": unquote(client_id), "client_secret": unquote(secret), **given}
    return given


def sign_in_routes(server: Server) -> list[BaseRoute]:
    def get(path: str, page: Page) -> Route:
        return Route(path, endpoint(server, page), methods=["GET"])

    def post(path: str, page: Page) -> Route:
        return Route(path, endpoint(server, page), methods=["POST"])

    return [
        get("/users/sign_in", sign_in_form),
        post("/users/sign_in", sign_in),
        post("/users/sign_out", sign_out),
        get("/oauth/authorize", consent_form),
        post("/oauth/authorize", consent),
        post("/oauth/token", issue_token),
        post("/oauth/revoke", revoke_token),
    ]
