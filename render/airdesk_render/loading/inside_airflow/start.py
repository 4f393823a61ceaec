"""Run by path: parse files one after the other, and write a line of JSON about each.

  start.py ORDER REPORT

ORDER is JSON: `folder`, `files` (paths in it), `date` (ISO or null). REPORT gets a line before each
file, so that whoever started this knows which file ended the process.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def _package() -> Any:
    """This folder as a package, without leaving it on the path where DAG files look for modules."""
    here = Path(__file__).parent
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != here]
    package = ModuleType("airdesk_inside_airflow")
    package.__path__ = [str(here)]
    sys.modules[package.__name__] = package
    return importlib.import_module(f"{package.__name__}.parsing")


def main(order: Path, report: Path) -> None:
    parsing = _package()
    wanted = json.loads(order.read_text(encoding="utf-8"))
    with report.open("w", encoding="utf-8", buffering=1) as lines:
        about = {"airflow": parsing.airflow_version(), "policies": parsing.has_policies()}
        lines.write(json.dumps(about) + "\n")
        for line in parsing.parsed(Path(wanted["folder"]), wanted["files"], wanted["date"]):
            lines.write(json.dumps(line) + "\n")
        lines.write('{"done": true}\n')


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
