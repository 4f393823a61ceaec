from __future__ import annotations

from datetime import UTC, datetime, timedelta

import gitlab
import pytest

LDAP = {"provider": "ldapmain", "extern_uid": "uid=thu.tran,ou=people,dc=corp,dc=test"}


def test_identities_are_for_the_person_and_administrators_only(site):
    extern = f"uid={id(site)},ou=people"
    person, other = site.person(provider="ldapmain", extern_uid=extern), site.person()
    expected = [{"provider": "ldapmain", "extern_uid": extern, "saml_provider_id": None}]
    person.client.auth()
    assert person.client.user.identities == expected
    assert site.admin.users.get(person.user.id).identities == expected
    assert "identities" not in other.client.users.get(person.user.id).attributes
    assert "email" not in other.client.users.list(username=person.user.username)[0].attributes


def test_users_are_found_by_directory_identity_by_administrators_only(site, tools):
    extern = f"uid=found-{id(tools)},ou=people"
    person = site.person(provider="ldapmain", extern_uid=extern)
    found = site.admin.users.list(provider="ldapmain", extern_uid=extern)
    assert [user.id for user in found] == [person.user.id]
    tools.refused(403, lambda: person.client.users.list(provider="ldapmain", extern_uid=extern))


def test_only_administrators_make_users(site, tools):
    person = site.person()
    tools.refused(403, lambda: person.client.users.create({"username": "x", "name": "x"}))
    same = {"username": person.user.username, "name": "x", "email": "x@x", "password": "12345678"}
    assert "already been taken" in tools.refused(409, lambda: site.admin.users.create(same))


def test_a_blocked_user_has_no_way_in(site, tools):
    person = site.person()
    person.user.block()
    tools.refused(403, person.client.auth)
    person.user.unblock()
    person.client.auth()


@pytest.mark.parametrize("token", ["", "glpat-nonsense"])
def test_without_a_valid_token_nothing_is_told(site, token):
    answer = site.http.get("/api/v4/user", headers={"PRIVATE-TOKEN": token})
    assert (answer.status_code, answer.json()) == (401, {"message": "401 Unauthorized"})


def test_scopes_limit_a_personal_access_token(site, tools):
    person, project = site.person(), site.project(visibility="internal")
    make = person.user.personal_access_tokens.create
    reader = site.client(make({"name": "r", "scopes": ["read_api"]}).token)
    assert reader.projects.get(project.id).id == project.id
    answer = site.http.post(
        "/api/v4/projects", headers={"PRIVATE-TOKEN": reader.private_token}, json={"name": "x"}
    )
    assert answer.status_code == 403
    assert answer.json()["error"] == "insufficient_scope"
    for_git = site.client(make({"name": "g", "scopes": ["read_repository"]}).token)
    tools.refused(403, for_git.projects.list)
    identity = site.client(make({"name": "u", "scopes": ["read_user"]}).token)
    identity.auth()
    assert identity.user.username == person.user.username
    tools.refused(403, identity.projects.list)
    tools.refused(400, lambda: make({"name": "x", "scopes": ["everything"]}))


def test_an_expired_or_revoked_token_ends(site, tools):
    person = site.person()
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    made = person.user.personal_access_tokens.create(
        {"name": "old", "scopes": ["api"], "expires_at": yesterday}
    )
    assert "invalid_token" in tools.refused(401, site.client(made.token).auth)
    own = person.client.personal_access_tokens.get("self")
    assert own.scopes == ["api"]
    person.client.personal_access_tokens.delete("self")
    tools.refused(401, person.client.auth)


def test_rotating_a_token_ends_the_old_one(site, tools):
    person = site.person()
    token = person.client.personal_access_tokens.get("self")
    token.rotate()
    tools.refused(401, person.client.auth)
    site.client(token.token).auth()


def test_sudo_is_for_administrators_with_that_scope(site, tools):
    person = site.person()
    acting = gitlab.Gitlab(site.url, private_token=site.admin.private_token)
    assert acting.http_get("/user", sudo=person.user.username)["id"] == person.user.id
    tools.refused(403, lambda: person.client.http_get("/user", sudo="root"))


def test_groups_are_listed_by_role(site):
    person, group, other = site.person(), site.group(), site.group()
    group.members.create({"user_id": person.user.id, "access_level": 30})
    other.members.create({"user_id": person.user.id, "access_level": 20})
    assert {g.id for g in person.client.groups.list(get_all=True)} == {group.id, other.id}
    leading = person.client.groups.list(min_access_level=30, get_all=True)
    assert [g.full_path for g in leading] == [group.full_path]
    assert site.person().client.groups.list() == []


def test_members_of_a_project_include_the_groups(site, tools):
    group = site.group()
    project = site.project(namespace_id=group.id)
    person, direct = site.person(), site.member(project, 20)
    group.members.create({"user_id": person.user.id, "access_level": 40})
    everyone = {m.id: m.access_level for m in project.members_all.list(get_all=True)}
    assert everyone[person.user.id] == 40
    assert everyone[direct.user.id] == 20
    assert [m.id for m in project.members.list()] == [direct.user.id]
    assert project.members_all.get(person.user.id).access_level == 40
    tools.refused(404, lambda: project.members.get(person.user.id))


def test_nobody_gives_more_than_they_have(site, tools):
    project = site.project()
    lead, newcomer = site.member(project, 40), site.person()
    seen = lead.project(project)
    tools.refused(
        403, lambda: seen.members.create({"user_id": newcomer.user.id, "access_level": 50})
    )
    seen.members.create({"user_id": newcomer.user.id, "access_level": 30})
    again = {"user_id": newcomer.user.id, "access_level": 30}
    assert tools.refused(409, lambda: seen.members.create(again)) == "Member already exists"


def test_a_membership_expires(site, tools):
    project, person = site.project(), site.person()
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    project.members.create({"user_id": person.user.id, "access_level": 30, "expires_at": yesterday})
    tools.refused(404, lambda: person.project(project))


def test_lists_are_paged_as_gitlab_pages_them(site):
    group = site.group()
    for index in range(5):
        site.admin.projects.create({"name": f"project{index}", "namespace_id": group.id})
    answer = site.http.get(f"/api/v4/groups/{group.id}/projects?per_page=2&page=2")
    assert [row["name"] for row in answer.json()] == ["project2", "project1"]
    assert answer.headers["X-Total"] == "5"
    assert answer.headers["X-Total-Pages"] == "3"
    assert answer.headers["X-Next-Page"] == "3"
    assert 'rel="next"' in answer.headers["Link"]
    assert len(group.projects.list(per_page=2, get_all=True)) == 5


def test_what_it_does_not_do_it_says(site):
    answer = site.http.get("/api/v4/runners")
    assert answer.status_code == 501
    assert answer.json() == {"message": "501 Not Implemented: GET /api/v4/runners"}


def test_projects_are_paged_by_number_and_by_key(site):
    person = site.person()
    made = []
    for _ in range(5):
        project = site.project()
        project.members.create({"user_id": person.user.id, "access_level": 20})
        made.append(project.id)
    own = {"membership": True, "per_page": 2, "iterator": True}
    for rising in ("asc", "desc"):
        keys = {"pagination": "keyset", "order_by": "id", "sort": rising}
        found = [row.id for row in person.client.projects.list(**own, **keys)]
        assert found == sorted(made, reverse=rising == "desc")
    assert [row.id for row in person.client.projects.list(**own)] == made[::-1]
    headers = {"PRIVATE-TOKEN": person.token}
    keyed = site.http.get("/api/v4/projects?pagination=keyset&per_page=2", headers=headers)
    assert "X-Total" not in keyed.headers
    assert keyed.headers["Link"].endswith('rel="next"')
    numbered = site.http.get("/api/v4/projects?membership=true&per_page=2&page=2", headers=headers)
    assert (numbered.headers["X-Total"], numbered.headers["X-Next-Page"]) == ("5", "3")
    other = site.http.get(f"/api/v4/projects/{made[0]}/pipelines?pagination=keyset")
    assert other.status_code == 405
