"""From dag-factory's YAML (as its version 1.1 reads it) to manifests and the files they need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from airdesk_render.catalogue import Catalogue
from airdesk_render.check import check_manifest
from airdesk_render.converting.assets import Assets
from airdesk_render.converting.dags import Chosen, DagConversion
from airdesk_render.converting.files import Files
from airdesk_render.converting.items import Item, Plain
from airdesk_render.converting.merging import DEFAULTS_NAMES, merged_dags
from airdesk_render.converting.notes import Notes
from airdesk_render.converting.reading import Unreadable, read_items
from airdesk_render.converting.values import slug, unique
from airdesk_render.converting.world import World
from airdesk_render.findings import Finding
from airdesk_render.names import MANIFEST_FOLDER, Team
from airdesk_render.policy import Policy
from airdesk_render.yaml_writing import write_manifest


@dataclass(frozen=True)
class Wish:
    """What is to be converted, and what dag-factory's files do not say.

    Attributes:
        defaults: the folder at which the search for defaults.yml ends; the YAML's own if None.
        folders: where files that the YAML names may lie, beside its own folder.
        environment: values of the environment variables that the YAML names.
    """

    files: tuple[Path, ...]
    team: Team
    policy: Policy
    catalogue: Catalogue
    chosen: Chosen
    defaults: Path | None = None
    folders: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    today: dt.date = field(default_factory=dt.date.today)


@dataclass(frozen=True)
class ConvertedDag:
    """One DAG: its manifest's path in the repository, and what is to be said about it."""

    name: str
    file: str
    manifest: str
    tasks: int
    groups: int
    notes: Notes
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Converted:
    """Everything to write, by path in the repository, and everything to tell."""

    dags: tuple[ConvertedDag, ...]
    files: Mapping[str, str]
    notes: Notes
    connections: tuple[str, ...]


def convert(wish: Wish) -> Converted:
    """Convert files; what cannot be carried over is in the notes of each DAG.

    Raises:
        Unreadable: a file is not there, or not YAML.
    """
    notes = Notes()
    sources = [(path, merged) for path in wish.files for merged in [_merged(path, wish, notes)]]
    names = _dag_names([name for _, merged in sources for name in merged])
    files = Files([*(path.resolve().parent for path in wish.files), *wish.folders])
    manifests: list[tuple[str, Path, dict[str, Plain], Notes]] = []
    connections: dict[str, str] = {}
    for path, merged in sources:
        for name, item in merged.items():
            own = Notes()
            assets = Assets(own, _uris(item, files, own))
            world = World(own, files, assets, names, wish.today)
            world.connections = connections
            made = DagConversion(name, item, world, wish.catalogue, wish.chosen).manifest()
            manifests.append((name, path, made, own))
    written = {
        f"{MANIFEST_FOLDER}/{one.path}": _with_newline(one.text) for one in files.carried.values()
    }
    written |= {_path(data): write_manifest(data) for _, _, data, _ in manifests}
    dags = tuple(
        _checked(name, path, data, own, written, wish) for name, path, data, own in manifests
    )
    return Converted(dags, written, notes, tuple(sorted(set(connections.values()))))


def _merged(path: Path, wish: Wish, notes: Notes) -> dict[str, Item]:
    item = _read(path, wish, notes)
    if not isinstance(item.value, dict):
        raise Unreadable(f"{path}: it must map names of DAGs to what they are.")
    defaults = [_read(one, wish, notes) for one in defaults_files(path, wish.defaults)]
    merged = merged_dags(item, defaults)
    for name, one in list(merged.items()):
        if not isinstance(item.entries[name].value, dict):
            notes.left_out(one.where, name, "A DAG is a mapping of what it is.")
            del merged[name]
    return merged


def _read(path: Path, wish: Wish, notes: Notes) -> Item:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is not UTF-8 text.") from None
    return read_items(text, str(path), wish.environment, notes)


def defaults_files(path: Path, top: Path | None) -> list[Path]:
    """Files of defaults for a YAML, the nearest last: of its folder and of those above up to `top`.

    Where `top` lies elsewhere, its own file and that of the YAML's folder.
    """
    own = path.resolve().parent
    top = own if top is None else top.resolve()
    above = [own, *own.parents]
    folders = above[: above.index(top) + 1] if top in above else [own, top]
    found = []
    for folder in reversed(folders):
        existing = [folder / name for name in DEFAULTS_NAMES if (folder / name).is_file()]
        found += existing[:1]
    return found


def _dag_names(given: Sequence[str]) -> dict[str, str]:
    """The DAGs' names here; two that would be called alike get numbers."""
    names: dict[str, str] = {}
    for name in given:
        if name not in names:
            names[name] = unique(slug(name, 90), set(names.values()))
    return names


def _uris(item: Item, files: Files, notes: Notes) -> dict[str, str]:
    """Assets by name, of the datasets files that a DAG names in its schedule or its tasks."""
    found: dict[str, str] = {}
    tasks = item.entries.get("tasks")
    parts = (*tasks.items, *tasks.entries.values()) if tasks is not None else ()
    named = [one.entries.get("outlets") for one in parts]
    for one in (item.entries.get("schedule"), *named):
        file = one.entries.get("file") if one is not None else None
        if file is None or not file.text:
            continue
        source = files.find(file.text)
        if source is not None:
            found |= _datasets(source)
        else:
            message = f"{file.text} was not found beside the YAML; its names are taken as they are."
            notes.changed(file.where, "file", message)
    return found


def _datasets(source: Path) -> dict[str, str]:
    """`datasets: [{name, uri}]` of a file; nothing where it is something else."""
    try:
        item = read_items(source.read_text(encoding="utf-8"), str(source), {}, Notes())
    except (Unreadable, OSError, UnicodeDecodeError):
        return {}
    listed = item.entries.get("datasets")
    pairs = [
        (one.entries["name"].text, one.entries["uri"].text)
        for one in (listed.items if listed is not None else ())
        if {"name", "uri"} <= one.entries.keys()
    ]
    return {name: uri for name, uri in pairs if name and uri}


def _path(data: Mapping[str, Plain]) -> str:
    return f"{MANIFEST_FOLDER}/{data['dag_id']}.dag.yaml"


def _with_newline(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _checked(
    name: str,
    path: Path,
    data: Mapping[str, Plain],
    notes: Notes,
    written: Mapping[str, str],
    wish: Wish,
) -> ConvertedDag:
    manifest = _path(data)
    checked = check_manifest(
        written[manifest],
        file=manifest,
        team=wish.team,
        policy=wish.policy,
        files=written,
        catalogue=wish.catalogue,
    )
    tasks, groups = _counted(data.get("tasks"))
    return ConvertedDag(name, str(path), manifest, tasks, groups, notes, checked.findings)


def _counted(tasks: Plain) -> tuple[int, int]:
    """How many tasks and groups a mapping of tasks holds, at any depth."""
    count, groups = 0, 0
    for task in tasks.values() if isinstance(tasks, dict) else ():
        if isinstance(task, dict) and "operator" not in task:
            inner, inner_groups = _counted(task.get("tasks"))
            count, groups = count + inner, groups + inner_groups + 1
        else:
            count += 1
    return count, groups
