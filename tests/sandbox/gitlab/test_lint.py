"""CI lint: the project's configuration, and a text in the project's context."""

from __future__ import annotations

import yaml

GOOD = """
include: /more.yml
check: {stage: test, script: [echo], rules: [{if: $CI_MERGE_REQUEST_IID}]}
"""
MORE = "late: {stage: deploy, script: [echo late], needs: [check]}\n"


def test_the_projects_own_configuration(site, tools):
    project = site.project({".gitlab-ci.yml": GOOD, "more.yml": MORE})
    found = project.ci_lint.get(include_jobs=True)
    assert (found.valid, found.errors) == (True, [])
    assert {"check", "late"} <= set(yaml.safe_load(found.merged_yaml))
    assert {job["name"]: job["stage"] for job in found.jobs} == {"check": "test", "late": "deploy"}
    tools.commit(project, "topic", {".gitlab-ci.yml": "check: {}\n"})
    assert project.ci_lint.get(content_ref="topic").valid is False
    empty = site.project()
    assert "Please provide content" in empty.ci_lint.get().errors[0]


def test_a_text_in_the_projects_context(site):
    project = site.project({"more.yml": MORE})
    assert project.ci_lint.create({"content": GOOD}).valid is True
    lonely = project.ci_lint.create({"content": "include: /more.yml\n"})
    assert lonely.valid is False
    assert "check" in lonely.errors[0]
    assert project.ci_lint.create({"content": "a: [\n"}).valid is False
    missing = project.ci_lint.create({"content": "include: {project: no/where, file: x.yml}\n"})
    assert "not found or access denied" in missing.errors[0]
    assert project.pipelines.list() == []


def test_a_simulation_lets_rules_decide(site):
    project = site.project({"more.yml": MORE})
    text = "job: {script: [echo], rules: [{if: $CI_MERGE_REQUEST_IID}]}\n"
    assert project.ci_lint.create({"content": text}).valid is True
    simulated = project.ci_lint.create({"content": text, "dry_run": True})
    assert simulated.valid is False
    assert "prevented any jobs" in simulated.errors[0]


def test_linting_a_text_is_for_developers(site, tools):
    project = site.project({".gitlab-ci.yml": "job: {script: [echo]}\n"})
    reporter = site.member(project, 20).project(project)
    assert reporter.ci_lint.get().valid is True
    tools.refused(403, lambda: reporter.ci_lint.get(dry_run=True))
    tools.refused(403, lambda: reporter.ci_lint.create({"content": "x: {script: [echo]}\n"}))
