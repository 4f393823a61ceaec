from __future__ import annotations

from airdesk.clients.airflow.task_log import explanation, tail


def failure(kind: str, value: str, *files: str) -> dict:
    return {
        "event": "Task failed with exception",
        "level": "error",
        "timestamp": "2026-11-22T08:00:00Z",
        "logger": "task",
        "error_detail": [
            {"exc_type": kind, "exc_value": value, "frames": [{"filename": f} for f in files]}
        ],
    }


def test_the_tail_is_short_and_redacted():
    messages = [{"event": f"line {n}", "level": "info"} for n in range(40)]
    messages += [{"event": "::group::Log message source details"}]
    messages += [{"event": "connecting to postgresql://etl:s3cret@db/f", "level": "info"}]
    messages += [failure("DivisionByZero", "division by zero\n")]

    lines = tail(messages, lines=5).splitlines()

    assert lines == [
        "INFO line 38",
        "INFO line 39",
        "INFO connecting to postgresql://etl:***@db/f",
        "ERROR Task failed with exception",
        "DivisionByZero: division by zero",
    ]


def test_a_secret_that_spans_the_cut_is_still_taken_out():
    key = "-----BEGIN PRIVATE KEY-----\n" + "MC4CAQ\n" * 20 + "-----END PRIVATE KEY-----"
    assert "MC4CAQ" not in tail([{"event": key}], lines=5)


def test_long_lines_are_cut():
    assert len(tail([{"event": "x" * 5000}])) == 400


def test_a_database_error_is_told_in_its_own_words():
    assert explanation([failure("DivisionByZero", "division by zero\n")]) == "division by zero"
    error = failure(
        "UndefinedTable",
        'relation "fligts" does not exist\nLINE 1: select',
        "/site-packages/psycopg2/extras.py",
    )
    assert explanation([error]) == 'relation "fligts" does not exist'


def test_other_errors_keep_their_name():
    assert explanation([failure("KeyError", "'carrier'")]) == "KeyError: 'carrier'"
    assert explanation([failure("TaskTimeout", "")]) == "Task Timeout"
    assert explanation([{"event": "ValueError: no rows"}]) == "ValueError: no rows"


def test_what_the_guard_says_wins():
    denied = failure(
        "AirflowSecretsBackendAccessDenied",
        "{'reason': 'access_denied', 'message': 'Airdesk: growth.delays may not use risk.db.'}",
    )
    assert (
        explanation([denied, failure("RuntimeError", "later")])
        == "growth.delays may not use risk.db."
    )


def test_a_log_without_an_error_explains_nothing():
    assert explanation([{"event": "all fine"}]) is None
    assert explanation([]) is None
