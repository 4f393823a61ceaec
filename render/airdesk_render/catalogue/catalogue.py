"""A set of managed operators with a version of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType

from airdesk_render.catalogue.builtin import BUILTIN
from airdesk_render.operators.base import ManagedOperator


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Managed operators by key (`sql_query@1`), in the order people should see.

    Attributes:
        files: Python files of a shared operator repository by path, for the DAGs that use them.
    """

    operators: Mapping[str, type[ManagedOperator]]
    files: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """Short hash of all operators' fields and of the shared files; the same everywhere."""
        shapes = {key: one.model_json_schema() for key, one in self.operators.items()}
        files = {name: hashlib.sha256(text).hexdigest() for name, text in self.files.items()}
        canonical = json.dumps([shapes, files], sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def default_catalogue() -> Catalogue:
    """The platform's own operators."""
    return Catalogue(MappingProxyType({one.key(): one for one in BUILTIN}))
