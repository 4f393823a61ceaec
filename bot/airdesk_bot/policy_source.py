"""The platform's policy, as last read from GitLab."""

from __future__ import annotations

import structlog
from airdesk.clock import Clock, utc_now
from airdesk.ports import CodeHost
from airdesk.store.documents import Documents
from airdesk_render.policy import Policy, PolicyError, default_policy, load_policy

log = structlog.get_logger(__name__)

POLICY_FILE = "policy.yaml"
_NAME = "policy"


class PolicySource:
    """`current` never waits for GitLab: the last known policy is kept in the store.

    Before it was ever read, the policy that ships with Airdesk applies; CI and the publisher
    check again in any case.
    """

    def __init__(
        self,
        *,
        code_host: CodeHost,
        project: str,
        documents: Documents,
        clock: Clock = utc_now,
    ) -> None:
        self._code_host = code_host
        self._project = project
        self._documents = documents
        self._clock = clock
        kept = documents.get(_NAME)
        self._policy = default_policy() if kept is None else load_policy(kept)

    def current(self) -> Policy:
        return self._policy

    def refresh(self) -> None:
        """Read it again; a policy that cannot be used is reported and the last one stays.

        Raises:
            Unavailable: GitLab does not answer.
        """
        branch = self._code_host.default_branch(self._project)
        text = self._code_host.read_file(self._project, POLICY_FILE, ref=branch)
        if text is None:
            return
        try:
            policy = load_policy(text)
        except PolicyError as error:
            log.warning("policy_unusable", project=self._project, why=str(error))
            return
        if policy.version != self._policy.version:
            self._documents.keep(_NAME, text, now=self._clock())
            self._policy = policy
