"""Stopping, crashing and starting again: nothing is lost, no process is left."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

SLEEPER = "job:\n  script: [echo begun, sleep {mark}]\n"


@pytest.fixture
def mark(tmp_path):
    """A length of sleep that nobody else on this machine sleeps."""
    return f"4{tmp_path.stat().st_ino}"


def test_state_survives_a_restart(own_server, site_of, tools):
    site = site_of(own_server)
    person, project = site.person(), site.project()
    tools.commit(project, "topic", {"x": "1"})
    request = project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "Kept"}
    )
    assert own_server.end() in (0, -signal.SIGTERM)
    own_server.start()
    again = site_of(own_server)
    assert again.client(person.token).http_get("/user")["id"] == person.user.id
    kept = again.admin.projects.get(project.id).mergerequests.get(request.iid)
    assert (kept.title, kept.sha) == ("Kept", request.sha)


def test_stopping_ends_running_jobs(own_server, site_of, tools, alive, mark):
    site = site_of(own_server)
    project = site.project({".gitlab-ci.yml": SLEEPER.format(mark=mark)})
    tools.wait_for(lambda: alive(f"sleep\0{mark}"))
    begun = time.monotonic()
    own_server.end()
    assert time.monotonic() - begun < 20
    assert not alive(mark)
    assert not alive(str(own_server.data))
    own_server.start()
    pipeline = tools.pipeline(site_of(own_server).admin.projects.get(project.id))
    assert pipeline.status == "failed"


def test_after_a_crash_jobs_fail_and_their_processes_end(own_server, site_of, tools, alive, mark):
    site = site_of(own_server)
    project = site.project({".gitlab-ci.yml": SLEEPER.format(mark=mark)})
    tools.wait_for(lambda: alive(f"sleep\0{mark}"))
    own_server.end(signal.SIGKILL)
    own_server.start()
    project = site_of(own_server).admin.projects.get(project.id)
    pipeline = tools.pipeline(project)
    assert tools.jobs(project, pipeline)["job"].failure_reason == "runner_system_failure"
    tools.wait_for(lambda: not alive(f"sleep\0{mark}"))
    tools.jobs(project, pipeline)["job"].retry()
    tools.wait_for(lambda: alive(f"sleep\0{mark}"))
    project.pipelines.get(pipeline.id).cancel()
    tools.wait_for(lambda: not alive(f"sleep\0{mark}"))


def test_pipelines_that_were_waiting_go_on_after_a_crash(own_server, site_of, tools, mark):
    site = site_of(own_server)
    text = "job:\n  resource_group: one\n  script: [sleep 2]\n"
    project = site.project({".gitlab-ci.yml": text})
    tools.wait_for(lambda: project.pipelines.list())
    project.pipelines.create({"ref": "main"})
    own_server.end(signal.SIGKILL)
    own_server.start()
    project = site_of(own_server).admin.projects.get(project.id)
    second = tools.wait_for(lambda: project.pipelines.list(source="api"))[0]
    tools.wait_for(lambda: project.pipelines.get(second.id).status == "success")


def test_a_pipeline_that_was_only_wished_for_is_made_after_a_crash(own_server, site_of, tools):
    site = site_of(own_server)
    project = site.project({".gitlab-ci.yml": "job:\n  script: [echo]\n"})
    tools.pipeline(project)
    sha = tools.commit(project, "main", {"x": "1"}).id
    own_server.end(signal.SIGKILL)
    own_server.start()
    project = site_of(own_server).admin.projects.get(project.id)
    assert tools.pipeline(project, sha=sha).status in ("success", "failed")


def test_answers_come_quickly(site):
    project = site.project()
    took = []
    for _ in range(20):
        begun = time.perf_counter()
        assert site.http.get(f"/api/v4/projects/{project.id}").status_code == 200
        took.append(time.perf_counter() - begun)
    # generous for a machine that others use, too: alone it takes a few milliseconds
    assert sorted(took)[len(took) // 2] < 0.25


def test_health_needs_no_token(site):
    assert site.http.get("/-/health", headers={"PRIVATE-TOKEN": ""}).text == "GitLab OK"


def test_the_command_says_what_it_needs():
    done = subprocess.run(
        [sys.executable, "-m", "airdesk_sandbox.cli", "gitlab"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--port, --data, --admin-token" in done.stderr
