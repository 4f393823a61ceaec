"""Roles of Airflow's FAB auth manager, over its REST API."""

from __future__ import annotations

from urllib.parse import quote

import httpx

from airdesk.clients.airflow.session import NO_ANSWER, Session, failure
from airdesk.errors import Unavailable

ROLES = "/auth/fab/v1/roles"


class AirflowRoles(Session):
    """Implements `AccessRoles`; its account must be an administrator's."""

    def permissions(self, role: str) -> frozenset[str] | None:
        answer = self._send("GET", f"{ROLES}/{quote(role, safe='')}")
        if answer.status_code == 404:
            return None
        self._expect(answer, f"read role {role}")
        return frozenset(
            f"{entry['action']['name']} on {entry['resource']['name']}"
            for entry in answer.json()["actions"]
        )

    def create(self, role: str, permissions: frozenset[str]) -> None:
        answer = self._send("POST", ROLES, _body(role, permissions))
        self._expect(answer, f"create role {role}")

    def replace(self, role: str, permissions: frozenset[str]) -> None:
        path = f"{ROLES}/{quote(role, safe='')}?update_mask=actions"
        self._expect(self._send("PATCH", path, _body(role, permissions)), f"change role {role}")

    def _send(self, method: str, path: str, body: object = None) -> httpx.Response:
        try:
            return self.http.request(
                method, path, json=body, headers={"Authorization": f"Bearer {self.token()}"}
            )
        except httpx.TransportError as error:
            raise Unavailable("Airflow", NO_ANSWER) from error

    def _expect(self, answer: httpx.Response, doing: str) -> None:
        if not answer.is_success:
            detail = f"Airflow refused to {doing}: {answer.text[:300]}"
            raise failure(answer.status_code, doing, detail)


def _body(role: str, permissions: frozenset[str]) -> dict[str, object]:
    pairs = [permission.split(" on ", 1) for permission in sorted(permissions)]
    return {
        "name": role,
        "actions": [
            {"action": {"name": action}, "resource": {"name": resource}}
            for action, resource in pairs
        ],
    }
