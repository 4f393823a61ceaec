"""All managed operators: the platform's own, those of installed packages, and a folder's.

operators() -> the built-in and installed ones by key, in the order people should see
default_catalogue() -> Catalogue of the same
load_catalogue(folder) -> with those of a shared operator repository too
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from airdesk_render.catalogue.catalogue import Catalogue, CatalogueError, default_catalogue
from airdesk_render.operators.base import ManagedOperator

__all__ = ["Catalogue", "CatalogueError", "default_catalogue", "load_catalogue", "operators"]


def operators() -> Mapping[str, type[ManagedOperator]]:
    """`sql_query@1` and so on to the class that describes it."""
    return default_catalogue().operators


def load_catalogue(folder: Path) -> Catalogue:
    """The platform's operators and those of a shared operator repository.

    Raises:
        CatalogueError: something in it is wrong; `airdesk-render catalogue check` tells all.
        OSError: it cannot be read.
    """
    # Few ask for a folder, and what reads it is slow to import.
    from airdesk_render.catalogue import folder as folders

    return folders.load_catalogue(folder)
