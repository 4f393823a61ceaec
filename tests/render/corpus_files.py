"""The corpus of manifests, what is said to be wrong in it, and the command to ask about it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pytest
from airdesk_render.cli import main
from airdesk_render.names import is_manifest

CORPUS = Path(__file__).with_name("corpus")
SHARED, POLICY = CORPUS / "shared", CORPUS / "policy.yaml"
TEAMS = sorted(path.name for path in (CORPUS / "good").iterdir() if path.is_dir())
ONE_BY_ONE = CORPUS / "wrong" / "one_by_one"
REPOSITORIES = sorted(path.name for path in (CORPUS / "wrong" / "repositories").iterdir())
_EXPECT = re.compile(r"^(?:# expect: )?(\S+) at (?:(\S+):)?(\d+):(\d+)$", re.MULTILINE)

Found = tuple[str, str, int, int]
"""File, code, line, column."""


def arguments(root: Path, team: str) -> list[str]:
    """What `check` and `render` are told about a repository of the corpus.

    Good ones obey one policy, wrong ones the built-in one or one of their own.
    """
    policy = POLICY if root.parent.name == "good" else root / "policy.yaml"
    return [
        *("--root", str(root), "--team", team, "--catalogue", str(SHARED)),
        *(["--policy", str(policy)] if policy.exists() else []),
    ]


def check(root: Path, team: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[Found]]:
    """Exit code and findings of `airdesk-render check dags`."""
    code = main(["check", "dags", *arguments(root, team), "--format", "json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return code, [(one["file"], one["code"], one["line"], one["column"]) for one in findings]


def command(*words: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("airdesk-render")
    return subprocess.run(
        [program, *words], capture_output=True, text=True, timeout=120, check=False
    )


def expectations(text: str, file: str) -> list[Found]:
    return [
        (named or file, code, int(line), int(column))
        for code, named, line, column in _EXPECT.findall(text)
    ]


@lru_cache
def expected_one_by_one() -> Mapping[str, list[Found]]:
    """Manifest to what must be found about it."""
    expected = {}
    for path in sorted((ONE_BY_ONE / "dags").rglob("*")):
        name = path.relative_to(ONE_BY_ONE).as_posix()
        if is_manifest(name):
            side = path.with_name(f"{path.name}.expect")
            text = (side if side.exists() else path).read_bytes().decode("utf-8", "replace")
            expected[name] = expectations(text, name)
    return expected


def expected_in(name: str) -> list[Found]:
    """All that must be found in a repository; its files say it, or one named `expect`."""
    root = CORPUS / "wrong" / "repositories" / name
    return [
        one
        for path in sorted(root.rglob("*"))
        if path.is_file()
        for one in expectations(
            path.read_bytes().decode("utf-8", "replace"), path.relative_to(root).as_posix()
        )
    ]
