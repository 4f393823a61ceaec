"""What others read to verify ID tokens: OpenID Connect discovery and the public keys."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from airdesk_sandbox.gitlab.ci.id_tokens import ALGORITHM
from airdesk_sandbox.gitlab.server import Server

_SCOPES = ("api", "read_api", "read_user", "read_repository", "write_repository", "sudo")


def configuration(base: str) -> dict[str, Any]:
    """`/.well-known/openid-configuration`, for as much as this server does."""
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "jwks_uri": f"{base}/oauth/discovery/keys",
        "scopes_supported": list(_SCOPES),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "code_challenge_methods_supported": ["S256"],
    }


def discovery_routes(server: Server) -> list[BaseRoute]:
    def describe(_request: Request) -> JSONResponse:
        return JSONResponse(configuration(server.url))

    def keys(_request: Request) -> JSONResponse:
        return JSONResponse({"keys": [server.signing_key.public()]})

    return [
        Route("/.well-known/openid-configuration", describe),
        Route("/oauth/discovery/keys", keys),
    ]
