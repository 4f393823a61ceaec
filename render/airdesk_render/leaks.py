"""Secrets that somebody is about to commit: looked for in what a change adds, never repeated.

The detectors are those of detect-secrets; nothing is sent anywhere to find out whether a secret is
real. A line that ends with `pragma: allowlist secret` is passed over, for all reviewers to see.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from airdesk_render.findings import Finding

MOST_BYTES = 2_000_000
"""Of one file; a larger one is told of instead."""
_HUNK = re.compile(rb"@@ -\S+ \+([0-9]+)(?:,([0-9]+))? @@")
_GUESSES = frozenset({"Base64 High Entropy String", "Hex High Entropy String"})
"""Detectors that know no form of secret, only that a text looks random."""
_NO_SECRETS = frozenset({"IPPublicDetector"})
"""Detectors that find what is no secret here: addresses of services stand in manifests."""


class NoSuchBase(ValueError):
    """The revision to compare with is not there; the text is a sentence."""


def added_lines(root: Path, base: str) -> dict[str, frozenset[int]]:
    """Lines that the commit checked out at `root` adds over `base`: path to their numbers.

    Raises:
        NoSuchBase: `base` is no revision of the repository there, or git cannot be started.
    """
    if not base or base.startswith("-"):
        raise NoSuchBase(f"{base!r} is not a revision.")
    options = ["--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--unified=0"]
    names = _git(root, "diff", "--name-only", "--no-renames", "-z", "--diff-filter=d", base, "HEAD")
    return {
        name.decode("utf-8", "surrogateescape"): _numbers(
            _git(root, "diff", *options, "--text", base, "HEAD", "--", b":(top,literal)" + name)
        )
        for name in names.split(b"\0")
        if name
    }


def _numbers(patch: bytes) -> frozenset[int]:
    found: set[int] = set()
    for line in patch.split(b"\n"):
        if (hunk := _HUNK.match(line)) is not None:
            first, count = int(hunk[1]), int(hunk[2] or 1)
            found.update(range(first, first + count))
    return frozenset(found)


def leaks_in(root: Path, lines: Mapping[str, frozenset[int]]) -> list[Finding]:
    """What looks like a secret in these lines of files below `root`; one finding for a line."""
    from detect_secrets.settings import default_settings

    findings: list[Finding] = []
    with default_settings() as settings:
        settings.disable_plugins(*_NO_SECRETS)
        for name, wanted in sorted(lines.items()):
            findings += _in_file(root, name, wanted)
    return findings


def _in_file(root: Path, name: str, wanted: frozenset[int]) -> Iterator[Finding]:
    path = root / name
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if path.is_symlink() or not path.is_file():
        return
    if path.stat().st_size > MOST_BYTES:
        yield _finding(shown, 1, "secret-scan-too-large", _TOO_LARGE, "warning")
        return
    kinds: dict[int, set[str]] = {}
    for number, kind in _found(path):
        if number in wanted:
            kinds.setdefault(number, set()).add(kind)
    for number, names in sorted(kinds.items()):
        certain = names - _GUESSES
        if certain:
            text = f"This looks like a secret ({', '.join(sorted(certain))}). {_WHAT_TO_DO}"
            yield _finding(shown, number, "secret", text, "error")
        else:
            yield _finding(shown, number, "secret-maybe", _MAYBE, "warning")


_WHAT_TO_DO = (
    "Take it out of all commits of this branch, and have it changed where it is used: whoever "
    "may read the branch has seen it. Name a connection instead; security fills it."
)
_MAYBE = (
    "This text looks random, as secrets do. If it is one, take it out of all commits of this "
    "branch and name a connection instead."
)
_TOO_LARGE = "This file is too large to be searched for secrets. Does it belong here?"


def _found(path: Path) -> Iterable[tuple[int, str]]:
    """Line and kind of each secret in a file. The secret itself stays in here."""
    from detect_secrets.core.scan import scan_file

    return [(secret.line_number, secret.type) for secret in scan_file(str(path))]


def _finding(name: str, line: int, code: str, message: str, severity: str) -> Finding:
    return Finding(file=name, line=line, column=1, code=code, message=message, severity=severity)


def _git(root: Path, *arguments: str | bytes) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, check=False
        )
    except OSError as error:
        raise NoSuchBase(f"git cannot be started: {error.strerror}") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NoSuchBase(said[0] if said else "git does not know that revision.")
    return done.stdout
