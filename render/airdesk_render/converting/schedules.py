"""Schedules: cron, intervals, timetables and assets, in dag-factory's many ways to say them."""

from __future__ import annotations

from airdesk_render.converting.assets import ASSET_CLASSES, Assets
from airdesk_render.converting.items import Condition, Item, Made, Plain
from airdesk_render.converting.notes import Notes
from airdesk_render.converting.values import duration, seconds_of_item

_PRESETS = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
_SYNONYMS = {"@annually": "@yearly", "@midnight": "@daily"}
_NEVER = {
    "@once": "Start it by hand once, in place of @once; it is manual here.",
    "@continuous": "Runs without a pause are not offered. Give an interval: every: 10m.",
}
Found = dict[str, Plain]
"""Part of a manifest's schedule: cron, every, assets, timezone."""


class Schedules:
    """Reads what stands at `schedule`, in any of its forms."""

    def __init__(self, notes: Notes, assets: Assets) -> None:
        self.notes = notes
        self.assets = assets

    def read(self, item: Item) -> Found | None:
        """None where it is manual, or (told) where it cannot be said."""
        value = item.value
        if isinstance(value, str):
            return self._text(item, value)
        if isinstance(value, int | float):
            return self._every(item)
        if isinstance(value, Made):
            return self._made(item, value)
        if isinstance(value, tuple):
            return _assets(self.assets.all_of(value))
        if isinstance(value, Condition):
            return _assets(self.assets.condition(item))
        if isinstance(value, dict):
            return self._mapping(item)
        return self._no(item, "It is no schedule.")

    def _no(self, item: Item, why: str) -> Found | None:
        self.notes.left_out(item.where, "schedule", f"{why} The DAG is started by hand until then.")
        return None

    def _text(self, item: Item, text: str) -> Found | None:
        words = text.strip()
        if words.lower() in ("none", ""):
            return None
        if words in _NEVER:
            return self._no(item, _NEVER[words])
        words = _SYNONYMS.get(words, words)
        if words.startswith("@") and words not in _PRESETS:
            return self._no(item, f"{words} is not known.")
        if words.startswith("@"):
            return {"cron": words}
        if len(words.split()) == 5:
            return {"cron": " ".join(words.split())}
        return self._no(item, "A cron expression has five fields, such as 0 6 * * 1-5.")

    def _every(self, item: Item) -> Found | None:
        seconds = seconds_of_item(item)
        found = None if seconds is None else duration(seconds)
        if found is None:
            return self._no(item, "Say it as cron: months and years have no fixed length.")
        return {"every": found}

    def _made(self, item: Item, made: Made) -> Found | None:
        name = made.name
        first = made.positional[0] if made.positional else None
        if name in ("timedelta", "relativedelta", "duration"):
            return self._every(item)
        if name in ASSET_CLASSES:
            return _assets(self.assets.condition(item))
        if name in ("AssetAll", "AssetAny"):
            condition = Condition("and" if name == "AssetAll" else "or", made.positional)
            return _assets(self.assets.condition(item.with_value(condition)))
        if name in ("CronTriggerTimetable", "CronDataIntervalTimetable"):
            return self._cron_timetable(item, made, made.named.get("cron") or first)
        if name in ("DeltaTriggerTimetable", "DeltaDataIntervalTimetable"):
            delta = made.named.get("delta") or first
            return self._every(delta) if delta is not None else self._no(item, "It has no delta.")
        if name in ("AssetOrTimeSchedule", "DatasetOrTimeSchedule"):
            return self._either(item, made)
        if name == "NullTimetable":
            return None
        return self._no(
            item, f"The timetable {made.path} has no equal here. Say it as cron or every."
        )

    def _cron_timetable(self, item: Item, made: Made, cron: Item | None) -> Found | None:
        found = self._text(cron, cron.text) if cron is not None and cron.text else None
        if found is None:
            return self._no(item, "The timetable has no cron expression that can be used.")
        zone = made.named.get("timezone")
        if zone is None and len(made.positional) > 1:
            zone = made.positional[1]
        if zone is not None and (name := zone_name(zone)) is not None:
            found["timezone"] = name
        if made.name == "CronDataIntervalTimetable":
            self.notes.changed(
                item.where,
                "schedule",
                "Here the logical date is the moment of the run, not the begin of the interval "
                "before it: where a template means the day before, say so in it.",
            )
        for name, one in made.named.items():
            if name not in ("cron", "timezone") and one.value is not None:
                self.notes.left_out(one.where, name, f"{made.name}'s {name} has no equal here.")
        return found

    def _either(self, item: Item, made: Made) -> Found | None:
        timetable, assets = made.named.get("timetable"), None
        for name in ("assets", "datasets"):
            assets = made.named.get(name) or assets
        return self._both(item, timetable, self.read(assets) if assets else None)

    def _both(self, item: Item, timetable: Item | None, assets: Found | None) -> Found | None:
        if timetable is None or timetable.value is None:
            return assets
        clock = self.read(timetable)
        if assets is None or clock is None:
            return assets or clock
        if "cron" not in clock:
            self._no(item, "Beside assets only cron can be given.")
            return assets
        return {**clock, **assets}

    def _mapping(self, item: Item) -> Found | None:
        """The forms of a mapping: datasets with conditions, or a type and its value."""
        entries = item.entries
        if "datasets" in entries:
            datasets = entries["datasets"]
            known = _assets(self._datasets(datasets))
            for name, one in entries.items():
                if name not in ("datasets", "timetable", "file"):
                    self.notes.left_out(one.where, name, "It is no part of a schedule.")
            return self._both(item, entries.get("timetable"), known)
        if "value" in entries:
            kind, value = str(entries["type"].value) if "type" in entries else "", entries["value"]
            if kind in ("timedelta", "relativedelta") and value.entries:
                value = value.with_value(Made(f"datetime.{kind}", (), value.entries))
            return self.read(value)
        return self._no(item, "This mapping is no schedule that is known.")

    def _datasets(self, item: Item) -> Plain:
        """A condition in words, one as keys, or a list of assets that must all be updated."""
        parts = item.items
        if len(parts) == 1:
            return self.assets.condition(parts[0])
        return self.assets.all_of(parts) if parts else self.assets.condition(item)


def _assets(condition: Plain) -> Found | None:
    if isinstance(condition, dict):
        parts = next(iter(condition.values()))
        if not parts:
            return None
        if isinstance(parts, list) and len(parts) == 1:
            return _assets(parts[0])
        if "all" in condition and isinstance(parts, list):
            plain_names = all(isinstance(part, str) for part in parts)
            return {"assets": parts if plain_names else condition}
    return None if condition is None else {"assets": condition}


def zone_name(item: Item) -> str | None:
    """`Asia/Ho_Chi_Minh`, written as it is or as an object with that name."""
    value = item.value
    if isinstance(value, str):
        return value
    if isinstance(value, Made):
        for one in (*value.positional, *value.named.values()):
            if one.text is not None:
                return one.text
    return None
