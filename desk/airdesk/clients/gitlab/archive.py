"""Reading a repository archive in memory, without trusting it."""

from __future__ import annotations

import io
import tarfile

from airdesk.errors import Refused

MAX_BYTES = 100 * 1024 * 1024
MAX_FILES = 50_000


class ArchiveBuffer:
    """Collects a download's pieces and stops at `limit` bytes."""

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self._limit = limit
        self._buffer = io.BytesIO()

    def add(self, piece: bytes) -> None:
        if self._buffer.tell() + len(piece) > self._limit:
            raise Refused(_TOO_BIG)
        self._buffer.write(piece)

    def content(self) -> bytes:
        return self._buffer.getvalue()


_TOO_BIG = (
    f"The repository is larger than {MAX_BYTES // (1024 * 1024)} MB or has more than {MAX_FILES} "
    "files. Keep data out of it: a pipelines repository holds manifests, SQL and scripts."
)


def files_of(archive: bytes, *, limit: int = MAX_BYTES) -> dict[str, bytes]:
    """Regular files of a tar archive, without GitLab's leading folder; links are left out.

    Raises:
        Refused: it unpacks to more than `limit` bytes, or holds paths that leave the folder.
    """
    files: dict[str, bytes] = {}
    room = limit
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:*") as tar:
        for member in tar:
            if not member.isfile():
                continue
            room -= member.size
            if room < 0 or len(files) >= MAX_FILES:
                raise Refused(_TOO_BIG)
            _, _, path = member.name.partition("/")
            if not path or path.startswith("/") or ".." in path.split("/"):
                raise Refused(f"The repository's archive holds an unsafe path: {member.name!r}.")
            stream = tar.extractfile(member)
            if stream is not None:
                files[path] = stream.read()
    return files
