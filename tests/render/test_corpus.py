"""Manifests as analysts write them have no findings, render, and load in Airflow.

`corpus/README.md` says what there is.
"""

from __future__ import annotations

import inspect
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from airdesk_render.catalogue import load_catalogue, operators
from airdesk_render.cli import main
from airdesk_render.commands.common import RepositoryFiles
from airdesk_render.effective import effective_of
from airdesk_render.language.defaults import DEFAULTS_NAMES, Defaults
from airdesk_render.manifest import Manifest
from airdesk_render.names import MANIFEST_ENDINGS, is_manifest
from airdesk_render.operators.base import ManagedOperator
from airdesk_render.parsing import parse_manifest
from airdesk_render.reading import read
from pydantic import BaseModel
from render.corpus_files import CORPUS, POLICY, SHARED, TEAMS, arguments, check, command


@pytest.mark.parametrize("team", TEAMS)
def test_good_manifests_have_no_findings(team, capsys):
    assert check(CORPUS / "good" / team, team, capsys) == (0, [])


def test_there_are_many_good_manifests():
    good = CORPUS / "good"
    names = [
        path.relative_to(good / team).as_posix()
        for team in TEAMS
        for path in (good / team).rglob("*")
    ]
    assert sum(map(is_manifest, names)) >= 60


def test_good_manifests_use_every_field_and_operator():
    there_is = {field for shape in _shapes() for field in _fields(shape)}
    used = {field for team in TEAMS for field in _used_in(CORPUS / "good" / team)}
    assert sorted(there_is - used) == [], "no good manifest uses these"


def _fields(shape: type[BaseModel]) -> Iterator[str]:
    """`Class.field` of a shape, each with the class that says it first."""
    for name in shape.model_fields:
        yield _field(shape, name)


def _field(shape: type[BaseModel], name: str) -> str:
    saying = [one for one in shape.__mro__ if name in inspect.get_annotations(one)]
    known = [one for one in saying if name in getattr(one, "model_fields", {})]
    return f"{(known[0] if name == 'operator' else known[-1]).__name__}.{name}"


def _shapes() -> set[type[BaseModel]]:
    """All that a manifest, a file of defaults or a task can hold."""
    found: set[type[BaseModel]] = {ManagedOperator}
    waiting: list[Any] = [Manifest, Defaults, *operators().values()]
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            if one not in found:
                found.add(one)
                waiting += [field.annotation for field in one.model_fields.values()]
        else:
            waiting += get_args(getattr(one, "__value__", one))
    return found - {ManagedOperator}


def _used_in(root: Path) -> Iterator[str]:
    files = RepositoryFiles(root)
    catalogue = load_catalogue(SHARED)
    for name in files:
        if is_manifest(name):
            data = effective_of(files[name], name, files, catalogue).data
            yield from _used(parse_manifest(data, catalogue).manifest)
        elif name.rpartition("/")[2] in DEFAULTS_NAMES:
            yield from _used(Defaults.model_validate(read(files[name]).data))


def _used(value: object) -> Iterator[str]:
    """Fields that were given, however deep."""
    if isinstance(value, BaseModel):
        for name in value.model_fields_set:
            yield _field(type(value), name)
            yield from _used(getattr(value, name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _used(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _used(one)


def test_rendering_twice_gives_the_same_bytes(tmp_path, capsys):
    for out in ("first", "second"):
        render_all(tmp_path / out)
    first, second = (_bytes_in(tmp_path / out) for out in ("first", "second"))
    assert first == second
    assert len([name for name in first if name.endswith(".py")]) >= 60
    capsys.readouterr()


def render_all(out: Path) -> None:
    for team in TEAMS:
        root = CORPUS / "good" / team
        assert main(["render", "dags", *arguments(root, team), "--out", str(out)]) == 0


def _bytes_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("team", TEAMS)
def test_json_twins_give_the_same_dags(team, tmp_path, capsys):
    twins = tmp_path / "good" / team
    shutil.copytree(CORPUS / "good" / team, twins)
    for path in [path for path in twins.rglob("*.y*ml") if is_manifest_or_defaults(path.name)]:
        stem, _, _ = path.name.rpartition(".")
        path.with_name(f"{stem}.json").write_text(json.dumps(read(path.read_text()).data))
        path.unlink()

    for root, out in ((CORPUS / "good" / team, "yaml"), (twins, "json")):
        words = ["render", "dags", *arguments(root, team), "--out", str(tmp_path / out)]
        assert main(words) == 0, capsys.readouterr().out
    yaml, twin = (_bytes_in(tmp_path / out) for out in ("yaml", "json"))
    assert list(map(_without_header, twin.items())) == list(map(_without_header, yaml.items()))


def is_manifest_or_defaults(name: str) -> bool:
    return name in DEFAULTS_NAMES or name.endswith(MANIFEST_ENDINGS)


def _without_header(file: tuple[str, bytes]) -> tuple[str, list[bytes]]:
    """Name and content without the lines that name the manifest and its hash."""
    name, content = file
    lines = content.split(b"\n")
    return name, [one for one in lines if not one.startswith((b"# Manifest:", b"# Source:"))]


@pytest.mark.xdist_group("airflow")
def test_all_of_them_load_in_airflow(tmp_path, capsys):
    render_all(tmp_path / "rendered")
    folder = str(tmp_path / "rendered")
    code = main(["test", folder, "--policy", str(POLICY), "--catalogue", str(SHARED)])
    said = capsys.readouterr().out
    assert code == 0, said


@pytest.mark.parametrize("team", TEAMS[:2])
def test_the_command_finds_nothing_in_good_ones(team):
    done = command("check", "dags", *arguments(CORPUS / "good" / team, team))
    assert (done.returncode, done.stderr) == (0, "")
