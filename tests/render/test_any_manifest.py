"""Any valid manifest renders, looks formatted, and loads back to its own graph."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from airdesk_render.catalogue import default_catalogue
from airdesk_render.check import check_manifest
from airdesk_render.dependencies import Dependencies
from airdesk_render.language.group import TaskGroup
from airdesk_render.loading import LoadedDag, load
from airdesk_render.manifest import Manifest, write_manifest
from airdesk_render.names import Team
from airdesk_render.policy import default_policy
from airdesk_render.render import render_dag
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

EXAMPLES = 60
FILES = {
    "dags/py/score.py": "def score(**given):\n    return given\n",
    "dags/scripts/load.sh": "set -eu\necho loaded\n",
    "dags/sql/daily.sql": "select region, count(*) from orders group by region",
    "dags/notebooks/churn.ipynb": '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}',
    "dags/data/branches.csv": "id\n1\n",
    "dags/spark/sessions.py": "print()\n",
}

HEAD = {"version": 1, "owners": ["thu.tran"]}
# Among them words that are something to Python, to Airflow or to our own files.
NAMES = st.one_of(
    st.from_regex(r"[a-z][a-z0-9_]{0,20}[a-z0-9]", fullmatch=True),
    st.sampled_from(["len", "class", "dag", "pendulum", "match", "print", "files", "timedelta"]),
)
TEXT = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="{}#"),
    min_size=1,
    max_size=120,
).filter(lambda text: bool(text.strip()))
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "retries": st.integers(0, 3),
        "retry_delay": st.sampled_from(["10s", "5m", "1h"]),
        "retry_exponential_backoff": st.booleans(),
        "execution_timeout": st.sampled_from(["90s", "30m", "6h"]),
        "pool": st.sampled_from(["growth_small", "default_pool"]),
        "pool_slots": st.integers(1, 8),
        "priority_weight": st.integers(1, 100),
        "weight_rule": st.sampled_from(["downstream", "upstream", "absolute"]),
        "depends_on_past": st.booleans(),
        "wait_for_downstream": st.booleans(),
    },
)
PARAMS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True),
    st.one_of(
        st.builds(lambda n: {"type": "integer", "default": n, "minimum": n}, st.integers(-9, 9)),
        st.builds(lambda n: {"type": "number", "default": n / 8}, st.integers(-9_999, 9_999)),
        st.builds(lambda text: {"type": "string", "default": text, "title": text[:9]}, TEXT),
        st.sampled_from(
            [
                {"type": "string", "default": None, "nullable": True, "enum": ["a", "b"]},
                {"type": "string", "default": "2026-12-01", "format": "date", "section": "B"},
                {"type": "array", "default": [1, 2], "items": "integer"},
                {"type": "object", "default": {"a": [1, None]}},
                {"type": "boolean", "default": True, "description": "?"},
            ]
        ),
    ),
    max_size=4,
)
START = {"start_date": "2026-12-01", "timezone": "Asia/Ho_Chi_Minh"}
ASSETS = st.sampled_from(
    [
        "orders",
        ["orders", "risk.exposures"],
        {"any": ["orders", "customers"]},
        {"all": ["orders"]},
        {"any": ["orders", {"all": ["customers", "risk.exposures"]}]},
        {"all": [{"any": ["a", "b"]}, {"any": ["c", {"all": ["d", "e"]}]}]},
    ]
)
SCHEDULE = st.one_of(
    st.just("manual"),
    st.builds(lambda cron: {"cron": cron, **START}, st.sampled_from(["0 6 * * 1-5", "@weekly"])),
    st.builds(lambda every: {"every": every, **START}, st.sampled_from(["30m", "2h", "1d"])),
    st.builds(lambda assets: {"assets": assets}, ASSETS),
    st.builds(
        lambda assets: {"cron": "5 * * * *", "assets": assets, **START, "end_date": "2027-01-01"},
        ASSETS,
    ),
    st.just({"cron": "0 6 * * *", **START, "start_date": "2026-12-01T06:30", "catchup": True}),
)

# A run that assets set off has no logical date.
_EVER, _DATED = "{{ run_id }}", "{{ ds }}"
_STANDALONE: dict[str, dict[str, Any]] = {
    key: json.loads(json.dumps(operator.examples[0]).replace(_DATED, _EVER))
    for key, operator in default_catalogue().operators.items()
    if operator.examples and key not in ("branch@1", "short_circuit@1", "wait_for_dag@1")
}


@st.composite
def _tree(draw: st.DrawFn) -> dict[str, Any]:
    """Tasks and groups of one DAG; each waits for some of what stands before it."""
    before: list[str] = []
    with_rules = draw(st.booleans())

    def wait(task: dict[str, Any], own: str) -> None:
        known = [one for one in before if not own.startswith(f"{one}.")]
        chosen = draw(st.lists(st.sampled_from(known), max_size=3, unique=True)) if known else []
        if chosen:
            task["upstream"] = chosen
            if with_rules and "tasks" not in task and draw(st.booleans()):
                task["trigger_rule"] = draw(st.sampled_from(["all_done", "none_failed", "always"]))

    def task(own: str) -> dict[str, Any]:
        key = draw(st.sampled_from(sorted(_STANDALONE)))
        made = {"operator": key, **_STANDALONE[key], **draw(OPTIONS), "doc_md": draw(TEXT)}
        if key == "bash@1" and draw(st.booleans()):
            del made["command"]
            made["expand"] = {"command": draw(st.lists(TEXT, min_size=1, max_size=3))}
        makers = [one for one in before if one.rpartition(".")[2].startswith("make_")]
        if key == "python_function@1" and makers:
            del made["arguments"]
            made["expand"] = {"arguments": {"from": draw(st.sampled_from(makers))}}
        if key == "sql_query@1" and draw(st.booleans()):
            made["sql"] = "sql/daily.sql"
        if draw(st.booleans()):
            made["outlets"] = [f"made_{len(before)}"]
        wait(made, own)
        return made

    def block(group: str, depth: int) -> dict[str, Any]:
        names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
        made: dict[str, Any] = {}
        for name in names:
            own = f"{group}{name}"
            if depth < 3 and draw(st.integers(0, 3)) == 0:
                made[name] = {"tasks": {}}
                wait(made[name], own)
                made[name]["tasks"] = block(f"{own}.", depth + 1)
                if draw(st.booleans()):
                    made[name]["description"] = draw(TEXT)
            else:
                made[name] = task(own)
            before.append(own)
        return made

    first = {}
    if draw(st.booleans()):
        first["make_list"] = {"operator": "python_function@1", **_STANDALONE["python_function@1"]}
        before.append("make_list")
    made = {**first, **block("", 0)}
    if not with_rules and draw(st.booleans()):
        made["set_up"] = {"operator": "bash@1", "command": "echo 1", "setup": True}
        made["work"] = {
            "operator": "empty@1",
            "upstream": ["set_up", draw(st.sampled_from(before))],
        }
        made["tear_down"] = {"operator": "bash@1", "command": "echo 2", "upstream": ["work"]}
        made["tear_down"]["teardown_of"] = ["set_up"]
    return made


@st.composite
def manifests(draw: st.DrawFn) -> dict[str, Any]:
    """A manifest as data, without its name."""
    fixed = {
        **HEAD,
        "description": draw(TEXT),
        "data_class": draw(st.sampled_from(["public", "internal", "pii"])),
        "schedule": draw(SCHEDULE),
    }
    optional = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "doc_md": TEXT,
                "tags": st.lists(st.sampled_from(["a", "b c", "d/e"]), unique=True),
                "params": PARAMS,
                "deadline": st.sampled_from([{"within": "20m"}, {"within": "3h"}]),
                "max_active_runs": st.integers(1, 4),
                "max_active_tasks": st.integers(1, 16),
                "dagrun_timeout": st.just("2d"),
                "default_args": OPTIONS,
            },
        )
    )
    return {**fixed, **optional, "tasks": draw(_tree())}


def _rendered(folder: Path) -> dict[str, Manifest]:
    """Valid manifests by the id of their DAG; their files are in the folder."""
    made: dict[str, Manifest] = {}
    options: dict[str, Any] = {"team": Team("growth"), "policy": default_policy()}

    @settings(max_examples=EXAMPLES, derandomize=True, phases=[Phase.generate], deadline=None)
    @given(manifests())
    def render(data: dict[str, Any]) -> None:
        name = f"made_{len(made)}"
        path = f"dags/{name}.dag.yaml"
        text = write_manifest({**data, "dag_id": name})
        checked = check_manifest(text, file=path, files=FILES, **options)
        codes = {one.code for one in checked.findings if one.severity == "error"}
        # A name means what is nearest, which may happen to come later; and pii shows no rows.
        if codes and codes <= {"cycle", "duplicate-value", "pii-rows", "pii-check-columns"}:
            return
        assert checked.ok, (codes, checked.findings, text)
        dag = render_dag(checked.manifest, manifest_path=path, files=FILES, **options)
        for file, content in dag.files.items():
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        made[dag.dag_id] = checked.manifest

    render()
    return made


@pytest.mark.xdist_group("airflow")
def test_any_valid_manifest_loads_back_to_its_own_graph(tmp_path):
    made = _rendered(tmp_path)
    assert len(made) >= EXAMPLES * 0.8
    looks = [
        sys.executable,
        "-m",
        "ruff",
        "format",
        "--check",
        "--isolated",
        "--line-length",
        "100",
    ]
    done = subprocess.run([*looks, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    loaded = load(tmp_path)
    assert not loaded.import_errors
    assert {dag.dag_id for dag in loaded.dags} == made.keys()
    for dag in loaded.dags:
        assert dag.problems == ()
        _assert_same(dag, made[dag.dag_id])


def _assert_same(dag: LoadedDag, manifest: Manifest) -> None:
    tree = manifest.tree
    upstream = Dependencies(tree).upstream
    assert {task.task_id: set(task.upstream) for task in dag.tasks} == upstream
    groups = [one for one in tree.nodes.values() if isinstance(one.node, TaskGroup)]
    assert {(one.group_id, one.parent, one.tooltip) for one in dag.groups} == {
        (one.id, one.group, one.node.description or "") for one in groups
    }
    policy, team = default_policy(), Team("growth")
    for task in dag.tasks:
        said = tree.tasks[task.task_id]
        will = policy.task_settings(team, manifest.data_class, said, manifest.default_args)
        assert task.group == tree.nodes[task.task_id].group
        assert task.setup == said.setup
        assert task.teardown == bool(said.teardown_of)
        if not task.teardown:
            assert task.trigger_rule == (will.trigger_rule or "all_success")
        assert bool(task.mapped) == bool(said.expand)
        assert task.operator_class in said.airflow_classes
        assert (task.queue, task.retries, task.owner) == (will.queue, will.retries, "growth")
        assert task.retry_delay == will.retry_delay
        assert task.execution_timeout == will.execution_timeout
        assert task.pool == (will.pool or "default_pool")
        assert task.priority_weight == (will.priority_weight or 1)
        assert task.depends_on_past == (will.depends_on_past or will.wait_for_downstream)
        assert task.outlets == tuple(f"growth.{name}" for name in said.outlets)
    _assert_same_dag(dag, manifest)


def _assert_same_dag(dag: LoadedDag, manifest: Manifest) -> None:
    settings = default_policy().dag_settings(Team("growth"), manifest)
    assert dag.max_active_runs == settings.max_active_runs
    assert dag.catchup == settings.catchup
    assert dag.tags == tuple(sorted({"growth", manifest.data_class, *manifest.tags}))
    assert dag.params == tuple(sorted(manifest.params))
    schedule = manifest.schedule
    if schedule is None:
        assert dag.schedule == "manual"
        return
    assert schedule.start_date is None or dag.start_date is not None
    assert (dag.end_date is not None) == (schedule.end_date is not None)
    named = {f"growth.{name}" if "." not in name else name for name in schedule.asset_names()}
    assert _names(dag.assets) == named


def _names(assets: Any) -> set[str]:
    if isinstance(assets, str):
        return {assets}
    parts = (part for parts in (assets or {}).values() for part in parts)
    return {name for part in parts for name in _names(part)}
