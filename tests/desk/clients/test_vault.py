"""The Vault client against a real OpenBao."""

from __future__ import annotations

import time

import hvac
import pytest
from airdesk.clients.vault import VaultClient
from airdesk.errors import Refused, Unavailable


@pytest.fixture
def client(vault):
    return VaultClient(vault.url, vault.role_id, vault.secret_id)


def test_it_lists_names_of_a_teams_connections(client):
    assert client.connections("growth") == ("slack", "warehouse")


def test_a_team_without_connections_has_none(client):
    assert client.connections("risk") == ()


def test_its_role_can_read_no_value(vault, client):
    client.connections("growth")
    bot = hvac.Client(url=vault.url)
    bot.auth.approle.login(role_id=vault.role_id, secret_id=vault.secret_id)
    with pytest.raises(hvac.exceptions.Forbidden):
        bot.secrets.kv.v2.read_secret_version(
            "connections/growth/warehouse", mount_point="airflow", raise_on_deleted_version=True
        )


def test_what_is_sealed_comes_back(client):
    sealed = client.seal("glpat-grüße")
    assert sealed.startswith("vault:v1:")
    assert "glpat" not in sealed
    assert client.unseal(sealed) == "glpat-grüße"


def test_a_text_that_vault_did_not_seal_is_refused(client):
    with pytest.raises(Refused, match="decrypt"):
        client.unseal("vault:v1:bm9uc2Vuc2U=")


def test_a_token_that_ended_is_replaced(client):
    client.connections("growth")
    ended = time.monotonic() + 2.2  # the role's tokens live for two seconds
    while time.monotonic() < ended:
        time.sleep(0.1)
    assert client.connections("growth") == ("slack", "warehouse")


def test_a_token_that_was_revoked_is_replaced(vault, client):
    client.connections("growth")
    vault.root.auth.token.revoke(client._client.token)
    assert client.seal("x").startswith("vault:")


def test_a_wrong_secret_id_is_the_operators_matter(vault):
    with pytest.raises(Unavailable, match="AppRole"):
        VaultClient(vault.url, vault.role_id, "wrong").seal("x")


def test_another_key_is_refused(vault):
    with pytest.raises(Refused, match="does not let Airdesk encrypt"):
        VaultClient(vault.url, vault.role_id, vault.secret_id, transit_key="others").seal("x")


def test_a_sealed_vault_is_unavailable(answers):
    answers.answer((503, {"errors": ["Vault is sealed"]}))
    with pytest.raises(Unavailable, match="Vault is sealed; an operator must unseal it"):
        VaultClient(answers.url, "role", "secret").connections("growth")


def test_no_vault_at_all_is_unavailable(free_port):
    client = VaultClient(f"http://127.0.0.1:{free_port()}", "role", "secret")
    with pytest.raises(Unavailable, match="does not answer"):
        client.seal("x")
