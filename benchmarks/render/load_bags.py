"""Run with Airflow, without ours: load folders with DagBag, one after the other, several times.

  python load_bags.py WARM ROOT SIZE ROUNDS FOLDER...

The last line of its output maps each folder of ROOT to the seconds of each round. Before the first
round those of WARM are loaded: that imports what all share, providers above all.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path


def load(folder: Path) -> tuple[float, int]:
    """Seconds that DagBag takes for a folder, and how many DAGs it found."""
    from airflow.dag_processing.dagbag import DagBag

    sys.path.append(str(folder))
    gc.collect()
    began = time.perf_counter()
    bag = DagBag(dag_folder=str(folder), bundle_path=folder, bundle_name="bench")
    took = time.perf_counter() - began
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith("unusual_prefix_")]:
        del sys.modules[name]
    if bag.import_errors:
        raise SystemExit(f"{folder}: {bag.import_errors}"[:3000])
    return took, len(bag.dags)


def main(warm: Path, root: Path, size: int, rounds: int, names: list[str]) -> None:
    for name in names:
        load(warm / name)
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        # Another one begins each round: who comes later finds a larger heap.
        turned = names[number % len(names) :] + names[: number % len(names)]
        for name in turned:
            took, found = load(root / name)
            if found != size:
                raise SystemExit(f"{name} has {found} DAGs, not {size}.")
            times[name].append(took)
    print(json.dumps(times))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
