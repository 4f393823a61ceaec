"""DAG files as the publisher would sign them, and some that it never would."""

from __future__ import annotations

import importlib._bootstrap_external
import importlib.util
from collections.abc import Mapping
from pathlib import Path

from airdesk_render.signing import sign

HEAD = """\
import datetime
import pathlib
import time

from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Connection, Variable


def use(params):
    for conn_id in params.get("connections", []):
        print("RECEIVED", conn_id, len(Connection.get(conn_id).password))
    for key in params.get("variables", []):
        print("VARIABLE", key, Variable.get(key))


def ask(ti, params):
    for word in params.get("xcoms", []):
        dag_id, run_id, task_id = word.split("/")
        print("XCOM", ti.xcom_pull(dag_id=dag_id, run_id=run_id, task_ids=task_id))
    return "of-{team}"


def hold(params):
    while "until" in params and not pathlib.Path(params["until"]).exists():
        time.sleep(0.2)


common = dict(
    owner="{team}",
    retries=0,
    execution_timeout=datetime.timedelta(minutes=5),
    queue="team-{team}",
)
with DAG(
    "{dag_id}",
    schedule=None,
    access_control={{"team-{team}": {{"DAGs": {{"can_read", "can_edit"}}}}}},
    params={{"connections": [], "variables": [], "xcoms": [], "until": "/"}},
    tags=["{team}", "internal"],
    max_active_runs=4,
    default_args=common,
):
    """

BODIES = {
    "use": 'PythonOperator(task_id="use", python_callable=use)\n',
    "retried": 'PythonOperator(task_id="use", python_callable=use, retries=1, '
    "retry_delay=datetime.timedelta(seconds=10))\n",
    "ask": 'PythonOperator(task_id="ask", python_callable=ask)\n',
    "hold": 'PythonOperator(task_id="hold", python_callable=hold)\n',
    "fetch": 'HttpOperator(task_id="fetch", http_conn_id="{team}.api", endpoint="data", '
    'method="GET", queue="default", '
    'extra_options={{"allow_redirects": False, "timeout": 60}})\n',
}


def source(team: str, name: str, body: str, *, dag_id: str | None = None) -> bytes:
    text = HEAD.format(team=team, dag_id=dag_id or f"{team}.{name}") + body.format(team=team)
    return text.encode()


def signed(
    key: bytes, team: str, name: str, content: bytes, *, beside: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """The file, what lies beside it and the signature, by path in the central repository."""
    path = f"{team}/{name}.py"
    files = {path: content, **(beside or {})}
    return {**files, f"{path}.sig": sign(key, f"{team}.{name}", files)}


def good_files(key: bytes) -> dict[str, bytes]:
    """One DAG of each kind for both teams."""
    files: dict[str, bytes] = {}
    for team in ("growth", "risk"):
        for name, body in BODIES.items():
            files |= signed(key, team, name, source(team, name, body))
    later = b"schedule=None, start_date=datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC),"
    not_begun = source("growth", "later", BODIES["use"]).replace(b"schedule=None,", later)
    files |= signed(key, "growth", "later", not_begun)
    return files


def bad_files(key: bytes, other_key: bytes, marker: Path) -> dict[str, bytes]:
    """What must not be taken; where code could run at all, it would write `marker`."""
    touch = f"\nopen({str(marker)!r}, 'a').write(__name__)\n".encode()
    use = BODIES["use"]
    plain = {name: source("risk", name, use) for name in ("unsigned", "altered", "foreign")}
    files = {"risk/unsigned.py": plain["unsigned"] + touch}
    files |= signed(key, "risk", "altered", plain["altered"])
    files["risk/altered.py"] += touch
    files |= signed(other_key, "risk", "foreign", plain["foreign"] + touch)
    files["nowhere.py"] = source("risk", "nowhere", use) + touch
    files |= signed(key, "risk", "stray", source("risk", "stray", use, dag_id="growth.stray"))
    moved = signed(key, "growth", "use", source("growth", "use", use))
    files |= {f"risk/{path}": content for path, content in moved.items()}
    files |= _cached_bytecode(touch)
    return files | _broken_rules(key)


def _cached_bytecode(code: bytes) -> dict[str, bytes]:
    """Bytecode that Python would run without a look at the signed text of `risk/hold.py`."""
    compiled = compile(code, "hold.py", "exec")
    data = importlib._bootstrap_external._code_to_hash_pyc(compiled, b"\0" * 8, False)
    name = Path(importlib.util.cache_from_source("risk/hold.py")).name
    return {f"risk/__pycache__/{name}": bytes(data)}


def _broken_rules(key: bytes) -> dict[str, bytes]:
    """Signed by mistake: each breaks one rule of the cluster policy."""
    fetch, use = BODIES["fetch"], BODIES["use"]
    open_to_all = source("risk", "open_to_all", use).replace(b'"team-risk":', b'"Public":')
    broken = {
        "borrowed": source("risk", "borrowed", fetch.replace("{team}.api", "growth.api")),
        "wrong_queue": source("risk", "wrong_queue", use).replace(
            b'"team-risk",\n)', b'"default",\n)'
        ),
        "stubborn": source("risk", "stubborn", use).replace(b"retries=0", b"retries=99"),
        "endless": source("risk", "endless", use).replace(b"minutes=5", b"days=5"),
        "foreign_owner": source("risk", "foreign_owner", use).replace(
            b'owner="risk"', b'owner="x"'
        ),
        "open_to_all": open_to_all,
        "unknown_operator": source(
            "risk",
            "unknown_operator",
            "from airflow.providers.standard.operators.latest_only import LatestOnlyOperator\n"
            '    LatestOnlyOperator(task_id="latest")\n',
        ),
    }
    files: dict[str, bytes] = {}
    for name, content in broken.items():
        files |= signed(key, "risk", name, content)
    return files
