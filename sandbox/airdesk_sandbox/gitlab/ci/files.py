"""Where a job's trace and artifacts lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class JobFiles:
    root: Path

    @property
    def trace(self) -> Path:
        return self.root / "trace.log"

    @property
    def artifacts(self) -> Path:
        """The unpacked archive; missing where the job left none."""
        return self.root / "artifacts"

    def report(self, kind: str) -> list[Path]:
        """The files of `artifacts:reports:KIND`, such as `junit` or `codequality`."""
        return sorted((self.root / "reports" / kind).glob("*"))

    @property
    def dotenv(self) -> Path:
        """Variables the job leaves to later jobs (`artifacts:reports:dotenv`)."""
        return self.root / "dotenv.env"
