"""ID tokens, verified the way Vault verifies them: by the keys the server publishes."""

from __future__ import annotations

import base64
import json

import httpx
import jwt
import pytest

AUDIENCE = "https://vault.test"
SHOW = 'printf %s "$PROOF" | base64 -w0 > proof.txt'
JOB = f"""
job:
  timeout: 10 minutes
  id_tokens: {{PROOF: {{aud: "{AUDIENCE}"}}, OTHER: {{aud: [one, two]}}}}
  script: [{json.dumps(SHOW)}, 'echo "token=$PROOF"']
  artifacts: {{paths: [proof.txt]}}
"""


def verified(site, project, pipeline, tools, audience=AUDIENCE):
    """The claims of the job's token, or jwt's refusal."""
    text = tools.jobs(project, pipeline)["job"].artifact("proof.txt")
    told = httpx.get(f"{site.url}/.well-known/openid-configuration").json()
    client = jwt.PyJWKClient(told["jwks_uri"])
    token = base64.b64decode(text).decode()
    return jwt.decode(
        token,
        client.get_signing_key_from_jwt(token),
        algorithms=told["id_token_signing_alg_values_supported"],
        audience=audience,
        issuer=told["issuer"],
    )


def test_a_job_proves_what_it_is(site, tools):
    project = site.project({".gitlab-ci.yml": JOB})
    pipeline = tools.pipeline(project, ref="main")
    claims = verified(site, project, pipeline, tools)
    assert claims["sub"] == f"project_path:{project.path_with_namespace}:ref_type:branch:ref:main"
    assert claims["iss"] == site.url
    wanted = {
        "project_id": str(project.id),
        "project_path": project.path_with_namespace,
        "namespace_path": project.namespace["full_path"],
        "ref": "main",
        "ref_type": "branch",
        "ref_path": "refs/heads/main",
        "ref_protected": "true",
        "pipeline_source": "push",
        "pipeline_id": str(pipeline.id),
        "user_login": "root",
        "sha": pipeline.sha,
    }
    assert {name: claims[name] for name in wanted} == wanted
    assert claims["exp"] - claims["iat"] == 600
    with pytest.raises(jwt.InvalidAudienceError):
        verified(site, project, pipeline, tools, audience="https://other.test")
    assert "token=[MASKED]" in tools.traces(project, pipeline)["job"]


def test_a_merge_request_is_never_protected(site, tools):
    rules = "  rules: [{if: $CI_MERGE_REQUEST_IID}]\n"
    project = site.project({".gitlab-ci.yml": JOB + rules})
    tools.commit(project, "topic", {"x": "1"})
    project.protectedbranches.create({"name": "topic"})
    project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "Topic"}
    )
    pipeline = tools.pipeline(project, source="merge_request_event")
    claims = verified(site, project, pipeline, tools)
    assert (claims["ref"], claims["ref_protected"]) == ("topic", "false")
    assert claims["pipeline_source"] == "merge_request_event"


def test_a_fork_stays_a_fork_even_in_the_parents_pipeline(site, tools):
    rules = "  rules: [{if: $CI_MERGE_REQUEST_IID}]\n"
    project = site.project({".gitlab-ci.yml": JOB + rules}, visibility="internal")
    outsider = site.person()
    made = outsider.project(project).forks.create({})

    def ready():
        return outsider.client.projects.get(made.id).import_status == "finished"

    tools.wait_for(ready)
    fork = outsider.client.projects.get(made.id)
    tools.commit(fork, "main", {"x": "1"})
    request = fork.mergerequests.create(
        {"source_branch": "main", "target_branch": "main", "title": "From outside"}
        | {"target_project_id": project.id}
    )
    project.mergerequests.get(request.iid).pipelines.create({})
    claims = verified(site, project, tools.pipeline(project, source="merge_request_event"), tools)
    assert claims["project_path"] == fork.path_with_namespace
    assert claims["job_project_path"] == project.path_with_namespace
    assert claims["ref_protected"] == "false"


def test_the_key_survives_a_restart_and_shows_its_public_half_only(own_server):
    address = f"{own_server.url}/oauth/discovery/keys"
    before = httpx.get(address).json()
    own_server.end()
    own_server.start()
    assert httpx.get(address).json() == before
    assert set(before["keys"][0]) == {"kty", "n", "e", "kid", "use", "alg"}
    assert (own_server.data / "id_token_key.pem").stat().st_mode & 0o077 == 0


def test_a_token_without_an_audience_is_a_wrong_configuration(site, tools):
    text = "job:\n  id_tokens: {PROOF: {}}\n  script: [echo]\n"
    project = site.project({".gitlab-ci.yml": text})
    pipeline = tools.pipeline(project)
    assert pipeline.status == "failed"
    assert "aud" in pipeline.yaml_errors
