"""Where the time of a cold render goes: each stage alone, over the same manifests."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.render.fleet import TEAM


def stages(root: Path, most: int) -> dict[str, float]:
    """Stage to milliseconds per manifest; a stage that includes another is told without it."""
    from airdesk_render.catalogue import default_catalogue
    from airdesk_render.check import check_manifest
    from airdesk_render.effective import effective_of
    from airdesk_render.names import Team
    from airdesk_render.parsing import parse_manifest
    from airdesk_render.policy import default_policy
    from airdesk_render.reading import read
    from airdesk_render.render import render_dag

    files = {
        path.relative_to(root).as_posix(): path.read_text()
        for path in sorted((root / "dags").glob("*.dag.yaml"))[:most]
    }
    team, policy, catalogue = Team(TEAM), default_policy(), default_catalogue()

    def checked(name: str) -> Any:
        return check_manifest(files[name], file=name, team=team, policy=policy, files=files)

    def rendered(name: str) -> object:
        return render_dag(
            manifests[name], team=team, policy=policy, manifest_path=name, files=files
        )

    checked(next(iter(files)))  # imports what a check needs, once
    began = time.perf_counter()
    manifests = {name: checked(name).manifest for name in files}
    first = 1000 * (time.perf_counter() - began) / len(files)
    effective = {name: effective_of(files[name], name, files, catalogue).data for name in files}
    reading = _mean(lambda name: read(files[name]), files)
    parsing = _mean(lambda name: parse_manifest(effective[name], catalogue), files)
    checking = _mean(checked, files)
    return {
        "reading_yaml": reading,
        "shapes": parsing,
        "checks_and_policy": checking - reading - parsing,
        # A query that was fine is not read again, so only the first check of a manifest pays.
        "sql_read_for_the_first_time": first - checking,
        "rendering": _mean(rendered, files),
    }


def _mean(work: Callable[[str], object], names: dict[str, str]) -> float:
    """Milliseconds per manifest, the best of three rounds: the least disturbed one."""
    times = []
    for _ in range(3):
        gc.collect()
        began = time.perf_counter()
        for name in names:
            work(name)
        times.append(time.perf_counter() - began)
    return 1000 * min(times) / len(names)
