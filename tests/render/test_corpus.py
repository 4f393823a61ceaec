"""Manifests as analysts write them: good ones pass, wrong ones give exactly what they say.

`corpus/good/<team>` are whole repositories. `corpus/wrong/one_by_one` is one repository of
manifests with one mistake each; `corpus/wrong/repositories/<name>` are repositories of their own.
`corpus/shared` is the shared operator repository of all of them, `corpus/policy.yaml` the policy of
the good ones.
A wrong file says itself what must be found, in a line `# expect: code at line:column`; what can
hold no comment has a file `….expect` beside it, a whole repository a file `expect`.
"""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import pytest
from airdesk_render.catalogue import load_catalogue, operators
from airdesk_render.cli import main
from airdesk_render.codes import CODES
from airdesk_render.commands.common import RepositoryFiles
from airdesk_render.effective import effective_of
from airdesk_render.language.defaults import DEFAULTS_NAMES, Defaults
from airdesk_render.manifest import Manifest
from airdesk_render.names import MANIFEST_ENDINGS, is_manifest
from airdesk_render.operators.base import ManagedOperator
from airdesk_render.parsing import parse_manifest
from airdesk_render.reading import read
from pydantic import BaseModel

CORPUS = Path(__file__).with_name("corpus")
TEAMS = sorted(path.name for path in (CORPUS / "good").iterdir() if path.is_dir())
SHARED, POLICY = CORPUS / "shared", CORPUS / "policy.yaml"
ONE_BY_ONE = CORPUS / "wrong" / "one_by_one"
REPOSITORIES = sorted(path.name for path in (CORPUS / "wrong" / "repositories").iterdir())
_EXPECT = re.compile(r"^(?:# expect: )?(\S+) at (?:(\S+):)?(\d+):(\d+)$", re.MULTILINE)

Found = tuple[str, str, int, int]
"""File, code, line, column."""


def arguments(root: Path, team: str) -> list[str]:
    """What `check` and `render` are told about a repository of the corpus.

    Good ones obey one policy, wrong ones the built-in one or one of their own.
    """
    policy = POLICY if root.parent.name == "good" else root / "policy.yaml"
    return [
        *("--root", str(root), "--team", team, "--catalogue", str(SHARED)),
        *(["--policy", str(policy)] if policy.exists() else []),
    ]


def check(root: Path, team: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[Found]]:
    """Exit code and findings of `airdesk-render check dags`."""
    code = main(["check", "dags", *arguments(root, team), "--format", "json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return code, [(one["file"], one["code"], one["line"], one["column"]) for one in findings]


def expectations(text: str, file: str) -> list[Found]:
    return [
        (named or file, code, int(line), int(column))
        for code, named, line, column in _EXPECT.findall(text)
    ]


@lru_cache
def expected_one_by_one() -> Mapping[str, list[Found]]:
    """Manifest to what must be found about it."""
    expected = {}
    for path in sorted((ONE_BY_ONE / "dags").rglob("*")):
        name = path.relative_to(ONE_BY_ONE).as_posix()
        if is_manifest(name):
            side = path.with_name(f"{path.name}.expect")
            text = (side if side.exists() else path).read_bytes().decode("utf-8", "replace")
            expected[name] = expectations(text, name)
    return expected


def expected_in(name: str) -> list[Found]:
    """All that must be found in a repository; its files say it, or one named `expect`."""
    root = CORPUS / "wrong" / "repositories" / name
    return [
        one
        for path in sorted(root.rglob("*"))
        if path.is_file()
        for one in expectations(
            path.read_bytes().decode("utf-8", "replace"), path.relative_to(root).as_posix()
        )
    ]


# The good ones.


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


# The wrong ones.


@pytest.fixture(scope="module")
def found_one_by_one() -> dict[str, list[Found]]:
    """Each manifest's findings, of one run of the command over all of them."""
    done = _command("check", "dags", "--format", "json", *arguments(ONE_BY_ONE, "growth"))
    assert done.returncode == 1, done.stderr
    found: dict[str, list[Found]] = {name: [] for name in expected_one_by_one()}
    owner = {one[0]: name for name, all_of in expected_one_by_one().items() for one in all_of}
    for one in json.loads(done.stdout)["findings"]:
        place = (one["file"], one["code"], one["line"], one["column"])
        found.setdefault(owner.get(one["file"], one["file"]), []).append(place)
    return found


@pytest.mark.parametrize("name", expected_one_by_one())
def test_wrong_manifest(found_one_by_one, name):
    assert expected_one_by_one()[name], "no expectation stands in it"
    assert sorted(found_one_by_one[name]) == sorted(expected_one_by_one()[name])


def test_nothing_else_is_found_there(found_one_by_one):
    assert set(found_one_by_one) == set(expected_one_by_one())


@pytest.mark.parametrize("name", REPOSITORIES)
def test_wrong_repository(name, capsys):
    code, found = check(CORPUS / "wrong" / "repositories" / name, "growth", capsys)
    assert sorted(found) == sorted(expected_in(name))
    assert code in (0, 1)


# Some wrong ones are too large for a repository, or are no files.

MADE: Mapping[str, tuple[str, Found]] = {
    "a manifest of 300 KiB": (
        f"version: 1\ndag_id: made\ndescription: {'x' * 300_000}\n",
        ("dags/made.dag.yaml", "too-large", 1, 1),
    ),
    "eleven thousand values": (
        f"version: 1\ndag_id: made\nowners: [{'a, ' * 11_000}a]\n",
        ("dags/made.dag.yaml", "too-large", 3, 29_989),
    ),
    "a link": (
        "-> ../elsewhere.yaml",
        ("dags/made.dag.yaml", "not-a-file", 1, 1),
    ),
}


@pytest.mark.parametrize("name", MADE)
def test_made_manifest(name, tmp_path, capsys):
    text, expected = MADE[name]
    path = tmp_path / "dags" / "made.dag.yaml"
    path.parent.mkdir()
    if text.startswith("-> "):
        (tmp_path / "elsewhere.yaml").write_text("version: 1\n")
        path.symlink_to(text.removeprefix("-> "))
    else:
        path.write_text(text)
    assert check(tmp_path, "growth", capsys) == (1, [expected])


# All of them.

NOT_OF_A_MANIFEST = {
    # what `airdesk-render test` says about a rendered file
    *("dag-count", "dag-place", "dag-rights", "import-error", "missing-provider", "not-storable"),
    *("policy-violation", "template-error"),
    # what `airdesk-render catalogue check` says about an operator of the shared repository
    *(code for code in CODES if code.startswith(("catalogue-", "field-"))),
    # what `airdesk-render secrets` says about any file
    *(code for code in CODES if code.startswith("secret")),
    # a fault of ours
    "check-failed",
}


def test_every_code_has_a_wrong_manifest():
    said = {code for all_of in expected_one_by_one().values() for _, code, _, _ in all_of}
    said |= {code for name in REPOSITORIES for _, code, _, _ in expected_in(name)}
    said |= {code for _, (_, code, _, _) in MADE.values()}
    assert sorted(set(CODES) - said - NOT_OF_A_MANIFEST) == [], "no wrong manifest has these"
    assert sorted(said - set(CODES)) == [], "these are no codes"


def test_there_are_many_wrong_manifests():
    in_repositories = {one[0] for name in REPOSITORIES for one in expected_in(name)}
    assert len(expected_one_by_one()) + len(in_repositories) >= 150


# The command itself.


@pytest.mark.parametrize("team", TEAMS[:2])
def test_the_command_finds_nothing_in_good_ones(team):
    done = _command("check", "dags", *arguments(CORPUS / "good" / team, team))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_says_what_is_wrong():
    name = "dags/sql/delete.dag.yaml"
    done = _command("check", name, *arguments(ONE_BY_ONE, "growth"))
    ((_, code, line, column),) = expected_one_by_one()[name]
    assert done.returncode == 1
    assert f"{name}:{line}:{column}: error [{code}]" in done.stdout


def _command(*words: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("airdesk-render")
    return subprocess.run(
        [program, *words], capture_output=True, text=True, timeout=120, check=False
    )
