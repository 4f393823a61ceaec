"""Assets that a DAG waits for and those that it updates."""

from __future__ import annotations

from airdesk_render.checks.identity import report_twice
from airdesk_render.checks.place import Inspection
from airdesk_render.document import Path
from airdesk_render.language.schedule import AssetSet
from airdesk_render.manifest import Manifest


def check_assets(inspection: Inspection, manifest: Manifest) -> None:
    own = f"{inspection.team.name}."
    waited: set[str] = set()
    if manifest.schedule is not None and manifest.schedule.assets is not None:
        for name, where in _named(manifest.schedule.assets, ("schedule", "assets")):
            plain = name.removeprefix(own)
            if plain in waited:
                inspection.report("duplicate-value", f"{name!r} is named twice.", where)
            waited.add(plain)
    for task_id, task in manifest.tree.tasks.items():
        path = (*manifest.tree.nodes[task_id].path, "outlets")
        report_twice(inspection, task.outlets, path)
        for index, name in enumerate(task.outlets):
            if name in waited:
                inspection.report(
                    "asset-loop",
                    f"The DAG runs when {name!r} is updated, and updates it: it would start itself "
                    "again and again.",
                    (*path, index),
                )


def _named(assets: object, path: Path) -> list[tuple[str, Path]]:
    """Every asset with its path, nested ones too."""
    if isinstance(assets, str):
        return [(assets, path)]
    if isinstance(assets, AssetSet):
        key = "all" if assets.all is not None else "any"
        return _named(assets.all or assets.any or (), (*path, key))
    parts = assets if isinstance(assets, tuple) else ()
    return [one for index, part in enumerate(parts) for one in _named(part, (*path, index))]
