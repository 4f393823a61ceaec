"""What must not work, tried for real: approving oneself, and looking over to another team."""

from __future__ import annotations

import json
from typing import Any

import httpx

from airdesk_sandbox.demo.cast import Actor
from airdesk_sandbox.demo.gitlab_seed import CENTRAL_PROJECT, project_path
from airdesk_sandbox.demo.slack_person import SlackPerson
from airdesk_sandbox.demo.stack import Stack
from airdesk_sandbox.demo.waiting import wait_for

SELF_APPROVED = """version: 1
dag_id: self_approved
description: Approved by nobody but its author
owners: [thu.tran]
data_class: internal
schedule: manual
tasks:
  not_empty:
    operator: sql_check@1
    connection: warehouse
    sql: select count(*) > 0 from flights
"""


class GitLabPerson:
    """A person who goes past Slack, straight to GitLab's REST API, with a token of their own."""

    def __init__(self, stack: Stack, actor: Actor) -> None:
        admin = stack.gitlab_admin
        (user,) = admin.get(f"/users?username={actor.username}")
        body = {"name": "laptop", "scopes": ["api"], "expires_at": "2027-10-31"}
        token = admin.post(f"/users/{user['id']}/personal_access_tokens", body)["token"]
        self._http = httpx.Client(
            base_url=f"{stack.gitlab_url}/api/v4{project_path(f'{actor.team}/pipelines')}",
            headers={"PRIVATE-TOKEN": token},
            timeout=30,
        )

    def propose(self, path: str, content: str) -> int:
        """A merge request that adds one file; returns its iid."""
        branch = f"by-hand-{path.rpartition('/')[2].partition('.')[0]}"
        action = {"action": "create", "file_path": path, "content": content}
        self._call(
            "POST",
            "/repository/commits",
            {
                "branch": branch,
                "start_branch": "main",
                "commit_message": f"Add {path}",
                "actions": [action],
            },
        )
        request = {"source_branch": branch, "target_branch": "main", "title": f"Add {path}"}
        return int(self._call("POST", "/merge_requests", request)["iid"])

    def wait_for_checks(self, iid: int) -> str:
        """The status with which the merge request's pipeline ended."""

        def ended() -> str | None:
            pipelines = self._call("GET", f"/merge_requests/{iid}/pipelines")
            status = pipelines[0]["status"] if pipelines else ""
            return status if status in ("success", "failed", "canceled") else None

        return wait_for(ended, f"the pipeline of !{iid}", seconds=180)

    def approve(self, iid: int) -> None:
        self._call("POST", f"/merge_requests/{iid}/approve", {})

    def merge(self, iid: int) -> None:
        self._call("PUT", f"/merge_requests/{iid}/merge", {})

    def notes(self, iid: int) -> str:
        """Everything that was written on the merge request."""
        return "\n".join(note["body"] for note in self._call("GET", f"/merge_requests/{iid}/notes"))

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._http.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json()


def publications(stack: Stack, team: str) -> dict[str, Any]:
    """What the publisher decided about the team's DAGs, from the central repository."""
    path = (
        f"{project_path(CENTRAL_PROJECT)}/repository/files/{team}%2Fpublications.json/raw?ref=main"
    )
    answer = httpx.get(
        f"{stack.gitlab_url}/api/v4{path}",
        headers={"PRIVATE-TOKEN": stack.kept.gitlab_admin_token},
        timeout=15,
    )
    if answer.status_code == httpx.codes.NOT_FOUND:
        return {}
    answer.raise_for_status()
    result: dict[str, Any] = json.loads(answer.text)
    return result


def refused_by_publisher(stack: Stack, author: Actor) -> str:
    """The author approves and merges the own change through GitLab's API; returns the verdict."""
    dag_id = f"{author.team}.self_approved"
    person = GitLabPerson(stack, author)
    iid = person.propose("dags/self_approved.dag.yaml", SELF_APPROVED)
    status = person.wait_for_checks(iid)
    if status != "success":
        raise AssertionError(f"The pipeline of the self-approved change ended as {status}.")
    person.approve(iid)
    person.merge(iid)
    verdict = wait_for(
        lambda: publications(stack, author.team).get(dag_id), "the publisher's verdict", seconds=120
    )
    if verdict["state"] != "withheld":
        raise AssertionError(f"The publisher let a self-approved change through: {verdict}")
    wait_for(lambda: verdict["reason"] in person.notes(iid), "the note on the merge request")
    return str(verdict["reason"])


def risk_sees_nothing(stack: Stack, outsider: SlackPerson) -> str:
    """Another team's analyst looks into Airflow and at the list of connections."""
    dag = "/api/v2/dags/growth.delays_by_carrier"
    with stack.airflow.client(outsider.actor.username, outsider.actor.password) as http:
        # Airflow refuses the whole list to somebody who may read no DAG at all
        listed = [entry["dag_id"] for entry in http.get("/api/v2/dags").json().get("dags", ())]
        statuses = [http.get(path).status_code for path in (dag, f"{dag}/dagRuns")]
    leaked = [dag_id for dag_id in listed if dag_id.startswith("growth.")]
    if leaked or not set(statuses) <= {403, 404}:
        raise AssertionError(f"risk sees growth's DAGs: {leaked}, answers {statuses}")
    outsider.command("/airflow new-dag")
    form = outsider.modal()
    field = next(b for b in form["blocks"] if b.get("block_id") == "connection")
    offered = [option["value"] for option in field.get("element", {}).get("options", ())]
    if "warehouse" in offered:
        raise AssertionError(f"The form offers growth's connection to risk: {offered}")
    outsider.close(form)
    return f"Airflow answers {statuses[0]}; the form offers no warehouse"
