"""Open merge requests that change the same files, so that people learn of each other in time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection

from airdesk.errors import Refused
from airdesk.model import MergeRequest
from airdesk.ports import CodeHost

MOST_REQUESTS = 30
"""Of one project, the newest ones are looked at."""
_KEPT = 2000


class Overlaps:
    """Which files an open merge request changes, asked for once for each of its versions."""

    def __init__(self, code_host: CodeHost) -> None:
        self._code_host = code_host
        self._known: OrderedDict[tuple[str, int, str], frozenset[str]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, request: MergeRequest) -> tuple[MergeRequest, ...]:
        """Others of the same project that change a file which this one changes."""
        paths = self._paths(request)
        found = self.touching(request.project, paths)
        return tuple(other for other in found if other.iid != request.iid)

    def touching(self, project: str, paths: Collection[str]) -> tuple[MergeRequest, ...]:
        """Open merge requests of a project that change one of these files, newest first.

        Raises:
            Unavailable: GitLab does not answer.
        """
        wanted = frozenset(paths)
        requests = self._code_host.open_requests_of(project, limit=MOST_REQUESTS)
        return tuple(request for request in requests if wanted & self._paths(request))

    def _paths(self, request: MergeRequest) -> frozenset[str]:
        key = (request.project, request.iid, request.sha)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        try:
            paths = self._code_host.changed_paths(request.project, request.iid)
        except Refused:  # it went away meanwhile
            return frozenset()
        with self._lock:
            self._known[key] = paths
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return paths
