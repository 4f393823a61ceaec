"""After every journey: where in the whole stack does the warehouse's password stand?"""

from __future__ import annotations

import base64
import urllib.parse
from pathlib import Path

from airdesk_sandbox.demo.stack import Stack
from airdesk_sandbox.demo.story import Story
from airdesk_sandbox.demo.vault import KV

ALLOWED = ("vault/raft", "warehouse/data")


def spellings(password: str) -> list[bytes]:
    """The password as it is, and as it would stand in URLs, Base64 and hexadecimal."""
    plain = password.encode()
    encoded = [base64.b64encode(b" " * shift + plain).rstrip(b"=") for shift in range(3)]
    middles = [text[4:-4] for text in encoded]  # the part that does not depend on its neighbours
    return [plain, urllib.parse.quote(password).encode(), plain.hex().encode(), *middles]


def files_with(folder: Path, needles: list[bytes]) -> list[str]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if any(needle in content for needle in needles):
                found.append(str(path.relative_to(folder)))
    return found


def test_the_search_would_find_it(tmp_path: Path) -> None:
    password = "correct-horse_battery"
    (tmp_path / "plain.log").write_text(f"connecting with {password}!")
    (tmp_path / "packed.bin").write_bytes(base64.b64encode(f"user:{password}".encode()))
    assert sorted(files_with(tmp_path, spellings(password))) == ["packed.bin", "plain.log"]


def test_the_password_stands_nowhere(told: Story, stack: Stack) -> None:
    assert told  # the warehouse was read with that password before
    answer = stack.vault.request(
        "GET", f"{KV}/data/connections/growth/warehouse", token=stack.vault.admin_token()
    )
    password = answer["data"]["data"]["password"]
    found = files_with(stack.folder, spellings(password))
    assert [path for path in found if not path.startswith(ALLOWED)] == []
