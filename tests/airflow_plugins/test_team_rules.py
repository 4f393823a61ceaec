"""Pure decisions of the guard: own task, own team, reported states."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from airdesk_airflow.guard.caller import Caller, Token
from airdesk_airflow.guard.reports import mentions_assets, state_refusal
from airdesk_airflow.guard.routes import Match, matches
from airdesk_airflow.guard.team_rules import dag_refusal, is_own
from airdesk_render.names import Team

ME = UUID("0199a1de-0000-7000-8000-000000000001")
RISK = Team("risk")
CALLER = Caller("risk.score", "use", "PythonOperator", "team-risk", "running", "risk/score.py")


def the_match(method: str, path: str) -> Match:
    found = matches(method, path)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("written", "own"),
    [
        (str(ME), True),
        (str(ME).upper(), True),
        (ME.hex, True),
        ("0199a1de-0000-7000-8000-000000000002", False),
        ("me", False),
    ],
)
def test_own_task_only(written: str, own: bool) -> None:
    match = the_match("PUT", f"/task-instances/{written}/heartbeat")
    assert is_own(match, Token(ME, "execution")) is own


@pytest.mark.parametrize(
    ("method", "path", "query", "allowed"),
    [
        ("GET", "/dags/risk.other", [], True),
        ("GET", "/dags/growth.delays", [], False),
        ("GET", "/dags/nobody", [], False),
        ("GET", "/dags/risk", [], False),
        ("GET", "/dag-runs/count", ["risk.score"], True),
        ("GET", "/dag-runs/count", ["growth.delays"], False),
        ("GET", "/dag-runs/count", ["risk.score", "growth.delays"], False),
        ("GET", "/dag-runs/count", [], False),
        ("POST", "/dag-runs/risk.other/run", ["growth.delays"], True),
        ("POST", "/dag-runs/growth.delays/run", ["risk.score"], False),
        ("GET", "/xcoms/risk.other/run/task/key", [], True),
        ("POST", "/xcoms/risk.other/run/task/key", [], False),
        ("POST", "/xcoms/risk.score/run/task/key", [], True),
        ("DELETE", "/xcoms/growth.delays/run/task/key", [], False),
        ("HEAD", "/xcoms/growth.delays/run/task/key", [], False),
    ],
)
def test_only_dags_of_the_own_team(method: str, path: str, query: list[str], allowed: bool) -> None:
    refusal = dag_refusal(the_match(method, path), CALLER, RISK, query)
    assert (refusal is None) is allowed
    assert allowed or str(refusal).startswith("Airdesk: ")


@pytest.mark.parametrize(
    ("report", "accepted"),
    [
        ({"state": "success", "task_outlets": [], "outlet_events": []}, True),
        ({"state": "failed"}, True),
        ({"state": "up_for_reschedule"}, True),
        ({"state": "deferred", "classpath": "os.system"}, False),
        ({"state": "deferred", "classpath": ["os.system"]}, False),
        (
            {
                "state": "deferred",
                "classpath": "airflow.providers.standard.triggers.temporal.DateTimeTrigger",
            },
            True,
        ),
        ({"state": "awaiting_input"}, True),
        ({"state": "success", "task_outlets": [{"name": "growth"}]}, False),
        ({"state": "success", "outlet_events": [{"dest_asset_key": {}}]}, False),
        ({}, False),
        ([], False),
        ({"state": ["success"]}, False),
    ],
)
def test_states_that_a_task_may_report(report: object, accepted: bool) -> None:
    assert (state_refusal(json.dumps(report).encode(), RISK) is None) is accepted


OWN_ASSET = {"name": "risk.scores", "uri": "x-airdesk://risk/scores"}


@pytest.mark.parametrize(
    ("assets", "accepted"),
    [
        ({"task_outlets": [{**OWN_ASSET, "type": "Asset"}]}, True),
        ({"outlet_events": [{"dest_asset_key": OWN_ASSET, "extra": {}}]}, True),
        (
            {
                "task_outlets": [
                    {"name": "growth.x", "uri": "x-airdesk://growth/x", "type": "Asset"}
                ]
            },
            False,
        ),
        (
            {"task_outlets": [{"name": "risk.x", "uri": "x-airdesk://growth/x", "type": "Asset"}]},
            False,
        ),
        (
            {"task_outlets": [{"name": "growth.x", "uri": "x-airdesk://risk/x", "type": "Asset"}]},
            False,
        ),
        ({"task_outlets": [{"name": "risk.scores", "type": "AssetNameRef"}]}, False),
        ({"task_outlets": [{"uri": "x-airdesk://risk/scores", "type": "AssetUriRef"}]}, False),
        ({"task_outlets": [{"name": "any", "type": "AssetAlias"}]}, False),
        ({"outlet_events": [{"dest_asset_key": OWN_ASSET, "source_alias_name": "any"}]}, False),
        ({"task_outlets": ["risk.scores"]}, False),
    ],
)
def test_a_task_updates_assets_of_its_own_team_only(assets: object, accepted: bool) -> None:
    body = json.dumps({"state": "success", **assets}).encode()
    assert mentions_assets(body)
    assert (state_refusal(body, RISK) is None) is accepted
    assert state_refusal(body, None) is not None


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"state":"success","state":"deferred"}']
)
def test_a_body_that_hides_its_state_is_refused(body: bytes) -> None:
    assert state_refusal(body) is not None


@pytest.mark.parametrize(
    ("dag_id", "file", "team"),
    [
        ("risk.score", "risk/score.py", "risk"),
        ("growth.score", "risk/score.py", None),
        ("risk.score", "score.py", None),
        ("score", "risk/score.py", None),
        ("risk.score", "", None),
        ("risk.score", "risk-two/risk/score.py", None),
    ],
)
def test_team_of_a_caller_needs_id_and_folder(dag_id: str, file: str, team: str | None) -> None:
    found = Caller(dag_id, "t", "BashOperator", "q", "running", file).team()
    assert (found.name if found else None) == team
