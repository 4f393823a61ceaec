from __future__ import annotations

import io
import tarfile

import pytest
from airdesk.clients.gitlab.archive import ArchiveBuffer, files_of
from airdesk.errors import Refused


def archive(*members: tuple[str, bytes | None]) -> bytes:
    """A tar; content `None` makes a symbolic link."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def test_files_come_without_the_leading_folder():
    found = files_of(archive(("p-1/dags/a.sql", b"x"), ("p-1/README.md", b"y")))
    assert found == {"dags/a.sql": b"x", "README.md": b"y"}


def test_links_are_left_out():
    assert files_of(archive(("p-1/dags/a.sql", None))) == {}


@pytest.mark.parametrize("name", ["p-1/../etc/x", "p-1//etc/x", "p-1/a/../../x"])
def test_paths_that_leave_the_folder_are_refused(name):
    with pytest.raises(Refused, match="unsafe path"):
        files_of(archive((name, b"x")))


def test_a_repository_that_unpacks_to_too_much_is_refused():
    bomb = archive(("p-1/zeros", b"\0" * 100_000))
    with pytest.raises(Refused, match="larger than"):
        files_of(bomb, limit=50_000)


def test_a_download_that_is_too_long_is_stopped():
    buffer = ArchiveBuffer(limit=10)
    buffer.add(b"12345")
    with pytest.raises(Refused):
        buffer.add(b"678901")
