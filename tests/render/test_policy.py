from __future__ import annotations

import importlib.resources

import pytest
from airdesk_render.names import Team
from airdesk_render.operators.code import Bash
from airdesk_render.operators.sql import SqlQuery
from airdesk_render.policy import PolicyError, default_policy, load_policy

TEXT = importlib.resources.files("airdesk_render").joinpath("policy.yaml").read_text()


def test_the_version_follows_the_rules_not_the_words(policy):
    assert load_policy(TEXT).version == policy.version
    assert load_policy("# another comment\n" + TEXT).version == policy.version
    assert load_policy(TEXT.replace("limit: 3", "limit: 4")).version != policy.version


def test_what_is_forced(policy):
    risk = Team("risk")
    assert policy.owner_of(risk) == "risk"
    assert policy.access_control_of(risk) == {"team-risk": {"DAGs": ["can_edit", "can_read"]}}
    assert policy.queue_of(risk, SqlQuery) == "normal"
    assert policy.queue_of(risk, Bash) == "team-risk"


def test_choices_stay_within_the_limits(policy):
    def task(**options):
        return Bash.model_validate({"operator": "bash@1", "command": "ls", **options})

    assert policy.retries_of(task()) == 1
    assert policy.retries_of(task(retries=0)) == 0
    assert policy.retries_of(task(retries=99)) == 3
    assert policy.timeout_of(task()) == 1800
    assert policy.timeout_of(task(execution_timeout="90s")) == 90
    assert policy.timeout_of(task(execution_timeout="99h")) == 6 * 3600


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "whole file"),
        ("a: &a [*a]", "line 1"),
        (TEXT.replace("version: 1", "version: 2"), "version"),
        (TEXT + "more: 1\n", "more"),
        (TEXT.replace('owner: "{team}"', 'owner: "{team}{x}"'), "owner"),
        (TEXT.replace("default: 30m", "default: soon"), "execution_timeout.default"),
    ],
)
def test_a_wrong_policy_is_an_error_with_its_place(text, words):
    with pytest.raises(PolicyError, match=words):
        load_policy(text)


def test_rules_of_the_policy_are_checked(check, delays):
    strict = load_policy(
        TEXT.replace("data_classes: [public, internal, pii]", "data_classes: [public]")
        .replace("sql_check@1, bash@1", "bash@1")
        .replace("max_tasks: 50", "max_tasks: 2")
        .replace("shortest_interval: 5m", "shortest_interval: 30h")
    )
    codes = {finding.code for finding in check(delays, rules=strict).findings}
    assert codes == {"data-class", "operator-not-allowed", "too-many-tasks", "too-often"}


def test_every_forbidden_option_has_its_sentence():
    for option, sentence in default_policy().forbidden_options.items():
        assert sentence.endswith("."), option
