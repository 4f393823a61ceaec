"""ID tokens: what a job may show others to prove which job it is (`id_tokens:` with `aud`).

Claims, their types (ids and flags are texts) and lifetime are those of docs.gitlab.com,
ci/secrets/id_token_authentication.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from functools import cached_property
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.ci.engine import CiError
from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.models import Job, Project
from airdesk_sandbox.gitlab.permissions import project_level

ALGORITHM = "RS256"
_DEFAULT_SECONDS = 300
_EARLIER = 5
_LEVELS = {10: "guest", 20: "reporter", 30: "developer", 40: "maintainer", 50: "owner"}


class SigningKey:
    """The server's RSA key, made at its first use and kept in a file only the server can read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        if not self._path.exists():
            self._make()
        loaded = serialization.load_pem_private_key(self._path.read_bytes(), password=None)
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise TypeError(f"{self._path} holds no RSA key.")
        return loaded

    def _make(self) -> None:
        pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        draft = self._path.with_suffix(f".{uuid.uuid4().hex}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(pem)
        # whoever comes first wins: a token must not outlive its key by a race
        try:
            os.link(draft, self._path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()

    def public(self) -> dict[str, Any]:
        """The public half as a JSON Web Key (RFC 7517), named by its thumbprint (RFC 7638)."""
        shown = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        key = {name: shown[name] for name in ("kty", "n", "e")}
        ordered = json.dumps(dict(sorted(key.items())), separators=(",", ":"))
        kid = hashlib.sha256(ordered.encode()).hexdigest()
        return {**key, "kid": kid, "use": "sig", "alg": ALGORITHM}

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, ALGORITHM, headers={"kid": self.public()["kid"]})


def tokens(
    session: Session, key: SigningKey, base: str, job: Job, *, protected: bool, seconds: float
) -> dict[str, str]:
    """The tokens that a job asks for, by the name of their variable.

    Args:
        protected: whether the job's ref is protected.
        seconds: how long the job may run, 0 where it does not say.

    Raises:
        CiError: a token has no audience.
    """
    wanted = job.spec.get("id_tokens") or {}
    return {
        str(name): key.sign(
            {
                **_standard(base, job, _audience(name, asked), seconds),
                **_claims(session, base, job, protected),
            }
        )
        for name, asked in wanted.items()
    }


def _audience(name: str, asked: Any) -> str | list[str]:
    given = asked.get("aud") if isinstance(asked, dict) else None
    if not given:
        raise CiError(f"id_tokens:{name} config missing required keys: aud")
    return [str(one) for one in given] if isinstance(given, list) else str(given)


def _standard(base: str, job: Job, aud: str | list[str], seconds: float) -> dict[str, Any]:
    moment = int(now().timestamp())
    project, ref = claimed_project(job), _ref(job)
    return {
        "iss": base,
        "sub": f"project_path:{project.full_path}:ref_type:branch:ref:{ref}",
        "aud": aud,
        "iat": moment,
        "nbf": moment - _EARLIER,
        "exp": moment + int(seconds or _DEFAULT_SECONDS),
        "jti": str(uuid.uuid4()),
    }


def claimed_project(job: Job) -> Project:
    """The project that `project_*` name: of a fork's merge request always the fork.

    So that whoever trusts a project does not trust what forks run in it (gitlab.com,
    gitlab-org/gitlab, issue 563038).
    """
    request = job.pipeline.merge_request
    return request.source_project if request is not None else job.pipeline.project


def _ref(job: Job) -> str:
    request = job.pipeline.merge_request
    return request.source_branch if request is not None else job.pipeline.ref


def _claims(session: Session, base: str, job: Job, protected: bool) -> dict[str, Any]:
    pipeline, project, where = job.pipeline, claimed_project(job), job.pipeline.project
    level = _LEVELS.get(project_level(session, job.user, project))
    return {
        "namespace_id": str(project.namespace_id),
        "namespace_path": project.namespace.full_path,
        "project_id": str(project.id),
        "project_path": project.full_path,
        "job_project_id": str(where.id),
        "job_project_path": where.full_path,
        "job_namespace_id": str(where.namespace_id),
        "job_namespace_path": where.namespace.full_path,
        "user_id": str(job.user_id),
        "user_login": job.user.username,
        "user_email": job.user.email,
        "user_access_level": level,
        "pipeline_id": str(pipeline.id),
        "pipeline_source": pipeline.source,
        "job_id": str(job.id),
        "ref": _ref(job),
        "ref_type": "branch",
        "ref_path": f"refs/heads/{_ref(job)}",
        "ref_protected": "true" if protected else "false",
        "runner_id": 1,
        "runner_environment": "self-hosted",
        "sha": pipeline.sha,
        "project_visibility": project.visibility,
        "ci_config_ref_uri": _config_uri(base, job),
        "ci_config_sha": pipeline.sha,
    }


def _config_uri(base: str, job: Job) -> str:
    host, project = base.partition("://")[2], job.pipeline.project
    path = project.ci_config_path or ".gitlab-ci.yml"
    ref = job.pipeline.ref
    whole = ref if ref.startswith("refs/") else f"refs/heads/{ref}"
    return f"{host}/{project.full_path}//{path}@{whole}"
