"""Schedules, deadlines, notifications, params and assets: one finding each, at «."""

from __future__ import annotations

import pytest

HEAD = """\
version: 1
dag_id: delays
description: x
owners: [thu.tran]
data_class: internal
"""
TASKS = "tasks:\n  a: {operator: bash@1, command: ls}\n"
DAILY = 'schedule: {cron: "0 6 * * *", start_date: 2026-12-01}\n'

WRONG = {
    # schedule
    "cron and every": ('schedule: «{cron: "@daily", every: 1d, start_date: 2026-12-01}\n',
                       "one-of", None),
    "nothing of all": ("schedule: «{timezone: UTC}\n", "missing-field", None),
    "every without a start": ("«schedule: {every: 2h}\n", "missing-field", None),
    "every in words": ("schedule: {every: «two hours, start_date: 2026-12-01}\n",
                       "wrong-value", None),
    "end before start": (
        'schedule: {cron: "@daily", start_date: 2026-12-02, end_date: «2026-12-01}\n',
        "end-before-start", None),
    "end before start on one day": (
        'schedule: {cron: "@daily", start_date: 2026-12-02T07:00, end_date: «2026-12-02T06:00}\n',
        "end-before-start", None),
    "end no day": ('schedule: {cron: "@daily", start_date: 2026-12-02, end_date: «never}\n',
                   "wrong-value", None),
    "moment with a zone": (
        'schedule: {cron: "@daily", start_date: «"2026-12-02T06:00+07:00"}\n', "wrong-value", None),
    "far away": ('schedule: {cron: "@daily", start_date: «0001-01-01}\n', "wrong-value", None),
    "catchup a word": ('schedule: {cron: "@daily", start_date: 2026-12-02, catchup: «never}\n',
                       "wrong-type", None),
    "preset of Airflow 2": ('schedule: {cron: «"@once", start_date: 2026-12-02}\n',
                            "cron-invalid", None),
    "hour 24": ('schedule: {cron: «"0 24 * * *", start_date: 2026-12-02}\n', "cron-invalid", None),
    "step of nothing": ('schedule: {cron: «"*/0 * * * *", start_date: 2026-12-02}\n',
                        "cron-invalid", None),
    "seconds too": ('schedule: {cron: «"0 0 6 * * *", start_date: 2026-12-02}\n',
                    "cron-invalid", None),
    "zone as offset": ('schedule: {cron: "@daily", timezone: «"+07:00", start_date: 2026-12-02}\n',
                       "unknown-timezone", None),
    "zone out of its folder": (
        'schedule: {cron: "@daily", timezone: «../../etc/passwd, start_date: 2026-12-02}\n',
        "unknown-timezone", None),
    "schedule misspelt inside": (
        'schedule: {cron: "@daily", «start: 2026-12-02, start_date: 2026-12-02}\n',
        "unknown-field", "start_date"),
    # assets
    "asset in upper case": ("schedule: {assets: «Orders}\n", "wrong-value", None),
    "no asset": ("schedule: {assets: «[]}\n", "empty-value", None),
    "asset of a number": ("schedule: {assets: «3}\n", "wrong-type", None),
    "any and all": ("schedule: {assets: «{any: [a], all: [b]}}\n", "one-of", None),
    "any misspelt": ("schedule: {assets: {any: [a, {«al: [b], all: [c]}]}}\n",
                     "unknown-field", "all"),
    "asset named twice": ("schedule: {assets: [orders, «growth.orders]}\n",
                          "duplicate-value", None),
    "asset named twice below": ("schedule: {assets: {any: [orders, {all: [a, «orders]}]}}\n",
                                "duplicate-value", None),
    # deadline and notify
    "deadline by and within": (DAILY + 'deadline: «{by: "07:00", within: 2h}\n', "one-of", None),
    "deadline of nothing": (DAILY + "deadline: «{}\n", "one-of", None),
    "deadline no time": (DAILY + 'deadline: {by: «"7 o\'clock"}\n', "wrong-value", None),
    "deadline not quoted": (DAILY + "deadline: {by: «07:00h}\n", "wrong-value", None),
    "deadline of a run by hand": ('deadline: {by: «"07:00"}\n', "deadline-without-time", None),
    "deadline of hourly runs": (
        'schedule: {cron: "0 * * * *", start_date: 2026-12-02}\ndeadline: {by: «"07:00"}\n',
        "deadline-without-time", None),
    "deadline of assets and cron": (
        ('schedule: {cron: "0 6 * * *", start_date: 2026-12-02, assets: orders}\n'
        'deadline: {by: «"07:00"}\n'), "deadline-without-time", None),
    "late without a deadline": (DAILY + 'notify: {slack: "#a", events: [failure, «late]}\n',
                                "late-without-deadline", None),
    "channel twice": (DAILY + 'notify: [{slack: "#a"}, {slack: «"#a", events: [success]}]\n',
                      "duplicate-value", None),
    "event twice": (DAILY + 'notify: {slack: "#a", events: [failure, «failure]}\n',
                    "duplicate-value", None),
    "second channel wrong": (DAILY + 'notify: [{slack: "#a"}, {slack: «b}]\n',
                             "wrong-value", None),
    # params
    "pattern that is none": ('params: {p: {type: string, default: a, pattern: «"["}}\n',
                             "param-pattern", None),
    "pattern without end": ('params: {p: {type: string, default: a, pattern: «"(a+)+b"}}\n',
                            "param-pattern", None),
    "default against its pattern": (
        'params: {p: {type: string, default: «b, pattern: "[0-9]+"}}\n', "param-default", None),
    "choice against its pattern": (
        'params: {p: {type: string, default: a1, enum: [a1, «b], pattern: "[a-z][0-9]"}}\n',
        "param-default", None),
    "default no date": ("params: {p: {type: string, default: «soon, format: date}}\n",
                        "param-default", None),
    "default no address": ("params: {p: {type: string, default: «thu, format: email}}\n",
                           "param-default", None),
    "items of the wrong type": ("params: {p: «{type: array, default: [1, a], items: integer}}\n",
                                "param-default", None),
    "limits upside down": (
        "params: {p: «{type: integer, default: 3, minimum: 5, maximum: 2}}\n",
        "param-default", None),
    "null that may not be": ("params: {p: «{type: string, default: null}}\n",
                             "param-default", None),
    "type misspelt": ("params: {p: {type: «int, default: 3}}\n", "wrong-value", "integer"),
    "param's field misspelt": ("params: {p: {type: integer, default: 3, «max: 5}}\n",
                               "unknown-field", "maximum"),
    "param in upper case": ("params: {«P: {type: integer, default: 3}}\n", "wrong-value", None),
    # default_args and limits
    "option misspelt": ("default_args: {«retry: 2}\n", "unknown-field", "retries"),
    "option of a task alone": ("default_args: {«upstream: [a]}\n", "unknown-field", None),
    "no tasks at a time": ("max_active_tasks: «0\n", "out-of-range", None),
}  # fmt: skip

WARNED = {
    "catchup by assets": ("schedule: {assets: orders, catchup: «true}\n", "no-effect"),
    "deadline after the timeout": ("dagrun_timeout: 1h\ndeadline: {within: «2h}\n", "no-effect"),
}

RIGHT = {
    "every": "schedule: {every: 2h, start_date: 2026-12-01T06:30, catchup: true, "
    "end_date: 2027-01-01}\n",
    "assets": "schedule: {assets: {any: [orders, {all: [risk.exposures, stock]}]}}\n",
    "one asset": "schedule: {assets: orders}\n",
    "assets and cron": 'schedule: {cron: "0 6 * * *", start_date: 2026-12-01, '
    "assets: [orders, stock]}\n",
    "odd cron": 'schedule: {cron: "*/15 8-17 1,15 jan-mar mon#1", start_date: 2026-12-01}\n',
    "no schedule": "schedule: null\n",
    "a deadline heard of": DAILY
    + 'deadline: {by: "07:00"}\nnotify: [{slack: "#a", events: [late]}, {slack: C0123}]\n',
    "a deadline by hand": "deadline: {within: 2h}\n",
    "params": """\
params:
  day: {type: string, default: 2026-12-01, format: date}
  mail: {type: string, default: null, nullable: true, format: email}
  mode: {type: string, default: full, enum: [full, part], section: How}
  code: {type: string, default: VN-12, pattern: "[A-Z]{2}-[0-9]+(?:-[0-9]+)*", title: Code}
  some: {type: array, default: [1, 2], items: integer}
  more: {type: object, default: {a: [1]}}
  text: {type: string, default: "", format: multiline, maxLength: 10}
""",
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_when(finds, name):
    marked, code, suggestion = WRONG[name]
    assert finds(HEAD + marked + TASKS, code).suggestion == suggestion


@pytest.mark.parametrize("name", WARNED)
def test_when_that_can_hardly_be_meant(finds, name):
    marked, code = WARNED[name]
    assert finds(HEAD + marked + TASKS, code).severity == "warning"


@pytest.mark.parametrize("name", RIGHT)
def test_right_when(check, name):
    checked = check(HEAD + RIGHT[name] + TASKS)
    assert checked.findings == ()
    assert checked.ok


def test_a_dag_does_not_start_itself(finds, check):
    loop = """\
schedule: {assets: {any: [growth.stock, orders]}}
tasks:
  a: {operator: bash@1, command: ls, outlets: [sales, «stock]}
"""
    assert finds(HEAD + loop, "asset-loop").path == ("tasks", "a", "outlets", 1)
    assert check(HEAD + loop.replace("«stock", "delays")).findings == ()


def test_an_outlet_is_of_the_own_team(finds):
    tasks = "tasks:\n  a: {operator: bash@1, command: ls, outlets: [«risk.exposures]}\n"
    finds(HEAD + tasks, "wrong-value")
    twice = "tasks:\n  a: {operator: bash@1, command: ls, outlets: [x, «x]}\n"
    finds(HEAD + twice, "duplicate-value")
