"""From a path in a manifest to a finding at a line and column."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from airdesk_render.catalogue import Catalogue
from airdesk_render.document import Path
from airdesk_render.effective import Effective
from airdesk_render.findings import Finding
from airdesk_render.manifest import Manifest
from airdesk_render.names import Team
from airdesk_render.policy import Policy
from airdesk_render.shape_errors import MOST_ERRORS as MOST_FINDINGS

__all__ = ["MOST_FINDINGS", "Inspection", "TextPlace", "meant", "place_of_text", "resolve"]
MOST_CANDIDATES = 300


def meant(word: str, known: Iterable[str], *, most: int = MOST_CANDIDATES) -> str | None:
    """The known word that is closest to a mistyped one, if any is close.

    Args:
        known: of any order; the answer is the same each time.
        most: how many are looked at, which bounds the time that a hostile manifest can take.
    """
    some = itertools.islice(sorted(known), most)
    close = difflib.get_close_matches(word[:100], list(some), n=1, cutoff=0.6)
    return close[0] if close else None


@dataclass
class Inspection:
    """One manifest under inspection: what it says, where, and what was found so far.

    Attributes:
        file: the manifest's path in the repository. files: the repository's texts by path.
        effective: the manifest's data after defaults, which knows where everything stands.
        set_aside: paths that were left out or replaced, so that the rest could be looked at.
        absent: full ids of tasks and groups among them.
    """

    file: str
    text: str
    effective: Effective
    team: Team
    policy: Policy
    files: Mapping[str, str]
    catalogue: Catalogue
    findings: list[Finding] = field(default_factory=list)
    set_aside: list[Path] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        return len(self.findings) >= MOST_FINDINGS

    def is_set_aside(self, path: Path) -> bool:
        """Whether `path` was left out because its shape is wrong; findings there say so already."""
        return any(path[: len(part)] == part for part in self.set_aside)

    def report(
        self,
        code: str,
        message: str,
        path: Path = (),
        *,
        suggestion: str | None = None,
        of_key: bool = False,
        severity: str = "error",
    ) -> None:
        """Add a finding at the value of `path`, or at its key; none where the shape is wrong."""
        if self.is_set_aside(path):
            return
        file, line, column = self.effective.place(path, of_key=of_key)
        self.report_at(file, line, column, code, message, path, suggestion, severity)

    def report_at(
        self,
        file: str,
        line: int,
        column: int,
        code: str,
        message: str,
        path: Path = (),
        suggestion: str | None = None,
        severity: str = "error",
    ) -> None:
        if self.is_full:
            return
        self.findings.append(
            Finding(
                file=file,
                line=line,
                column=column,
                code=code,
                message=message,
                path=path,
                suggestion=suggestion,
                severity=severity,
            )
        )

    def beside(self, file: str) -> str:
        """Repository path of a file that the manifest names, from the manifest's own folder."""
        folder = self.file.rpartition("/")[0]
        return f"{folder}/{file}" if folder else file


@dataclass(frozen=True)
class TextPlace:
    """Where a text stands, so that a place inside it can be told.

    Attributes:
        file: the manifest, or the file that holds the text.
        line, column: of the text's first character.
        indent: columns before each further line; `None` where lines cannot be told apart.
    """

    file: str
    line: int
    column: int
    indent: int | None

    def at(self, line: int, column: int) -> tuple[int, int]:
        """File position of a line and column (from 1) inside the text."""
        if line <= 1:
            return self.line, self.column + column - 1
        if self.indent is None:
            return self.line, self.column
        return self.line + line - 1, self.indent + column


def place_of_text(inspection: Inspection, path: Path, *, of_key: bool = False) -> TextPlace:
    """Where the text at `path` of the manifest begins, in it or in a file of defaults.

    With `of_key` where the key begins, of which no further lines are told.
    """
    effective = inspection.effective
    layer, there = effective.written(path)
    document = effective.document if layer is None else layer.document
    file, text = (inspection.file, inspection.text) if layer is None else (layer.file, layer.text)
    line, column = document.place(there, of_key=of_key)
    if of_key:
        return TextPlace(file, line, column, None)
    style = document.styles.get(there, "")
    if style == "|":
        lines = text.split("\n")
        for number in range(line, len(lines)):
            if lines[number].strip():
                indent = len(lines[number]) - len(lines[number].lstrip(" "))
                return TextPlace(file, line + 1, indent + 1, indent)
    if style in ("'", '"'):
        column += 1
    return TextPlace(file, line, column, None)


def resolve(inspection: Inspection, manifest: Manifest, name: str, group: str) -> str | None:
    """Full id of what `name` means inside `group`; "" where that was left out for its shape."""
    while True:
        full = f"{group}.{name}" if group else name
        if full in manifest.tree.nodes:
            return full
        if full in inspection.absent:
            return ""
        if not group:
            return None
        group = group.rpartition(".")[0]
