"""A job's log as people may see it: secret values masked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

MASK = b"[MASKED]"


class Trace:
    """Appends to a log file, whole lines at a time so that no secret is cut in two."""

    def __init__(self, path: Path, secrets: Iterable[str]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        self._path = path
        self._rest = b""
        # the longest first: one secret may contain another
        self._secrets = sorted({s.encode() for s in secrets if s}, key=len, reverse=True)

    def write(self, data: bytes) -> None:
        whole, newline, rest = (self._rest + data).rpartition(b"\n")
        self._rest = rest
        if newline:
            self._append(whole + newline)

    def say(self, line: str) -> None:
        self.flush()
        self._append(line.encode() + b"\n")

    def flush(self) -> None:
        """Write what is left of a line that has not ended."""
        if self._rest:
            self._append(self._rest + b"\n")
            self._rest = b""

    def _append(self, data: bytes) -> None:
        for secret in self._secrets:
            data = data.replace(secret, MASK)
        with self._path.open("ab") as file:
            file.write(data)
