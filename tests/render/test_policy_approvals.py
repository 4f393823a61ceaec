"""Whose approvals a change needs, by its class of risk."""

from __future__ import annotations

import pytest
import yaml
from airdesk_render.policy import PolicyError, default_policy, default_policy_text, load_policy


def policy(**approvals):
    data = yaml.safe_load(default_policy_text())
    data["approvals"] = approvals
    return load_policy(yaml.safe_dump(data))


GROUPS = {"security": "company/security", "platform": "company/platform"}


def test_as_shipped_a_lead_nods_to_all_that_runs_differently():
    approvals = default_policy().approvals
    assert approvals.needed("none") == ()
    assert {approvals.needed(risk) for risk in ("low", "review", "security")} == {("lead",)}


def test_a_policy_without_the_section_has_what_is_shipped():
    data = yaml.safe_load(default_policy_text())
    del data["approvals"]
    assert load_policy(yaml.safe_dump(data)).approvals == default_policy().approvals


def test_a_company_adds_groups():
    found = policy(
        review=["lead", "lead"], security=["lead", "lead", "security"], groups=GROUPS
    ).approvals
    assert found.needed("security") == ("lead", "lead", "security")
    assert found.groups["security"] == "company/security"


def test_who_approves_changes_no_rendered_file():
    changed = policy(none=["lead"])
    assert changed.version == default_policy().version


@pytest.mark.parametrize(
    ("approvals", "words"),
    [
        ({"security": ["lead", "security"]}, "neither lead nor a name"),
        ({"groups": {"lead": "company/leads"}}, "not a group"),
        ({"low": ["lead", "lead"]}, "'review' asks for less than 'low': it lacks lead"),
        (
            {"security": ["security"], "groups": GROUPS},
            "'security' asks for less than 'review': it lacks lead",
        ),
        ({"none": ["lead"], "low": []}, "'low' asks for less than 'none'"),
        ({"groups": {"security": "../admin"}}, "groups.security"),
        ({"dependents": "risk"}, "approvals.dependents"),
        ({"critical": ["lead"]}, "no such rule"),
    ],
)
def test_what_contradicts_itself_is_refused(approvals, words):
    with pytest.raises(PolicyError, match="approvals") as refused:
        policy(**approvals)
    assert words in str(refused.value)
