"""Keeps the policy fresh and asks each service now and then whether it is there."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from airdesk.errors import Refused, Unavailable
from slack_sdk.errors import SlackClientError

from airdesk_bot.health import Health
from airdesk_bot.services import Services

log = structlog.get_logger(__name__)


def keep_up(services: Services, health: Health) -> bool:
    """One round. There is never more to do right away."""
    for service, ask in _questions(services).items():
        try:
            ask()
        except (Unavailable, Refused) as error:
            health.note(service, error.sentence)
        except (SlackClientError, OSError) as error:
            health.note(service, f"{service} does not answer: {type(error).__name__}.")
        else:
            health.note(service, None)
    return False


def _questions(services: Services) -> dict[str, Callable[[], object]]:
    central = services.settings.central_project
    return {
        "gitlab": services.policy.refresh,
        "central_repository": lambda: services.reporter.default_branch(central),
        "airflow": lambda: services.workflows.dag("airdesk.health"),
        "vault": lambda: services.sealer.seal("health"),
        "slack": services.web.auth_test,
    }
