"""Starting another DAG of the team."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from airdesk_render.names import DAG_NAME_PATTERN
from airdesk_render.operators.base import Call, Duration, ManagedOperator, Rendering, seconds_of
from airdesk_render.operators.words import Values


class TriggerDag(ManagedOperator):
    """Starts a run of another DAG."""

    title: ClassVar[str] = "Start a DAG"
    summary: ClassVar[str] = "Start a run of another DAG of your team."
    docs: ClassVar[str] = (
        "Starts a run of a DAG of the own team; the platform refuses those of others, which can "
        "listen to your assets instead. `params` are that DAG's. With `wait` the task ends when "
        "the run does, and fails if it fails, but takes a worker's slot for that long."
    )
    category: ClassVar[str] = "Flow"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.standard.operators.trigger_dagrun.TriggerDagRunOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("params",)
    mappable: ClassVar[Mapping[str, str]] = {"params": "conf"}
    mappable_at_run: ClassVar[frozenset[str]] = frozenset(("params",))
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"dag": "load_orders", "params": {"day": "{{ ds }}"}},
        {"dag": "load_orders", "wait": True, "poke_interval": "30s"},
    )

    operator: Literal["trigger_dag@1"]
    dag: str = Field(
        pattern=DAG_NAME_PATTERN,
        description="Name of a DAG of the own team.",
        examples=["load_orders"],
    )
    params: Values = Field(default_factory=dict, description="Values for that DAG's params.")
    wait: bool = Field(default=False, description="Whether to wait for the end of the run.")
    poke_interval: Duration = Field(
        default="1m", description="How long between two looks whether it has ended."
    )

    def call(self, rendering: Rendering) -> Call:
        waiting = {
            "wait_for_completion": True,
            "poke_interval": seconds_of(self.poke_interval),
            "deferrable": False,
        }
        return Call(
            module="airflow.providers.standard.operators.trigger_dagrun",
            name="TriggerDagRunOperator",
            arguments={
                "trigger_dag_id": rendering.dag_id(self.dag),
                "conf": self.params,
                **(waiting if self.wait else {}),
            },
        )
