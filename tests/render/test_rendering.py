"""The rendered file: what it says, how it looks, and that nothing hostile gets into it."""

from __future__ import annotations

import ast
import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest
from airdesk_render.guard import UnsafeRendering, assert_says
from airdesk_render.plan import Origin, plan_of
from airdesk_render.render import render_dag
from airdesk_render.writing import python_source

EXPECTED = Path(__file__).with_name("expected_delays.txt")


def test_the_file_is_the_one_people_reviewed(render, delays):
    """Compared with a copy in this folder, so that a change of the output shows in review."""
    rendered = render(delays)
    assert rendered.dag_id == "growth.delays"
    assert list(rendered.files) == ["growth/delays.py"]
    assert rendered.files["growth/delays.py"].decode() == EXPECTED.read_text(encoding="utf-8")


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
        "print(render_dag(manifest, manifest_path='dags/everything.dag.yaml',\n"
        "    source_commit='0123456789abcdef0123456789abcdef01234567', **options).digest)\n"
    )
    import json

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


def test_it_is_formatted_as_ruff_would(render, delays, everything, tmp_path):
    text, files = everything
    for rendered in (render(delays), render(text, file="dags/everything.dag.yaml", files=files)):
        path = tmp_path / f"{rendered.dag_id}.py"
        path.write_bytes(rendered.files[f"{rendered.dag_id.replace('.', '/')}.py"])
    for command in (["format", "--diff"], ["check", "--select", "E,F,I,W", "--ignore", "E501"]):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                *command,
                "--isolated",
                "--line-length",
                "100",
                tmp_path,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_it_imports_nothing_of_ours(render, everything):
    text, files = everything
    rendered = render(text, file="dags/everything.dag.yaml", files=files)
    tree = ast.parse(rendered.files["growth/everything.py"])
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    assert not [name for name in modules if name and "airdesk" in name]


def _strings(node: ast.AST) -> list[str]:
    return [
        inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"manifest_path": "dags/a\nimport os.dag.yaml"},
        {"manifest_path": "../x.dag.yaml"},
        {"source_commit": "HEAD"},
        {"source_commit": "0" * 40 + "\nimport os"},
    ],
)
def test_hostile_origins_are_refused(check, delays, growth, policy, changes):
    options = {"manifest_path": "dags/delays.dag.yaml", "source_commit": "0" * 40, **changes}
    with pytest.raises(ValueError, match="is not"):
        render_dag(check(delays).manifest, team=growth, policy=policy, files={}, **options)


def test_the_guard_notices_every_change(check, delays, growth, policy):
    """Whatever single thing is changed in the file's program, it is refused."""
    origin = Origin("dags/delays.dag.yaml", "0" * 40, policy.version, None)
    plan = plan_of(check(delays).manifest, team=growth, policy=policy, origin=origin)
    source = python_source(plan)
    assert_says(source, plan)
    for before, after in [
        ("import pendulum", "import pendulum, os"),
        ("select carrier", "select secret"),
        ("first_rows(10)", "first_rows(100)"),
        ('queue="normal"', 'queue="team-risk"'),
        ('"team-growth"', '"team-risk"'),
        ("report >> not_empty", "not_empty >> report"),
        ("catchup=False", "catchup=True"),
        ("with DAG(", "print()\nwith DAG("),
        ("    report >> not_empty", "    report >> not_empty\n    print()"),
        ("report = SQLExecuteQueryOperator", "report = x = SQLExecuteQueryOperator"),
        ("return handler", "return print"),
    ]:
        assert before in source
        with pytest.raises(UnsafeRendering):
            assert_says(source.replace(before, after, 1), plan)
    with pytest.raises(UnsafeRendering):
        assert_says(source + "\nimport os\n", plan)
    with pytest.raises(UnsafeRendering):
        assert_says("not python", plan)
    with pytest.raises(UnsafeRendering):
        assert_says(source, dataclasses.replace(plan, folder="x"))


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
    assert source.count('queue="normal"') == 1
    assert source.count('queue="team-growth"') == 1
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
