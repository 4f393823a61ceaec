"""Make a new pair of keys with which the publisher signs and Airflow verifies DAGs.

The private key (signing.pem) belongs to the publisher alone; verify.pem goes to Airflow.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from airdesk_render.commands.common import Misuse, say


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the two files")


def run(given: argparse.Namespace) -> int:
    from airdesk_render.signing import new_key

    folder = Path(given.out)
    private, public = folder / "signing.pem", folder / "verify.pem"
    for path in (private, public):
        if path.exists():
            raise Misuse(f"{path} exists; DAGs signed with it would no longer be accepted.")
    folder.mkdir(parents=True, exist_ok=True)
    private_pem, public_pem = new_key()
    descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private_pem)
    public.write_bytes(public_pem)
    say(f"Wrote {private} (keep it secret) and {public}.")
    return 0
