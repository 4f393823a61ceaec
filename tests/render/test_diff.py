"""What `airdesk-render diff` says of two states of a repository, and how risky it finds it."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from airdesk_render.behaviour import Index, Report, Rules, compare, index_of, side_of
from airdesk_render.behaviour.kinds import is_kind
from airdesk_render.behaviour.shapes import Change, DagReport
from airdesk_render.behaviour.wording import at_once_in_words
from airdesk_render.catalogue import Catalogue, default_catalogue, load_catalogue
from airdesk_render.names import Team
from airdesk_render.policy import Policy, load_policy
from airdesk_render.policy.loading import default_policy_text

DELAYS = "dags/delays.dag.yaml"
AT = dt.datetime(2026, 12, 4, 0, 0, tzinfo=dt.UTC)  # a Friday, 07:00 in Ho Chi Minh City
Files = Mapping[str, str | bytes]
Diff = Callable[..., Report]


@pytest.fixture
def diff(tmp_path: Path, growth: Team, policy: Policy) -> Diff:
    """diff(old files, new files, old_policy=…, index=…) of two folders for team growth."""

    def run(
        old: Files,
        new: Files,
        *,
        old_policy: Policy = policy,
        new_policy: Policy = policy,
        catalogues: tuple[Catalogue, Catalogue] = (default_catalogue(), default_catalogue()),
        index: Index | None = None,
    ) -> Report:
        sides = []
        for name, files in (("old", old), ("new", new)):
            (tmp_path / name).mkdir(exist_ok=True)
            shutil.rmtree(tmp_path / name / "dags", ignore_errors=True)
            for path, text in files.items():
                file = tmp_path / name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text.encode() if isinstance(text, str) else text)
            sides.append(side_of(str(tmp_path / name), tmp_path))
        return compare(
            sides[0],
            sides[1],
            old_rules=Rules(growth, old_policy, catalogues[0]),
            new_rules=Rules(growth, new_policy, catalogues[1]),
            at=AT,
            index=index,
        )

    return run


@pytest.fixture
def changes(diff: Diff, delays: str) -> Callable[..., list[Change]]:
    """changes(old words, new words): of the manifest delays, with words replaced."""

    def run(*replaced: tuple[str, str]) -> list[Change]:
        text = delays
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new, 1)
        report = diff({DELAYS: delays}, {DELAYS: text})
        return list(report.dags[0].changes) if report.dags else []

    return run


def only(report: Report) -> DagReport:
    assert len(report.dags) == 1
    assert all(is_kind(change.kind) for change in report.dags[0].changes)
    return report.dags[0]


NO_CHANGE = {
    "comment": ("tasks:\n", "# all that is done\ntasks:\n"),
    "quotes": ("#growth-data", "\\x23growth-data"),
    "order": ("version: 1\ndag_id: delays\n", "dag_id: delays\nversion: 1\n"),
    "cron-words": ("0 6 * * 1-5", "0 6 * * mon-fri"),
    "default-said": (
        "    upstream: [report]\n",
        "    upstream: [report]\n    trigger_rule: all_success\n",
    ),
    "events-order": ("[failure, recovery]", "[recovery, failure]"),
}


@pytest.mark.parametrize("name", NO_CHANGE)
def test_what_runs_the_same_is_no_change(diff: Diff, delays: str, name: str) -> None:
    old, new = NO_CHANGE[name]
    assert old in delays
    report = diff({DELAYS: delays}, {DELAYS: delays.replace(old, new)})
    assert report.dags == ()
    assert (report.risk, report.only_text, report.unchanged) == ("none", (DELAYS,), 0)


CHANGES: dict[str, tuple[str, str, list[tuple[str, str, str]]]] = {
    "description": ("Which carriers ran late", "Who was late", [("dag.description", "", "none")]),
    "tags": ("data_class:", "tags: [late]\ndata_class:", [("dag.tags", "", "none")]),
    "owners": ("[thu.tran]", "[thu.tran, minh.le]", [("dag.owners", "", "low")]),
    "schedule": ("0 6 * * 1-5", "0 7 * * 1-5", [("dag.schedule", "", "low")]),
    "zone": ("Asia/Ho_Chi_Minh", "Asia/Tokyo", [("dag.schedule", "", "low")]),
    "start": ("start_date: 2026-12-01", "start_date: 2026-12-02", [("dag.start_date", "", "low")]),
    "end": (
        "start_date: 2026-12-01",
        "start_date: 2026-12-01, end_date: 2027-01-31",
        [("dag.end_date", "", "low")],
    ),
    "catchup": (
        "start_date: 2026-12-01",
        "start_date: 2026-12-01, catchup: true",
        [("dag.catchup", "", "review")],
    ),
    "manual": (
        'schedule: {cron: "0 6 * * 1-5", timezone: Asia/Ho_Chi_Minh, start_date: 2026-12-01}',
        "schedule: manual",
        [("dag.schedule", "", "low")],
    ),
    "notify": ("#growth-data", "#growth-late", [("dag.notify", "", "review")]),
    "deadline": (
        "notify:",
        'deadline: {by: "07:00"}\nnotify:',
        [("dag.deadline", "", "low")],
    ),
    "runs": ("params:", "max_active_runs: 2\nparams:", [("dag.max_active_runs", "", "low")]),
    "timeout": ("params:", "dagrun_timeout: 2h\nparams:", [("dag.dagrun_timeout", "", "low")]),
    "param": ("default: 1,", "default: 2,", [("param.default", "days", "review")]),
    "data-class": (
        "data_class: internal",
        "data_class: public",
        [("dag.data_class", "", "security")],
    ),
    "retries": (
        "    upstream: [report]\n",
        "    upstream: [report]\n    retries: 3\n",
        [("task.retries", "not_empty", "low")],
    ),
    "all-retries": (
        "tasks:\n",
        "default_args: {retries: 2}\ntasks:\n",
        [("task.retries", name, "low") for name in ("report", "not_empty", "post")],
    ),
    "trigger-rule": (
        "    upstream: [report]\n",
        "    upstream: [report]\n    trigger_rule: all_done\n",
        [("task.trigger_rule", "not_empty", "review")],
    ),
    "outlet": (
        "    upstream: [report]\n",
        "    upstream: [report]\n    outlets: [late]\n",
        [("outlet.added", "growth.late", "review")],
    ),
    "task-doc": (
        "    upstream: [report]\n",
        "    upstream: [report]\n    doc_md: Why\n",
        [("task.doc_md", "not_empty", "none")],
    ),
    "dependency": (
        "upstream: [not_empty]",
        "upstream: [not_empty, report]",
        [("dependency.added", "post", "review")],
    ),
    "text": ("Delays on {{ ds }}", "Late on {{ ds }}", [("task.work.text", "post", "review")]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_told_and_judged(changes: Callable[..., list[Change]], name: str) -> None:
    old, new, expected = CHANGES[name]
    found = [(one.kind, one.subject, one.risk) for one in changes((old, new))]
    assert found == expected


def test_sql_tells_what_it_reads(changes: Callable[..., list[Change]]) -> None:
    sql, tables = sorted(
        changes(("      from flights\n", "      from flights join raw.late using (day)\n")),
        key=lambda one: one.kind != "task.work.sql",
    )
    assert (sql.kind, sql.risk) == ("task.work.sql", "review")
    assert sql.diff is not None
    assert "-from flights\n+from flights join raw.late using (day)" in sql.diff
    assert (tables.kind, tables.subject) == ("task.reads", "report")
    assert (tables.before, tables.after) == (["flights"], ["flights", "raw.late"])


def test_a_new_connection_needs_security(changes: Callable[..., list[Change]]) -> None:
    found = {one.kind: one for one in changes(("warehouse", "lake"))}
    assert found["task.work.connection"].risk == "review"
    assert found["connection.added"].risk == "security"
    assert (found["connection.added"].subject, found["connection.added"].after) == (
        *("growth.lake", ["report"]),
    )


def test_pii_moves_to_the_sensitive_queue_and_needs_security(
    changes: Callable[..., list[Change]],
) -> None:
    found = changes(("data_class: internal", "data_class: pii"), ("    rows_from: report\n", ""),
                    ("select count(*) > 0", "select count(*) > 1"))  # fmt: skip
    queues = [one for one in found if one.kind == "task.queue"]
    assert {one.subject for one in queues} >= {"report", "not_empty"}
    assert all((one.after, one.risk) == ("sensitive", "security") for one in queues)
    assert found[0].risk == "security"


BASH = """\
  load:
    operator: bash@1
    file: scripts/load.sh
"""


def test_code_needs_security(diff: Diff, delays: str) -> None:
    script = {"dags/scripts/load.sh": "set -eu\necho one\n"}
    report = diff({DELAYS: delays, **script}, {DELAYS: delays + BASH, **script})
    task = next(one for one in only(report).changes if one.kind == "task.added")
    assert (task.subject, task.risk) == ("load", "security")
    other = {"dags/scripts/load.sh": "set -eu\necho two\n"}
    report = diff({DELAYS: delays + BASH, **script}, {DELAYS: delays + BASH, **other})
    dag = only(report)
    assert dag.because == ("dags/scripts/load.sh",)
    assert [(one.kind, one.subject, one.risk) for one in dag.changes] == [
        ("file.shell", "scripts/load.sh", "security")
    ]
    assert "-echo one\n+echo two" in (dag.changes[0].diff or "")
    assert {node.id: node.state for node in dag.graph.nodes}["load"] == "changed"


def test_sql_files_are_compared_like_sql_in_place(diff: Diff, delays: str) -> None:
    by_file = delays.replace("sql: select count(*) > 0 from flights", "sql: sql/any.sql")
    before = {DELAYS: by_file, "dags/sql/any.sql": "select count(*) > 0 from flights\n"}
    after = {**before, "dags/sql/any.sql": "select count(*) > 0 from late.flights\n"}
    found = [(one.kind, one.subject) for one in only(diff(before, after)).changes]
    assert found == [("task.reads", "not_empty"), ("file.sql", "sql/any.sql")]
    unused = {**before, "dags/sql/other.sql": "select 1\n"}
    assert diff(before, unused).dags == ()


def test_tasks_come_go_and_are_renamed(changes: Callable[..., list[Change]]) -> None:
    found = changes(
        ("  not_empty:\n", "  some_rows:\n"),
        ("upstream: [not_empty]", "upstream: [some_rows]"),
    )
    assert [(one.kind, one.before, one.after, one.risk) for one in found] == [
        ("task.renamed", "not_empty", "some_rows", "low")
    ]
    check = (
        "  not_empty:\n    operator: sql_check@1\n    connection: warehouse\n"
        "    sql: select count(*) > 0 from flights\n    upstream: [report]\n"
    )
    gone = changes((check, ""), ("upstream: [not_empty]", "upstream: [report]"))
    assert [(one.kind, one.subject) for one in gone] == [
        ("task.removed", "not_empty"),
        ("dependency.added", "post"),
    ]


GROUPED = """\
version: 1
dag_id: delays
description: Groups and mapping
owners: [thu.tran]
data_class: internal
schedule: manual
tasks:
  load:
    description: One per region
    tasks:
      rows:
        operator: sql_query@1
        connection: warehouse
        sql: select 1 as n
  ask:
    operator: http_request@1
    connection: api
    endpoint: v1/regions
    upstream: [load]
    expand:
      data: ["north", "south"]
"""


def test_groups_and_mapping(diff: Diff) -> None:
    new = GROUPED.replace('"south"', '"west"').replace("One per region", "All regions")
    found = [
        (one.kind, one.subject, one.risk)
        for one in only(diff({DELAYS: GROUPED}, {DELAYS: new})).changes
    ]
    assert found == [("task.expand", "ask", "review"), ("group.description", "load", "none")]
    moved = GROUPED.replace("  load:\n", "  fetch:\n").replace("[load]", "[fetch]")
    found = [
        (one.kind, one.subject) for one in only(diff({DELAYS: GROUPED}, {DELAYS: moved})).changes
    ]
    assert set(found) >= {("task.renamed", "fetch.rows"), ("group.added", "fetch")}


def test_dags_come_and_go(diff: Diff, delays: str) -> None:
    come = only(diff({}, {DELAYS: delays}))
    assert (come.status, come.dag_id, come.risk) == ("added", "growth.delays", "security")
    assert come.schedule is not None
    assert come.schedule.at_once == 1
    gone = only(diff({DELAYS: delays}, {}))
    assert (gone.status, gone.risk) == ("removed", "review")


def test_a_renamed_dag_is_one_change(diff: Diff, delays: str) -> None:
    renamed = delays.replace("dag_id: delays", "dag_id: late")
    dag = only(diff({DELAYS: delays}, {"dags/late.dag.yaml": renamed}))
    assert (dag.status, dag.dag_id, dag.was) == ("renamed", "growth.late", "growth.delays")
    assert [one.kind for one in dag.changes] == ["dag.renamed"]
    assert dag.schedule is not None
    assert dag.schedule.at_once == 1, "Airflow takes it for a new DAG"


def test_a_moved_manifest_has_no_effect(diff: Diff, delays: str) -> None:
    dag = only(diff({DELAYS: delays}, {"dags/fleet/delays.dag.yaml": delays}))
    assert [(one.kind, one.risk) for one in dag.changes] == [("dag.file", "none")]
    assert dag.was_at == DELAYS


def test_next_runs_and_what_starts_at_once(diff: Diff, delays: str) -> None:
    later = delays.replace("0 6 * * 1-5", "30 6 * * *")
    schedule = only(diff({DELAYS: delays}, {DELAYS: later})).schedule
    assert schedule is not None
    assert schedule.before is not None
    assert schedule.after is not None
    assert schedule.before.words == "every weekday at 06:00 (Asia/Ho_Chi_Minh)"
    assert [f"{one:%a %d %H:%M}" for one in schedule.before.next_runs] == [
        *("Mon 07 06:00", "Tue 08 06:00", "Wed 09 06:00", "Thu 10 06:00", "Fri 11 06:00")
    ]
    assert [f"{one:%a %d %H:%M}" for one in schedule.after.next_runs][:2] == [
        *("Sat 05 06:30", "Sun 06 06:30")
    ]
    # 06:00 of this very day has run; 06:30 has not, and is past
    assert schedule.at_once == 1


def test_catchup_of_a_new_dag_starts_all_at_once(diff: Diff, delays: str) -> None:
    early = delays.replace("start_date: 2026-12-01", "start_date: 2026-11-02, catchup: true")
    schedule = only(diff({}, {DELAYS: early})).schedule
    assert schedule is not None
    assert (schedule.at_once, schedule.at_a_time) == (25, 1)
    assert at_once_in_words(schedule) == (
        "25 runs would start as soon as this is live, 1 at a time"
    )


LISTENER = """\
version: 1
dag_id: alarm
description: Tells
owners: [thu.tran]
data_class: internal
schedule: {assets: late}
tasks:
  wait:
    operator: wait_for_dag@1
    dag: delays
  post:
    operator: slack_message@1
    channel: "#growth-data"
    text: Late
    upstream: [wait]
"""


def test_who_listens_is_told(diff: Diff, delays: str) -> None:
    with_asset = delays.replace(
        "upstream: [report]\n", "upstream: [report]\n    outlets: [late]\n", 1
    )
    both = {DELAYS: with_asset, "dags/alarm.dag.yaml": LISTENER}
    index = Index.model_validate(
        {"dags": [{"dag_id": "risk.exposures", "listens": ["growth.late"]},
                  {"dag_id": "risk.other", "listens": ["growth.else"]}]}
    )  # fmt: skip
    dag = only(diff(both, {**both, DELAYS: delays}, index=index))
    found = [
        (one.dag_id, one.relation, one.through, one.breaks, one.source) for one in dag.affected
    ]
    assert found == [
        ("growth.alarm", "listens", "growth.late", True, "repository"),
        ("growth.alarm", "waits", "growth.delays", False, "repository"),
        ("risk.exposures", "listens", "growth.late", True, "index"),
    ]


def test_an_asset_named_like_its_dag_is_another_thing(diff: Diff, delays: str) -> None:
    with_asset = delays.replace(
        "upstream: [report]\n", "upstream: [report]\n    outlets: [delays]\n", 1
    )
    index = Index.model_validate({"dags": [{"dag_id": "risk.x", "listens": ["growth.delays"]}]})
    dag = only(diff({DELAYS: with_asset}, {DELAYS: delays}, index=index))
    assert [(one.dag_id, one.breaks) for one in dag.affected] == [("risk.x", True)]


def test_an_index_of_a_repository(tmp_path: Path, growth: Team, policy: Policy) -> None:
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags/alarm.dag.yaml").write_text(LISTENER)
    (tmp_path / "dags/broken.dag.yaml").write_text("tasks: [")
    found = index_of(side_of(str(tmp_path), tmp_path), Rules(growth, policy, default_catalogue()))
    assert found.model_dump()["dags"] == (
        {
            "dag_id": "growth.alarm",
            "listens": ("growth.late",),
            "waits": ("growth.delays",),
            "triggers": (),
        },
    )


def test_defaults_are_told_as_their_effect(diff: Diff, delays: str) -> None:
    defaults = "version: 1\ndefault_args: {retries: 2}\n"
    own = delays.replace("dag_id: delays", "dag_id: own").replace(
        "tasks:\n", "default_args: {retries: 1}\ntasks:\n"
    )
    old = {DELAYS: delays, "dags/own.dag.yaml": own}
    report = diff(old, {**old, "dags/defaults.yaml": defaults})
    dag = only(report)
    assert (dag.dag_id, dag.because) == ("growth.delays", ("dags/defaults.yaml",))
    assert {one.kind for one in dag.changes} == {"task.retries"}
    assert (report.unchanged, report.only_text) == (1, ())


def test_policy_is_told_as_its_effect(diff: Diff, delays: str) -> None:
    other = load_policy(
        default_policy_text().replace("retries: {default: 1,", "retries: {default: 2,")
    )
    dag = only(diff({DELAYS: delays}, {DELAYS: delays}, new_policy=other))
    assert dag.because == ("policy",)
    assert {(one.kind, one.before, one.after) for one in dag.changes} == {("task.retries", 1, 2)}


def test_an_exception_in_effect_needs_security(diff: Diff, delays: str) -> None:
    leave = (
        "exceptions:\n  - {name: growth-retries, rules: [too-many-retries], team: growth, most: 6, "
        "owner: minh.le, reason: The supplier is slow until March., until: 2099-03-31}\n"
    )
    allowing = load_policy(default_policy_text().replace("exceptions: []\n", leave))
    new = delays.replace("    upstream: [report]\n", "    upstream: [report]\n    retries: 5\n")
    dag = only(diff({DELAYS: delays}, {DELAYS: new}, old_policy=allowing, new_policy=allowing))
    found = {one.kind: one.risk for one in dag.changes}
    assert found == {"exception.added": "security", "task.retries": "low"}
    assert "growth-retries" in dag.exceptions[0]


OPERATOR = """\
version: 1
operator: refresh@1
title: Refresh
summary: Refresh a dashboard.
category: Services
airflow: airflow.providers.http.operators.http.HttpOperator
fields:
  server: {type: connection, argument: http_conn_id, description: Where it is., example: boards}
fixed: {endpoint: api/v1/refresh, method: POST, deferrable: false}
"""


def test_operators_are_told_as_their_effect(tmp_path: Path, diff: Diff, delays: str) -> None:
    catalogues = []
    for version in ("v1", "v2"):
        (tmp_path / version / "operators").mkdir(parents=True)
        text = OPERATOR.replace("v1", version)
        (tmp_path / version / "operators/refresh.operator.yaml").write_text(text)
        catalogues.append(load_catalogue(tmp_path / version))
    text = delays + "  refresh: {operator: refresh@1, server: boards}\n"
    dag = only(diff({DELAYS: text}, {DELAYS: text}, catalogues=tuple(catalogues)))
    (change,) = dag.changes
    assert (change.kind, change.subject, dag.because) == ("task.call", "refresh", ("catalogue",))
    assert isinstance(change.after, dict)
    assert change.after["endpoint"] == "api/v2/refresh"


def test_rules_of_risk_are_data(diff: Diff, delays: str) -> None:
    strict = load_policy(
        default_policy_text().partition("\nrisk:")[0] + "\nrisk:\n  otherwise: none\n  rules:\n"
        "    - {changes: [task.*], operators: [slack_message@*], teams: [gro*], risk: security,\n"
        "       reason: Channels are watched here.}\n"
        + "\nforced_arguments"
        + default_policy_text().partition("\nforced_arguments")[2]
    )
    new = delays.replace("Delays on", "Late on").replace("from flights", "from trips")
    found = {
        one.kind + one.subject: one.risk
        for one in only(diff({DELAYS: delays}, {DELAYS: new}, new_policy=strict)).changes
    }
    assert found["task.work.textpost"] == "security"
    assert found["task.work.sqlreport"] == "none"


def test_a_broken_manifest_needs_review_on_either_side(diff: Diff, delays: str) -> None:
    broken = delays.replace("dag_id: delays", "dag_id: Delays!")
    dag = only(diff({DELAYS: delays}, {DELAYS: broken}))
    assert (dag.status, dag.risk, dag.dag_id) == ("broken", "review", "growth.delays")
    assert [one.file for one in dag.new_findings] == [DELAYS]
    mended = only(diff({DELAYS: broken}, {DELAYS: delays}))
    assert mended.risk == "security", "its connection may be new: nobody can tell"
    assert [one.file for one in mended.old_findings] == [DELAYS]
    assert mended.changes[0].kind == "connection.added"


def test_a_broken_manifest_hides_nothing_of_others(diff: Diff, delays: str) -> None:
    other = delays.replace("dag_id: delays", "dag_id: other")
    old = {DELAYS: delays, "dags/other.dag.yaml": other}
    new = {DELAYS: "tasks: [", "dags/other.dag.yaml": other.replace("0 6 *", "0 8 *")}
    assert [(dag.dag_id, dag.risk) for dag in diff(old, new).dags] == [
        ("growth.delays", "review"),
        ("growth.other", "low"),
    ]


def test_what_cannot_be_read_is_told(diff: Diff, delays: str) -> None:
    unreadable = {"not-utf8": b"\xff\xfe", "too-large": b"#" * 600_000}
    for code, content in unreadable.items():
        dag = only(diff({DELAYS: delays}, {DELAYS: content}))
        assert [one.code for one in dag.new_findings] == [code]
        dag = only(diff({DELAYS: delays}, {DELAYS: delays, "dags/defaults.yaml": content}))
        assert [(one.code, one.file) for one in dag.new_findings] == [(code, "dags/defaults.yaml")]
