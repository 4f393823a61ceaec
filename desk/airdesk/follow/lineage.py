"""Whether one commit of a file is part of another's history."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from airdesk.ports import CodeHost

_KEPT = 2000


class Lineage:
    """Histories of files at given commits. They never change, so each is asked for once."""

    def __init__(self, code_host: CodeHost) -> None:
        self._code_host = code_host
        self._known: OrderedDict[tuple[str, str, str], Sequence[str]] = OrderedDict()
        self._lock = threading.Lock()

    def history(self, project: str, path: str, commit: str) -> Sequence[str]:
        """Commits that touched `path` up to `commit`, newest first."""
        key = (project, path, commit)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        commits = tuple(self._code_host.last_commits(project, path, ref=commit, since=None))
        with self._lock:
            self._known[key] = commits
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return commits

    def newest(self, project: str, path: str, commit: str) -> str | None:
        """The commit that gave `path` the content it has at `commit`."""
        return next(iter(self.history(project, path, commit)), None)

    def includes(self, project: str, path: str, commit: str, earlier: str) -> bool:
        """Whether `path` at `commit` is what `earlier` made of it, or something later."""
        if commit == earlier:
            return True
        wanted = self.newest(project, path, earlier)
        return wanted is not None and wanted in self.history(project, path, commit)
