"""The tables, by matter."""

from airdesk_sandbox.gitlab.models.access import (
    DeployToken,
    OAuthApplication,
    OAuthGrant,
    OAuthToken,
    Token,
    WebSession,
)
from airdesk_sandbox.gitlab.models.ci import (
    Job,
    Pipeline,
    PipelineWish,
    Schedule,
    Trigger,
    Variable,
)
from airdesk_sandbox.gitlab.models.instance import Setting
from airdesk_sandbox.gitlab.models.people import Identity, Member, Namespace, User
from airdesk_sandbox.gitlab.models.projects import (
    Event,
    Hook,
    HookDelivery,
    Project,
    ProtectedBranch,
)
from airdesk_sandbox.gitlab.models.reviews import Approval, DiffVersion, MergeRequest, Note

__all__ = [
    "Approval",
    "DeployToken",
    "DiffVersion",
    "Event",
    "Hook",
    "HookDelivery",
    "Identity",
    "Job",
    "Member",
    "MergeRequest",
    "Namespace",
    "Note",
    "OAuthApplication",
    "OAuthGrant",
    "OAuthToken",
    "Pipeline",
    "PipelineWish",
    "Project",
    "ProtectedBranch",
    "Schedule",
    "Setting",
    "Token",
    "Trigger",
    "User",
    "Variable",
    "WebSession",
]
