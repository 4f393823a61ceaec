"""What of Airflow's import error helps whoever wrote the DAG."""

from __future__ import annotations

import re

MAX_LINES = 20
MAX_CHARS = 2000

_FRAME = re.compile(r'^\s*File "(?P<path>[^"]+)"')
_FOREIGN = re.compile(r"site-packages/|dist-packages/|/lib/python3|<frozen ")
_HEAD = "Traceback (most recent call last):"


def useful_part(trace: str, folder: str) -> str:
    """The last exception, with the frames in the team's own files; Airflow's frames are left out.

    Args:
        trace: a Python traceback as Airflow keeps it, or any text.
        folder: the team's folder in the central repository; paths are shown from there.
    """
    block = trace.strip().rpartition(_HEAD)[2].strip("\n")
    shown: list[str] = []
    ours = True
    for text in block.splitlines():
        frame = _FRAME.match(text)
        if frame is not None:
            ours = not _FOREIGN.search(frame["path"])
            text = text.replace(frame["path"], _from_folder(frame["path"], folder))
        elif not text.startswith(" "):
            ours = True
        if ours:
            shown.append(text.rstrip())
    return _cut("\n".join(shown[-MAX_LINES:]).strip("\n"))


def _from_folder(path: str, folder: str) -> str:
    _, found, rest = path.rpartition(f"/{folder}/")
    return f"{folder}/{rest}" if found else path.rpartition("/")[2]


def _cut(text: str) -> str:
    """The end of a long text: what went wrong stands last."""
    return text if len(text) <= MAX_CHARS else "…" + text[-MAX_CHARS:]
