"""An SQLite file belongs to one process at a time."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

_PATIENCE_SECONDS = 15.0
_RETRY_SECONDS = 0.1


class OwnedError(RuntimeError):
    """Another process has the database open."""


class Ownership:
    """A lock beside the database file, which the kernel frees however the process ends.

    Args:
        database: the SQLite file.
        patience: seconds; the default is longer than a bot that was told to stop needs.

    Raises:
        OwnedError: another process did not let go in that time.
    """

    def __init__(self, database: Path, *, patience: float = _PATIENCE_SECONDS) -> None:
        self._file = os.open(f"{database}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + patience
        while not self._lock():
            if time.monotonic() > deadline:
                os.close(self._file)
                raise OwnedError(
                    f"{database} is in use by another bot. One SQLite file serves one bot; for "
                    "several replicas set AIRDESK_DATABASE_URL to a Postgres database."
                )
            time.sleep(_RETRY_SECONDS)

    def _lock(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
