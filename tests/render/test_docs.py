"""The examples of docs/manifest.md and of the renderer's README are right, and render."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from airdesk_render.check import Checked
from airdesk_render.manifest import Manifest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/manifest.md").read_text()
HEAD, PARAMS, TASKS, GROUPS, MAPPED, WAYS, DEFAULTS = re.findall(
    r"```yaml\n(.*?)```", PAGE, re.DOTALL
)
SCHEDULES = re.findall(r"`schedule: (.*?)`[ ,|]", PAGE)
IN_ASSETS = re.findall(r"(?<=, )`(\{assets: .*?\})`", PAGE)
DEADLINES = re.findall(r"`(?:deadline: )?(\{(?:by|within): .*?\})`", PAGE)
BY_ASSETS = "{{ dag_run.run_after | ds }}"
NIGHTLY = 'schedule: {cron: "0 2 * * *", start_date: 2026-12-01}\n'
REST = """\
  list_customers: {operator: python_function@1, file: py/score.py, function: customers}
  reload: {operator: empty@1, upstream: [full_or_delta]}
  append: {operator: empty@1, upstream: [full_or_delta]}
"""
"""Tasks that the page's fragments name, and that it does not show."""
FILES = {
    "dags/sql/load.sql": "insert into churn select * from crm_closed where day = '{{ ds }}'",
    "dags/sql/dedupe.sql": "delete from churn where doubled",
    "dags/py/score.py": "def score(region):\n    return 1\n\n\ndef customers():\n    return []\n",
}
FILE = "dags/churn_by_region.dag.yaml"


def _whole(schedule: str = NIGHTLY, tail: str = "") -> str:
    return HEAD + schedule + tail + PARAMS + TASKS + GROUPS + MAPPED + WAYS + REST


def _codes(checked: Checked) -> list[str]:
    return [f"{one.line}:{one.code}: {one.message}" for one in checked.findings]


def test_the_fragments_make_one_manifest(check, render):
    text = _whole(tail='deadline: {by: "07:00"}\n')

    assert _codes(check(text, file=FILE, files=FILES)) == []
    rendered = render(text, file=FILE, files=FILES)
    source = rendered.files["growth/churn_by_region.py"].decode()
    for said in ("Param(", "TaskGroup(", ".expand(", "DeadlineAlert", "clean_checks"):
        assert said in source


@pytest.mark.parametrize("schedule", [*SCHEDULES, *IN_ASSETS])
def test_each_way_to_say_when(check, schedule):
    head = HEAD.replace(", late", "").replace('  - {slack: "#on-call", events: [late]}\n', "")
    tasks = TASKS.replace("{{ ds }}", BY_ASSETS) if "assets" in schedule else TASKS
    text = head + f"schedule: {schedule}\n" + PARAMS + tasks

    files = {
        **FILES,
        "dags/sql/load.sql": FILES["dags/sql/load.sql"].replace("{{ ds }}", BY_ASSETS),
    }

    assert _codes(check(text, file=FILE, files=files)) == []


@pytest.mark.parametrize("beside", ["end_date: 2027-06-30", "catchup: true"])
def test_what_stands_beside_a_schedule(check, beside):
    assert f"`{beside}` beside it" in PAGE
    schedule = NIGHTLY.replace("}", f", {beside}}}")

    assert check(_whole(schedule, "deadline: {within: 2h}\n"), file=FILE, files=FILES).ok


@pytest.mark.parametrize("deadline", DEADLINES)
def test_each_deadline(check, deadline):
    text = _whole(tail=f"deadline: {deadline}\n")

    assert _codes(check(text, file=FILE, files=FILES)) == []


def test_the_page_shows_all_of_them():
    assert (len(SCHEDULES), len(IN_ASSETS), len(DEADLINES)) == (5, 2, 2)


def test_defaults_fill_what_a_manifest_leaves_out(check):
    short = """\
version: 1
dag_id: churn_by_region
description: Customers who left, by region
data_class: internal
schedule: {cron: "0 2 * * *"}
tasks:
  report: {operator: sql_query@1, sql: select 1 as one}
"""
    checked = check(short, file=FILE, files={"dags/defaults.yaml": DEFAULTS})

    assert _codes(checked) == []
    assert checked.manifest is not None
    assert checked.manifest.owners == ("minh.le",)
    assert checked.manifest.tasks["report"].connection == "warehouse"


def test_every_part_of_a_manifest_stands_on_the_page():
    assert [name for name in Manifest.model_fields if name not in PAGE] == []


def test_the_readme_begins_with_a_right_manifest(check, render):
    readme = (ROOT / "render/README.md").read_text()
    (text,) = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    files = {"dags/sql/delays.sql": "select carrier from flights"}

    assert _codes(check(text, files=files)) == []
    assert render(text, files=files).dag_id == "growth.delays"
