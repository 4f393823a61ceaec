"""The wish for a pipeline, small enough to be written down until it is granted."""

from __future__ import annotations

from dataclasses import dataclass, field


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
    variables: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
