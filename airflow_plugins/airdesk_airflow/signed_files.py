"""The signature of a DAG file and of everything beside it, before any of it runs."""

from __future__ import annotations

import importlib.util
import os
import re
from functools import lru_cache
from pathlib import Path

from airdesk_render.names import DAG_NAME_PATTERN, Team
from airdesk_render.signing import SIGNATURE_ENDING, verify
from airflow.exceptions import AirflowClusterPolicyViolation

VERIFY_KEY_VARIABLE = "AIRDESK_VERIFY_KEY"


def verify_key() -> bytes | None:
    """The publisher's public key, if this Airflow is told to ask for signatures.

    Raises:
        AirflowClusterPolicyViolation: the key is named and cannot be read; nothing is let in then.
    """
    path = os.environ.get(VERIFY_KEY_VARIABLE)
    if not path:
        return None
    try:
        return _key(path)
    except OSError as error:
        raise AirflowClusterPolicyViolation(
            f"Airdesk: the publisher's public key ({VERIFY_KEY_VARIABLE}) cannot be read, so no "
            "DAG is accepted. The platform team puts it back."
        ) from error


@lru_cache(maxsize=4)
def _key(path: str) -> bytes:
    return Path(path).read_bytes()


def in_a_bundle(file: str) -> bool:
    """Whether a file lies where Airflow keeps what its DAG bundles fetched."""
    from airflow.dag_processing.bundles.base import get_bundle_storage_root_path

    return Path(file).is_relative_to(get_bundle_storage_root_path())


def require_signed(file: str, key: bytes) -> None:
    """Let a DAG file pass only if it and everything beside it are what the publisher signed.

    Raises:
        AirflowClusterPolicyViolation: with what is wrong as a sentence.
    """
    path = Path(file)
    dag_id = _dag_id(path)
    try:
        signature = path.with_name(path.name + SIGNATURE_ENDING).read_bytes()
        files = _files_of(path)
    except OSError as error:
        raise AirflowClusterPolicyViolation(
            f"Airdesk: {path.parent.name}/{path.name} carries no signature of the publisher, so it "
            "is not run. DAGs come here through a merged merge request."
        ) from error
    if not verify(key, dag_id, files, signature):
        raise AirflowClusterPolicyViolation(
            f"Airdesk: {path.parent.name}/{path.name} or a file beside it is not what the "
            "publisher signed, so it is not run. The platform team looks at the central repository."
        )
    _drop_bytecode(path)


def _dag_id(path: Path) -> str:
    """The id that a file may define, which follows from its place alone."""
    try:
        team = Team(path.parent.name)
    except ValueError as error:
        raise AirflowClusterPolicyViolation(
            f"Airdesk: {path.parent.name}/{path.name} lies in no team's folder, so it is not run."
        ) from error
    if path.suffix != ".py" or not re.fullmatch(DAG_NAME_PATTERN, path.stem):
        raise AirflowClusterPolicyViolation(
            f"Airdesk: {path.parent.name}/{path.name} is no name of a DAG file, so it is not run."
        )
    return team.dag_id(path.stem)


def _files_of(path: Path) -> dict[str, bytes]:
    """The DAG file and what lies in its folder, by path in the central repository."""
    root = path.parent.parent
    beside = path.with_name(f"{path.stem}.files").rglob("*")
    found = [path, *(entry for entry in beside if entry.is_file() or entry.is_symlink())]
    return {entry.relative_to(root).as_posix(): entry.read_bytes() for entry in found}


def _drop_bytecode(path: Path) -> None:
    """Make Python compile the text that was signed; it would prefer a `.pyc` found beside it."""
    Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
