"""What a manifest means, in words that a department's analyst understands.

- `schedule_in_words(schedule)`: `every weekday at 06:00 (Asia/Ho_Chi_Minh)`
- `next_runs(schedule, after=moment, count=5)`: moments in the schedule's zone, as Airflow would
- `runs_at_once(schedule, at=moment)`: how many runs Airflow starts when the DAG appears
"""

from __future__ import annotations

from airdesk_render.words.runs import next_runs, runs_at_once
from airdesk_render.words.schedule import deadline_in_words, schedule_in_words
from airdesk_render.words.texts import day_in_words, listed, seconds_in_words

__all__ = [
    "day_in_words",
    "deadline_in_words",
    "listed",
    "next_runs",
    "runs_at_once",
    "schedule_in_words",
    "seconds_in_words",
]
