"""Who may use which connection, by grant, and the sentence for each no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from airdesk_airflow.conn_ids import team_connection
from airdesk_airflow.guard.caller import Caller
from airdesk_airflow.guard.connections import Desk
from airdesk_airflow.guard.grants import LONGEST_KEPT_SECONDS, GrantBook, GrantsError
from airdesk_airflow.guard.why import conn_id_asked_about, key_for
from airdesk_airflow.vault_words import VaultReadError, read_error
from airdesk_render.names import Team

SEALED = VaultReadError("Vault is sealed", "security unseals it, then retry the task")
REPORT = Caller(
    "growth.delays", "report", "SQLExecuteQueryOperator", "default", "running", "growth/delays.py"
)
CODE = replace(REPORT, task_id="script", operator="BashOperator", queue="team-growth")
RISK = replace(REPORT, dag_id="risk.score", file="risk/score.py")


@dataclass
class Shelf:
    """Documents as Vault would hold them; `problem` is what reading ends with."""

    documents: dict[str, Mapping[str, Any]]
    problem: VaultReadError | None = None
    asked: list[str] = field(default_factory=list)

    def read(self, path: str) -> Mapping[str, Any] | None:
        self.asked.append(path)
        if self.problem is not None:
            raise self.problem
        return self.documents.get(path)


def shelf_with(**connections: object) -> Shelf:
    return Shelf(
        {
            "grants/growth": {"connections": connections},
            "connections/growth/warehouse": {"conn_type": "postgres"},
        }
    )


def desk_of(shelf: Shelf) -> Desk:
    return Desk(shelf, GrantBook(shelf.read), lambda: datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("grant", "caller", "part"),
    [
        ({"dags": ["*"]}, REPORT, None),
        ({"dags": ["growth.delays"]}, REPORT, None),
        ({"dags": ["growth.other"]}, REPORT, "its grant names growth.other"),
        ({"dags": []}, REPORT, "its grant names no DAG"),
        ({"dags": ["*"], "until": "2026-11-22T00:00:01Z"}, REPORT, None),
        ({"dags": ["*"], "until": "2026-11-22T00:00:00Z"}, REPORT, "ended on 22 Nov 2026"),
        ({"dags": ["*"], "until": "2026-11-22"}, REPORT, "are not understood"),
        ({"dags": ["*"], "unless": "monday"}, REPORT, "are not understood"),
        ({"dags": "*"}, REPORT, "are not understood"),
        ({"dags": ["*"]}, CODE, "runs free code"),
        ({"dags": ["*"], "code": True}, CODE, None),
        ({"dags": ["*"]}, replace(REPORT, queue="team-growth"), "runs free code"),
        ({"dags": ["*"]}, replace(REPORT, operator="SomeOperator"), "runs free code"),
        ({"dags": ["*"]}, replace(REPORT, state="success"), "is not running"),
        ({"dags": ["*"]}, RISK, "risk may not use growth.warehouse. Ask growth's owner"),
        ({"dags": ["growth.delays", "risk.score"]}, RISK, None),
        ({"dags": ["*"]}, replace(REPORT, file="risk/delays.py"), "belongs to no team"),
    ],
)
def test_grants(grant: object, caller: Caller, part: str | None) -> None:
    refusal = desk_of(shelf_with(warehouse=grant)).refusal(caller, "growth.warehouse")
    if part is None:
        assert refusal is None
    else:
        assert refusal is not None
        assert refusal.startswith("Airdesk: ")
        assert part in refusal


def test_missing_grant_and_missing_connection_are_told_apart() -> None:
    desk = desk_of(shelf_with(slack={"dags": ["*"]}))
    assert "nobody has granted the use of growth.warehouse" in str(
        desk.refusal(REPORT, "growth.warehouse")
    )
    assert "growth.slck does not exist in Vault. Did you mean growth.slack?" in str(
        desk.refusal(REPORT, "growth.slck")
    )
    assert "growth.lake does not exist in Vault. Ask security" in str(
        desk.refusal(REPORT, "growth.lake")
    )


def test_another_team_does_not_learn_which_connections_exist() -> None:
    desk = desk_of(shelf_with(warehouse={"dags": ["*"]}))
    real, imagined = (desk.refusal(RISK, f"growth.{name}") for name in ("warehouse", "imagined"))
    assert str(real).replace("warehouse", "imagined") == imagined


@pytest.mark.parametrize(
    "conn_id",
    [
        "warehouse",
        "growth.",
        ".warehouse",
        "growth.a/b",
        "growth..x",
        "Growth.warehouse",
        "",
        "é.x",
    ],
)
def test_what_is_no_connection_of_a_team(conn_id: str) -> None:
    assert team_connection(conn_id) is None
    assert "is no connection of a team" in str(desk_of(shelf_with()).refusal(REPORT, conn_id))


def test_sealed_vault_is_told_and_remembered_by_nobody() -> None:
    shelf = shelf_with(warehouse={"dags": ["*"]})
    desk = desk_of(shelf)
    shelf.problem = SEALED
    assert desk.refusal(REPORT, "growth.warehouse") == (
        "Airdesk: Vault is sealed, so growth.warehouse cannot be read. Nothing was changed; "
        "security unseals it, then retry the task."
    )
    shelf.problem = None
    assert desk.refusal(REPORT, "growth.warehouse") is None
    assert "can be now" in desk.explain(REPORT, "growth.warehouse")


def test_explain_says_what_reading_would_say() -> None:
    shelf = shelf_with(slack={"dags": ["*"]})
    assert "growth.slack does not exist" in desk_of(shelf).explain(REPORT, "growth.slack")
    assert "risk may not use" in desk_of(shelf).explain(RISK, "growth.slack")
    failed = replace(REPORT, state="up_for_retry")
    assert "growth.slack does not exist" in desk_of(shelf).explain(failed, "growth.slack")
    desk = desk_of(shelf)
    desk.refusal(REPORT, "growth.slack")
    shelf.problem = SEALED
    assert "Vault is sealed" in desk.explain(REPORT, "growth.slack")


def test_grants_are_kept_for_a_while_and_never_longer_than_allowed() -> None:
    shelf, now = shelf_with(warehouse={"dags": ["*"]}), [0.0]
    book = GrantBook(shelf.read, kept_seconds=3600, clock=lambda: now[0])
    growth = Team("growth")
    book.of(growth)
    now[0] = LONGEST_KEPT_SECONDS - 0.1
    book.of(growth)
    assert len(shelf.asked) == 1
    now[0] = LONGEST_KEPT_SECONDS
    shelf.problem = SEALED
    with pytest.raises(VaultReadError):
        book.of(growth)
    shelf.problem = None
    shelf.documents["grants/growth"] = {"connections": {"warehouse": 1}}
    with pytest.raises(GrantsError):
        book.of(growth)


@pytest.mark.parametrize("conn_id", ["growth.warehouse", "growth.api_token", "a/b c", "é"])
def test_the_question_why_carries_any_connection_id(conn_id: str) -> None:
    key = key_for(conn_id)
    assert conn_id_asked_about(key) == conn_id
    assert "token" not in key


@pytest.mark.parametrize("key", ["airdesk.why/zz", "airdesk.why/ff", "airdesk.why", "x"])
def test_other_variables_are_no_question_why(key: str) -> None:
    assert conn_id_asked_about(key) is None


class VaultDown(Exception):
    """Named as the Vault client names it."""


class Forbidden(Exception):
    """Named as the Vault client names it."""


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (VaultDown("Vault is sealed"), "Vault is sealed"),
        (VaultDown("standby"), "Vault is not ready"),
        (Forbidden("permission denied"), "Vault does not accept Airflow"),
        (ValueError("?"), "Vault answered with an error (ValueError)"),
    ],
)
def test_errors_of_vault_in_words(error: Exception, part: str) -> None:
    assert read_error(error).about("growth.x").startswith(f"Airdesk: {part}, so growth.x cannot")
