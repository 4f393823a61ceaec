"""The policy as a file: its version, what it forces, and what is said about a wrong one."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from airdesk_render.codes import CODES
from airdesk_render.names import Team
from airdesk_render.operators.code import Bash
from airdesk_render.operators.sql import SqlQuery
from airdesk_render.policy import (
    RULES,
    PolicyError,
    default_policy,
    default_policy_text,
    load_policy,
)
from airdesk_render.policy.documentation import policy_page
from airdesk_render.policy.loading import read_policy
from airdesk_render.policy.schema import policy_schema

TEXT = default_policy_text()
PAGE = Path(__file__).parents[2] / "docs" / "policy.md"
EXCEPTION = """\
exceptions:
  - name: backfill
    rules: [too-many-retries]
    team: growth
    owner: minh.le
    reason: The supplier answers at the fifth try.
    until: 2027-03-31
"""


def bash(**options):
    return Bash.model_validate({"operator": "bash@1", "command": "ls", **options})


def query(**options):
    fields = {"operator": "sql_query@1", "connection": "warehouse", "sql": "select 1"}
    return SqlQuery.model_validate({**fields, **options})


def test_the_version_follows_the_rules_not_the_words(policy):
    assert load_policy(TEXT).version == policy.version
    assert load_policy("# another comment\n" + TEXT).version == policy.version
    assert load_policy(TEXT.replace("most: 3}", "most: 4}")).version != policy.version


def test_what_is_forced(policy):
    risk = Team("risk")
    settings = policy.task_settings(risk, "internal", query())
    assert settings.owner == "risk"
    assert policy.access_control_of(risk) == {"team-risk": {"DAGs": ["can_edit", "can_read"]}}
    assert settings.queue == "default"
    assert policy.task_settings(risk, "internal", bash()).queue == "team-risk"
    assert policy.tags_of(risk, "pii") == ("risk", "pii")


def test_choices_stay_within_the_limits(policy, growth):
    def settings(**options):
        return policy.task_settings(growth, "internal", bash(**options))

    assert [settings(**one).retries for one in ({}, {"retries": 0}, {"retries": 99})] == [1, 0, 3]
    assert settings().execution_timeout == 1800
    assert settings(execution_timeout="90s").execution_timeout == 90
    assert settings(execution_timeout="99h").execution_timeout == 6 * 3600
    assert settings(retry_delay="1s").retry_delay == 10
    assert settings(max_retry_delay="2h").max_retry_delay is None
    growing = settings(retry_exponential_backoff=True, max_retry_delay="2h")
    assert growing.max_retry_delay == 7200


def test_a_task_says_more_than_default_args(policy, growth):
    shared = bash(retries=2, depends_on_past=True, pool="growth")
    settings = policy.task_settings(growth, "internal", bash(retries=0), shared)
    assert (settings.retries, settings.depends_on_past, settings.pool) == (0, True, "growth")


def test_what_is_forced_counts_more_than_any_word(changed_policy, growth):
    tasks = {
        "retries": {"force": 2},
        "execution_timeout": {"force": "1h"},
        "weight_rule": {"force": "absolute"},
        "pool": {"force": "{team}"},
        "depends_on_past": {"force": True},
    }
    strict = changed_policy(rules={"tasks": tasks})
    said = bash(retries=0, execution_timeout="5m", weight_rule="upstream", depends_on_past=False)
    settings = strict.task_settings(growth, "internal", said)
    assert (settings.retries, settings.execution_timeout) == (2, 3600)
    assert (settings.weight_rule, settings.pool) == ("absolute", "growth")
    assert settings.depends_on_past is True


def changed(old: str, new: str) -> str:
    assert old in TEXT, old
    return TEXT.replace(old, new, 1)


def excepting(old: str = "", new: str = "") -> str:
    return changed("exceptions: []\n", EXCEPTION.replace(old, new) if old else EXCEPTION)


WRONG = {
    "empty": ("", "line 1, column 1: whole file"),
    "alias": ("a: &a [*a]", "line 1, column 8: "),
    "format": (changed("version: 1", "version: 2"), "line 5, column 10: version"),
    "unknown": (TEXT + "more: 1\n", f"line {TEXT.count(chr(10)) + 1}, column 1: more: There is"),
    "template": (changed('owner: "{team}"', 'owner: "{team}{x}"'), "column 8: owner"),
    "duration": (changed("{default: 30m, ", "{default: soon, "), "max_retry_delay.default"),
    "order": (changed("retries: {default: 1", "retries: {default: 9"), "tasks.retries: least, def"),
    "no default": (changed("retries: {default: 1, ", "retries: {"), "'retries' needs a default"),
    "no queue for pii": (changed("{pii: sensitive}", "{}"), "queues.data_class: pii needs a queue"),
    "shared queue": (changed("{pii: sensitive}", "{pii: default}"), "also the queue of other"),
    "queue of nothing": (changed("{pii: sensitive}", "{pii: sensitive, secret: x}"), "no 'secret'"),
    "no tag": (changed('tags: ["{team}", "{data_class}"]', "tags: []"), "One tag must hold"),
    "gap": (changed('  naming:\n    tags: {allow: ["*"]}\n', ""), "rules lacks 'naming'"),
    "hours": (changed("hours: {allow: [", "hours: {allow: [noon, "), "hours.allow.0"),
    "pattern": (
        changed("naming:\n", "naming:\n    dag_id: {pattern: '(', say: X.}\n"),
        "no regular",
    ),
    "team": (
        changed("  platform:\n", "  ml:\n    tasks: {retries: {most: 0}}\n  platform:\n"),
        "teams.ml.tasks.retries: least, default and most",
    ),
    "lifts pii": (
        excepting("too-many-retries", "queue-forced"),
        "exceptions.0.rules: Nothing lifts the rule 'queue-forced'",
    ),
    "lifts nothing": (excepting("too-many-retries", "no-such"), "There is no rule 'no-such'"),
    "no owner": (excepting("    owner: minh.le\n", ""), "exceptions.0.owner: Field required"),
    "no reason": (
        excepting("The supplier answers at the fifth try.", "Why"),
        "exceptions.0.reason",
    ),
    "no day": (excepting("2027-03-31", "soon"), "exceptions.0.until: Write the day"),
    "no limit": (
        excepting("[too-many-retries]", "[pool-not-allowed]\n    most: 3"),
        "has no limit that most could move",
    ),
    "twice": (
        changed("exceptions: []\n", EXCEPTION + EXCEPTION.partition("\n")[2]),
        "exceptions.1.name: There are two",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_policy_is_an_error_with_its_place(name):
    text, words = WRONG[name]
    with pytest.raises(PolicyError, match=r"policy, line \d+, column \d+: ") as caught:
        load_policy(text)
    assert words in str(caught.value)


def test_all_that_is_wrong_is_said_at_once():
    text = TEXT.replace("most_tasks: 50", "most_tasks: none").replace(
        "default: 1m", "default: soon"
    )
    policy, problems = read_policy(text)
    assert policy is None
    assert [one.path for one in problems] == [
        ("rules", "tasks", "retry_delay", "default"),
        ("rules", "dags", "most_tasks"),
    ]
    lines = text.splitlines()
    assert [lines[one.line - 1][one.column - 1 :][:4] for one in problems] == ["soon", "none"]


def test_every_forbidden_option_has_its_sentence():
    for option, sentence in default_policy().forbidden_options.items():
        assert sentence.endswith("."), option


def test_the_schema_takes_the_built_in_policy_and_refuses_others():
    schema = policy_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(json.dumps(yaml.safe_load(TEXT), default=str))
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(data)) == []
    assert not validator.is_valid({**data, "extra": 1})
    wrong = {**yaml.safe_load(EXCEPTION)["exceptions"][0], "rules": ["queue-forced"]}
    assert not validator.is_valid(
        {**data, "exceptions": [json.loads(json.dumps(wrong, default=str))]}
    )


def test_each_rule_is_a_code_and_has_its_place_in_the_docs():
    of_airflow = {code for code in RULES if code.startswith("airflow-")}
    assert set(RULES) - of_airflow <= set(CODES)
    page = PAGE.read_text(encoding="utf-8")
    for rule in RULES.values():
        assert f"\n### {rule.code}\n" in page
        assert rule.reason.endswith(".")
        assert rule.help.endswith(".")
        assert ". " not in rule.reason.removesuffix("."), rule.code


def test_the_page_about_the_rules_is_current():
    assert PAGE.read_text(encoding="utf-8") == policy_page(), (
        "airdesk-render policy docs > docs/policy.md"
    )
