"""Start, watch and end the processes of a stack, through the keeper."""

from __future__ import annotations

import json
import os
import queue
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from airdesk_sandbox.demo.keeper import become_subreaper
from airdesk_sandbox.demo.waiting import wait_for

MARK = "AIRDESK_STACK"
"""Environment variable by which a stack's processes are told from others of its supervisor."""


class ProcessFailedError(RuntimeError):
    """A process of the stack did not start, or ended by itself; carries the end of its log."""


class Processes:
    """The supervisor's side of the keeper.

    Args:
        logs: folder for one log file per process.

    Raises:
        ProcessFailedError: from `start` and `check`.
    """

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        logs.mkdir(parents=True, exist_ok=True)
        become_subreaper()  # should the keeper itself be killed, its children fall to us
        self._keeper = subprocess.Popen(
            [sys.executable, "-m", "airdesk_sandbox.demo.keeper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._exited: dict[str, int] = {}
        self._mark = secrets.token_hex(8)
        self._started: list[int] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    def start(
        self,
        name: str,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user: int | None = None,
        stop_signal: int = signal.SIGTERM,
    ) -> int:
        """Start one process in a session of its own; returns its pid.

        Its environment is a clean one (PATH, HOME, LANG) plus `env`: nothing of the supervisor's
        own environment reaches the stack.
        """
        order = {
            "do": "start",
            "name": name,
            "argv": [str(part) for part in argv],
            "env": {**base_environment(), MARK: self._mark, **(env or {})},
            "cwd": str(cwd or "/"),
            "log": str(self.log(name)),
            "user": user,
            "stop_signal": int(stop_signal),
        }
        self._exited.pop(name, None)
        answer = self._ask(order)
        if "error" in answer:
            raise ProcessFailedError(f"{name} could not be started: {answer['error']}")
        self._started.append(int(answer["pid"]))
        return self._started[-1]

    def run(
        self, name: str, argv: Sequence[str | Path], *, env: Mapping[str, str] | None = None
    ) -> None:
        """Run a command that ends by itself, and wait for it (three minutes at most).

        Raises:
            ProcessFailedError: it ended with another code than 0.
        """
        self.start(name, argv, env=env)
        wait_for(lambda: name in self._exited, f"{argv[0]} {argv[1]}", seconds=180)
        if self._exited[name]:
            self.check(name)

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def check(self, name: str) -> None:
        """Raise if the process has ended by itself."""
        if name in self._exited:
            tail = "\n".join(self.log(name).read_text(errors="replace").splitlines()[-25:])
            raise ProcessFailedError(
                f"{name} ended with code {self._exited[name]}; the end of its log:\n{tail}"
            )

    def kill(self, name: str) -> None:
        """SIGKILL, as a crash would; returns when the process is gone."""
        self._ask({"do": "signal", "name": name, "signal": int(signal.SIGKILL)})
        wait_for(lambda: name in self._exited, f"the end of {name}", seconds=10)

    def stop(self, name: str, grace: float = 10.0) -> None:
        self._ask({"do": "stop", "name": name, "grace": grace})

    def close(self) -> None:
        """End everything and wait for it."""
        if self._keeper.stdin and not self._keeper.stdin.closed:
            self._keeper.stdin.close()
        try:
            self._keeper.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
        if self._keeper.returncode != 0:  # it was killed itself, so its orphans fell to us
            self._end_orphans()

    def _end_orphans(self) -> None:
        for process in psutil.Process().children(recursive=True):
            if self._is_ours(process):
                process.kill()
        for pid in self._started:  # the dead among them wait for us, their parent now
            with suppress(psutil.Error):
                psutil.Process(pid).wait(timeout=5)

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            if self._keeper.poll() is not None or self._keeper.stdin is None:
                raise ProcessFailedError("The keeper is gone, and the stack with it.")
            self._keeper.stdin.write(json.dumps(order) + "\n")
            self._keeper.stdin.flush()
            return self._answers.get(timeout=60)

    def _is_ours(self, process: psutil.Process) -> bool:
        """Whether a process descends from what this keeper started: it inherited the mark."""
        try:
            return process.environ().get(MARK) == self._mark
        except psutil.Error:
            return False

    def _listen(self) -> None:
        for line in self._keeper.stdout or ():
            message = json.loads(line)
            if "exited" in message:
                self._exited[message["exited"]] = message["code"]
            else:
                self._answers.put(message)


def base_environment() -> dict[str, str]:
    """The environment each process starts from."""
    tools = Path(sys.executable).parent
    return {
        "PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": "*",
    }


def free_port() -> int:
    """A TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
