"""What the guard has cleared in this request, so that nothing else can read a team's connection.

Airflow loads no plugin, hence no guard, in `airflow api-server --apps execution`, and it goes on
when a plugin fails to import. The Vault backend therefore answers only where the guard said yes in
the same request; without a guard it refuses everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_cleared: ContextVar[str | None] = ContextVar("airdesk_cleared_connection", default=None)


@contextmanager
def cleared(conn_id: str) -> Iterator[None]:
    """Let the Vault backend read this one connection while the request is handled."""
    token = _cleared.set(conn_id)
    try:
        yield
    finally:
        _cleared.reset(token)


def is_cleared(conn_id: str) -> bool:
    return _cleared.get() == conn_id
