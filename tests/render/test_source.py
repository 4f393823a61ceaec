from __future__ import annotations

from airdesk_render.manifest import Manifest, report_task
from airdesk_render.reading import read
from airdesk_render.source import digest_of, referenced_files, source_digest

PATH = "dags/everything.dag.yaml"


def test_referenced_files(everything):
    manifest = Manifest.model_validate(read(everything[0]).data)
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
    assert report_task(Manifest.model_validate(read(delays).data)) == "report"
    secret = delays.replace("internal", "pii")
    assert report_task(Manifest.model_validate(read(secret).data)) is None
    data = read(delays).data
    data["tasks"] = {"a": {"operator": "bash@1", "command": "ls"}}
    assert report_task(Manifest.model_validate(data)) is None
