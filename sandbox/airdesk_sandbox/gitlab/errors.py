"""Answers that are no success, in the shapes GitLab gives them."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An HTTP status with a JSON body; raised anywhere below a request."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


def unauthorized() -> ApiError:
    return ApiError(401, {"message": "401 Unauthorized"})


def invalid_token(why: str) -> ApiError:
    return ApiError(401, {"error": "invalid_token", "error_description": why})


def forbidden(why: str | None = None) -> ApiError:
    return ApiError(403, {"message": f"403 Forbidden - {why}" if why else "403 Forbidden"})


def not_found(what: str = "") -> ApiError:
    return ApiError(404, {"message": f"404 {what} Not Found" if what else "404 Not found"})


def bad_request(message: Any) -> ApiError:
    return ApiError(400, {"message": message})


def missing(name: str) -> ApiError:
    return ApiError(400, {"error": f"{name} is missing"})


def invalid(name: str) -> ApiError:
    return ApiError(400, {"error": f"{name} is invalid"})


def conflict(message: Any) -> ApiError:
    return ApiError(409, {"message": message})


def not_implemented(method: str, path: str) -> ApiError:
    """What this sandbox does not do it says, rather than inventing an answer."""
    return ApiError(501, {"message": f"501 Not Implemented: {method} {path}"})
