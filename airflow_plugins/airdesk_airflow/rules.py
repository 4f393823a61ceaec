"""The policy this Airflow obeys: the same data as in forms and pipelines."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from airdesk_render.policy import Policy, default_policy, load_policy

POLICY_VARIABLE = "AIRDESK_POLICY"


def policy() -> Policy:
    """The policy in the file that `AIRDESK_POLICY` names, else the one that comes with render.

    A file that changed is read again.

    Raises:
        OSError, PolicyError: the file is named and of no use; no DAG is accepted then.
    """
    path = os.environ.get(POLICY_VARIABLE)
    if not path:
        return default_policy()
    state = Path(path).stat()
    return _load(path, state.st_mtime_ns, state.st_size)


def is_named() -> bool:
    """Whether this Airflow is told which policy to obey."""
    return bool(os.environ.get(POLICY_VARIABLE))


@lru_cache(maxsize=2)
def _load(path: str, _changed: int, _size: int) -> Policy:
    return load_policy(Path(path).read_text(encoding="utf-8"))
