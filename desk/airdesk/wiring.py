"""Puts the CLI's actions together with the real services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from airdesk_render.policy import Policy, PolicyError, load_policy
from airdesk_render.signing import sign

from airdesk.clients.gitlab import GitLabHost
from airdesk.errors import Refused
from airdesk.ports import AccessRoles, CodeHost

POLICY_FILE = "policy.yaml"


@dataclass(frozen=True)
class Publishing:
    """What `airdesk publish` works with."""

    code_host: CodeHost
    central_project: str
    policy: Policy
    signing_key: bytes


def publishing(environment: Mapping[str, str]) -> Publishing:
    """From the variables of the publisher's CI job.

    Raises:
        Refused: a variable is missing, or the platform's policy cannot be used.
    """
    host = GitLabHost(
        needed(environment, "AIRDESK_GITLAB_URL"),
        private_token=needed(environment, "AIRDESK_PUBLISHER_TOKEN"),
    )
    signing_key = _key(needed(environment, "AIRDESK_SIGNING_KEY"))
    return Publishing(
        code_host=host,
        central_project=environment.get("AIRDESK_CENTRAL_PROJECT", "platform/central"),
        policy=_policy(host, environment.get("AIRDESK_PLATFORM_PROJECT", "platform/airdesk-ci")),
        signing_key=signing_key,
    )


def access_roles(environment: Mapping[str, str], *, airflow_url: str) -> AccessRoles:
    """Airflow's roles, with the administrator whom the environment names."""
    # Airflow's client takes more than a second to import, which no publication has to wait for.
    from airdesk.clients.airflow.roles import AirflowRoles

    return AirflowRoles(
        airflow_url,
        needed(environment, "AIRDESK_AIRFLOW_ADMIN_USER"),
        needed(environment, "AIRDESK_AIRFLOW_ADMIN_PASSWORD"),
    )


def needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise Refused(f"Set the environment variable {name}.")
    return value


def _key(text_or_path: str) -> bytes:
    """A PEM key given as text or as the path of its file (GitLab's variable type *File*)."""
    wrong = "AIRDESK_SIGNING_KEY is neither an Ed25519 private key in PEM nor the path of one."
    if "PRIVATE KEY" in text_or_path:
        key = text_or_path.encode()
    elif (path := Path(text_or_path)).is_file():
        key = path.read_bytes()
    else:
        raise Refused(wrong)
    try:
        sign(key, "probe", {})
    except ValueError as error:
        raise Refused(wrong) from error
    return key


def _policy(host: CodeHost, project: str) -> Policy:
    text = host.read_file(project, POLICY_FILE, ref=host.default_branch(project))
    if text is None:
        raise Refused(f"{project} has no {POLICY_FILE} on its default branch; add it.")
    try:
        return load_policy(text)
    except PolicyError as error:
        raise Refused(f"{POLICY_FILE} of {project} cannot be used: {error}") from error
