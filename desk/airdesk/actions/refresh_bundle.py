"""Have Airflow fetch the central repository as soon as it moved."""

from __future__ import annotations

from datetime import datetime

from airdesk.ports import DagBundles
from airdesk.store.changes import Changes


def refresh_bundle(bundle: str, *, bundles: DagBundles, changes: Changes, now: datetime) -> None:
    """Ask Airflow to refresh its DAG bundle, and have every change that waits for it looked at.

    Nothing depends on it: Airflow fetches the bundle at its own pace too, and changes are looked
    at again by themselves. Asked several times, it is done once or more, with the same outcome.

    Args:
        bundle: name of the bundle that holds the central repository, as Airflow is set up.

    Raises:
        Refused: Airflow has no such bundle, or does not let Airdesk ask; an operator's matter.
        Unavailable: Airflow does not answer; the changes are looked at nevertheless.
    """
    changes.wake_published(now=now)
    bundles.refresh(bundle)
