"""A person's yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from airdesk_render.language.people import PersonName
from airdesk_render.operators.base import Call, Duration, ManagedOperator, Rendering
from airdesk_render.operators.words import timedelta_of


class Approval(ManagedOperator):
    """Waits until somebody approves or rejects."""

    title: ClassVar[str] = "Approval"
    summary: ClassVar[str] = "Wait until a person approves or rejects."
    docs: ClassVar[str] = (
        "Asks a question in Airflow and waits for the answer without a worker's slot. Approved: "
        "what comes after it runs. Rejected: it is skipped, or the task fails with `on_reject: "
        "fail`. Whoever may edit the DAG can answer; `approvers` narrows that down."
    )
    category: ClassVar[str] = "Flow"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.standard.operators.hitl.ApprovalOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("subject", "body")
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "subject": "Send the letters of {{ ds }}?",
            "body": "The list lies in **exports/{{ ds }}.csv**.",
            "approvers": ["minh.le"],
            "timeout": "2d",
        },
    )

    operator: Literal["approval@1"]
    subject: str = Field(min_length=1, max_length=300, description="The question, in one line.")
    body: str | None = Field(
        default=None, max_length=20_000, description="What helps to decide, in Markdown."
    )
    approvers: tuple[PersonName, ...] = Field(
        default=(),
        max_length=20,
        strict=False,
        description="Directory names of those who may answer; whoever may edit it if not given.",
        examples=[["minh.le"]],
    )
    timeout: Duration = Field(default="1d", description="How long to wait for an answer.")
    on_timeout: Literal["fail", "reject"] = Field(
        default="fail", description="What no answer means."
    )
    on_reject: Literal["skip", "fail"] = Field(
        default="skip", description="What becomes of the tasks after it."
    )

    def call(self, rendering: Rendering) -> Call:
        users = [{"id": person, "name": person} for person in self.approvers]
        return Call(
            module="airflow.providers.standard.operators.hitl",
            name="ApprovalOperator",
            arguments={
                "subject": self.subject,
                **({"body": self.body} if self.body else {}),
                **({"assigned_users": users} if users else {}),
                **({"defaults": "Reject"} if self.on_timeout == "reject" else {}),
                **({"fail_on_reject": True} if self.on_reject == "fail" else {}),
                "response_timeout": timedelta_of(self.timeout),
            },
        )
