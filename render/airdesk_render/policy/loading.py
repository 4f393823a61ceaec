"""Reading a policy from YAML; what is wrong is said with line and column."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from airdesk_render.document import Document
from airdesk_render.policy.model import Policy
from airdesk_render.reading import read


class PolicyError(ValueError):
    """The policy cannot be used; the text says where and why."""


def load_policy(text: str) -> Policy:
    """Read a policy from YAML.

    Raises:
        PolicyError: it is no YAML, or not a policy.
    """
    document = read(text)
    if document.problems:
        first = document.problems[0]
        raise PolicyError(f"policy, line {first.line}, column {first.column}: {first.message}")
    try:
        return Policy.model_validate(document.data)
    except ValidationError as error:
        first_error = error.errors(include_url=False)[0]
        raise PolicyError(_sentence(document, first_error)) from None


def _sentence(document: Document, error: ErrorDetails) -> str:
    path = tuple(part for part in error["loc"] if part != "[key]")
    line, column = document.place(path, of_key=error["type"] == "extra_forbidden")
    name = ".".join(str(part) for part in path) or "whole file"
    return f"policy, line {line}, column {column}: {name}: {error['msg'].rstrip('.')}."


@lru_cache(maxsize=1)
def default_policy() -> Policy:
    """The policy that comes with this package."""
    return load_policy(default_policy_text())


def default_policy_text() -> str:
    """Text of the policy that comes with this package, comments included."""
    file = resources.files("airdesk_render.policy").joinpath("policy.yaml")
    return file.read_text(encoding="utf-8")
