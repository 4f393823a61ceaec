"""Who may do what: GitLab's roles, as GitLab Free grants them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from airdesk_sandbox.gitlab.clock import now
from airdesk_sandbox.gitlab.models import (
    Member,
    MergeRequest,
    Namespace,
    Project,
    ProtectedBranch,
    User,
)

GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 20, 30, 40, 50


@dataclass(frozen=True)
class Rule:
    """Lowest role, and whether every signed-in user may where the project is internal."""

    level: int
    internal: bool = False


RULES = {
    "read_project": Rule(GUEST, internal=True),
    "read_code": Rule(REPORTER, internal=True),
    "read_merge_request": Rule(REPORTER, internal=True),
    "create_note": Rule(REPORTER, internal=True),
    "read_pipeline": Rule(REPORTER, internal=True),
    "push_code": Rule(DEVELOPER),
    "update_pipeline": Rule(DEVELOPER),
    "admin_project": Rule(MAINTAINER),
    "own_project": Rule(OWNER),
}


def lineage(session: Session, namespace: Namespace | None) -> Iterator[Namespace]:
    """A namespace and all above it."""
    while namespace is not None:
        yield namespace
        namespace = session.get(Namespace, namespace.parent_id) if namespace.parent_id else None


def memberships(
    session: Session, *, group: Namespace | None = None, project: Project | None = None
) -> list[Member]:
    """Valid memberships that count there, inherited ones included."""
    start = group if group is not None else (project.namespace if project else None)
    groups = [namespace.id for namespace in lineage(session, start)]
    where = Member.group_id.in_(groups)
    condition = or_(where, Member.project_id == project.id) if project is not None else where
    valid = or_(Member.expires_at.is_(None), Member.expires_at > now())
    return list(session.scalars(select(Member).where(condition, valid).order_by(Member.id)))


def project_level(session: Session, user: User | None, project: Project) -> int:
    """The role (10 to 50, 0 for none) that a user has in a project."""
    if user is None or user.state != "active":
        return 0
    if user.is_admin or project.namespace.owner_id == user.id:
        return OWNER
    found = memberships(session, project=project)
    return max((m.access_level for m in found if m.user_id == user.id), default=0)


def group_level(session: Session, user: User | None, group: Namespace) -> int:
    if user is None or user.state != "active":
        return 0
    if user.is_admin or (group.kind == "user" and group.owner_id == user.id):
        return OWNER
    found = memberships(session, group=group)
    return max((m.access_level for m in found if m.user_id == user.id), default=0)


def may(session: Session, user: User | None, ability: str, project: Project) -> bool:
    """Whether `user` (`None`: nobody signed in) has one of the abilities of `RULES`."""
    rule = RULES[ability]
    if rule.internal and project.visibility == "public" and ability != "create_note":
        return True
    if user is None or user.state != "active":
        return False
    if rule.internal and project.visibility in ("internal", "public"):
        return True
    return project_level(session, user, project) >= rule.level


def sees_group(session: Session, user: User, group: Namespace) -> bool:
    if group.visibility in ("internal", "public") or group_level(session, user, group):
        return True
    # membership of a project or subgroup below shows the groups above it
    below = f"{group.full_path}/%"
    in_group = select(Member.id).join(Namespace, Namespace.id == Member.group_id)
    in_project = select(Member.id).join(Project, Project.id == Member.project_id)
    return (
        session.scalar(in_group.where(Namespace.full_path.like(below), Member.user_id == user.id))
        or session.scalar(
            in_project.where(Project.full_path.like(below), Member.user_id == user.id)
        )
    ) is not None


def protection(session: Session, project: Project, branch: str) -> ProtectedBranch | None:
    """The rule that protects a branch; of several patterns the exact name wins."""
    rules = session.scalars(
        select(ProtectedBranch).where(ProtectedBranch.project_id == project.id)
    ).all()
    exact = [rule for rule in rules if rule.name == branch]
    return next(iter(exact or [r for r in rules if fnmatchcase(branch, r.name)]), None)


def _passes(level: int, needed: int, user: User) -> bool:
    if needed == 0:
        return False
    return user.is_admin if needed == 60 else level >= needed


def may_push(session: Session, user: User | None, project: Project, branch: str) -> bool:
    """Whether a user may push to a branch, or make it."""
    if user is None or not may(session, user, "push_code", project):
        return False
    rule = protection(session, project, branch)
    return rule is None or _passes(project_level(session, user, project), rule.push_level, user)


def may_merge(session: Session, user: User | None, project: Project, branch: str) -> bool:
    """Whether a user may merge into a branch; who may push to it may merge, too."""
    if user is None or not may(session, user, "push_code", project):
        return False
    rule = protection(session, project, branch)
    if rule is None:
        return True
    level = project_level(session, user, project)
    return _passes(level, rule.merge_level, user) or _passes(level, rule.push_level, user)


def may_update(session: Session, user: User | None, request: MergeRequest) -> bool:
    """Whether a user may edit a merge request; on GitLab Free that is who may approve it, too."""
    if user is None or not may(session, user, "read_merge_request", request.project):
        return False
    level = project_level(session, user, request.project)
    return level >= DEVELOPER or request.author_id == user.id


def may_run(session: Session, user: User | None, project: Project, branch: str) -> bool:
    """Whether a user may start or change pipelines of a branch."""
    if user is None or not may(session, user, "update_pipeline", project):
        return False
    return protection(session, project, branch) is None or may_merge(session, user, project, branch)
