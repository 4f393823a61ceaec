"""Airflow, over its public REST API and Airdesk's endpoint in it."""

from __future__ import annotations

from airdesk.clients.airflow.acting import Acting
from airdesk.clients.airflow.workflows import Workflows

__all__ = ["AirflowWorkflows"]


class AirflowWorkflows(Workflows, Acting):
    """Implements `Workflows` (reading) and `ActingAs` (as a person) with the bot's account."""
