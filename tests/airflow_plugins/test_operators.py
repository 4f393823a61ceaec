"""Which of Airflow's operators a DAG may hold follows from the catalogue."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from airdesk_airflow.operators import catalogue, is_managed, sorts_of
from airdesk_render.catalogue import CatalogueError

SHARED = Path(__file__).parents[1] / "render" / "shared_operators"
SQL = "airflow.providers.common.sql.operators.sql"
STANDARD = "airflow.providers.standard.operators"


def _class(module: str, name: str) -> type:
    return type(name, (), {"__module__": module})


@pytest.fixture
def shared(tmp_path, monkeypatch) -> Path:
    """A copy of the shared operator repository that this Airflow is told of."""
    folder = Path(shutil.copytree(SHARED, tmp_path / "shared"))
    monkeypatch.setenv("AIRDESK_CATALOGUE", str(folder))
    return folder


def test_a_class_is_what_the_catalogue_makes_of_it():
    sorts = {one.operator: one for one in sorts_of(_class(SQL, "SQLExecuteQueryOperator"))}
    assert set(sorts) == {"sql_query@1", "sql_execute@1", "hive@1"}
    assert sorts["sql_query@1"].workload == "normal"
    assert sorts["hive@1"].workload == "bigdata"
    (bash,) = sorts_of(_class(f"{STANDARD}.bash", "BashOperator"))
    assert (bash.kind, bash.workload) == ("code", "code")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("growth.delays", "SQLExecuteQueryOperator"),
        (SQL, "BranchSQLOperator"),
        ("shared_geocode_0123456789abcdef", "GeocodeOperator"),
    ],
)
def test_what_the_catalogue_does_not_have_is_nothing(module, name):
    assert sorts_of(_class(module, name)) == ()


def test_classes_of_the_shared_repository_count_where_it_is_named(shared):
    loaded = _class("shared_geocode_0123456789abcdef", "GeocodeOperator")
    assert [one.operator for one in sorts_of(loaded)] == ["geocode@1"]
    assert sorts_of(_class("shared_geocode_0123456789abcdef", "Other")) == ()
    assert sorts_of(_class("shared_geocode_0123", "GeocodeOperator")) == ()
    assert sorts_of(_class("python.geocode", "GeocodeOperator")) == ()
    assert "refresh_view@2" in {
        one.operator for one in sorts_of(_class(SQL, "SQLExecuteQueryOperator"))
    }
    assert is_managed("GeocodeOperator", "default")


def test_a_folder_that_changed_is_read_again(shared):
    loaded = _class("shared_geocode_0123456789abcdef", "GeocodeOperator")
    assert catalogue() is catalogue()
    file = shared / "operators/geocode.operator.yaml"
    file.write_text(file.read_text().replace("kind: managed", "kind: code"))
    os.utime(file, ns=(1, 1))
    assert [one.kind for one in sorts_of(loaded)] == ["code"]
    assert not is_managed("GeocodeOperator", "default")
    file.write_text("version: 1\n")
    with pytest.raises(CatalogueError, match=r"geocode\.operator\.yaml"):
        sorts_of(loaded)


@pytest.mark.parametrize(
    ("name", "queue", "managed"),
    [
        ("SQLExecuteQueryOperator", "default", True),
        ("SQLExecuteQueryOperator", "sensitive", True),
        ("SQLExecuteQueryOperator", "team-growth", False),
        ("SSHOperator", "default", True),
        ("S3KeySensor", "default", True),
        ("BashOperator", "team-growth", False),
        ("BashOperator", "sensitive", False),
        ("PythonOperator", "default", False),
        ("BranchPythonOperator", "default", False),
        ("ShortCircuitOperator", "default", False),
        ("PapermillOperator", "default", False),
        ("KubernetesPodOperator", "default", False),
        ("EmptyOperator", "default", False),
        ("Unheard", "default", False),
    ],
)
def test_only_managed_operators_that_use_connections_get_one(name, queue, managed):
    assert is_managed(name, queue) is managed
