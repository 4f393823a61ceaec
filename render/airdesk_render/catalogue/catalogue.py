"""A set of managed operators with a version of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from airdesk_render import operators
from airdesk_render.catalogue.builtin import BUILTIN
from airdesk_render.catalogue.lazy import LazyOperators, OperatorClass
from airdesk_render.operators.base import ManagedOperator

ENTRY_POINTS = "airdesk.operators"
"""Group of entry points; each names a subclass of `ManagedOperator`, or a list of them."""


class CatalogueError(ValueError):
    """A catalogue cannot be used; the text says why."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Managed operators by key (`sql_query@1`), in the order people should see.

    Attributes:
        files: Python files of a shared operator repository by path, for the DAGs that use them.
        sources: digest by name of all texts that the operators come from.
    """

    operators: Mapping[str, OperatorClass]
    files: Mapping[str, bytes] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """Short hash of the operators' sources and of the shared files; the same everywhere."""
        files = {name: hashlib.sha256(text).hexdigest() for name, text in self.files.items()}
        canonical = json.dumps([list(self.operators), self.sources, files], sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]

    def classes_of(self, airflow_class: str) -> tuple[OperatorClass, ...]:
        """Those that may become an Airflow operator, by its dotted path."""
        return self._by_airflow_class.get(airflow_class, ())

    @property
    def airflow_classes(self) -> tuple[str, ...]:
        """Dotted paths of all Airflow operators that a rendered DAG may hold, sorted."""
        return tuple(sorted(self._by_airflow_class))

    @cached_property
    def _by_airflow_class(self) -> Mapping[str, tuple[OperatorClass, ...]]:
        found: dict[str, tuple[OperatorClass, ...]] = {}
        for one in self.operators.values():
            for path in one.airflow_classes:
                found[path] = (*found.get(path, ()), one)
        return found


@lru_cache(maxsize=1)
def default_catalogue() -> Catalogue:
    """The platform's own operators: those of this package, and of installed packages.

    Raises:
        CatalogueError: an installed package offers something that is no operator, or one whose
            name is taken.
    """
    package = operators.__name__
    places = {key: f"{package}.{place}" for key, place in BUILTIN.items()}
    sources = _own_sources()
    installed: dict[str, OperatorClass] = {}
    for point in entry_points(group=ENTRY_POINTS):
        release = f"{point.dist.name} {point.dist.version}" if point.dist else ""
        sources[f"entry point {point.name}"] = f"{point.value} {release}"
        for operator in _offered(point):
            if operator.key() in places or operator.key() in installed:
                raise CatalogueError(f"{point.value} offers {operator.key()}, which is taken.")
            installed[operator.key()] = operator
    return Catalogue(LazyOperators(places, installed), sources=sources)


def _own_sources() -> dict[str, str]:
    folder = Path(str(operators.__file__)).parent
    return {
        f"operators/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.glob("*.py"))
    }


def _offered(point: EntryPoint) -> Iterator[OperatorClass]:
    try:
        found = point.load()
    except (ImportError, AttributeError) as error:
        raise CatalogueError(f"{point.value} cannot be imported: {error}.") from error
    for one in found if isinstance(found, list | tuple) else (found,):
        if not (isinstance(one, type) and issubclass(one, ManagedOperator)):
            raise CatalogueError(f"{point.value} offers {one!r}, which is no managed operator.")
        yield one
