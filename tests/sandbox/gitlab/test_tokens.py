"""Tokens of projects and groups: roles, scopes, expiry, rotation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest


def day(offset):
    return (datetime.now(UTC) + timedelta(days=offset)).date().isoformat()


def test_a_projects_token_acts_as_a_bot_with_its_role_there(site, tools):
    project, other = site.project(), site.project()
    made = project.access_tokens.create(
        {"name": "checker", "scopes": ["api"], "access_level": 20, "expires_at": day(30)}
    )
    assert (made.access_level, made.resource_type, made.resource_id) == (20, "project", project.id)
    bot = site.client(made.token)
    bot.auth()
    assert bot.user.username.startswith(f"project_{project.id}_bot_")
    seen = bot.projects.get(project.id)
    assert seen.files.raw("README.md", ref="main") == b"# Hello\n"
    tools.refused(403, lambda: tools.commit(seen, "topic", {"x": "1"}))
    tools.refused(404, lambda: bot.projects.get(other.id))
    project.access_tokens.delete(made.id)
    tools.refused(401, bot.auth)


def test_a_groups_token_reaches_all_its_projects_and_no_other(site, tools):
    group = site.group()
    project, other = site.project(namespace_id=group.id), site.project()
    made = group.access_tokens.create(
        {"name": "reader", "scopes": ["read_api"], "access_level": 20, "expires_at": day(30)}
    )
    reader = site.client(made.token)
    assert [p.id for p in reader.projects.list(membership=True)] == [project.id]
    tools.refused(404, lambda: reader.projects.get(other.id))
    body = {"source_branch": "x", "target_branch": "main", "title": "x"}
    refusal = tools.refused(403, lambda: reader.projects.get(project.id).mergerequests.create(body))
    assert "insufficient_scope" in refusal
    assert [row.id for row in group.access_tokens.list()] == [made.id]
    lead = site.person()
    group.members.create({"user_id": lead.user.id, "access_level": 40})
    tools.refused(403, lambda: lead.client.groups.get(group.id).access_tokens.list())


def test_nobody_gives_more_than_they_have(site, tools):
    project = site.project()
    lead = site.member(project, 40).project(project)
    wish = {"name": "x", "scopes": ["api"], "expires_at": day(3)}
    tools.refused(403, lambda: lead.access_tokens.create(wish | {"access_level": 50}))
    tools.refused(400, lambda: lead.access_tokens.create(wish | {"scopes": ["sudo"]}))
    tools.refused(400, lambda: lead.access_tokens.create(wish | {"expires_at": day(500)}))
    assert lead.access_tokens.create(wish).access_level == 40
    developer = site.member(project, 30).project(project)
    tools.refused(403, lambda: developer.access_tokens.create(wish))


def test_a_token_lasts_a_year_unless_told_else(site):
    person = site.person()
    made = person.user.personal_access_tokens.create({"name": "x", "scopes": ["api"]})
    assert made.expires_at == day(365)


def test_a_token_that_may_only_rotate_itself(site, tools):
    project = site.project()
    made = project.access_tokens.create(
        {"name": "x", "scopes": ["read_api", "self_rotate"], "expires_at": day(2)}
    )
    headers = {"PRIVATE-TOKEN": made.token}
    address = f"{site.url}/api/v4/projects/{project.id}/access_tokens/self/rotate"
    fresh = httpx.post(address, headers=headers).json()
    assert (fresh["expires_at"], fresh["scopes"]) == (day(7), ["read_api", "self_rotate"])
    assert httpx.post(address, headers=headers).status_code == 401
    tools.refused(401, site.client(made.token).auth)
    assert site.client(fresh["token"]).projects.get(project.id).id == project.id


@pytest.mark.parametrize(
    ("scopes", "level", "reads", "pushes"),
    [
        (["read_repository"], 30, True, False),
        (["write_repository"], 30, True, True),
        (["write_repository"], 20, True, False),
        (["read_api"], 30, False, False),
        (["api"], 30, True, True),
    ],
)
def test_git_obeys_scopes_and_roles(site, git, tmp_path, scopes, level, reads, pushes):
    project = site.project()
    made = project.access_tokens.create(
        {"name": "x", "scopes": scopes, "access_level": level, "expires_at": day(2)}
    )
    url = site.git_url(project, "any-name", made.token)
    copy = tmp_path / "copy"
    assert (git("clone", "-q", url, str(copy)).returncode == 0) == reads
    if reads:
        done = git("push", "-q", url, "HEAD:refs/heads/topic", cwd=copy)
        assert (done.returncode == 0) == pushes
