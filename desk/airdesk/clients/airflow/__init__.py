"""Airflow, over its public REST API and Airdesk's endpoint in it."""

from __future__ import annotations

from airdesk.clients.airflow.acting import Acting
from airdesk.clients.airflow.bundles import Bundles
from airdesk.clients.airflow.workflows import Workflows

__all__ = ["AirflowWorkflows"]


class AirflowWorkflows(Workflows, Acting, Bundles):
    """Implements `Workflows` (reading), `ActingAs` (as a person) and `DagBundles`.

    All with the bot's account.
    """
