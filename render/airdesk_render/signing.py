"""Ed25519 signatures over a rendered DAG: its id, its Python file and everything beside it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

SIGNATURE_ENDING = ".sig"


def new_key() -> tuple[bytes, bytes]:
    """A new pair as PEM: private (PKCS 8, not encrypted) and public."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private, public


def sign(private_pem: bytes | str, dag_id: str, files: Mapping[str, bytes]) -> bytes:
    """The signature as one line of Base64.

    Args:
        files: all of the DAG's files by path in the central repository, without the signature.

    Raises:
        ValueError: the key is not an Ed25519 private key in PEM.
    """
    key = load_pem_private_key(_raw(private_pem), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("The signing key is not an Ed25519 key.")  # noqa: TRY004 - a wrong key
    return base64.b64encode(key.sign(_message(dag_id, files))) + b"\n"


def verify(
    public_pem: bytes | str, dag_id: str, files: Mapping[str, bytes], signature: bytes
) -> bool:
    """Whether the signature is this key's over exactly these files of this DAG.

    Raises:
        ValueError: the key is not an Ed25519 public key in PEM.
    """
    key = load_pem_public_key(_raw(public_pem))
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("The verifying key is not an Ed25519 key.")  # noqa: TRY004 - a wrong key
    try:
        key.verify(base64.b64decode(signature.strip(), validate=True), _message(dag_id, files))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _raw(pem: bytes | str) -> bytes:
    return pem.encode() if isinstance(pem, str) else pem


def _message(dag_id: str, files: Mapping[str, bytes]) -> bytes:
    contents = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    document = {"airdesk": "dag-v1", "dag_id": dag_id, "files": contents}
    return json.dumps(document, sort_keys=True, ensure_ascii=True).encode()
