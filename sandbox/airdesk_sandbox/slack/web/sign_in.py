"""“Sign in with Slack”: who are you, and may this app know it?"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from airdesk_sandbox.slack.core import Slack
from airdesk_sandbox.slack.openid import Ask, Grants, configuration, public_keys
from airdesk_sandbox.slack.web.ui import COOKIE
from airdesk_sandbox.slack.workspace import App

_templates = Jinja2Templates(directory=Path(__file__).parent.parent / "templates")
SCOPES = {"openid", "profile", "email"}


class _RefusedError(Exception):
    """The app asked wrongly; its person sees the sentence instead of the consent page."""


async def authorize(request: Request) -> Response:
    """GET shows the consent page; POST with `decision=allow` sends the browser back with a code."""
    slack: Slack = request.app.state.slack
    form = dict(await request.form()) if request.method == "POST" else {}
    asked = {**request.query_params, **{k: v for k, v in form.items() if isinstance(v, str)}}
    try:
        app, ask = _read(slack, asked)
    except _RefusedError as error:
        return _templates.TemplateResponse(
            request, "refused.html", {"sentence": str(error)}, status_code=400
        )
    user = slack.workspace.user(request.cookies.get(COOKIE, ""))
    passed_on = {k: v for k, v in asked.items() if k != "decision"}
    if user is None:
        here = f"{request.url.path}?{urlencode(passed_on)}"
        context = {"workspace": slack.workspace, "next": here, "app": app}
        return _templates.TemplateResponse(request, "who.html", context)
    if request.method == "GET":
        context = {
            "workspace": slack.workspace,
            "user": user,
            "app": app,
            "fields": passed_on,
            "next": f"{request.url.path}?{urlencode(passed_on)}",
        }
        return _templates.TemplateResponse(request, "consent.html", context)
    answer = {"state": asked["state"]} if "state" in asked else {}
    if form.get("decision", "allow") != "allow":
        return _back(ask, {"error": "access_denied", **answer})
    grants = Grants(slack.database, slack.clock)
    return _back(ask, {"code": grants.new_code(app, user.id, ask), **answer})


def _read(slack: Slack, asked: dict[str, str]) -> tuple[App, Ask]:
    client_id = asked.get("client_id")
    app = next((a for a in slack.workspace.apps if client_id and a.client_id == client_id), None)
    if app is None:
        raise _RefusedError("Invalid client_id parameter: no app in this workspace has it.")
    redirect_uri = asked.get("redirect_uri", "")
    if not _is_allowed(app, redirect_uri):
        raise _RefusedError(
            f"redirect_uri did not match any configured URIs. Passed URI: {redirect_uri}"
        )
    if asked.get("response_type", "code") != "code":
        raise _RefusedError("response_type must be “code”.")
    scopes = set(asked.get("scope", "").replace(",", " ").split())
    if "openid" not in scopes or not scopes <= SCOPES:
        raise _RefusedError(
            "Invalid scope: ask for openid, and at most profile and email beside it."
        )
    if asked.get("team") not in (None, "", slack.workspace.team_id):
        raise _RefusedError("This app asks for another workspace.")
    challenge = asked.get("code_challenge")
    if challenge and asked.get("code_challenge_method") != "S256":
        raise _RefusedError("code_challenge_method must be “S256”.")
    return app, Ask(redirect_uri, asked.get("nonce"), challenge)


def _is_allowed(app: App, redirect_uri: str) -> bool:
    """As in Slack, a configured URI allows itself and what lies below it."""
    return any(
        redirect_uri == allowed or redirect_uri.startswith(allowed.rstrip("/") + "/")
        for allowed in app.redirect_uris
    )


def _back(ask: Ask, answer: dict[str, str]) -> Response:
    joint = "&" if "?" in ask.redirect_uri else "?"
    return RedirectResponse(f"{ask.redirect_uri}{joint}{urlencode(answer)}", status_code=302)


async def keys(request: Request) -> Response:
    return JSONResponse(public_keys(request.app.state.slack))


async def discovery(request: Request) -> Response:
    return JSONResponse(configuration(request.app.state.slack))


ROUTES = [
    Route("/openid/connect/authorize", authorize, methods=["GET", "POST"]),
    Route("/openid/connect/keys", keys),
    Route("/.well-known/openid-configuration", discovery),
]
