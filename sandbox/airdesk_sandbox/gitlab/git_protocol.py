"""The little of git's wire protocol that the server looks at, and the CGI around it."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from starlette.types import Receive


@dataclass(frozen=True)
class RefChange:
    old: str
    new: str
    ref: str


class Chunks:
    """The request's body, piece by piece."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def next(self) -> bytes | None:
        if self._ended:
            return None
        message = await self._receive()
        self._ended = message["type"] != "http.request" or not message.get("more_body", False)
        return bytes(message.get("body", b""))


async def read_commands(chunks: Chunks) -> tuple[bytes, list[RefChange]]:
    """The ref changes at the head of a push (pkt-lines up to a flush), and what was read.

    Raises:
        ValueError: the body is no push (it may be compressed; git never compresses pushes).
    """
    seen = b""
    changes: list[RefChange] = []
    at = 0
    while True:
        while len(seen) < at + 4 or len(seen) < at + int(seen[at : at + 4] or b"0", 16):
            block = await chunks.next()
            if block is None:
                return seen, changes
            seen += block
        length = int(seen[at : at + 4], 16)
        if length == 0:
            return seen, changes
        if length < 4:
            raise ValueError("A pkt-line cannot be that short.")
        line = seen[at + 4 : at + length].split(b"\0")[0].decode(errors="replace").strip()
        parts = line.split(" ", 2)
        if len(parts) == 3 and len(parts[0]) == 40:
            changes.append(RefChange(*parts))
        at += length


async def feed(stdin: asyncio.StreamWriter, first: bytes, chunks: Chunks) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        block: bytes | None = first
        while block is not None:
            stdin.write(block)
            await stdin.drain()
            block = await chunks.next()
    stdin.close()


async def read_headers(
    stdout: asyncio.StreamReader,
) -> tuple[int, list[tuple[bytes, bytes]]]:
    status, headers = 200, []
    while line := (await stdout.readline()).rstrip(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"status":
            status = int(value.split()[0])
        else:
            headers.append((name.lower(), value.strip()))
    return status, headers
