"""From a path in a manifest to a finding at a line and column."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from airdesk_render.findings import Finding
from airdesk_render.names import Team
from airdesk_render.policy import Policy
from airdesk_render.reading import Document, Path

MOST_FINDINGS = 200
"""More than this nobody reads; a manifest that has more is cut off here."""
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
        set_aside: paths that were left out or replaced, so that the rest could be looked at.
    """

    file: str
    text: str
    document: Document
    team: Team
    policy: Policy
    files: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)
    set_aside: list[Path] = field(default_factory=list)

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
        line, column = self.document.place(path, of_key=of_key)
        self.report_at(self.file, line, column, code, message, path, suggestion, severity)

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


def place_of_text(inspection: Inspection, path: Path) -> TextPlace:
    """Where the text at `path` of the manifest begins."""
    line, column = inspection.document.place(path)
    style = inspection.document.styles.get(path, "")
    if style == "|":
        lines = inspection.text.split("\n")
        for number in range(line, len(lines)):
            if lines[number].strip():
                indent = len(lines[number]) - len(lines[number].lstrip(" "))
                return TextPlace(inspection.file, line + 1, indent + 1, indent)
    if style in ("'", '"'):
        column += 1
    return TextPlace(inspection.file, line, column, None)
