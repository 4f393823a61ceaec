"""Regular expressions of params: plain ones pass, those that some text makes slow do not."""

from __future__ import annotations

import re
import time

import pytest
from airdesk_render.patterns import pattern_problem

FAST = [
    "",
    ".+",
    ".*foo.*",
    "a|b|c",
    "(?:foo|bar)+",
    "(ab|ac)*",
    "[A-Z]{3}[0-9]{6}",
    "[a-z][a-z0-9_]{0,62}",
    "^[a-z]+(-[a-z]+)*$",
    r"^\w+( \w+)*$",
    r"^(\d{4})-(\d{2})-(\d{2})$",
    r"^(VN|TH|SG)(,(VN|TH|SG))*$",
    r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$",
    r"\d+(\.\d+)?",
    r"s3://[a-z0-9.-]+/.+",
    "[àáâ-ỹ ]+",
]
SLOW = [
    "(a*)*",
    "(a+)+$",
    "(a|a)*b",
    "(a|aa)+$",
    "(a?b?)*",
    "(.*a){20}",
    ".*.*.*x",
    "(x+x+)+y",
    r"(\w+\s?)*$",
    "([0-9]+,?)+",
    r"^(\d+)*$",
    "(?:a{1,50}){1,50}",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "x*" * 60,
]
NOT_PLAIN = ["(?=a)b", "(?<!a)b", r"(a)\1", "(?i)a", "(?P<n>a)(?P=n)", "(?(1)a|b)", "a++"]
NONE = ["[", "a**", "(", ")", "a{1000}{1000}", "(" * 90, "*", "\\"]


@pytest.mark.parametrize("pattern", FAST)
def test_fast(pattern):
    assert pattern_problem(pattern) is None


@pytest.mark.parametrize("pattern", SLOW)
def test_slow(pattern):
    problem = pattern_problem(pattern)
    assert problem is not None
    assert "no regular expression" not in problem


@pytest.mark.parametrize("pattern", NOT_PLAIN)
def test_not_plain(pattern):
    problem = pattern_problem(pattern)
    assert problem is not None
    assert "plain" in problem or "flags" in problem or "no regular" in problem


@pytest.mark.parametrize("pattern", NONE)
def test_none(pattern):
    assert "no regular expression" in str(pattern_problem(pattern))


@pytest.mark.parametrize("pattern", FAST)
def test_what_passes_is_fast(pattern):
    """Texts on which backtracking would never end, were it let loose."""
    compiled = re.compile(pattern)
    started = time.process_time()
    for piece in ("a", "ab", "aa,", "a-", "VN,", "1", "1-", "a ", ".", "a@a.", "foo"):
        compiled.fullmatch(piece * 800 + "\n!")
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "pattern",
    ["[a-z]*" * 12, "(a|b|c|d|e|f)*" * 9, "(" * 40 + "a" + ")*" * 40, ".{1,9}" * 20, "a?" * 150],
)
def test_judging_is_bounded(pattern):
    started = time.process_time()
    pattern_problem(pattern)
    assert time.process_time() - started < 5
