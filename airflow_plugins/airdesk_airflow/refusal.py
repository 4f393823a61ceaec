"""The body of a 403 that Airflow's own clients understand."""

from __future__ import annotations


def detail_of(sentence: str) -> dict[str, str]:
    """What stands under `detail`; the sentence is for the person whose task asked."""
    return {"reason": "access_denied", "message": sentence}
