"""Linking Slack to GitLab in the browser: sign in with Slack first, then consent in GitLab.

The link from Slack is bound to the browser that opens it (a cookie), to the person who asked for
it (Slack's sign-in must name the same user), and to one walk: each `state` works once.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

import structlog
from airdesk.actions.link_person import link_person
from airdesk.errors import Refused, Unavailable
from airdesk.model import Person
from airdesk.store import LinkAttempt
from slack_sdk.errors import SlackClientError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from airdesk_bot.pages import page
from airdesk_bot.services import Services
from airdesk_bot.views.link import linked

log = structlog.get_logger(__name__)

COOKIE = "airdesk_link"
_COOKIE_SECONDS = 600
_EXPIRED = "This link has expired or was used already. Type /airflow link in Slack for a new one."
_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
}


class LinkPages:
    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        return [
            Route("/link/start", _guarded(self._start), methods=["GET"]),
            Route("/link/slack/callback", _guarded(self._from_slack), methods=["GET"]),
            Route("/link/gitlab/callback", _guarded(self._from_gitlab), methods=["GET"]),
        ]

    def _start(self, request: Request) -> Response:
        services = self._services
        browser, state, nonce = (secrets.token_urlsafe(32) for _ in range(3))
        attempt = services.store.attempts.to_slack(
            request.query_params.get("attempt", ""),
            browser=browser,
            state=state,
            nonce=nonce,
            now=services.clock(),
        )
        if attempt is None:
            raise Refused(_EXPIRED)
        team_id = services.channels.team_id()
        answer = _redirect(
            services.sign_in.authorize_url(state=state, nonce=nonce, team_id=team_id)
        )
        answer.set_cookie(
            COOKIE,
            browser,
            max_age=_COOKIE_SECONDS,
            path="/link",
            httponly=True,
            samesite="lax",  # it must come along when Slack and GitLab send the browser back
            secure=services.settings.public_url.startswith("https://"),
        )
        return answer

    def _from_slack(self, request: Request) -> Response:
        services = self._services
        attempt = services.store.attempts.back_from_slack(
            request.query_params.get("state", ""), browser=_browser(request), now=services.clock()
        )
        code = _code(request, attempt)
        if attempt is None or attempt.nonce is None:
            raise Refused(_EXPIRED)
        user_id = services.sign_in.user_id(
            code, nonce=attempt.nonce, team_id=services.channels.team_id()
        )
        if user_id != attempt.slack_user_id:
            log.warning("link_of_another", asked=attempt.slack_user_id, signed_in=user_id)
            raise Refused(
                "You are signed in to Slack as somebody else than the person who asked for this "
                "link. Type /airflow link yourself."
            )
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        services.store.attempts.to_gitlab(attempt.id, state=state, verifier=verifier)
        return _redirect(services.oauth.authorize_url(state=state, verifier=verifier))

    def _from_gitlab(self, request: Request) -> Response:
        services = self._services
        attempt = services.store.attempts.back_from_gitlab(
            request.query_params.get("state", ""), browser=_browser(request), now=services.clock()
        )
        code = _code(request, attempt)
        if attempt is None or attempt.verifier is None:
            raise Refused(_EXPIRED)
        person = self._link(attempt, code, attempt.verifier)
        log.info("linked", slack_user=person.slack_user_id, gitlab_user=person.gitlab_user_id)
        # What waited for this link goes on by itself.
        services.store.inbox.hurry(person.slack_user_id, now=services.clock())
        services.wake.all()
        services.messenger.whisper(
            linked(person), channel=attempt.channel, user=person.slack_user_id
        )
        text = page("linked.html", name=person.name, username=person.gitlab_username)
        answer = HTMLResponse(text, headers=_HEADERS)
        answer.delete_cookie(COOKIE, path="/link")
        return answer

    def _link(self, attempt: LinkAttempt, code: str, verifier: str) -> Person:
        services = self._services
        grant = services.oauth.exchange(code, verifier=verifier)
        return link_person(
            slack_user_id=attempt.slack_user_id,
            gitlab_user=services.owner_of_token(grant.access_token),
            grant=grant,
            code_host=services.with_token(grant.access_token),
            sealer=services.sealer,
            people=services.store.people,
            now=services.clock(),
        )


def _browser(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def _code(request: Request, attempt: LinkAttempt | None) -> str:
    """OAuth's code, from somebody who walks a known walk and did not say no on the way."""
    if attempt is None:
        raise Refused(_EXPIRED)
    code = request.query_params.get("code")
    if not code:
        raise Refused("You did not agree, so nothing was linked. /airflow link starts again.")
    return code


def _redirect(url: str) -> Response:
    return RedirectResponse(url, status_code=302, headers=_HEADERS)


def _guarded(endpoint: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Failures become a page with a sentence; the log gets the trace and the request id."""

    def answer(request: Request) -> Response:
        request_id = secrets.token_hex(4)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                return endpoint(request)
            except Refused as error:
                log.info("link_refused", path=request.url.path, why=error.sentence)
                return _problem(400, error.sentence)
            except Unavailable as error:
                log.warning("link_waits", service=error.service, why=error.sentence)
                sentence = f"{error.service} does not answer. Type /airflow link again in a minute."
                return _problem(503, sentence)
            except (SlackClientError, OSError):
                log.exception("link_waits", service="Slack")
                return _problem(503, "Slack does not answer. Type /airflow link again in a minute.")
            except Exception:
                log.exception("link_failed", path=request.url.path)
                return _problem(500, "Sorry, something went wrong on our side.", request_id)

    return answer


def _problem(status: int, sentence: str, request_id: str = "") -> Response:
    text = page("problem.html", sentence=sentence, request_id=request_id)
    return HTMLResponse(text, status_code=status, headers=_HEADERS)
