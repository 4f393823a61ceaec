"""Rendered DAGs in a real Airflow, in processes of its own.

load(Path("rendered")) -> Loaded: what Airflow made of each file
"""

from __future__ import annotations

from airdesk_render.loading.loaded import (
    Loaded,
    LoadedDag,
    LoadedFile,
    LoadedGroup,
    LoadedSql,
    LoadedTask,
    TemplateProblem,
)
from airdesk_render.loading.process import AirflowMissing
from airdesk_render.loading.shares import load

__all__ = [
    "AirflowMissing",
    "Loaded",
    "LoadedDag",
    "LoadedFile",
    "LoadedGroup",
    "LoadedSql",
    "LoadedTask",
    "TemplateProblem",
    "load",
]
