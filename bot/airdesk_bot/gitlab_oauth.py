"""GitLab's OAuth: authorization code with PKCE, and refresh."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from urllib.parse import urlencode

import httpx
from airdesk.clock import Clock, utc_now
from airdesk.errors import Refused, Unavailable
from airdesk.model import Grant
from pydantic import BaseModel, Field, ValidationError

SCOPE = "api"
"""Opening and approving merge requests in the person's name needs no less."""
_TIMEOUT_SECONDS = 10.0
_DEFAULT_LIFETIME = 7200


class _Tokens(BaseModel):
    access_token: str = Field(repr=False)
    refresh_token: str = Field(repr=False)
    expires_in: int = _DEFAULT_LIFETIME


class GitLabOAuth:
    """Implements `GrantIssuer`."""

    def __init__(
        self,
        url: str,
        *,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        clock: Clock = utc_now,
    ) -> None:
        self._url = url.rstrip("/")
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._clock = clock

    def authorize_url(self, *, state: str, verifier: str) -> str:
        """Where the browser goes to consent; `verifier` stays here, its digest goes along."""
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": SCOPE,
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self._url}/oauth/authorize?{urlencode(query)}"

    def exchange(self, code: str, *, verifier: str) -> Grant:
        """The grant behind an authorization code.

        Raises:
            Refused: GitLab does not take the code.
            Unavailable: GitLab does not answer.
        """
        return self._tokens(
            {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        )

    def refresh(self, refresh_token: str) -> Grant:
        return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def _tokens(self, form: dict[str, str]) -> Grant:
        credentials = {
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            "redirect_uri": self._redirect_uri,
        }
        try:
            answer = httpx.post(
                f"{self._url}/oauth/token", data=form | credentials, timeout=_TIMEOUT_SECONDS
            )
        except httpx.HTTPError as error:
            raise _silent() from error
        if answer.status_code in (400, 401) and "invalid_grant" in answer.text:
            raise Refused("GitLab did not accept the sign-in. Start again with /airflow link.")
        try:
            tokens = _Tokens.model_validate(answer.raise_for_status().json())
        except (httpx.HTTPStatusError, ValidationError, ValueError) as error:
            raise _silent() from error
        return Grant(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=self._clock() + timedelta(seconds=tokens.expires_in),
        )


def _silent() -> Unavailable:
    return Unavailable("GitLab", "GitLab does not answer. Try again in a minute.")
