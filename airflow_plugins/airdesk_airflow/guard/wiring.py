"""Binds the guard to the Airflow it runs in."""

from __future__ import annotations

import os
from functools import lru_cache

from airflow.configuration import ensure_secrets_loaded
from starlette.types import ASGIApp

from airdesk_airflow.guard.connections import Desk
from airdesk_airflow.guard.grants import KEPT_SECONDS, GrantBook
from airdesk_airflow.guard.middleware import Guard
from airdesk_airflow.vault_backend import AirdeskVaultBackend

KEPT_VARIABLE = "AIRDESK_GRANTS_SECONDS"


def guard(app: ASGIApp) -> Guard:
    """The guard around Airflow's API server, with that server's own Vault identity."""
    return Guard(app, desk_of_this_server)


def desk_of_this_server() -> Desk | None:
    """What decides about connections, or `None` where Airflow has no Vault backend of ours."""
    for backend in ensure_secrets_loaded():
        if isinstance(backend, AirdeskVaultBackend):
            return _desk(backend)
    return None


@lru_cache(maxsize=2)
def _desk(backend: AirdeskVaultBackend) -> Desk:
    kept = float(os.environ.get(KEPT_VARIABLE, KEPT_SECONDS))
    return Desk(backend, GrantBook(backend.read, kept_seconds=kept))
