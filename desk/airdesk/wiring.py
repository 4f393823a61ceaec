"""Puts the CLI's actions together with the real services."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from airdesk_render.catalogue import Catalogue, CatalogueError, default_catalogue, load_catalogue
from airdesk_render.policy import Policy, PolicyError, load_policy
from airdesk_render.signing import sign

from airdesk.clients.gitlab import GitLabHost
from airdesk.errors import Refused
from airdesk.ports import AccessRoles, CodeHost
from airdesk.publishing.controls import CONTROLS_FILE, Controls, read_controls

POLICY_FILE = "policy.yaml"


@dataclass(frozen=True)
class Publishing:
    """What `airdesk publish` works with."""

    code_host: CodeHost
    central_project: str
    policy: Policy
    catalogue: Catalogue
    signing_key: bytes
    controls: Controls


def publishing(environment: Mapping[str, str]) -> Publishing:
    """From the variables of the publisher's CI job.

    Raises:
        Refused: a variable is missing, or the platform's policy, operators or controls cannot be
            used.
    """
    host = GitLabHost(
        needed(environment, "AIRDESK_GITLAB_URL"),
        private_token=needed(environment, "AIRDESK_PUBLISHER_TOKEN"),
    )
    signing_key = _key(needed(environment, "AIRDESK_SIGNING_KEY"))
    platform = environment.get("AIRDESK_PLATFORM_PROJECT", "platform/airdesk-ci")
    branch = host.default_branch(platform)
    return Publishing(
        code_host=host,
        central_project=environment.get("AIRDESK_CENTRAL_PROJECT", "platform/central"),
        policy=_policy(host, platform, branch),
        catalogue=_catalogue(host, environment.get("AIRDESK_OPERATORS_PROJECT", "")),
        signing_key=signing_key,
        controls=read_controls(host.read_file(platform, CONTROLS_FILE, ref=branch)),
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


def _policy(host: CodeHost, project: str, branch: str) -> Policy:
    text = host.read_file(project, POLICY_FILE, ref=branch)
    if text is None:
        raise Refused(f"{project} has no {POLICY_FILE} on its default branch; add it.")
    try:
        return load_policy(text)
    except PolicyError as error:
        raise Refused(f"{POLICY_FILE} of {project} cannot be used: {error}") from error


def _catalogue(host: CodeHost, project: str) -> Catalogue:
    """The platform's operators and those of the shared operator repository, where there is one."""
    if not project:
        return default_catalogue()
    tree = host.read_tree(project, ref=host.head(project, host.default_branch(project)))
    with tempfile.TemporaryDirectory(prefix="airdesk-operators-") as folder:
        for path, content in tree.items():
            if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
                raise Refused(f"{project} holds {path!r}, which leads out of it; remove it.")
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        try:
            return load_catalogue(Path(folder))
        except CatalogueError as error:
            raise Refused(f"The operators of {project} cannot be used: {error}") from error
