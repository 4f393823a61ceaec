"""Secrets at rest: digests of tokens, salted digests of passwords, and new random tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


def new_token(prefix: str) -> str:
    """A random token such as `glpat-Rk3…`; the prefix tells people and scanners what it is."""
    return f"{prefix}{secrets.token_urlsafe(20)[:26]}"


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_scrypt(password, salt)}"


def password_matches(password: str, stored: str | None) -> bool:
    if stored is None:
        return False
    salt, _, expected = stored.partition("$")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)), expected)


def pkce_matches(verifier: str, challenge: str) -> bool:
    """Whether `challenge` is the S256 challenge of `verifier` (RFC 7636)."""
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made.decode(), challenge)


def _scrypt(password: str, salt: bytes) -> str:
    # a small cost: a sandbox signs in often and guards nothing but test passwords
    return hashlib.scrypt(password.encode(), salt=salt, n=1024, r=8, p=1).hex()
