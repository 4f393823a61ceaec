"""What all operators have that wait for something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from airdesk_render.operators.base import Duration, ManagedOperator, seconds_of


class Sensor(ManagedOperator):
    """Looks, goes away and looks again, so that it takes no worker's slot in between."""

    category: ClassVar[str] = "Wait"
    is_sensor: ClassVar[bool] = True

    poke_interval: Duration = Field(
        default="1m", description="How long to wait between two looks: `30s`, `5m`."
    )
    timeout: Duration = Field(
        default="12h", description="How long to wait in all before the task fails."
    )
    soft_fail: bool = Field(
        default=False, description="Whether it is skipped, rather than failed, when time is up."
    )

    def waiting(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Airflow's arguments with those about waiting."""
        return {
            **arguments,
            "mode": "reschedule",
            "poke_interval": seconds_of(self.poke_interval),
            "timeout": seconds_of(self.timeout),
            **({"soft_fail": True} if self.soft_fail else {}),
        }


class DeferrableSensor(Sensor):
    """One that needs no connection, so that Airflow's triggerer may do the waiting."""

    deferrable: bool = Field(
        default=False,
        description="Whether Airflow's triggerer waits in one place for many such tasks. "
        "Possible only where no connection is needed.",
    )
