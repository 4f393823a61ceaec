"""Kinds of change, policy's rules about them, and the page that lists them speak of the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from airdesk_render.behaviour.kinds import KINDS, is_kind
from airdesk_render.behaviour.risk import risk_rules_of
from airdesk_render.policy import Policy, PolicyError, load_policy
from airdesk_render.policy.globs import matches
from airdesk_render.policy.loading import default_policy_text

PAGE = Path(__file__).parents[2] / "docs" / "diff.md"
WRITTEN = """\
from airdesk_render.behaviour.kinds import KINDS
print("".join(f"| `{kind}` | {words} |\\n" for kind, words in KINDS.items()))"""


def test_the_page_lists_all_kinds() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [line for line in text.split("\n") if line.startswith(("| `", "| kind"))]
    expected = [f"| `{kind}` | {words} |" for kind, words in KINDS.items()]
    assert rows == ["| kind | what it is |", *expected], f"write the rows anew:\n{WRITTEN}"


def test_built_in_rules_speak_of_kinds_that_there_are(policy: Policy) -> None:
    for rule in risk_rules_of(policy).rules:
        for pattern in rule.changes:
            assert is_kind(pattern) or any(matches(pattern, kind) for kind in KINDS), pattern


def test_a_policy_without_rules_of_risk_has_the_built_in_ones(policy: Policy) -> None:
    before, _, rest = default_policy_text().partition("\nrisk:")
    without = load_policy(
        f"{before}\nforced_arguments{rest.partition(chr(10) + 'forced_arguments')[2]}"
    )
    assert without.risk is None
    assert risk_rules_of(without) == policy.risk
    assert without.version == policy.version, "no rendered file depends on it"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("{changes: [task.added], risk: high, reason: It is so.}", "risk"),
        ("{changes: [], risk: low, reason: It is quite so.}", "changes"),
        ("{changes: ['Task!'], risk: low, reason: It is quite so.}", "changes"),
        ("{changes: [task.added], risk: low}", "reason"),
        ("{changes: [task.added], risk: low, reason: It is quite so., who: me}", "who"),
    ],
)
def test_a_wrong_rule_is_refused(rule: str, words: str) -> None:
    before, _, rest = default_policy_text().partition("\nrisk:")
    rest = rest.partition("\nforced_arguments")[2]
    with pytest.raises(PolicyError, match=words):
        load_policy(f"{before}\nrisk: {{rules: [{rule}]}}\nforced_arguments{rest}")
