"""Find the runs that ended and of which somebody wants to hear."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from airdesk.follow.run import failures_of
from airdesk.model import FailedTask, NotifyTarget, Publication, Run
from airdesk.ports import Workflows
from airdesk.store.reported import Reported


@dataclass(frozen=True)
class RunReport:
    """One run that somebody wants to hear of, with what there is to say."""

    run: Run
    failed: tuple[FailedTask, ...]
    publication: Publication
    channel: str
    """As the manifest names it, such as `#growth-data`."""

    @property
    def key(self) -> str:
        """Names the one message about this run in its channel, however often it is reported."""
        return f"run:{self.run.dag_id}:{self.run.run_id}:{self.channel}"


def report_runs(
    *,
    since: datetime,
    reported: Reported,
    workflows: Workflows,
    publication_of: Callable[[str], Publication | None],
    tell: Callable[[RunReport], None],
) -> int:
    """Tell of every run that ended since then, once. Returns how many runs were dealt with.

    Each run is told of before it is noted down: after a crash in between it is told of again
    under the same key, which `tell` recognizes.

    Args:
        since: from `reported.take`.
        reported: which runs were dealt with.
        workflows: Airflow.
        publication_of: the publisher's decision on a `dag_id`, `None` for DAGs of others.
        tell: says it to the channel; called with the same key it must not say it twice.

    Raises:
        Unavailable: something does not answer; what was not noted down comes again.
    """
    count = 0
    for run in workflows.finished_runs(since=since):
        if run.ended_at is None or not reported.is_new(run):
            continue
        publication = publication_of(run.dag_id)
        if publication is not None:
            for report in _reports(run, publication, reported, workflows):
                tell(report)
        reported.done(run)
        count += 1
    return count


def _reports(
    run: Run, publication: Publication, reported: Reported, workflows: Workflows
) -> Iterator[RunReport]:
    """One for each channel that wants to hear of this run."""
    recovered = run.state != "failed" and reported.last_state(run.dag_id) == "failed"
    channels = [
        target.slack for target in publication.notify if _wants(target, run, recovered=recovered)
    ]
    if not channels:
        return
    failed = failures_of(run, publication, workflows)
    for channel in dict.fromkeys(channels):
        yield RunReport(run=run, failed=failed, publication=publication, channel=channel)


def _wants(target: NotifyTarget, run: Run, *, recovered: bool) -> bool:
    if run.state == "failed":
        return "failure" in target.events
    return "success" in target.events or (recovered and "recovery" in target.events)
