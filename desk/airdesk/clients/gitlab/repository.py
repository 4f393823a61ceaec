"""Branches, files and commits."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from airdesk_render.names import Team
from gitlab.exceptions import GitlabError
from gitlab.v4.objects import Project

from airdesk.clients.gitlab.archive import ArchiveBuffer, files_of
from airdesk.clients.gitlab.session import Session, words_of
from airdesk.errors import HeadMoved
from airdesk.model import Membership

DEVELOPER = 30
MAINTAINER = 40
ARCHIVE_PIECE_BYTES = 256 * 1024


class Repository(Session):
    def memberships(self) -> Sequence[Membership]:
        doing = "list your projects"
        writable = self.reading(doing, lambda: self._team_names(DEVELOPER))
        led = self.reading(doing, lambda: self._team_names(MAINTAINER)) if writable else set()
        return tuple(Membership(team=name, is_lead=name in led) for name in sorted(writable))

    def _team_names(self, level: int) -> set[str]:
        projects = self.api.projects.list(
            membership=True, min_access_level=level, simple=True, archived=False, iterator=True
        )
        names: set[str] = set()
        for project in projects:
            group = str(project.path_with_namespace).partition("/")[0]
            try:
                team = Team(group)
            except ValueError:
                continue
            if project.path_with_namespace == team.repository:
                names.add(team.name)
        return names

    def default_branch(self, project: str) -> str:
        found = self.reading(f"read {project}", lambda: self.api.projects.get(project))
        return str(found.default_branch)

    def head(self, project: str, branch: str) -> str:
        doing = f"read branch {branch} of {project}"
        found = self.reading(doing, lambda: self.project(project).branches.get(branch))
        return str(found.commit["id"])

    def read_file(self, project: str, path: str, *, ref: str) -> str | None:
        content = self._content(project, path, ref)
        return None if content is None else content.decode("utf-8")

    def _content(self, project: str, path: str, ref: str) -> bytes | None:
        def read() -> bytes | None:
            try:
                return bytes(self.project(project).files.get(path, ref=ref).decode())
            except GitlabError as error:
                if error.response_code == 404:
                    return None
                raise

        return self.reading(f"read {path} of {project}", read)

    def read_tree(self, project: str, *, ref: str) -> Mapping[str, bytes]:
        def download() -> bytes:
            buffer = ArchiveBuffer()
            self.project(project).repository_archive(
                sha=ref,
                format="tar.gz",
                streamed=True,
                action=buffer.add,
                chunk_size=ARCHIVE_PIECE_BYTES,
            )
            return buffer.content()

        return files_of(self.reading(f"download {project} at {ref}", download))

    def last_commits(
        self, project: str, path: str, *, ref: str, since: str | None
    ) -> Sequence[str]:
        wanted: dict[str, Any] = {"ref_name": f"{since}..{ref}" if since else ref}
        if path:
            wanted["path"] = path

        def read() -> Sequence[str]:
            # python-gitlab takes a plain `path` for the address to ask.
            commits = self.project(project).commits.list(iterator=True, query_parameters=wanted)
            return tuple(str(commit.id) for commit in commits)

        return self.reading(f"list the commits of {project} on {path or 'all files'}", read)

    def commit_files(
        self,
        project: str,
        branch: str,
        files: Mapping[str, str],
        *,
        removed: Iterable[str] = (),
        message: str,
    ) -> str:
        tip = self._head_or_none(project, branch)
        start = self.default_branch(project)
        actions = []
        for path, text in files.items():
            standing = self._content(project, path, tip or start)
            if standing != text.encode():
                verb = "create" if standing is None else "update"
                actions.append({"action": verb, "file_path": path, "content": text})
        actions += [
            {"action": "delete", "file_path": path}
            for path in removed
            if self._content(project, path, tip or start) is not None
        ]
        handle = self.project(project)
        doing = f"commit to branch {branch} of {project}"
        if actions:
            data: dict[str, Any] = {
                "branch": branch,
                "commit_message": message,
                "actions": actions,
            }
            if tip is None:
                data["start_branch"] = start
            return str(self.changing(doing, lambda: handle.commits.create(data)).id)
        if tip is not None:
            return tip
        made = self.changing(
            doing, lambda: handle.branches.create({"branch": branch, "ref": start})
        )
        return str(made.commit["id"])

    def _head_or_none(self, project: str, branch: str) -> str | None:
        def read() -> str | None:
            try:
                return str(self.project(project).branches.get(branch).commit["id"])
            except GitlabError as error:
                if error.response_code == 404:
                    return None
                raise

        return self.reading(f"read branch {branch} of {project}", read)

    def publish_files(
        self,
        project: str,
        files: Mapping[str, bytes],
        *,
        removed: Iterable[str],
        message: str,
        expected_head: str,
    ) -> str:
        branch = self.default_branch(project)
        handle = self.project(project)
        doing = f"publish to {project}"
        standing = self.reading(doing, lambda: _paths(handle, expected_head))
        actions = [
            _write_action(path, content, exists=path in standing)
            for path, content in sorted(files.items())
        ]
        actions += [
            {"action": "delete", "file_path": path} for path in sorted(removed) if path in standing
        ]
        if not actions:
            return expected_head
        self._pin(handle, actions, expected_head, doing)
        # The last moment to see that somebody else was faster; GitLab's own check of the pinned
        # file covers the rest of the way.
        if self.head(project, branch) != expected_head:
            raise HeadMoved(f"{project} got another commit meanwhile; nothing was published.")
        data = {"branch": branch, "commit_message": message, "actions": actions}
        try:
            return str(handle.commits.create(data).id)
        except GitlabError as error:
            if error.response_code == 400 and "changed" in words_of(error):
                raise HeadMoved(f"{project} got another commit meanwhile.") from error
            raise self.failure(error, doing) from error
        except OSError as error:
            raise self.failure(error, doing) from error

    def _pin(
        self, handle: Project, actions: Sequence[dict[str, str]], head: str, doing: str
    ) -> None:
        """Let GitLab refuse updates of files that changed since `head`.

        One file a folder is enough: every publication rewrites its team's `publications.json`,
        and a request per file would be slow.
        """
        for action in actions:
            path = action["file_path"]
            if action["action"] != "update" or not path.endswith("publications.json"):
                continue
            wanted = {"ref_name": head, "path": path, "per_page": 1}
            list_one = partial(handle.commits.list, query_parameters=wanted, get_all=False)
            newest = self.reading(doing, list_one)
            if newest:
                action["last_commit_id"] = str(newest[0].id)


def _paths(handle: Project, ref: str) -> set[str]:
    tree = handle.repository_tree(recursive=True, ref=ref, iterator=True, per_page=100)
    return {str(entry["path"]) for entry in tree if entry["type"] == "blob"}


def _write_action(path: str, content: bytes, *, exists: bool) -> dict[str, str]:
    return {
        "action": "update" if exists else "create",
        "file_path": path,
        "content": base64.b64encode(content).decode(),
        "encoding": "base64",
    }
