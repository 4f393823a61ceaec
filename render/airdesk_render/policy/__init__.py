"""The platform's rules: one set for the form, the pipeline and Airflow itself."""

from __future__ import annotations

from airdesk_render.policy.facts import DagFacts, Named, Sort, TaskFacts, Timing
from airdesk_render.policy.form import FieldHint, field_hint, violations_of_value
from airdesk_render.policy.loading import (
    PolicyError,
    default_policy,
    default_policy_text,
    load_policy,
)
from airdesk_render.policy.model import Policy
from airdesk_render.policy.parts import TaskRules
from airdesk_render.policy.rulebook import RULES
from airdesk_render.policy.settings import DagSettings, TaskSettings
from airdesk_render.policy.violations import Violation

__all__ = [
    "RULES",
    "DagFacts",
    "DagSettings",
    "FieldHint",
    "Named",
    "Policy",
    "PolicyError",
    "Sort",
    "TaskFacts",
    "TaskRules",
    "TaskSettings",
    "Timing",
    "Violation",
    "default_policy",
    "default_policy_text",
    "field_hint",
    "load_policy",
    "violations_of_value",
]
