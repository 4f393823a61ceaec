"""The platform's rules: one set for the form, the pipeline and Airflow itself."""

from __future__ import annotations

from airdesk_render.policy.loading import (
    PolicyError,
    default_policy,
    default_policy_text,
    load_policy,
)
from airdesk_render.policy.model import Policy
from airdesk_render.policy.settings import DagSettings, TaskSettings

__all__ = [
    "DagSettings",
    "Policy",
    "PolicyError",
    "TaskSettings",
    "default_policy",
    "default_policy_text",
    "load_policy",
]
