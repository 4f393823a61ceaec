"""Remember what was just handled, for interactions that leave nothing behind to recognise."""

from __future__ import annotations

import threading
from collections import OrderedDict

_MOST = 1000


class Once:
    """Tells the first delivery of something from its repetitions, while this process lives.

    What has an effect is recognised by its stored ask; this is for what only shows something.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def is_first(self, key: str) -> bool:
        """Whether `key` was not asked about before, among the last thousand."""
        with self._lock:
            if key in self._seen:
                return False
            self._seen[key] = None
            if len(self._seen) > _MOST:
                self._seen.popitem(last=False)
            return True
