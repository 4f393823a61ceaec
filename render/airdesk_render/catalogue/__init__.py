"""All managed operators: the platform's own, those of installed packages, and a folder's.

operators() -> the built-in and installed ones by key, in the order people should see
default_catalogue() -> Catalogue of the same
Catalogue.with_folder(...) -> with those of a shared operator repository too
"""

from __future__ import annotations

from collections.abc import Mapping

from airdesk_render.catalogue.catalogue import Catalogue, default_catalogue
from airdesk_render.operators.base import ManagedOperator

__all__ = ["Catalogue", "default_catalogue", "operators"]


def operators() -> Mapping[str, type[ManagedOperator]]:
    """`sql_query@1` and so on to the class that describes it."""
    return default_catalogue().operators
