"""A report, really run: a query in Postgres, a check, a message to Slack with the first rows."""

from __future__ import annotations

import json
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import pytest

REPORT = """\
version: 1
dag_id: report
description: Delays by carrier
owners: [thu.tran]
data_class: internal
params:
  least: {type: integer, default: 1}
tasks:
  delays:
    operator: sql_query@1
    connection: warehouse
    sql: |
      select carrier, avg(delay)::numeric(10, 1) as delay, date '{{ ds }}' > '2020-01-01' as late
      from flights
      where delay >= {{ params.least }}
      group by carrier
      order by carrier
    max_rows: 2
  not_empty:
    operator: sql_check@1
    connection: warehouse
    sql: sql/check.sql
    retries: 0
    upstream: [delays]
  post:
    operator: slack_message@1
    channel: "#growth-data"
    text: "*Delays* by carrier, at least {{ params.least }}"
    rows_from: delays
    upstream: [not_empty]
  ask:
    operator: http_request@1
    connection: api
    endpoint: v1/things?least={{ params.least }}
"""
FILES = {"dags/sql/check.sql": "select count(*) > {{ params.least }} from flights"}
ROWS = [("AA", 10), ("AA", 15), ("B<6", 3), ("DL", 7), ("UA", 0)]


@pytest.fixture(scope="module")
def flights(postgres: str) -> str:
    """URL of a Postgres with a few flights."""
    with psycopg.connect(postgres) as connection:
        connection.execute("create table flights (carrier text, delay integer)")
        connection.cursor().executemany("insert into flights values (%s, %s)", ROWS)
    return postgres


class Service(ThreadingHTTPServer):
    """Slack's chat.postMessage and a small API; keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.headers.get("Content-Type", "").startswith("application/json"):
            asked = json.loads(body or "{}")
        else:
            asked = dict(urllib.parse.parse_qsl(body))
        self.server.asked.append((self.path, asked))
        answer = json.dumps({"ok": True, "ts": "1.2", "channel": "C1"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = _answer

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nothing: the tests look at what was asked."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _connections(postgres: str, service: Service) -> dict[str, str]:
    slack = {
        "conn_type": "slack",
        "password": "xoxb-x",
        "extra": {"base_url": service.url + "/api/"},
    }
    return {
        "AIRFLOW_CONN_GROWTH.WAREHOUSE": postgres.replace("postgresql:", "postgres:"),
        "AIRFLOW_CONN_GROWTH.SLACK": json.dumps(slack),
        "AIRFLOW_CONN_GROWTH.API": json.dumps({"conn_type": "http", "host": service.url}),
    }


def test_a_report_runs(render, run_in_airflow, flights, service):
    rendered = render(REPORT, file="dags/report.dag.yaml", files=FILES)
    result = run_in_airflow(rendered.files, "growth.report", **_connections(flights, service))
    assert result["import_errors"] == {}
    states = {task: state for task, (state, _) in result["tasks"].items()}
    assert set(states.values()) == {"success"}, (states, result["log"][-4000:])
    assert result["tasks"]["delays"][1] == {
        "columns": ["carrier", "delay", "late"],
        "rows": [["AA", "12.5", True], ["B<6", "3.0", True]],
        "total": 3,
    }
    asked = dict(service.asked)
    assert "/v1/things?least=1" in asked
    message = asked["/api/chat.postMessage"]
    assert message["channel"] == "#growth-data"
    assert message["text"] == (
        "*Delays* by carrier, at least 1\n"
        "```\n"
        "carrier  delay  late\n"
        "-------  -----  ----\n"
        "AA       12.5   True\n"
        "B&lt;6      3.0    True\n"
        "```\n"
        "_1 more rows._"
    )


def test_a_failing_check_stops_the_rest_and_pii_stays(render, run_in_airflow, flights, service):
    text = REPORT.replace("internal", "pii").replace("default: 1}", "default: 5}")
    text = text.replace("    rows_from: delays\n", "")
    rendered = render(text, file="dags/report.dag.yaml", files=FILES)
    result = run_in_airflow(rendered.files, "growth.report", **_connections(flights, service))
    states = {task: state for task, (state, _) in result["tasks"].items()}
    assert states["not_empty"] == "failed"
    assert states["post"] == "upstream_failed"
    assert result["tasks"]["delays"][1] == {
        "columns": ["carrier", "delay", "late"],
        "rows": [],
        "total": 2,
    }
    assert "12.5" not in result["log"]
    assert "/api/chat.postMessage" not in dict(service.asked)
