"""Which of Airflow's operators a published DAG may hold; the catalogue is the source."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

from airdesk_render.catalogue import Catalogue, default_catalogue, load_catalogue
from airdesk_render.operators.base import ManagedOperator
from airdesk_render.policy import Sort

CATALOGUE_VARIABLE = "AIRDESK_CATALOGUE"
CODE_QUEUE_PREFIX = "team-"
_SHARED_MODULE = re.compile(r"shared_(\w+)_[0-9a-f]{16}")
"""What a rendered file calls a module of the shared operator repository that travels with it."""


def catalogue() -> Catalogue:
    """The platform's operators, with those of the folder that `AIRDESK_CATALOGUE` names.

    The folder is a copy of the shared operator repository; one that changed is read again.

    Raises:
        OSError, CatalogueError: the folder is named and of no use; no DAG is accepted then.
    """
    path = os.environ.get(CATALOGUE_VARIABLE)
    if not path:
        return default_catalogue()
    states = ((file, file.stat()) for file in sorted(Path(path).glob("*/*")))
    return _load(path, tuple((str(file), now.st_mtime_ns, now.st_size) for file, now in states))


@lru_cache(maxsize=2)
def _load(path: str, _state: tuple[tuple[str, int, int], ...]) -> Catalogue:
    return load_catalogue(Path(path))


def sorts_of(operator: type) -> tuple[Sort, ...]:
    """What an operator's class may be; nothing where the platform does not offer it.

    A subclass does not count.
    """
    return _sorts(catalogue(), operator.__module__, operator.__qualname__)


@lru_cache(maxsize=1024)
def _sorts(offered: Catalogue, module: str, name: str) -> tuple[Sort, ...]:
    if (shared := _SHARED_MODULE.fullmatch(module)) is not None:
        paths = [
            path
            for path in offered.airflow_classes
            if path.endswith(f"/{shared.group(1)}.py:{name}")
        ]
    else:
        paths = [f"{module}.{name}"]
    found = (one for path in paths for one in offered.classes_of(path))
    return tuple(Sort(one.key(), one.kind, one.workload) for one in found)


def is_managed(operator_name: str, queue: str) -> bool:
    """Whether a task runs only what the platform wrote; by class name and by where it runs."""
    return operator_name in _managed_names(catalogue()) and not queue.startswith(CODE_QUEUE_PREFIX)


@lru_cache(maxsize=2)
def _managed_names(offered: Catalogue) -> frozenset[str]:
    """Bare names of classes that use a connection and never run what a team wrote."""
    managed: set[str] = set()
    code: set[str] = set()
    for path in offered.airflow_classes:
        name = re.split(r"[.:]", path)[-1]
        for one in offered.classes_of(path):
            if one.kind == "code":
                code.add(name)
            elif one.connection_names is not ManagedOperator.connection_names:
                managed.add(name)
    return frozenset(managed - code)
