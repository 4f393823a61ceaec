"""Each wrong manifest gives exactly the finding that it says, and nothing else.

A wrong file says itself what must be found, in a line `# expect: code at line:column`; what can
hold no comment has a file `….expect` beside it, a whole repository a file `expect`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from airdesk_render.codes import CODES
from render.corpus_files import (
    CORPUS,
    ONE_BY_ONE,
    REPOSITORIES,
    Found,
    arguments,
    check,
    command,
    expected_in,
    expected_one_by_one,
)


@pytest.fixture(scope="module")
def found_one_by_one() -> dict[str, list[Found]]:
    """Each manifest's findings, of one run of the command over all of them."""
    done = command("check", "dags", "--format", "json", *arguments(ONE_BY_ONE, "growth"))
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


def test_the_command_says_what_is_wrong():
    name = "dags/sql/delete.dag.yaml"
    done = command("check", name, *arguments(ONE_BY_ONE, "growth"))
    ((_, code, line, column),) = expected_one_by_one()[name]
    assert done.returncode == 1
    assert f"{name}:{line}:{column}: error [{code}]" in done.stdout
