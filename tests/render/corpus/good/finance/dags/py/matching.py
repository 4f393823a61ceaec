"""Matching payments whose reference was mistyped."""

import difflib


def fuzzy(threshold: float, day: str, **more: object) -> dict[str, object]:
    ratio = difflib.SequenceMatcher(None, "INV-2026-0001", "INV 2026 1").ratio()
    return {"day": day, "matched": int(ratio > threshold), "options": sorted(more)}
