"""A notebook of the team, run from its first cell to its last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from airdesk_render.expressions import Code
from airdesk_render.operators.base import (
    FILE_PATTERN,
    Call,
    Kind,
    ManagedOperator,
    Rendering,
    Workload,
)
from airdesk_render.operators.words import Values

NotebookFile = Annotated[str, Field(pattern=FILE_PATTERN + r"\.ipynb$")]


class Notebook(ManagedOperator):
    """Runs a notebook with papermill."""

    title: ClassVar[str] = "Notebook"
    summary: ClassVar[str] = "Run a Jupyter notebook with other values for its parameters."
    docs: ClassVar[str] = (
        "Runs a `.ipynb` beside the manifest on the team's own queue. `parameters` replace those "
        "in the notebook's cell that is tagged `parameters`; Jinja is replaced in them. The "
        "notebook with its output is kept on the worker, below notebooks/<dag>/<run> in Airflow's "
        "home; with pii it is not kept. A cell that fails fails the task."
    )
    category: ClassVar[str] = "Code"
    kind: ClassVar[Kind] = "code"
    workload: ClassVar[Workload] = "code"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.papermill.operators.papermill.PapermillOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("parameters",)
    file_fields: ClassVar[tuple[str, ...]] = ("file",)
    mappable: ClassVar[Mapping[str, str]] = {"parameters": "parameters"}
    mappable_at_run: ClassVar[frozenset[str]] = frozenset(("parameters",))
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"file": "notebooks/churn.ipynb", "parameters": {"day": "{{ ds }}", "share": 0.1}},
    )

    operator: Literal["notebook@1"]
    file: NotebookFile = Field(
        description="Path of the notebook beside the manifest.", examples=["notebooks/churn.ipynb"]
    )
    parameters: Values = Field(
        default_factory=dict, description="Values for the notebook's parameters, by name."
    )

    def files(self) -> tuple[str, ...]:
        return (self.file,)

    def call(self, rendering: Rendering) -> Call:
        output = "/dev/null" if rendering.pii else "{{ ti | notebook_output }}"
        filters = {} if rendering.pii else {"notebook_output": "notebook_output"}
        return Call(
            module="airflow.providers.papermill.operators.papermill",
            name="PapermillOperator",
            arguments={
                "input_nb": Code(f'str(FILES / "{self.file}")'),
                "output_nb": output,
                "parameters": self.parameters,
                "kernel_name": "python3",
                # What it would return is a handle that XCom cannot hold.
                "do_xcom_push": False,
            },
            helpers=tuple(filters),
            filters=filters,
        )
