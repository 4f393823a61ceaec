"""Tells Airflow that the central repository moved, as soon as GitLab's webhook says so."""

from __future__ import annotations

import structlog
from airdesk.actions.refresh_bundle import refresh_bundle
from airdesk.errors import Refused, Unavailable

from airdesk_bot.services import Services

log = structlog.get_logger(__name__)


def tell_airflow(services: Services) -> bool:
    """Ask for a refresh if there was a push. There is never more to do right away.

    Pushes that come together make one refresh. A restart forgets it, and Airflow is later by one
    round of its own.
    """
    if not services.central_moved.is_set():
        return False
    services.central_moved.clear()
    bundle = services.settings.airflow_bundle
    try:
        refresh_bundle(
            bundle,
            bundles=services.bundles,
            changes=services.store.changes,
            now=services.clock(),
        )
    except Unavailable as error:
        log.warning("refresh_waits", service=error.service, why=error.sentence)
        services.central_moved.set()
    except Refused as error:
        # Nobody asked for it, so there is nobody to tell but the operator.
        log.warning("refresh_refused", bundle=bundle, why=error.sentence)
    else:
        log.info("bundle_refreshed", bundle=bundle)
        services.wake.all()
    return False
