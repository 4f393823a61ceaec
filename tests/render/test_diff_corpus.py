"""Another way to write the same manifests is no change: as JSON, with all keys in another order."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from airdesk_render.behaviour import Rules, as_markdown, as_text, compare, side_of
from airdesk_render.catalogue import Catalogue, load_catalogue
from airdesk_render.names import Team
from airdesk_render.policy import default_policy, load_policy
from airdesk_render.reading import read

CORPUS = Path(__file__).parent / "corpus"
TEAMS = sorted(folder.name for folder in (CORPUS / "good").iterdir())
AT = dt.datetime(2026, 12, 4, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(CORPUS / "shared")


def rules_of(team: str, catalogue: Catalogue) -> Rules:
    own = CORPUS / "good" / team / "policy.yaml"
    policy = load_policy(own.read_text(encoding="utf-8")) if own.exists() else default_policy()
    return Rules(Team(team), policy, catalogue)


def reordered(value: Any) -> Any:
    """Mappings of fields backwards; what order means, such as steps in a list, stays."""
    if isinstance(value, dict):
        return {key: reordered(item) for key, item in reversed(value.items())}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("team", TEAMS)
def test_json_in_another_order_is_the_same(team: str, tmp_path: Path, catalogue: Catalogue) -> None:
    old, new = CORPUS / "good" / team, tmp_path / team
    shutil.copytree(old, new)
    manifests = [*new.rglob("*.dag.yaml"), *new.rglob("*.dag.yml")]
    for path in manifests:
        data = reordered(read(path.read_text(encoding="utf-8")).data)
        stem = path.name.partition(".dag.")[0]
        path.with_name(f"{stem}.dag.json").write_text(json.dumps(data), encoding="utf-8")
        path.unlink()
    rules = rules_of(team, catalogue)
    sides = [side_of(str(folder), tmp_path) for folder in (old, new)]
    report = compare(sides[0], sides[1], old_rules=rules, new_rules=rules, at=AT)
    told = {
        (dag.dag_id, change.kind, change.subject) for dag in report.dags for change in dag.changes
    }
    assert {kind for _, kind, _ in told} == {"dag.file"}, told
    assert len(report.dags) == len(manifests)
    assert report.risk == "none"


@pytest.mark.parametrize("team", TEAMS)
def test_a_whole_repository_that_is_new(team: str, tmp_path: Path, catalogue: Catalogue) -> None:
    rules = rules_of(team, catalogue)
    sides = [side_of(str(folder), tmp_path) for folder in (tmp_path, CORPUS / "good" / team)]
    report = compare(sides[0], sides[1], old_rules=rules, new_rules=rules, at=AT)
    assert {dag.status for dag in report.dags} == {"added"}
    for dag in report.dags:
        assert dag.dag_id in as_markdown(report)
        assert dag.dag_id in as_text(report)
