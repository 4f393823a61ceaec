"""Pipelines, their jobs, traces and artifacts."""

from __future__ import annotations

from gitlab.exceptions import GitlabError

from airdesk.clients.gitlab.session import Session
from airdesk.model import Job, Pipeline

MAX_ARTIFACT_BYTES = 8 * 1024 * 1024
"""What a team's pipeline wrote may be as large as it likes; we take in no more than this."""
PIECE_BYTES = 256 * 1024


class _TooLargeError(Exception):
    """The artifact is larger than we take in."""


class Pipelines(Session):
    def pipeline(self, project: str, iid: int) -> Pipeline | None:
        doing = f"read the pipelines of {project}!{iid}"
        found = self.reading(
            doing, lambda: self.request_handle(project, iid).pipelines.list(get_all=False)
        )
        if not found:
            return None
        newest = max(found, key=lambda pipeline: int(pipeline.id))
        handle = self.project(project).pipelines.get(int(newest.id), lazy=True)
        jobs = self.reading(doing, lambda: handle.jobs.list(get_all=True))
        return Pipeline(
            id=int(newest.id),
            status=str(newest.status),
            url=str(newest.web_url),
            sha=str(newest.sha),
            jobs=tuple(
                Job(
                    id=int(job.id),
                    name=str(job.name),
                    status=str(job.status),
                    url=str(job.web_url),
                    allow_failure=bool(job.allow_failure),
                )
                for job in sorted(jobs, key=lambda job: int(job.id))
            ),
        )

    def artifact(self, project: str, job_id: int, path: str) -> bytes | None:
        def read() -> bytes | None:
            content = bytearray()

            def add(piece: bytes) -> None:
                if len(content) + len(piece) > MAX_ARTIFACT_BYTES:
                    raise _TooLargeError
                content.extend(piece)

            try:
                job = self.project(project).jobs.get(job_id, lazy=True)
                job.artifact(path, streamed=True, action=add, chunk_size=PIECE_BYTES)
            except _TooLargeError:
                return None
            except GitlabError as error:
                if error.response_code == 404:
                    return None
                raise
            return bytes(content)

        return self.reading(f"read {path} of job {job_id} in {project}", read)

    def trace(self, project: str, job_id: int) -> str:
        def read() -> str:
            content = self.project(project).jobs.get(job_id, lazy=True).trace()
            return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""

        return self.reading(f"read the log of job {job_id} in {project}", read)
