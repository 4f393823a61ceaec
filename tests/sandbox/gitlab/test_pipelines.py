"""Pipelines run for real: gitlab-ci-local executes what the repository says."""

from __future__ import annotations

import pytest

TEMPLATE = """
stages: [check, render]
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      variables: {KIND: review}
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
check:
  stage: check
  script:
    - echo "kind=${KIND-none} iid=${CI_MERGE_REQUEST_IID-none} branch=${CI_COMMIT_BRANCH-none}"
    - mkdir -p out && echo made > out/file.txt
  after_script: [echo goodbye]
  artifacts: {when: always, paths: [out/]}
render:
  stage: render
  script: [cat out/file.txt]
"""


@pytest.fixture
def included(site):
    """A project that includes a template of an internal project."""

    def make(template=TEMPLATE, visibility="internal"):
        shared = site.project({"template.yml": template}, visibility=visibility)
        include = f"include:\n  - project: {shared.path_with_namespace}\n    file: template.yml\n"
        return site.project({".gitlab-ci.yml": include})

    return make


def request_of(tools, project, files=None):
    tools.commit(project, "topic", files or {"x.txt": "1"})
    return project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "Topic"}
    )


def test_a_merge_request_pipeline_runs_the_included_template(included, tools):
    project = included()
    request = request_of(tools, project)
    pipeline = tools.pipeline(project, source="merge_request_event")
    assert pipeline.status == "success"
    assert pipeline.ref == f"refs/merge-requests/{request.iid}/head"
    assert pipeline.sha == request.sha
    traces = tools.traces(project, pipeline)
    assert f"kind=review iid={request.iid} branch=none" in traces["check"]
    assert "goodbye" in traces["check"]
    assert "made" in traces["render"]
    assert traces["check"].rstrip().endswith("Job succeeded")
    found = project.mergerequests.get(request.iid)
    assert found.head_pipeline["id"] == pipeline.id
    assert [row.id for row in request.pipelines.list()] == [pipeline.id]
    job = tools.jobs(project, pipeline)["check"]
    assert job.artifact("out/file.txt") == b"made\n"
    assert job.artifacts()[:2] == b"PK"
    branch_runs = project.pipelines.list(ref="topic")
    assert branch_runs == []


def test_a_template_one_may_not_see_is_an_error_of_the_configuration(included, site, tools):
    project = included(visibility="private")
    person = site.member(project, 30)
    tools.commit(person.project(project), "topic", {"x": "1"})
    pipeline = tools.pipeline(project, ref="topic")
    assert pipeline.status == "failed"
    assert "not found or access denied" in pipeline.yaml_errors


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("job:\n  script: [echo\n", "while parsing"),
        ("job:\n  script: [echo]\n  stage: nowhere\n", "nowhere"),
        ("job:\n  scrip: [echo]\n", "script"),
        ("- a\n- b\n", "Invalid configuration format"),
        ("a: {script: [x], needs: [b]}\n", "b"),
        ("include: {component: x/y@1}\njob: {script: [echo]}\n", "component is not part"),
    ],
)
def test_a_wrong_configuration_is_told(site, tools, text, sentence):
    project = site.project({".gitlab-ci.yml": text})
    pipeline = tools.pipeline(project)
    assert pipeline.status == "failed"
    assert sentence in pipeline.yaml_errors
    assert tools.jobs(project, pipeline) == {}


def test_where_no_job_matches_there_is_no_pipeline(site, tools):
    text = "job:\n  rules: [{if: '$CI_COMMIT_BRANCH == \"other\"'}]\n  script: [echo]\n"
    project = site.project({".gitlab-ci.yml": text})
    tools.commit(project, "other", {"x": "1"})
    pipeline = tools.pipeline(project)
    assert pipeline.ref == "other"
    assert len(project.pipelines.list()) == 1
    refusal = tools.refused(400, lambda: project.pipelines.create({"ref": "main"}))
    assert "prevented any jobs" in str(refusal)


def test_secrets_are_masked_and_protected(site, tools):
    script = 'echo "masked=$HIDDEN protected=${GUARDED-absent} token=$CI_JOB_TOKEN"'
    project = site.project(visibility="private")
    project.variables.create({"key": "HIDDEN", "value": "very-secret-1", "masked": True})
    project.variables.create({"key": "GUARDED", "value": "for-main", "protected": True})
    project.variables.create(
        {"key": "PEM", "value": "line 1\nline $HOME 2\n", "variable_type": "file", "raw": True}
    )
    text = f"job:\n  script:\n    - {script}\n    - cat $PEM\n"
    tools.commit(project, "main", {".gitlab-ci.yml": text})
    on_main = tools.traces(project, tools.pipeline(project, ref="main"))["job"]
    assert "masked=[MASKED] protected=for-main token=[MASKED]" in on_main
    assert "line 1\nline $HOME 2" in on_main
    tools.commit(project, "topic", {"x": "1"})
    on_topic = tools.traces(project, tools.pipeline(project, ref="topic"))["job"]
    assert "protected=absent" in on_topic
    refusal = {"key": "SHORT", "value": "x", "masked": True}
    tools.refused(400, lambda: project.variables.create(refusal))


def test_the_job_token_reads_what_its_person_may_see(site, tools):
    other, hidden = site.project(visibility="internal"), site.project()
    clone = "git clone -q --depth 1 http://gitlab-ci-token:$CI_JOB_TOKEN@$CI_SERVER_FQDN"
    text = f"""
job:
  script:
    - {clone}/{other.path_with_namespace}.git seen && cat seen/README.md
    - {clone}/{hidden.path_with_namespace}.git hidden || echo "hidden stays hidden"
    - git push -q $CI_REPOSITORY_URL HEAD:refs/heads/stolen || echo "no pushing"
    - test -z "$(git status --porcelain --untracked-files=no)" && echo clean
    - >-
      python3 -c "import os, urllib.request as u;
      ask = lambda path: u.urlopen(u.Request(os.environ['CI_API_V4_URL'] + path,
      headers=dict([('JOB-TOKEN', os.environ['CI_JOB_TOKEN'])]))).status;
      print('own job', ask('/job'));
      ask('/projects/' + os.environ['CI_PROJECT_ID'] + '/merge_requests')" || echo "no requests"
"""
    project = site.project()
    person = site.member(project, 40)
    tools.commit(person.project(project), "main", {".gitlab-ci.yml": text})
    trace = tools.traces(project, tools.pipeline(project))["job"]
    for line in ("# Hello", "hidden stays hidden", "no pushing", "own job 200", "no requests"):
        assert f"\n{line}" in trace, trace


def test_auto_merge_when_the_pipeline_succeeds(included, site, tools):
    project = included()
    project.only_allow_merge_if_pipeline_succeeds = True
    project.merge_method = "ff"
    project.save()
    author, lead = site.member(project, 30), site.member(project, 40)
    request = request_of(tools, author.project(project))
    seen = lead.project(project).mergerequests.get(request.iid)
    seen.merge(merge_when_pipeline_succeeds=True, sha=request.sha)
    assert seen.merge_when_pipeline_succeeds
    assert seen.state == "opened"
    merged = tools.wait_for(
        lambda: next(iter(project.mergerequests.list(iids=[request.iid], state="merged")), None)
    )
    assert merged.merged_by["id"] == lead.user.id
    assert project.branches.get("main").commit["id"] == request.sha
    on_main = tools.pipeline(project, ref="main", sha=request.sha)
    assert on_main.source == "push"


def test_a_red_pipeline_cancels_auto_merge(site, tools):
    text = "job:\n  script: [sleep 1, exit 1]\n  rules: [{if: $CI_MERGE_REQUEST_IID}]\n"
    project = site.project({".gitlab-ci.yml": text}, only_allow_merge_if_pipeline_succeeds=True)
    request = request_of(tools, project)
    request.merge(merge_when_pipeline_succeeds=True)
    pipeline = tools.pipeline(project)
    assert pipeline.status == "failed"
    tools.wait_for(lambda: not project.mergerequests.get(request.iid).merge_when_pipeline_succeeds)
    found = project.mergerequests.get(request.iid)
    assert (found.state, found.detailed_merge_status) == ("opened", "ci_must_pass")
    tools.refused(405, found.merge)
    job = tools.jobs(project, pipeline)["job"]
    assert job.failure_reason == "script_failure"
    assert "ERROR: Job failed" in job.trace().decode()


def test_changes_are_judged_against_the_merge_request(site, tools):
    text = """
docs: {rules: [{changes: ["docs/**/*"]}], script: [echo]}
code: {rules: [{if: $CI_MERGE_REQUEST_IID, changes: ["src/*.py"]}], script: [echo]}
always: {script: [echo]}
"""
    project = site.project({".gitlab-ci.yml": text, "src/x.py": "1"})
    request_of(tools, project, {"docs/deep/a.md": "x"})
    pipeline = tools.pipeline(project, source="merge_request_event")
    assert set(tools.jobs(project, pipeline)) == {"docs"}


def test_needs_manual_jobs_and_failures(site, tools):
    text = """
stages: [a, b, c]
fails: {stage: a, script: [exit 1], allow_failure: true}
breaks: {stage: a, script: [exit 1]}
early: {stage: b, needs: [], script: [echo early]}
late: {stage: b, script: [echo late]}
cleanup: {stage: c, when: always, script: [echo clean]}
rescue: {stage: c, when: on_failure, script: [echo rescue]}
button: {stage: c, needs: [early], when: manual, script: [echo pressed]}
"""
    project = site.project({".gitlab-ci.yml": text})
    pipeline = tools.pipeline(project)
    assert pipeline.status == "failed"
    assert {name: job.status for name, job in tools.jobs(project, pipeline).items()} == {
        "fails": "failed",
        "breaks": "failed",
        "early": "success",
        "late": "skipped",
        "cleanup": "success",
        "rescue": "success",
        "button": "manual",
    }
    tools.jobs(project, pipeline)["button"].play()
    tools.wait_for(lambda: tools.jobs(project, pipeline)["button"].status == "success")


def test_variables_pass_between_jobs(site, tools):
    text = """
stages: [a, b]
make:
  stage: a
  script: ["echo ANSWER=42 > v.env", "echo nothing > secret.txt"]
  artifacts: {paths: ["*.txt"], exclude: [secret.txt], reports: {dotenv: v.env}}
use: {stage: b, script: ["echo answer=$ANSWER", "ls"]}
"""
    project = site.project({".gitlab-ci.yml": text})
    trace = tools.traces(project, tools.pipeline(project))["use"]
    assert "answer=42" in trace
    assert "secret.txt" not in trace


def test_retrying_a_failed_job(site, tools, tmp_path):
    flag = tmp_path / "flag"
    text = f"""
stages: [a, b]
one: {{stage: a, script: ['test -e {flag}']}}
two: {{stage: b, script: [echo]}}
"""
    project = site.project({".gitlab-ci.yml": text})
    pipeline = tools.pipeline(project)
    assert {n: j.status for n, j in tools.jobs(project, pipeline).items()} == {
        "one": "failed",
        "two": "skipped",
    }
    flag.touch()
    tools.jobs(project, pipeline)["one"].retry()
    tools.wait_for(lambda: project.pipelines.get(pipeline.id).status == "success")
    everything = project.pipelines.get(pipeline.id).jobs.list(include_retried=True)
    assert sorted(job.status for job in everything) == ["failed", "success", "success"]


def test_a_job_is_retried_by_itself(site, tools, tmp_path):
    count = tmp_path / "count"
    text = f"job:\n  retry: 2\n  script: ['echo x >> {count}', 'test $(wc -l < {count}) = 3']\n"
    project = site.project({".gitlab-ci.yml": text})
    assert tools.pipeline(project).status == "success"
    assert count.read_text().count("x") == 3


def test_cancelling_ends_the_processes(site, tools, alive, tmp_path):
    mark = f"3{tmp_path.stat().st_ino}"
    project = site.project({".gitlab-ci.yml": f"job:\n  script: [echo begun, sleep {mark}]\n"})
    tools.wait_for(lambda: alive(f"sleep\0{mark}"))
    pipeline = project.pipelines.list()[0]
    tools.wait_for(lambda: "begun" in tools.traces(project, pipeline)["job"])
    project.pipelines.get(pipeline.id).cancel()
    assert tools.pipeline(project).status == "canceled"
    tools.wait_for(lambda: not alive(f"sleep\0{mark}"))


def test_a_job_that_takes_too_long_is_ended(site, tools):
    project = site.project({".gitlab-ci.yml": "job:\n  timeout: 2s\n  script: [sleep 77]\n"})
    pipeline = tools.pipeline(project)
    assert tools.jobs(project, pipeline)["job"].failure_reason == "job_execution_timeout"


def test_a_resource_group_runs_one_at_a_time(site, tools, tmp_path):
    log = tmp_path / "log"
    text = f"""
publish:
  resource_group: publish
  script: ["echo in >> {log}", "sleep 0.7", "echo out >> {log}"]
"""
    project = site.project({".gitlab-ci.yml": text})
    for _ in range(2):
        project.pipelines.create({"ref": "main"})

    def all_done():
        rows = project.pipelines.list()
        return len(rows) == 3 and all(row.status == "success" for row in rows)

    tools.wait_for(all_done)
    assert log.read_text().split() == ["in", "out"] * 3


def test_a_trigger_starts_a_pipeline_with_what_it_was_given(site, tools):
    text = """
job:
  script:
    - echo "source=$CI_PIPELINE_SOURCE given=$GIVEN user=$GITLAB_USER_LOGIN"
    - python3 -c "import json, os; print(json.load(open(os.environ['TRIGGER_PAYLOAD'])))"
  rules: [{if: '$CI_PIPELINE_SOURCE == "trigger"'}]
"""
    project = site.project({".gitlab-ci.yml": text})
    trigger = project.triggers.create({"description": "publisher"})
    path = f"/api/v4/projects/{project.id}/ref/main/trigger/pipeline"
    answer = site.http.post(
        f"{path}?token={trigger.token}",
        headers={"PRIVATE-TOKEN": ""},
        json={"object_kind": "push", "ref": "refs/heads/elsewhere", "variables": {"GIVEN": "yes"}},
    )
    assert answer.status_code == 201, answer.text
    trace = tools.traces(project, tools.pipeline(project, source="trigger"))["job"]
    assert "source=trigger given=yes user=root" in trace
    assert "'object_kind': 'push'" in trace
    assert site.http.post(f"{path}?token=wrong", json={}).status_code == 404
    looping = {"X-Gitlab-Event": "Pipeline Hook"}
    again = site.http.post(f"{path}?token={trigger.token}", headers=looping, json={})
    assert again.status_code == 403


def test_a_schedule_is_played_and_fires(site, tools):
    text = "job:\n  script: ['echo source=$CI_PIPELINE_SOURCE what=$WHAT']\n"
    project = site.project({".gitlab-ci.yml": text})
    schedule = project.pipelineschedules.create(
        {"ref": "main", "description": "publish", "cron": "0 0 1 1 *", "active": True}
    )
    assert schedule.next_run_at.endswith("-01-01T00:00:00.000Z")
    schedule.variables.create({"key": "WHAT", "value": "planned"})
    schedule.play()
    pipeline = tools.pipeline(project, source="schedule")
    assert "source=schedule what=planned" in tools.traces(project, pipeline)["job"]
    wrong = {"ref": "main", "description": "x", "cron": "every day"}
    tools.refused(400, lambda: project.pipelineschedules.create(wrong))


def test_a_commit_may_skip_its_pipeline(site, tools):
    project = site.project({".gitlab-ci.yml": "job:\n  script: [echo]\n"})
    tools.pipeline(project)
    action = {"action": "create", "file_path": "x", "content": "1"}
    project.commits.create(
        {"branch": "main", "commit_message": "Quiet [skip ci]", "actions": [action]}
    )
    skipped = tools.pipeline(project, status="skipped")
    assert tools.jobs(project, skipped) == {}


def test_developers_do_not_run_pipelines_of_main(site, tools):
    project = site.project({".gitlab-ci.yml": "job:\n  script: [echo]\n"})
    pipeline = tools.pipeline(project)
    developer, reporter = site.member(project, 30), site.member(project, 20)
    seen = developer.project(project)
    tools.refused(400, lambda: seen.pipelines.create({"ref": "main"}))
    tools.refused(403, seen.pipelines.get(pipeline.id).retry)
    watching = reporter.project(project)
    assert "Job succeeded" in tools.traces(watching, pipeline)["job"]
    tools.refused(403, lambda: watching.pipelines.create({"ref": "main"}))


def test_a_commits_jobs_are_its_statuses(site, tools):
    project = site.project({".gitlab-ci.yml": "job:\n  script: [echo]\n"})
    pipeline = tools.pipeline(project)
    statuses = project.commits.get(pipeline.sha).statuses.list(get_all=True)
    assert [(row.name, row.status) for row in statuses] == [("job", "success")]
