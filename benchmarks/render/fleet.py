"""The same DAGs three times: as manifests, written by hand, and as YAML of dag-factory.

Four shapes of analysts' work (`shapes/`), each written once in each of the three ways; a fleet
repeats them with other names, numbers and tables.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import say

HERE = Path(__file__).parent
SHAPES = ("report", "load", "calls", "checks")
TEAM = "growth"
STUB = """\
# airflow dag
from dagfactory import load_yaml_dags

load_yaml_dags(globals_dict=globals(), config_filepath="{path}")
"""


WAYS = ("ours", "by_hand", "factory", "factory_one")


@dataclass(frozen=True)
class Fleet:
    """The same DAGs in four folders: rendered by us, by hand, YAML per DAG, one YAML for all."""

    root: Path
    size: int
    ways: tuple[str, ...] = WAYS

    def write(self) -> None:
        """Write all four, each below a folder of the team, as a bundle has it; once."""
        if self.root.exists():
            return
        say(f"writing {self.size} DAGs in four ways")
        write_manifests(self.root / "manifests", self.size)
        program = Path(sys.executable).with_name("airdesk-render")
        subprocess.run(
            [program, "render", "dags", "--team", TEAM, "--fresh", "--out", self.root / "ours"],
            cwd=self.root / "manifests", check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        write_by_hand(self.root / "by_hand", self.size)
        write_factory(self.root / "factory", self.size)
        write_factory_one(self.root / "factory_one", self.size)


def dag_name(number: int) -> str:
    return f"{SHAPES[number % len(SHAPES)]}_{number:05}"


def write_manifests(root: Path, size: int) -> None:
    """`dags/…` of a team's repository."""
    _write(root / "dags", size, ".dag.yaml", ".dag.yaml")


def write_by_hand(root: Path, size: int) -> None:
    """One Python file per DAG, and the module that they share."""
    _write(root / TEAM, size, ".py", ".py")
    _share(root)


def write_factory(root: Path, size: int) -> None:
    """One YAML file per DAG for dag-factory, each with the stub that loads it."""
    folder = root / TEAM
    _write(folder, size, ".factory.yaml", ".yaml")
    for path in folder.glob("*.yaml"):
        path.with_suffix(".py").write_text(STUB.format(path=path))
    _share(root)


def write_factory_one(root: Path, size: int) -> None:
    """All DAGs in one YAML file for dag-factory."""
    folder = root / TEAM
    folder.mkdir(parents=True)
    texts = [_text(number, ".factory.yaml") for number in range(size)]
    path = folder / "all.yaml"
    path.write_text("\n".join(texts))
    path.with_suffix(".py").write_text(STUB.format(path=path))
    _share(root)


def _write(folder: Path, size: int, shape_ending: str, ending: str) -> None:
    folder.mkdir(parents=True)
    for number in range(size):
        (folder / f"{dag_name(number)}{ending}").write_text(_text(number, shape_ending))


def _text(number: int, ending: str) -> str:
    shape = SHAPES[number % len(SHAPES)]
    text = (HERE / "shapes" / f"{shape}{ending}").read_text()
    return text.replace("@NAME@", dag_name(number)).replace("@N@", str(number))


def _share(root: Path) -> None:
    text = (HERE / "fleet_common.py").read_text()
    (root / "fleet_common.py").write_text(text)
