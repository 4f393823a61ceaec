"""Tells channels of runs that ended badly, or well again."""

from __future__ import annotations

from datetime import timedelta

import structlog
from airdesk.actions.report_runs import RunReport, report_runs
from airdesk.errors import Unavailable

from airdesk_bot.channels import NoWayInError
from airdesk_bot.services import Services
from airdesk_bot.views.run_card import run_card

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=300)


def report_next_runs(services: Services) -> bool:
    """Report all runs that ended since the last look. Returns whether there were any."""
    since = services.store.reported.take(now=services.clock(), lease=_LEASE)
    if since is None:
        return False
    try:
        services.publications.refresh()
        count = report_runs(
            since=since,
            reported=services.store.reported,
            workflows=services.workflows,
            publication_of=services.publications.of_dag,
            tell=lambda report: _tell(report, services),
        )
    except Unavailable as error:
        log.warning("runs_wait", service=error.service, why=error.sentence)
        return False
    finally:
        services.store.reported.give_back()
    return count > 0


def _tell(report: RunReport, services: Services) -> None:
    card = run_card(run=report.run, failed=report.failed, publication=report.publication)
    try:
        services.messenger.put(report.key, card, channel=report.channel)
    except NoWayInError:
        log.exception("run_cannot_be_told", dag=report.run.dag_id, channel=report.channel)
    else:
        log.info("run_told", dag=report.run.dag_id, run=report.run.run_id, state=report.run.state)
