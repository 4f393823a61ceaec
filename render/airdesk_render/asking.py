"""The questions from whose answers a first manifest is written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        key: name of the answer, as `--set key=value` gives it.
        text: the question. usual: the answer where none is given; `None`: one must be.
        paths: paths of the manifest (their beginnings) that the answer decides about.
        asked: whether it is asked at all, after the answers before.
    """

    key: str
    text: str
    usual: str | None
    paths: tuple[tuple[str, ...], ...] = ()
    asked: Callable[[Answers], bool] = lambda answers: True


def _is_timed(answers: Answers) -> bool:
    return answers["schedule"] != "manual"


def questions(*, owner: str, today: dt.date) -> tuple[Question, ...]:
    """All questions in their order.

    Args:
        owner: who looks after it if nobody else is named; "" where defaults name somebody.
    """
    tomorrow = (today + dt.timedelta(days=1)).isoformat()
    return (
        Question("dag_id", "Name of the DAG (a-z, 0-9 and _)", None, (("dag_id",),)),
        Question("description", "What comes out of it, in a sentence", None, (("description",),)),
        Question("owners", "Who looks after it (commas between names)", owner, (("owners",),)),
        Question(
            "data_class", "How sensitive is the data: public, internal or pii", "internal",
            (("data_class",),),
        ),
        Question(
            "schedule", "When: manual, a cron line, @daily, or an interval such as 2h", "manual",
            (("schedule", "cron"), ("schedule", "every")),
        ),
        Question("timezone", "In which time zone", "UTC", (("schedule", "timezone"),), _is_timed),
        Question(
            "start_date", "From which day on", tomorrow, (("schedule", "start_date"),), _is_timed
        ),
        Question(
            "connection", "Which connection is asked", "warehouse",
            (("tasks", "report", "connection"),),
        ),
        Question("sql", "The query (one line; longer ones by file, such as sql/report.sql)", None,
                 (("tasks", "report"),)),
        Question("check", "A query that must give true, or nothing", "", (("tasks", "check"),)),
        Question(
            "channel", "Slack channel that gets the rows, and hears of failures, or nothing", "",
            (("tasks", "post"), ("notify",)),
        ),
    )  # fmt: skip


def manifest_from(answers: Answers) -> dict[str, Any]:
    """The manifest that the answers describe; `check` judges it."""
    names = [name.strip() for name in answers["owners"].split(",") if name.strip()]
    data: dict[str, Any] = {
        "version": 1,
        "dag_id": answers["dag_id"],
        "description": answers["description"],
        **({"owners": names} if names else {}),
        "data_class": answers["data_class"],
        "schedule": _schedule(answers),
    }
    connection = answers["connection"]
    tasks: dict[str, Any] = {
        "report": {"operator": "sql_query@1", "connection": connection, "sql": answers["sql"]}
    }
    if answers["check"]:
        tasks["check"] = {
            "operator": "sql_check@1",
            "connection": connection,
            "sql": answers["check"],
            "upstream": ["report"],
        }
    if answers["channel"]:
        data["notify"] = {"slack": answers["channel"], "events": ["failure", "recovery"]}
        tasks["post"] = {
            "operator": "slack_message@1",
            "channel": answers["channel"],
            "text": f"{answers['description']} ({{{{ ds }}}})",
            "rows_from": "report",
            "upstream": [list(tasks)[-1]],
        }
        if answers["data_class"] == "pii":
            del tasks["post"]["rows_from"]
    return {**data, "tasks": tasks}


def _schedule(answers: Answers) -> Any:
    when = answers["schedule"]
    if when == "manual":
        return when
    kind = "every" if re.fullmatch(r"[0-9]+[smhd]", when) else "cron"
    return {
        kind: when,
        "timezone": answers["timezone"],
        "start_date": answers["start_date"],
    }
