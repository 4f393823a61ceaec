"""Name and people."""

from __future__ import annotations

import re
from collections.abc import Sequence

from airdesk_render.checks.place import Inspection
from airdesk_render.document import Path
from airdesk_render.manifest import Manifest
from airdesk_render.names import DAG_NAME_PATTERN, MANIFEST_FOLDER, is_manifest
from airdesk_render.repository import dag_name_of_file, manifests_named

_LONGEST_ID = 250
"""Characters of an id that Airflow's database takes."""


def check_identity(inspection: Inspection, manifest: Manifest) -> None:
    _check_name(inspection, manifest)
    report_twice(inspection, manifest.owners, ("owners",))
    report_twice(inspection, manifest.tags, ("tags",))
    for one in manifest.tree.nodes.values():
        if len(one.id) > _LONGEST_ID:
            message = f"With its groups this name has {len(one.id)} characters; Airflow takes 250."
            inspection.report("too-long", message, one.path, of_key=True)


def _check_name(inspection: Inspection, manifest: Manifest) -> None:
    name = inspection.file.rpartition("/")[2]
    stem = dag_name_of_file(inspection.file)
    if not is_manifest(inspection.file):
        inspection.report(
            "file-name",
            f"A manifest lies in {MANIFEST_FOLDER}/ and is named <dag_id>.dag.yaml.",
            ("dag_id",),
            suggestion=f"{MANIFEST_FOLDER}/{manifest.dag_id}.dag.yaml",
        )
    elif stem != manifest.dag_id and re.fullmatch(DAG_NAME_PATTERN, stem):
        inspection.report(
            "file-name",
            f"The file is named {name}, so dag_id must be {stem!r}; or rename the file.",
            ("dag_id",),
            suggestion=stem,
        )
    elif stem != manifest.dag_id:
        message = f"The file is named {name!r}. Rename it after its dag_id."
        fitting = f"{manifest.dag_id}.dag.{name.rpartition('.')[2]}"
        inspection.report("file-name", message, ("dag_id",), suggestion=fitting)
    for other in manifests_named(inspection.files, stem):
        if other != inspection.file:
            inspection.report(
                "duplicate-dag", f"{other} has the same name; a DAG has one manifest.", ("dag_id",)
            )


def report_twice(inspection: Inspection, names: Sequence[str], path: Path) -> None:
    """A finding for each name in a list that stood there before."""
    if len(set(names)) == len(names):
        return
    for index, name in enumerate(names):
        if name in names[:index]:
            inspection.report("duplicate-value", f"{name!r} is named twice.", (*path, index))
