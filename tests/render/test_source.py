from __future__ import annotations

from airdesk_render.catalogue import default_catalogue
from airdesk_render.manifest import Manifest, report_task
from airdesk_render.parsing import parse_manifest
from airdesk_render.reading import read
from airdesk_render.source import digest_of, referenced_files, source_digest, source_files

PATH = "dags/everything.dag.yaml"


def _manifest(data: object) -> Manifest:
    assert isinstance(data, dict)
    parsed = parse_manifest(data, default_catalogue())
    assert parsed.manifest is not None, parsed.errors
    return parsed.manifest


def test_referenced_files(everything):
    manifest = _manifest(read(everything[0]).data)
    names = ("dags/py/score.py", "dags/scripts/load.sh", "dags/sql/query.sql")
    assert referenced_files(manifest) == names
    below = tuple(name.replace("dags/", "dags/a/") for name in names)
    assert referenced_files(manifest, "dags/a/everything.dag.yaml") == below


def test_the_digest_follows_the_manifest_and_its_files_only(everything):
    text, files = everything
    whole = {PATH: text, **files}
    digest = source_digest(PATH, whole)
    assert source_digest(PATH, {**whole, "README.md": "x", "dags/other.dag.yaml": "x"}) == digest
    assert source_digest(PATH, dict(reversed(whole.items()))) == digest
    assert source_digest(PATH, {**whole, PATH: text + "\n"}) != digest
    assert source_digest(PATH, {**whole, "dags/sql/query.sql": "select 2"}) != digest
    missing = {name: text for name, text in whole.items() if name != "dags/sql/query.sql"}
    assert source_digest(PATH, missing) != digest


def test_the_digest_of_nonsense_is_that_of_its_text():
    assert source_digest(PATH, {PATH: "{"}) == digest_of({PATH: "{"})
    assert source_digest(PATH, {PATH: "a: &a [*a]"}) != source_digest(PATH, {PATH: "b"})


def test_a_digest_keeps_files_apart():
    assert digest_of({"a": "bc", "d": ""}) != digest_of({"a": "b", "cd": ""})
    assert digest_of({"a": "é"}) == digest_of({"a": "é".encode()})


def test_the_report_is_the_last_query_and_never_pii(everything, delays):
    assert report_task(_manifest(read(delays).data)) == "report"
    secret = delays.replace("internal", "pii")
    assert report_task(_manifest(read(secret).data)) is None
    data = read(delays).data
    data["tasks"] = {"a": {"operator": "bash@1", "command": "ls"}}
    assert report_task(_manifest(data)) is None


def test_a_mapped_query_is_no_report(delays):
    data = read(delays).data
    report = data["tasks"]["report"]
    report["expand"] = {"sql": [report.pop("sql"), "select 2"]}
    data["tasks"].pop("post")
    assert report_task(_manifest(data)) == "not_empty" or report_task(_manifest(data)) is None


def test_files_of_mapped_values_and_of_groups_count():
    data = {
        "version": 1,
        "dag_id": "everything",
        "description": "x",
        "owners": ["a"],
        "data_class": "internal",
        "tasks": {
            "g": {
                "tasks": {
                    "q": {
                        "operator": "sql_query@1",
                        "connection": "w",
                        "expand": {"sql": ["sql/a.sql", "select 1", "sql/b.sql"]},
                    }
                }
            }
        },
    }
    assert referenced_files(_manifest(data)) == ("dags/sql/a.sql", "dags/sql/b.sql")


def test_defaults_in_effect_are_sources(everything):
    text, files = everything
    path = "dags/a/everything.dag.yaml"
    manifest = _manifest(read(text).data)
    around = {
        "dags/defaults.yaml": "version: 1\n",
        "dags/a/defaults.json": "{}",
        "dags/b/defaults.yaml": "version: 1\n",
    }
    assert source_files(manifest, path, around)[:3] == (
        path,
        "dags/a/defaults.json",
        "dags/defaults.yaml",
    )
    below = {name.replace("dags/", "dags/a/"): content for name, content in files.items()}
    whole = {path: text, **below, **around}
    digest = source_digest(path, whole)
    assert source_digest(path, {**whole, "dags/b/defaults.yaml": "x"}) == digest
    assert source_digest(path, {**whole, "dags/defaults.yaml": "version: 1\ntags: [a]\n"}) != digest
