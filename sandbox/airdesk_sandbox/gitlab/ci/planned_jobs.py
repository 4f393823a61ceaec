"""A pipeline's jobs, from the expanded configuration and the engine's judgement of its rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from airdesk_sandbox.gitlab.ci.engine import CiError


@dataclass(frozen=True)
class PlannedJob:
    name: str
    stage: str
    stage_index: int
    when: str
    allow_failure: bool
    needs: list[dict[str, Any]] | None
    spec: dict[str, Any]


def jobs_of(config: dict[str, Any], rows: list[dict[str, Any]]) -> list[PlannedJob]:
    order = [str(stage) for stage in config.get("stages") or []]
    running = [row for row in rows if row["when"] != "never"]
    names = {row["name"] for row in running}
    jobs = []
    for row in running:
        spec = spec_of(config, row["name"])
        if row["when"] == "delayed":
            raise CiError(f"{row['name']}: `when: delayed` is not part of this sandbox.")
        jobs.append(
            PlannedJob(
                name=row["name"],
                stage=row["stage"],
                stage_index=order.index(row["stage"]) if row["stage"] in order else 0,
                when=row["when"],
                allow_failure=_allow_failure(row, spec),
                needs=_needs(row, names),
                spec=spec,
            )
        )
    return jobs


def spec_of(config: dict[str, Any], name: str) -> dict[str, Any]:
    """The job's section; jobs made by `parallel` are listed with a suffix."""
    section = config.get(name)
    if section is None:
        bases = [key for key in config if name.startswith((f"{key} ", f"{key}:"))]
        section = config[max(bases, key=len)] if bases else {}
    return dict(section)


def _allow_failure(row: dict[str, Any], spec: dict[str, Any]) -> bool:
    """A manual job outside of rules may be left alone unless it says otherwise."""
    optional = row["when"] == "manual" and "rules" not in spec and "allow_failure" not in spec
    return bool(row.get("allow_failure")) or optional


def _needs(row: dict[str, Any], names: set[str]) -> list[dict[str, Any]] | None:
    if row.get("needs") is None:
        return None
    kept = []
    for need in row["needs"]:
        if need.get("job") in names:
            kept.append(need)
        elif not need.get("optional"):
            raise CiError(
                f"'{row['name']}' job needs '{need.get('job')}' job, but '{need.get('job')}' does "
                "not exist in the pipeline. This might be because of the only, except, or rules "
                "keywords."
            )
    return kept


def stages_of(config: dict[str, Any], jobs: list[PlannedJob]) -> list[str]:
    used = {job.stage for job in jobs}
    order = [str(stage) for stage in config.get("stages") or []]
    return [stage for stage in order if stage in used] or sorted(used)
