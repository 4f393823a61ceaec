"""Whatever an author, a team or an exception says: work on data about people runs apart."""

from __future__ import annotations

import datetime as dt
import itertools

from airdesk_render.catalogue import default_catalogue
from airdesk_render.language.task import TaskOptions
from airdesk_render.names import Team
from airdesk_render.policy import Sort, default_policy
from airdesk_render.policy.choices import assigned_queue, may_choose_queue
from airdesk_render.policy.exceptions import PolicyException
from airdesk_render.policy.hours import (
    minutes_of_cron,
    minutes_of_interval,
    outside,
    shortest_gap_of_cron,
)
from airdesk_render.policy.model import Policy
from airdesk_render.policy.parts import Names, Queues, Rules, Use
from airdesk_render.policy.rulebook import RULES
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = ("default", "sensitive", "bigdata", "ml", "maintenance", "team-growth", "mine")
queues = st.sampled_from(NAMES)
globs = st.lists(st.sampled_from((*NAMES, "*", "s*", "?????????")), max_size=4).map(tuple)
lists = st.builds(Names, allow=globs, deny=globs)
uses = st.builds(Use, queues=lists, code_queues=lists)
sorts = st.builds(
    Sort,
    operator=st.sampled_from(["", *default_catalogue().operators]),
    kind=st.sampled_from(["managed", "code"]),
    workload=st.sampled_from(["normal", "code", "bigdata", "ml", "pod"]),
)
leaves = st.builds(
    PolicyException,
    name=st.just("leave"),
    rules=st.lists(
        st.sampled_from([code for code, rule in RULES.items() if rule.liftable]), min_size=1
    ).map(tuple),
    team=st.sampled_from(["growth", "*"]),
    owner=st.just("minh.le"),
    reason=st.just("Because it is so."),
    until=st.just(dt.date(2999, 1, 1)),
)


@st.composite
def policies(draw) -> Policy:
    """The built-in policy with any lists, any assignment and any exceptions."""
    base = default_policy()
    return base.model_copy(
        update={
            "rules": base.rules.model_copy(update={"use": draw(uses)}),
            "teams": {"growth": Rules(use=draw(uses))},
            "exceptions": tuple(draw(st.lists(leaves, max_size=2))),
            "queues": Queues(
                data_class={"pii": "sensitive"},
                operator=draw(st.dictionaries(st.just("*"), queues)),
                workload=draw(st.dictionaries(st.sampled_from(["code", "bigdata", "ml"]), queues)),
                default=draw(queues),
            ),
        }
    )


@given(policy=policies(), sort=sorts, said=queues, shared=queues)
def test_nothing_overrides_the_queue_of_pii(policy, sort, said, shared):
    policy = Policy.model_validate(policy.model_dump(by_alias=True))
    growth = Team("growth")
    assert assigned_queue(policy, growth, "pii", sort) == "sensitive"
    assert may_choose_queue(policy, growth, "pii", sort, said) == (said == "sensitive")
    operator = default_catalogue().operators["bash@1"]
    task = operator.model_validate({"operator": "bash@1", "command": "ls", "queue": said})
    settings = policy.task_settings(growth, "pii", task, TaskOptions(queue=shared))
    assert settings.queue == "sensitive"


@given(policy=policies(), sort=sorts, said=queues)
def test_elsewhere_a_denied_queue_is_never_chosen(policy, sort, said):
    policy = Policy.model_validate(policy.model_dump(by_alias=True))
    growth = Team("growth")
    assigned = assigned_queue(policy, growth, "internal", sort)
    use = policy.of(growth).use
    names = use.code_queues if sort.kind == "code" else use.queues
    if may_choose_queue(policy, growth, "internal", sort, said) and said != assigned:
        assert said not in names.deny
        assert "*" not in names.deny
        assert names.allow


def test_which_queue_each_operator_has(policy, growth):
    found = {
        key: assigned_queue(policy, growth, "internal", Sort(key, one.kind, one.workload))
        for key, one in default_catalogue().operators.items()
    }
    assert found["sql_query@1"] == "default"
    assert found["bash@1"] == "team-growth"
    assert found["spark_submit@1"] == "bigdata"
    for key, one in default_catalogue().operators.items():
        if one.workload in ("normal", "code"):
            assert found[key] == ("team-growth" if one.kind == "code" else "default"), key


fields = st.tuples(
    st.sampled_from(["0", "*/5", "*", "59", "0,30", "10-20", "*/7", "1,3"]),
    st.sampled_from(["*", "6", "*/2", "0,23", "8-18", "23"]),
    st.sampled_from(["*", "1", "*/2", "1,15"]),
    st.just("*"),
    st.sampled_from(["*", "1-5", "1", "*/2"]),
)


@settings(max_examples=40)
@given(fields=fields)
def test_the_shortest_gap_is_what_the_next_runs_show(fields):
    cron = " ".join(fields)
    moments = croniter(cron, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    times = [moments.get_next(float) for _ in range(150)]
    shown = min(after - before for before, after in itertools.pairwise(times))
    assert shortest_gap_of_cron(cron) <= shown
    seen = {int(time % 86_400) // 60 for time in times}
    assert seen <= minutes_of_cron(cron)


def test_times_of_day_are_those_of_the_platform():
    six = minutes_of_cron("0 6 * * *")
    assert outside(six, "Asia/Ho_Chi_Minh", ("05:00-07:00",), "Asia/Ho_Chi_Minh") is None
    assert outside(six, "Asia/Ho_Chi_Minh", ("05:00-07:00",), "UTC") == "23:00"
    assert outside(six, "Asia/Ho_Chi_Minh", ("22:00-02:00",), "UTC") is None
    # clocks in Berlin are put forward, so that six is four or five in UTC
    assert outside(six, "Europe/Berlin", ("05:00-24:00",), "UTC") == "04:00"
    assert minutes_of_interval(6 * 3600, dt.datetime(2026, 1, 1, 1, 30)) == {90, 450, 810, 1170}
    assert minutes_of_cron("not a cron") == frozenset()
    assert shortest_gap_of_cron("61 * * * *") is None
