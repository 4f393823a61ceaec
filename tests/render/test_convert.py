"""Moving in from dag-factory: what comes, what cannot, and that the graph stays the same."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from airdesk_render.catalogue import default_catalogue, load_catalogue
from airdesk_render.cli import main
from airdesk_render.converting.dag_factory import Converted, Wish, convert
from airdesk_render.converting.dags import Chosen
from airdesk_render.converting.operators.table import CLASSES
from airdesk_render.converting.reading import Unreadable
from airdesk_render.converting.reports import all_notes, something_missing
from airdesk_render.loading import LoadedDag, load
from airdesk_render.names import Team
from airdesk_render.policy import default_policy
from airdesk_render.reading import read
from hypothesis import given, settings
from hypothesis import strategies as st

HERE = Path(__file__).with_name("dag_factory")
FEATURES = tuple(sorted((HERE / "features").rglob("*.yml")))
SOURCES = tuple(
    path for path in FEATURES if path.name != "defaults.yml" and path.parent.name != "files"
)


def _convert(*paths: Path, **more: object) -> Converted:
    given = {
        "team": Team("growth"),
        "policy": default_policy(),
        "catalogue": default_catalogue(),
        "chosen": Chosen(("thu.tran",), "internal"),
        "today": dt.date(2026, 11, 22),
        **more,
    }
    return convert(Wish(files=paths, **given))  # type: ignore[arg-type]


def _written(tmp_path: Path, text: str, **more: object) -> Converted:
    path = tmp_path / "dags.yml"
    path.write_text(text, encoding="utf-8")
    return _convert(path, **more)


def _manifest(converted: Converted, name: str) -> dict:
    return read(converted.files[f"dags/{name}.dag.yaml"]).data


@pytest.fixture(scope="module")
def features() -> Converted:
    folders = (HERE / "features" / "files",)
    return _convert(*SOURCES, defaults=HERE / "features", folders=folders)


def _expected(path: Path) -> Counter[tuple[str, int, str, str]]:
    """What the comments at the ends of a file's lines say: `# left-out env; changed asset`."""
    found: Counter[tuple[str, int, str, str]] = Counter()
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        for kind, what in re.findall(
            r"(left-out|changed|needless) ([\w.]+)", line.partition(" # ")[2]
        ):
            found[path.name, number, kind, what] += 1
    return found


def test_every_feature_comes_or_is_told_at_its_line(features):
    told = Counter(
        (Path(note.place.file).name, note.place.line, note.kind, note.what)
        for note in all_notes(features)
    )
    expected = sum((_expected(path) for path in SOURCES), Counter())
    assert told == expected


def test_what_cannot_come_is_found_by_check_as_well(features):
    """Only tasks of which something essential is missing keep a manifest from being right."""
    findings = {
        (dag.name, finding.code, finding.path[1] if len(finding.path) > 1 else "")
        for dag in features.dags
        for finding in dag.findings
    }
    assert findings == {
        *(("code", "unknown-operator", task) for task in ("lost", "branch")),
        *(
            ("code", "function-arguments", task)
            for task in ("from_task", "from_key", "many_of_task")
        ),
        *(("data", "unknown-operator", task) for task in ("value", "own")),
        *(("flow", "unknown-operator", task) for task in ("moment", "python", "branch")),
        ("flow", "one-of", "commands"),
    }


SCHEDULES = {
    "schedules_timedelta": {"every": "6h", "start_date": "2026-01-01T06:00:00"},
    "schedules_preset": {
        "timezone": "Europe/Berlin",
        "cron": "@daily",
        "start_date": "2026-01-01T06:30:00",
        "end_date": "2026-12-31",
    },
    "schedules_none": None,
    "schedules_old_key": {"cron": "15 3 * * *", "start_date": "2026-01-01"},
    "schedules_relativedelta": None,
    "schedules_interval_timetable": {
        "timezone": "UTC",
        "cron": "0 4 * * *",
        "start_date": "2026-01-01",
    },
    "schedules_custom_timetable": None,
    "schedules_once": None,
    "schedules_uris": {"assets": ["s3_bucket_raw_a_json", "s3_bucket_raw_b_json"]},
    "schedules_condition": {"assets": {"any": [{"all": ["raw_a", "raw_b"]}, "raw_c"]}},
    "schedules_condition_keys": {"assets": {"any": [{"all": ["raw_a", "raw_b"]}, "raw_c"]}},
    "schedules_condition_tags": {"assets": {"any": [{"all": ["raw_a", "raw_b"]}, "raw_c"]}},
    "schedules_datasets_file": {"assets": ["s3_bucket_raw_orders", "s3_bucket_raw_customers"]},
    "schedules_time_or_assets": {
        "timezone": "UTC",
        "cron": "0 1 * * 3",
        "assets": {"any": ["raw_a", "raw_b"]},
        "start_date": "2026-01-01",
    },
    "schedules_watched": {"assets": "inbox"},
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules(features, name):
    assert _manifest(features, name).get("schedule") == SCHEDULES[name]


def test_defaults_are_merged_as_dag_factory_does(features):
    manifest = _manifest(features, "inherits")
    # A folder's file beats the file's own block, except in default_args.
    assert manifest["schedule"] == {
        "cron": "0 1 * * *",
        "start_date": "2026-01-01",
        "catchup": True,
    }
    assert manifest["tags"] == ["nested", "team"]
    assert manifest["default_args"] == {
        "retries": 3,
        "retry_delay": "2m",
        "pool_slots": 1,
        "weight_rule": "absolute",
    }
    assert _manifest(features, "templated_two")["tasks"] == {
        "load": {"operator": "bash@1", "command": "echo one"}
    }


def test_params_notify_and_documentation(features):
    assert _manifest(features, "parametrised")["params"] == {
        "model_version": {"type": "string", "default": "1.0.0"},
        "share": {"type": "number", "default": 0.5},
        "dry": {"type": "boolean", "default": True},
        "since": {"type": "string", "default": "2026-01-01"},
        "nothing": {"type": "string", "nullable": True, "default": None},
        "big": {"type": "integer", "default": 1},
        "limit": {
            "type": "integer",
            "default": 5,
            "description": "How many",
            "minimum": 1,
            "maximum": 9,
        },
        "note": {"type": "string", "nullable": True, "default": None, "maxLength": 20},
    }
    assert _manifest(features, "notified")["notify"] == {
        "slack": "#growth-data",
        "events": ["failure", "success"],
    }
    documented = _manifest(features, "documented")
    assert documented["description"] == "About this DAG"
    assert "documented elsewhere" in documented["doc_md"]
    assert documented["schedule"]["start_date"] == "2026-11-20"
    assert documented["default_args"]["trigger_rule"] == "none_failed_min_one_success"


def test_tasks_of_many_kinds(features):
    code, data = _manifest(features, "code")["tasks"], _manifest(features, "data")["tasks"]
    flow = _manifest(features, "flow")["tasks"]
    assert code["script"] == {"operator": "bash@1", "file": "scripts/load.sh"}
    assert code["function"]["arguments"] == {"name": "you"}
    assert code["many"]["expand"] == {
        "arguments": [
            {"name": name, "greeting": greeting}
            for name in ("Lucy", "Vera")
            for greeting in ("hello", "good day")
        ]
    }
    # What another task gives is not carried over; that it comes first is.
    assert code["from_task"]["upstream"] == ["taskflow"]
    assert code["pod"]["cpu"] == "1"
    assert data["query"]["connection"] == "pg_main"
    assert data["several"]["sql"] == "delete from a;\ninsert into a select 1;\n"
    assert data["several"]["transaction"] is False
    assert data["columns"]["where"] == "day = '{{ ds }}'"
    assert data["copy"]["from_bucket"] == "growth-landing"
    assert data["own"] == {"operator": "company.operators.MakeBreadOperator", "bread_type": "rye"}
    assert flow["wait"]["tasks"]["dag"] == {
        "operator": "wait_for_dag@1",
        "dag": "data",
        "task": "query",
        "offset": "1h",
        "poke_interval": "2m",
        "retries": 0,
    }
    assert flow["time"]["time"] == "07:30"
    assert flow["joined"]["command"] == "echo joined"


def test_environment_variables_are_filled_in_only_as_given(tmp_path):
    text = (
        "one:\n  description: $WHAT of $NOBODY\n  tasks: {a: {operator: airflow.EmptyOperator}}\n"
    )
    converted = _written(tmp_path, text, environment={"WHAT": "Orders"})
    assert _manifest(converted, "one")["description"] == "Orders of $NOBODY"


def test_an_operator_that_the_platform_defines(tmp_path):
    folder = tmp_path / "catalogue"
    (folder / "operators").mkdir(parents=True)
    (folder / "operators" / "bread.operator.yaml").write_text(
        "version: 1\noperator: bread@1\n"
        "airflow: airflow.providers.standard.operators.smooth.SmoothOperator\n"
        "title: Bread\n"
        "summary: Bake bread.\n"
        "fields:\n"
        "  connection: {type: connection, description: Which oven, argument: oven_conn_id}\n"
        "  bread: {description: Which bread, argument: bread_type}\n"
    )
    converted = _written(
        tmp_path,
        "bakery:\n"
        "  description: Bread\n"
        "  tasks:\n"
        "    bake:\n"
        "      operator: airflow.providers.standard.operators.smooth.SmoothOperator\n"
        "      oven_conn_id: oven\n"
        "      bread_type: rye\n",
        catalogue=load_catalogue(folder),
    )
    assert _manifest(converted, "bakery")["tasks"]["bake"] == {
        "operator": "bread@1",
        "connection": "oven",
        "bread": "rye",
    }
    assert not something_missing(converted)


HOSTILE = {
    "bomb": "a: &a [x,x,x,x,x,x,x,x]\n"
    + "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else '*a'] * 9)}]" for n in range(9)),
    "deep": "a: " + "[" * 5000 + "]" * 5000,
    "unclosed": 'a: "b',
    "list": "- a\n",
    "text": "nothing here",
    "keys": "? [a]\n: b\n",
    "large": "a: " + "x" * 2_000_001,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_yaml_is_refused(tmp_path, kind):
    with pytest.raises(Unreadable):
        _written(tmp_path, HOSTILE[kind])


def test_objects_are_never_made(tmp_path):
    converted = _written(
        tmp_path,
        "one:\n"
        "  description: !!python/object/apply:os.system [touch /tmp/airdesk-was-here]\n"
        "  schedule: {__type__: os.system, __args__: [touch /tmp/airdesk-was-here]}\n"
        "  tasks: {a: {operator: airflow.operators.empty.EmptyOperator}}\n",
    )
    assert not Path("/tmp/airdesk-was-here").exists()
    kinds = {(note.kind, note.what) for note in all_notes(converted)}
    assert ("left-out", "schedule") in kinds
    assert ("left-out", "description") in kinds


def test_only_files_near_the_yaml_are_taken(tmp_path):
    secret = tmp_path / "secret.sh"
    secret.write_text("password")
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "link.sh").symlink_to(secret)
    converted = _written(
        folder,
        "one:\n"
        "  description: Files from elsewhere\n"
        "  tasks:\n"
        "    absolute: {operator: airflow.operators.bash.BashOperator, "
        f"bash_command: {secret}}}\n"
        "    above: {operator: airflow.operators.bash.BashOperator, bash_command: ../secret.sh}\n"
        "    link: {operator: airflow.operators.bash.BashOperator, bash_command: link.sh}\n",
    )
    assert list(converted.files) == ["dags/one.dag.yaml"]
    assert [note.what for note in all_notes(converted)] == ["bash_command"] * 3


_WORDS = sorted(
    {
        *re.findall(
            r"^ *(?:- )?([A-Za-z_]+):", "".join(path.read_text() for path in SOURCES), re.MULTILINE
        ),
        *(
            "__type__",
            "__args__",
            "__and__",
            "__or__",
            "__join__",
            "a.output",
            "+one",
            "XcomArg(one)",
        ),
        *("datetime.timedelta", "airflow.sdk.Param", "airflow.sdk.Asset", "airflow.sdk.task"),
        *(f"airflow.providers.{name}" for name in CLASSES),
    }
)
_LEAVES = st.one_of(
    st.sampled_from(_WORDS),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=9),
)
_ANYTHING = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=5)
    ),
    max_leaves=25,
)


@settings(max_examples=150)
@given(
    dag=st.dictionaries(st.sampled_from(_WORDS), _ANYTHING, max_size=6),
    tasks=st.dictionaries(
        st.sampled_from(["one", "two", "three"]),
        st.dictionaries(st.sampled_from(_WORDS), _ANYTHING, max_size=8),
        min_size=1,
    ),
    operators=st.lists(st.sampled_from(sorted(CLASSES)), min_size=3, max_size=3),
)
def test_nothing_odd_ends_the_conversion(tmp_path_factory, dag, tasks, operators):
    for task, operator in zip(tasks.values(), operators, strict=False):
        task["operator"] = f"airflow.providers.{operator}"
    text = json.dumps({"default": dag, "one": {**dag, "tasks": tasks}, "two": dag})
    folder = tmp_path_factory.mktemp("odd")
    with contextlib.suppress(Unreadable):
        _written(folder, text)
    shutil.rmtree(folder)


def test_groups_that_hold_each_other(tmp_path):
    converted = _written(
        tmp_path,
        "one:\n"
        "  description: A ring\n"
        "  task_groups:\n"
        "    a: {parent_group_name: b}\n"
        "    b: {parent_group_name: a}\n"
        "    c: {parent_group_name: nowhere}\n"
        "  tasks:\n"
        "    x: {operator: airflow.operators.empty.EmptyOperator, task_group_name: a}\n"
        "    y: {operator: airflow.operators.empty.EmptyOperator, task_group_name: c}\n",
    )
    notes = {(note.what, note.message) for note in all_notes(converted) if note.kind == "left-out"}
    assert ("parent_group_name", "These groups hold each other.") in notes
    assert ("parent_group_name", "There is no group nowhere.") in notes


def test_the_command(tmp_path, capsys):
    out = tmp_path / "out"
    plain = str(HERE / "plain" / "orders.yml")
    given = ["convert", "dag-factory", plain, "--out", str(out), "--team", "growth"]
    assert main(given) == 0
    text = capsys.readouterr().out
    assert "Everything was carried over." in text
    assert "Connections that must exist: warehouse." in text
    assert (out / "dags/py/callables.py").read_text() == (HERE / "plain/callables.py").read_text()
    assert main([*given, "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["complete"] is True
    assert [dag["tasks"] for dag in report["dags"]] == [6, 4, 4, 1]
    # What is there already is replaced only if it is the same, or by --force.
    (out / "dags/orders_daily.dag.yaml").write_text("mine")
    assert main(given) == 2
    assert "is there already" in capsys.readouterr().err
    assert main([*given, "--force"]) == 0
    capsys.readouterr()
    features = str(HERE / "features" / "tasks.yml")
    assert main([*given[:2], features, *given[3:]]) == 1
    assert "tasks.yml:13:" in capsys.readouterr().out


@pytest.mark.parametrize(
    "more",
    [
        ["--env", "x"],
        ["--files", "/nowhere"],
        ["--team", "Not A Team"],
        ["--catalogue", "/nowhere"],
    ],
    ids=["env", "files", "team", "catalogue"],
)
def test_misuse_of_the_command(tmp_path, more):
    plain = str(HERE / "plain" / "orders.yml")
    given = ["convert", "dag-factory", plain, "--out", str(tmp_path), "--team", "growth"]
    assert main([*given, *more]) == 2


def _shape(dag: LoadedDag) -> dict[str, object]:
    """What must be the same before and after; a decorated function is a plain one here."""
    return {
        "schedule": dag.schedule,
        "assets": dag.assets,
        "start": None if dag.schedule == "manual" else dag.start_date,
        "catchup": dag.catchup,
        "groups": {(group.group_id, group.parent, group.tooltip) for group in dag.groups},
        "tasks": {
            task.task_id: (
                task.operator.removeprefix("_").replace("Decorated", ""),
                task.group,
                task.upstream,
                task.trigger_rule,
                bool(task.mapped),
                task.retries,
                task.retry_delay,
                task.outlets,
            )
            for task in dag.tasks
        },
    }


def _without_team(value: object) -> object:
    return json.loads(json.dumps(value, default=sorted).replace("growth.", ""))


@pytest.fixture(scope="module")
def moved(tmp_path_factory, features) -> Path:
    """All that is right after the conversion, rendered; and the plain DAGs for dag-factory."""
    folder = tmp_path_factory.mktemp("moved")
    plain = str(HERE / "plain" / "orders.yml")
    assert main(["convert", "dag-factory", plain, "--out", str(folder), "--team", "growth"]) == 0
    right = [dag for dag in features.dags if not dag.findings]
    for name, text in features.files.items():
        if not name.endswith(".dag.yaml") or name in [dag.manifest for dag in right]:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    out = str(folder / "rendered")
    assert main(["render", "dags", "--team", "growth", "--root", str(folder), "--out", out]) == 0
    return folder


@pytest.mark.xdist_group("airflow")
def test_the_graph_is_the_one_that_dag_factory_loads(moved, tmp_path, monkeypatch, capsys):
    assert main(["test", str(moved / "rendered")]) == 0, capsys.readouterr().out
    ours = {dag.dag_id.removeprefix("growth."): dag for dag in load(moved / "rendered").dags}
    shutil.copytree(HERE / "plain", tmp_path / "dags")
    (tmp_path / "dags" / "callables.py").rename(tmp_path / "callables.py")
    (tmp_path / "dags" / "load.py").write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "from dagfactory import load_yaml_dags\n"
        f"load_yaml_dags(globals(), config_filepath={str(tmp_path / 'dags/orders.yml')!r})\n"
    )
    monkeypatch.setenv("CONFIG_ROOT_DIR", str(tmp_path))
    theirs = load(tmp_path / "dags")
    assert theirs.import_errors == {}
    assert sorted(dag.dag_id for dag in theirs.dags) == [
        "orders_after",
        "orders_daily",
        "orders_list",
        "orders_mapped",
    ]
    for dag in theirs.dags:
        mine, other = _without_team(_shape(ours[dag.dag_id])), _without_team(_shape(dag))
        assert mine == other, dag.dag_id


_VALUE = re.compile(
    r"^(\s+(?:- )?(?!__type__)[\w.]+): (?![&*!|>\[{])(?:\"[^\"]*\"|'[^']*'|[^#\n]+?)( +#.*)?$"
)


def _blocks(lines: list[str]) -> list[range]:
    """Lines of each DAG of a file."""
    starts = [number for number, line in enumerate(lines) if re.match(r"[\w-].*:", line)]
    ends = [*starts[1:], len(lines)]
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


def _changed(path: Path) -> list[tuple[int, str]]:
    """The file with another value or key in one line, and nothing but the line's DAG."""
    lines = path.read_text().splitlines()
    blocks = _blocks(lines)
    shared = [block for block in blocks if lines[block.start].startswith("default:")]
    found = []
    for block in blocks:
        for number in block:
            if (match := _VALUE.match(lines[number])) is None:
                continue
            kept = [*shared, block] if block not in shared else blocks[:2]
            text = [
                line if any(place in one for one in kept) else ""
                for place, line in enumerate(lines)
            ]
            before = match[1][: -len(match[1].lstrip(" -"))]
            for line in (f"{match[1]}: zzz_sentinel", f"{before}zzz_sentinel: 1"):
                text[number] = line
                found.append((number + 1, "\n".join(text) + "\n"))
    return found


def _around(lines: list[str], line: int) -> dict[int, str]:
    """Keys in which a line lies, by their lines."""
    found: dict[int, str] = {}
    depth = len(lines[line - 1]) - len(lines[line - 1].lstrip())
    for number in range(line - 1, 0, -1):
        indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
        if lines[number - 1].strip() and indent < depth:
            depth = indent
            found[number] = lines[number - 1].strip(" -").partition(":")[0]
    return found


@pytest.mark.parametrize("name", ["dags", "tasks"])
def test_no_value_is_dropped_in_silence(tmp_path, name):
    """Whatever value or key is changed: it is in the result, or something is told at its line."""
    folder = tmp_path / "features"
    shutil.copytree(HERE / "features", folder)
    path = folder / f"{name}.yml"
    silent = []
    for line, text in _changed(path):
        if "*nothing" in text and "&nothing" not in text:
            text = text.replace(
                "*nothing", "{nothing: {operator: airflow.operators.empty.EmptyOperator}}"
            )
        path.write_text(text)
        converted = _convert(path, folders=(folder / "files",))
        around = _around(text.splitlines(), line)
        told = any(
            note.place.file == str(path)
            and (note.place.line == line or note.what.split(".")[-1] == around.get(note.place.line))
            for note in all_notes(converted)
        )
        if not told and not any("zzz_sentinel" in one for one in converted.files.values()):
            silent.append((line, text.splitlines()[line - 1]))
    assert silent == []
