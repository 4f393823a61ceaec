from __future__ import annotations

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlsplit

import gitlab
import httpx
import pytest

BACK = "http://127.0.0.1:9/back"


@pytest.fixture
def dance(site):
    """An application, a person and their browser."""

    class Dance:
        def __init__(self, *, confidential=True):
            self.app = site.admin.applications.create(
                {"name": "Airdesk", "redirect_uri": BACK, "scopes": "api read_user"}
                | {"confidential": confidential}
            )
            self.person = site.person()
            self.browser = httpx.Client(base_url=site.url)
            self.verifier = secrets.token_urlsafe(40)
            hashed = hashlib.sha256(self.verifier.encode()).digest()
            self.ask = {
                "client_id": self.app.application_id,
                "redirect_uri": BACK,
                "response_type": "code",
                "scope": "api",
                "state": "s t",
                "code_challenge": base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(),
                "code_challenge_method": "S256",
            }

        def sign_in(self):
            form = {"username": self.person.user.username, "password": self.person.password}
            answer = self.browser.post("/users/sign_in", data=form)
            assert answer.status_code == 302

        def code(self):
            self.sign_in()
            answer = self.browser.post(
                "/oauth/authorize", data={**self.ask, "decision": "authorize"}
            )
            back = urlsplit(answer.headers["location"])
            assert answer.headers["location"].startswith(BACK)
            values = parse_qs(back.query)
            assert values["state"] == ["s t"]
            return values["code"][0]

        def token(self, **more):
            form = {"client_id": self.app.application_id, "client_secret": self.app.secret}
            return httpx.post(f"{site.url}/oauth/token", data={**form, **more})

        def exchange(self, code, **more):
            given = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
            return self.token(**given, code_verifier=self.verifier, **more)

        def close(self):
            self.browser.close()

    made = []

    def make(**options):
        made.append(Dance(**options))
        return made[-1]

    yield make
    for each in made:
        each.close()


def works(site, token):
    try:
        gitlab.Gitlab(site.url, oauth_token=token).auth()
    except gitlab.GitlabAuthenticationError:
        return False
    return True


def test_the_whole_way(dance, site):
    it = dance()
    first = it.browser.get("/oauth/authorize", params=it.ask)
    assert first.status_code == 302
    assert first.headers["location"].startswith("/users/sign_in?return_to=")
    it.sign_in()
    page = it.browser.get("/oauth/authorize", params=it.ask)
    assert "Authorize Airdesk to use your account?" in page.text
    pair = it.exchange(it.code()).json()
    assert (pair["token_type"], pair["expires_in"], pair["scope"]) == ("Bearer", 7200, "api")
    client = gitlab.Gitlab(site.url, oauth_token=pair["access_token"])
    client.auth()
    assert client.user.id == it.person.user.id


def test_a_code_is_good_once_and_only_with_its_verifier(dance):
    it = dance()
    code = it.code()
    stolen = it.token(grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert stolen.json()["error"] == "invalid_grant"
    assert it.exchange(code).status_code == 200
    assert it.exchange(code).json()["error"] == "invalid_grant"


def test_a_refresh_kills_both_old_tokens(dance, site):
    it = dance()
    old = it.exchange(it.code()).json()
    new = it.token(grant_type="refresh_token", refresh_token=old["refresh_token"]).json()
    assert not works(site, old["access_token"])
    assert works(site, new["access_token"])
    again = it.token(grant_type="refresh_token", refresh_token=old["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_revoking_ends_the_pair(dance, site):
    it = dance()
    pair = it.exchange(it.code()).json()
    form = {"client_id": it.app.application_id, "client_secret": it.app.secret}
    httpx.post(f"{site.url}/oauth/revoke", data={**form, "token": pair["access_token"]})
    assert not works(site, pair["access_token"])
    again = it.token(grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert again.json()["error"] == "invalid_grant"


def test_denying_tells_the_application(dance):
    it = dance()
    it.sign_in()
    answer = it.browser.post("/oauth/authorize", data={**it.ask, "decision": "deny"})
    assert "error=access_denied" in answer.headers["location"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"client_id": "nobody"}, "unknown client"),
        ({"redirect_uri": "http://evil.test/"}, "redirect URI included is not valid"),
        ({"scope": "sudo"}, "requested scope is invalid"),
        ({"code_challenge_method": "plain"}, "must be S256"),
    ],
)
def test_a_wrong_ask_is_never_redirected(dance, change, sentence):
    it = dance()
    it.sign_in()
    answer = it.browser.get("/oauth/authorize", params={**it.ask, **change})
    assert answer.status_code == 400
    assert sentence in answer.text


def test_public_clients_must_use_pkce(dance, site):
    it = dance(confidential=False)
    it.sign_in()
    plain = {k: v for k, v in it.ask.items() if not k.startswith("code_challenge")}
    answer = it.browser.get("/oauth/authorize", params=plain)
    assert "Code challenge is required for public clients." in answer.text
    given = {"grant_type": "authorization_code", "redirect_uri": BACK, "code": it.code()}
    pair = httpx.post(
        f"{site.url}/oauth/token",
        data={**given, "client_id": it.app.application_id, "code_verifier": it.verifier},
    )
    assert pair.status_code == 200


def test_a_wrong_secret_gets_nothing(dance):
    it = dance()
    answer = it.exchange(it.code(), client_secret="wrong")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_an_oauth_token_works_for_git_as_oauth2(dance, site, git):
    it = dance()
    project = site.project()
    project.members.create({"user_id": it.person.user.id, "access_level": 20})
    token = it.exchange(it.code()).json()["access_token"]
    assert git("ls-remote", site.git_url(project, "oauth2", token)).returncode == 0


def test_the_scope_of_the_grant_limits_the_token(dance, site, tools):
    it = dance()
    it.ask["scope"] = "read_user"
    client = gitlab.Gitlab(site.url, oauth_token=it.exchange(it.code()).json()["access_token"])
    client.auth()
    tools.refused(403, client.projects.list)


def test_signing_in_with_a_wrong_password(dance):
    it = dance()
    answer = it.browser.post(
        "/users/sign_in", data={"username": it.person.user.username, "password": "wrong"}
    )
    assert answer.status_code == 401
    assert "Invalid login or password." in answer.text


def test_signing_in_leads_nowhere_else(dance):
    it = dance()
    form = {"username": it.person.user.username, "password": it.person.password}
    for target in ("https://evil.test/", "//evil.test/", "/\\evil.test"):
        answer = it.browser.post("/users/sign_in", data={**form, "return_to": target})
        assert answer.headers["location"] == "/"
