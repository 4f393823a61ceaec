"""The wish for a pipeline, small enough to be carried to a worker thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airdesk_sandbox.gitlab.server import Server

FileVariables = dict[str, str]


@dataclass(frozen=True)
class PipelineRequest:
    """
    Attributes:
        ref: a branch, or `refs/merge-requests/IID/head`.
        before_sha: what the branch pointed to before; zeros where it is new or does not matter.
        variables: given by whoever starts it, over all other variables.
        files: the same, but given to jobs as the path of a file with this content.
    """

    project_id: int
    user_id: int
    ref: str
    sha: str
    source: str
    before_sha: str
    merge_request_id: int | None = None
    schedule_id: int | None = None
    variables: dict[str, str] = field(default_factory=dict)
    files: FileVariables = field(default_factory=dict)

    def start(self, server: Server) -> Callable[[], None]:
        """Work for a worker thread that makes the pipeline."""

        def work() -> None:
            server.ci.create(self)

        return work
