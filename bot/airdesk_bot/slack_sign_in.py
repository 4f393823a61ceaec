"""Sign in with Slack (OpenID Connect): proves whose browser this is."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

from airdesk.errors import Refused
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

_USER = "https://slack.com/user_id"
_TEAM = "https://slack.com/team_id"


class SlackSignIn:
    def __init__(
        self,
        web: WebClient,
        *,
        authorize_url: str,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
    ) -> None:
        self._web = web
        self._authorize_url = authorize_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri

    def authorize_url(self, *, state: str, nonce: str, team_id: str) -> str:
        """Where the browser goes to sign in."""
        query = {
            "response_type": "code",
            "scope": "openid profile",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "state": state,
            "nonce": nonce,
            "team": team_id,
        }
        return f"{self._authorize_url}?{urlencode(query)}"

    def user_id(self, code: str, *, nonce: str, team_id: str) -> str:
        """Slack user id of whoever signed in.

        The ID token comes straight from Slack over TLS, which OpenID Connect accepts in place of
        its signature; its nonce ties it to this browser's walk.

        Raises:
            Refused: Slack does not take the code, or the sign-in is of another walk or workspace.
        """
        try:
            tokens = self._web.openid_connect_token(
                client_id=self._client_id,
                client_secret=self._client_secret,
                code=code,
                redirect_uri=self._redirect_uri,
            )
            claims = _claims(str(tokens["id_token"]))
            person = self._web.openid_connect_userInfo(token=str(tokens["access_token"]))
        except SlackApiError as error:
            raise Refused(
                "Slack did not accept the sign-in. Start again with /airflow link."
            ) from error
        genuine = (
            claims.get("nonce") == nonce
            and claims.get("aud") == self._client_id
            and claims.get(_USER, claims.get("sub")) == person.get(_USER)
            and person.get(_TEAM) == team_id
        )
        if not genuine:
            raise Refused("This sign-in belongs to another one. Start again with /airflow link.")
        return str(person[_USER])


def _claims(id_token: str) -> dict[str, Any]:
    try:
        payload = id_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError) as error:
        raise Refused("Slack's answer cannot be read. Start again with /airflow link.") from error
    return claims if isinstance(claims, dict) else {}
