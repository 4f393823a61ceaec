"""Reading a policy from YAML; whatever is wrong is said with line and column."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from airdesk_render.document import Document, Path, Problem
from airdesk_render.policy.model import Policy
from airdesk_render.policy.soundness import faults_of
from airdesk_render.reading import read


class PolicyError(ValueError):
    """The policy cannot be used; the text says where and why."""


def load_policy(text: str) -> Policy:
    """Read a policy from YAML.

    Raises:
        PolicyError: it is no YAML, or not a policy; with the first thing that is wrong.
    """
    policy, problems = read_policy(text)
    if policy is None:
        first = problems[0]
        raise PolicyError(f"policy, line {first.line}, column {first.column}: {first.message}")
    return policy


def read_policy(text: str) -> tuple[Policy | None, list[Problem]]:
    """A policy, or everything that keeps the text from being one; nothing is raised."""
    document = read(text)
    if document.problems:
        return None, document.problems
    try:
        policy = Policy.model_validate(document.data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        return None, [_of_shape(document, one) for one in errors]
    if faults := faults_of(policy):
        return None, [_problem(document, path, message) for path, message in faults]
    return policy, []


def _of_shape(document: Document, error: ErrorDetails) -> Problem:
    of_key = error["type"] == "extra_forbidden"
    path = tuple(part for part in error["loc"] if part != "[key]")
    message = "There is no such rule here." if of_key else f"{error['msg'].rstrip('.')}."
    return _problem(document, path, message, of_key=of_key)


def _problem(document: Document, path: Path, message: str, *, of_key: bool = False) -> Problem:
    line, column = document.place(path, of_key=of_key)
    name = ".".join(str(part) for part in path) or "whole file"
    return Problem(line, column, "policy", f"{name}: {message}", path)


@lru_cache(maxsize=1)
def default_policy() -> Policy:
    """The policy that comes with this package."""
    return load_policy(default_policy_text())


def default_policy_text() -> str:
    """Text of the policy that comes with this package, comments included."""
    file = resources.files("airdesk_render.policy").joinpath("policy.yaml")
    return file.read_text(encoding="utf-8")
