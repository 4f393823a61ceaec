"""Run with Airflow, without ours: load folders with DagBag, one after the other, several times.

  python load_bags.py WARM ROOT SIZE ROUNDS SECONDS FOLDER...

The last line of its output maps each folder of ROOT to the seconds of each round. Before the first
round those of WARM are loaded: that imports what all share, providers above all. A round that
would end after SECONDS does not begin.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path


def load(folder: Path) -> tuple[float, int]:
    """Seconds of CPU that DagBag takes for a folder, and how many DAGs it found.

    It works in one thread and waits for nothing, so that on an idle machine these are the clock's
    seconds too; on a busy one the clock would measure the others.
    """
    from airflow.dag_processing.dagbag import DagBag

    sys.path.append(str(folder))
    gc.collect()
    began = time.process_time()
    bag = DagBag(dag_folder=str(folder), bundle_path=folder, bundle_name="bench")
    took = time.process_time() - began
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith("unusual_prefix_")]:
        del sys.modules[name]
    if bag.import_errors:
        raise SystemExit(f"{folder}: {bag.import_errors}"[:3000])
    return took, len(bag.dags)


def main(warm: Path, root: Path, size: int, rounds: int, seconds: float, names: list[str]) -> None:
    began = time.perf_counter()
    for name in names:
        load(warm / name)
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        if number and time.perf_counter() - began + _last_round(times) > seconds:
            break
        # Another one begins each round: who comes later finds a larger heap.
        turned = names[number % len(names) :] + names[: number % len(names)]
        for name in turned:
            took, found = load(root / name)
            if found != size:
                raise SystemExit(f"{name} has {found} DAGs, not {size}.")
            times[name].append(took)
    print(json.dumps(times))


def _last_round(times: dict[str, list[float]]) -> float:
    return sum(each[-1] for each in times.values())


if __name__ == "__main__":
    folders, numbers = sys.argv[1:3], sys.argv[3:6]
    main(*map(Path, folders), int(numbers[0]), int(numbers[1]), float(numbers[2]), sys.argv[6:])
