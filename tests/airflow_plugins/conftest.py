"""One real Airflow for all tests here that need one, and what they ask it with."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Test modules are imported by path (`importlib` mode), so helpers beside them are not found else.
sys.path.insert(0, str(Path(__file__).parent))

from airdesk_render.signing import new_key
from airflow_dags import bad_files, good_files
from airflow_stack import Airflow, Central, Processes, Vault
from airflow_world import World, people_and_roles  # after the line above
from data_service import DataService

ROLES = Path(__file__).parents[2] / "desk" / "airdesk" / "roles.json"


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Airflow with FAB, OpenBao, a central repository with good and bad DAGs, a data service."""
    folder = tmp_path_factory.mktemp("airflow")
    (folder / "logs").mkdir()
    processes, service = Processes(folder / "logs"), DataService()
    private, public = new_key()
    (folder / "publisher.pub").write_bytes(public)
    try:
        vault = Vault(processes)
        central = Central(folder)
        airflow = Airflow(folder, processes, central, vault, folder / "publisher.pub")
        found = World(folder, airflow, vault, central, service, private)
        found.fill_vault()
        airflow.start()
        people_and_roles(airflow, json.loads(ROLES.read_text()))
        central.publish(good_files(private) | bad_files(private, new_key()[0], found.marker))
        airflow.start_scheduling()
        found.wait_until_parsed()
        yield found
    finally:
        processes.close()
        service.close()


@pytest.fixture
def grants(world: World) -> Iterator[World]:
    """The world, whose grants and seal are put back as they were after the test."""
    yield world
    world.vault.unseal()
    world.fill_vault()
