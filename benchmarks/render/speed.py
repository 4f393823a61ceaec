"""How fast we render: many manifests cold on one core, one changed of many, and where time goes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, median, say
from benchmarks.render.fleet import TEAM, dag_name, write_manifests
from benchmarks.render.plan import Plan
from benchmarks.render.stages import stages

_MOST_SECONDS = 60
"""For all rounds with one changed; nobody needs the seventh of what takes so long."""
PROGRAM = Path(sys.executable).with_name("airdesk-render")


def figures(root: Path, plan: Plan) -> Iterator[Figure]:
    write_manifests(root, plan.manifests)
    say(f"rendering {plan.manifests} manifests cold on one core, {plan.cold_rounds} round(s)")
    cold = []
    for _ in range(plan.cold_rounds):
        shutil.rmtree(root / "rendered", ignore_errors=True)
        for state in root.glob(".*.airdesk.json"):
            state.unlink()
        cold.append(_rendered(root, plan))
    each = 1000 * median(cold) / plan.manifests
    yield Figure(f"cold{plan.manifests}", median(cold), "s")
    yield Figure("cold_per_manifest", each, "ms")
    yield from _changed(root, plan)
    profile = stages(root, min(plan.manifests, 400))
    for name, took in profile.items():
        yield Figure(f"profile.{name}", took, "ms")
    yield Figure("profile.files_and_process", each - sum(profile.values()), "ms")


def _changed(root: Path, plan: Plan) -> Iterator[Figure]:
    say(f"one changed of {plan.manifests}, and none, {plan.changed_rounds} round(s)")
    changed, unchanged = [], []
    for number in range(plan.changed_rounds):
        manifest = root / "dags" / f"{dag_name(4 * number % plan.manifests)}.dag.yaml"
        manifest.write_text(manifest.read_text().replace("description: ", "description: Again, "))
        changed.append(_rendered(root, plan))
        unchanged.append(_rendered(root, plan))
        if sum(changed + unchanged) > _MOST_SECONDS:
            say(f"enough after {number + 1}")
            break
    yield Figure(f"one_changed_of{plan.manifests}", median(changed), "s")
    yield Figure(f"none_changed_of{plan.manifests}", median(unchanged), "s")


def _rendered(root: Path, plan: Plan) -> float:
    """Seconds of one `airdesk-render render`, from its start to its end."""
    command = ("render", "dags", "--team", TEAM, "--out", "rendered", "--jobs", "1")
    _, took = plan.run([PROGRAM, *command], cwd=root)
    return took
