"""The policy this Airflow obeys: the same data as in forms and pipelines."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from airdesk_render.policy import Policy, default_policy, load_policy

POLICY_VARIABLE = "AIRDESK_POLICY"


def policy() -> Policy:
    """The policy in the file that `AIRDESK_POLICY` names, else the one that comes with render.

    Raises:
        OSError, PolicyError: the file is named and of no use; no DAG is accepted then.
    """
    path = os.environ.get(POLICY_VARIABLE)
    return _load(path) if path else default_policy()


@lru_cache(maxsize=2)
def _load(path: str) -> Policy:
    return load_policy(Path(path).read_text(encoding="utf-8"))
