"""Name, people and schedule."""

from __future__ import annotations

import datetime as dt
import itertools
import zoneinfo
from functools import lru_cache

from airdesk_render.checks.place import Inspection, meant
from airdesk_render.manifest import Manifest, Schedule
from airdesk_render.names import MANIFEST_ENDINGS, MANIFEST_FOLDER, is_manifest
from airdesk_render.operators.base import seconds_of

PRESETS = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")


def check_identity(inspection: Inspection, manifest: Manifest) -> None:
    name = inspection.file.rpartition("/")[2]
    stem = next((name.removesuffix(end) for end in MANIFEST_ENDINGS if name.endswith(end)), name)
    if not is_manifest(inspection.file):
        inspection.report(
            "file-name",
            f"A manifest lies in {MANIFEST_FOLDER}/ and is named <dag_id>.dag.yaml.",
            ("dag_id",),
            suggestion=f"{MANIFEST_FOLDER}/{manifest.dag_id}.dag.yaml",
        )
    elif stem != manifest.dag_id:
        inspection.report(
            "file-name",
            f"The file is named {name}, so dag_id must be {stem!r}; or rename the file.",
            ("dag_id",),
            suggestion=stem,
        )
    same = tuple(f"/{stem}{ending}" for ending in MANIFEST_ENDINGS)
    for other in inspection.files:
        if other.endswith(same) and other != inspection.file and is_manifest(other):
            inspection.report(
                "duplicate-dag", f"{other} has the same name; a DAG has one manifest.", ("dag_id",)
            )
    if len(set(manifest.owners)) < len(manifest.owners):
        inspection.report("duplicate-value", "An owner is named twice.", ("owners",))
    if manifest.schedule is not None:
        check_schedule(inspection, manifest.schedule)


def check_schedule(inspection: Inspection, schedule: Schedule) -> None:
    if schedule.timezone not in _zones():
        inspection.report(
            "unknown-timezone",
            f"There is no time zone {schedule.timezone!r}. Use a name such as Asia/Ho_Chi_Minh.",
            ("schedule", "timezone"),
            suggestion=meant(schedule.timezone, _zones(), most=len(_zones())),
        )
    if schedule.start_date and not 1990 <= schedule.start_date.year <= 2200:
        inspection.report("wrong-value", "That day is too far away.", ("schedule", "start_date"))
    path = ("schedule", "cron")
    if schedule.cron is None:
        return
    if schedule.cron.startswith("@"):
        if schedule.cron not in PRESETS:
            inspection.report(
                "cron-invalid",
                f"There is no preset {schedule.cron!r}. Use one of {', '.join(PRESETS)}.",
                path,
                suggestion=meant(schedule.cron, PRESETS),
            )
        return
    interval = _shortest_interval(schedule.cron)
    if isinstance(interval, str):
        inspection.report("cron-invalid", interval, path)
    elif interval < seconds_of(inspection.policy.shortest_interval):
        limit = inspection.policy.shortest_interval
        inspection.report(
            "too-often", f"Runs follow each other closer than {limit}, the shortest allowed.", path
        )


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@lru_cache(maxsize=1024)
def _shortest_interval(cron: str) -> int | str:
    """Seconds between the two closest of the next runs, or a sentence about what is wrong."""
    from croniter import CroniterError, croniter  # type: ignore[import-untyped]  # has no types

    if len(cron.split()) != 5:
        return "A cron schedule has five fields: minute, hour, day, month, weekday."
    try:
        moments = croniter(
            cron, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), max_years_between_matches=8
        )
        times = [moments.get_next(float) for _ in range(25)]
    except (CroniterError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"This is not a cron schedule: {str(error)[:120]}."
    return int(min(later - earlier for earlier, later in itertools.pairwise(times)))
