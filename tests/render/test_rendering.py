"""The rendered file: what it says, how it looks, and that nothing hostile gets into it."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from airdesk_render.catalogue import default_catalogue
from airdesk_render.render import render_dag

HERE = Path(__file__).parent
WHOLE_LANGUAGE = (HERE / "whole_language.yaml").read_text(encoding="utf-8")
WHOLE_LANGUAGE_FILES = {
    "dags/sql/daily.sql": "select day, region\nfrom orders\n",
    "dags/py/files.py": "def find(day=None):\n    return []\n",
}


@pytest.fixture(scope="module")
def rendered(render, delays, everything) -> dict[str, dict[str, bytes]]:
    """Files of three DAGs by name."""
    text, files = everything
    given = {
        "delays": (delays, {}),
        "everything": (text, files),
        "whole_language": (WHOLE_LANGUAGE, WHOLE_LANGUAGE_FILES),
    }
    return {
        name: render(text, file=f"dags/{name}.dag.yaml", files=files).files
        for name, (text, files) in given.items()
    }


@pytest.mark.parametrize("name", ["delays", "whole_language"])
def test_the_file_is_the_one_people_reviewed(rendered, name):
    """Compared with a copy in this folder, so that a change of the output shows in review."""
    source = rendered[name][f"growth/{name}.py"].decode()
    versions = r"^(# (?:Source|Catalogue|Policy): +)[0-9a-f]+$"
    source = re.sub(versions, r"\1…", source, flags=re.MULTILINE)
    assert source == (HERE / f"expected_{name}.txt").read_text(encoding="utf-8")


def test_the_header_names_what_it_was_made_from(render, delays, policy):
    source = render(delays).files["growth/delays.py"].decode()
    assert source.startswith(
        "# growth.delays, rendered by Airdesk. Change its manifest instead.\n"
        "# Manifest:  growth/pipelines/dags/delays.dag.yaml\n"
        "# Source:    "
    )
    assert f"# Catalogue: {default_catalogue().version}\n# Policy:    {policy.version}\n" in source
    files = {"dags/delays.dag.yaml": delays}
    changed = {"dags/delays.dag.yaml": f"{delays}# a remark\n"}
    first, second = (
        render(texts["dags/delays.dag.yaml"], files=texts).files["growth/delays.py"].decode()
        for texts in (files, changed)
    )
    assert first != second
    assert first.splitlines()[3:] == second.splitlines()[3:]


def test_the_same_input_gives_the_same_bytes(render, everything, tmp_path):
    text, files = everything
    first = render(text, file="dags/everything.dag.yaml", files=files)
    shuffled = dict(reversed(files.items()))
    assert render(text, file="dags/everything.dag.yaml", files=shuffled) == first
    # Another process has another hash seed, which moves sets about.
    script = tmp_path / "again.py"
    script.write_text(
        "import sys, json\n"
        "from airdesk_render.check import check_manifest\n"
        "from airdesk_render.names import Team\n"
        "from airdesk_render.policy import default_policy\n"
        "from airdesk_render.render import render_dag\n"
        "text, files = json.load(sys.stdin)\n"
        "options = dict(team=Team('growth'), policy=default_policy(), files=files)\n"
        "manifest = check_manifest(text, file='dags/everything.dag.yaml', **options).manifest\n"
        "print(render_dag(manifest, manifest_path='dags/everything.dag.yaml', **options).digest)\n"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, script],
            input=json.dumps([text, files]),
            env={"PYTHONHASHSEED": seed, "LANG": "C"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == first.digest


def test_files_lie_beside_the_dag(render, everything):
    text, files = everything
    rendered = render(text, file="dags/everything.dag.yaml", files=files)
    names = sorted(rendered.files)
    folder = names[0].rpartition("/scripts/")[0] if "/scripts/" in names[0] else ""
    folder = next(name for name in names if name.endswith("load.sh")).removesuffix(
        "/scripts/load.sh"
    )
    assert folder.startswith("growth/everything.files/")
    assert names == sorted(
        [
            "growth/everything.py",
            f"{folder}/py/score.py.txt",
            f"{folder}/scripts/load.sh",
            f"{folder}/sql/query.sql",
        ]
    )
    # Airflow would take a text that ends with .sql for a file's name.
    assert all(content.endswith(b"\n") for content in rendered.files.values())
    changed = {**files, "dags/sql/query.sql": "select 2"}
    other = render(text, file="dags/everything.dag.yaml", files=changed)
    assert not any(name.startswith(folder) for name in other.files)
    assert other.digest != rendered.digest


def test_no_other_python_file_is_published(render, everything):
    """The DAG processor imports every .py that it finds."""
    text, files = everything
    rendered = render(text, file="dags/everything.dag.yaml", files=files)
    assert [name for name in rendered.files if name.endswith(".py")] == ["growth/everything.py"]


def test_it_is_formatted_as_ruff_would(rendered, tmp_path):
    for name, files in rendered.items():
        (tmp_path / f"{name}.py").write_bytes(files[f"growth/{name}.py"])
    for command in (["format", "--diff"], ["check", "--select", "E,F,I,W", "--ignore", "E501"]):
        options = ["--isolated", "--line-length", "100", str(tmp_path)]
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *options],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_it_imports_nothing_of_ours(rendered):
    for name, files in rendered.items():
        tree = ast.parse(files[f"growth/{name}.py"])
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        modules |= {
            one.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for one in node.names
        }
        assert not [name for name in modules if name and "airdesk" in name]


def _strings(node: ast.AST) -> list[str]:
    return [
        inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    ]


@pytest.mark.parametrize("path", ["dags/a\nimport os.dag.yaml", "../x.dag.yaml", ""])
def test_hostile_paths_are_refused(check, delays, growth, policy, path):
    manifest = check(delays).manifest
    with pytest.raises(ValueError, match="is not"):
        render_dag(manifest, team=growth, policy=policy, files={}, manifest_path=path)


def test_policy_is_forced(check, render, growth):
    text = """\
version: 1
dag_id: delays
description: x
owners: [thu.tran]
data_class: pii
tasks:
  report: {operator: sql_query@1, connection: warehouse, sql: select 1, retries: 3}
  code: {operator: bash@1, command: ls, execution_timeout: 2h}
"""
    source = render(text).files["growth/delays.py"].decode()
    assert '"owner": "growth"' in source
    assert 'access_control={"team-growth": {"DAGs": {"can_edit", "can_read"}}}' in source
    assert source.count('"queue": "sensitive"') == 1
    assert 'team-growth",' not in source, "nothing overrides the queue of pii"
    assert "retries=3" in source
    assert "execution_timeout=timedelta(hours=2)" in source
    assert "first_rows(0)" in source, "rows of pii data stay in the database"
    assert 'tags=["growth", "pii"]' in source


def test_a_command_that_looks_like_a_file_is_none(render):
    """Airflow loads a template file where a command ends with .sh."""
    text = """\
version: 1
dag_id: delays
description: x
owners: [thu.tran]
data_class: internal
tasks:
  a: {operator: bash@1, command: bash run.sh}
  b: {operator: sql_query@1, connection: w, sql: select 1 -- as in x.sql}
"""
    tree = ast.parse(render(text).files["growth/delays.py"])
    texts = _strings(tree)
    assert "bash run.sh\n" in texts
    assert "select 1 -- as in x.sql\n" in texts
