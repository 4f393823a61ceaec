"""The parent of every process of a stack, so that none outlives it.

It runs as a process of its own (`python -m airdesk_sandbox.demo.keeper`) and takes one JSON
object a line on its standard input:

    {"do": "start", "name": …, "argv": […], "env": {…}, "cwd": …, "log": …, "user": uid or null,
     "stop_signal": n}
    {"do": "signal", "name": …, "signal": 9}
    {"do": "stop", "name": …, "grace": seconds}

It answers each with one line, and reports `{"exited": name, "code": n}` whenever one ends. As a
child subreaper (Linux prctl(2)) it inherits the orphans of its children, workers that daemonise
included. When its input closes, because the supervisor finished, crashed or was killed, it ends
everything below it and then itself.
"""

from __future__ import annotations

import ctypes
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
GRACE = 12.0

_libc = ctypes.CDLL(None, use_errno=True)


def become_subreaper() -> None:
    """Let orphaned descendants fall to this process instead of to init."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _before_exec() -> None:
    """Undo what a child must not inherit, and tie its life to the keeper's."""
    for number in IGNORED:
        signal.signal(number, signal.SIG_DFL)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Child(subprocess.Popen[bytes]):
    """A process and the signal with which it is asked to end in good order."""

    stop_signal: int = signal.SIGTERM


class Keeper:
    """Children by name; see the module's docstring for what they are told."""

    def __init__(self) -> None:
        self.children: dict[str, Child] = {}

    def start(self, order: dict[str, Any]) -> dict[str, Any]:
        log_path = Path(order["log"])
        log_path.parent.mkdir(parents=True, exist_ok=True)
        user = order.get("user")
        with log_path.open("ab") as log:
            child = Child(  # its end is watched by reap()
                order["argv"],
                env=order["env"],
                cwd=order["cwd"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # a process that changes its user loses the setting again; the session's end
                # and the subreaper cover it
                preexec_fn=_before_exec,
                user=user,
                group=user,
                extra_groups=[] if user is not None else None,
            )
        child.stop_signal = order["stop_signal"]
        self.children[order["name"]] = child
        return {"started": order["name"], "pid": child.pid}

    def signal(self, name: str, number: int) -> dict[str, Any]:
        """Send a signal to the whole session of a child."""
        child = self.children.get(name)
        if child is not None and child.poll() is None:
            _kill_tree(child.pid, number)
        return {"signalled": name}

    def stop(self, name: str, grace: float) -> dict[str, Any]:
        child = self.children.pop(name, None)
        if child is not None:
            _end([child], grace)
        return {"stopped": name}

    def reap(self) -> list[dict[str, Any]]:
        """Children that ended since the last look; adopted orphans are collected silently."""
        reports = []
        for name, child in list(self.children.items()):
            code = child.poll()
            if code is not None:
                del self.children[name]
                reports.append({"exited": name, "code": code})
        known = {child.pid for child in self.children.values()}
        for process in psutil.Process().children():
            if process.pid not in known and process.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(process.pid, os.WNOHANG)
        return reports

    def end_all(self) -> None:
        """Ask in reverse order of starting, then insist until nothing is left below us."""
        _end(list(reversed(self.children.values())), GRACE)
        self.children.clear()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            left = psutil.Process().children(recursive=True)
            if not left:
                return
            for process in left:
                _quietly(process.pid, signal.SIGKILL)
            psutil.wait_procs(left, timeout=0.5)


def _quietly(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _kill_tree(pid: int, number: int) -> None:
    try:
        below = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return
    _quietly(pid, number)
    for process in below:
        _quietly(process.pid, number)


def _end(children: list[Child], grace: float) -> None:
    trees: list[psutil.Process] = []
    for child in children:
        try:
            process = psutil.Process(child.pid)
            trees += [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        # it goes to the head alone: most servers end their own workers in order
        _quietly(child.pid, child.stop_signal)
    deadline = time.monotonic() + grace
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            continue
    for process in trees:
        if process.is_running():
            _quietly(process.pid, signal.SIGKILL)
    for child in children:
        child.wait(5)
    psutil.wait_procs([p for p in trees if p.is_running()], timeout=2)


def _answer(keeper: Keeper, line: str) -> dict[str, Any]:
    order = json.loads(line)
    try:
        match order["do"]:
            case "start":
                return keeper.start(order)
            case "signal":
                return keeper.signal(order["name"], order["signal"])
            case "stop":
                return keeper.stop(order["name"], order["grace"])
            case unknown:
                return {"error": f"unknown order {unknown!r}"}
    except OSError as error:
        return {"error": str(error)}


def _say(message: dict[str, Any]) -> None:
    os.write(sys.stdout.fileno(), (json.dumps(message) + "\n").encode())


def main() -> None:
    """Serve orders until the input closes, then end everything."""
    become_subreaper()
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)  # only the supervisor's end is our end
    keeper = Keeper()
    watch = selectors.DefaultSelector()
    watch.register(sys.stdin.fileno(), selectors.EVENT_READ)
    pending = b""
    try:
        while True:
            if watch.select(timeout=0.2):
                data = os.read(sys.stdin.fileno(), 1 << 20)
                if not data:
                    break
                pending += data
                *lines, pending = pending.split(b"\n")
                for line in lines:
                    _say(_answer(keeper, line.decode()))
            for report in keeper.reap():
                _say(report)
    except BrokenPipeError:
        pass  # the supervisor is gone: same end as a closed input
    finally:
        keeper.end_all()


if __name__ == "__main__":
    main()
