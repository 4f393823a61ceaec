"""No process of a stack outlives its supervisor, however that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from airdesk_sandbox.demo.processes import Processes, ProcessFailedError
from airdesk_sandbox.demo.waiting import wait_for

DAEMON = (
    "import os, time\n"
    "if os.fork() == 0:\n"
    "    os.setsid()\n"
    "    open({pid!r}, 'w').write(str(os.getpid()))\n"
    "    time.sleep(600)\n"
    "time.sleep(600)\n"
)
SUPERVISOR = (
    "import sys, time\n"
    "from pathlib import Path\n"
    "from airdesk_sandbox.demo.processes import Processes\n"
    "p = Processes(Path({folder!r}))\n"
    "p.start('daemon', [sys.executable, '-c', {daemon!r}])\n"
    "print('started', flush=True)\n"
    "time.sleep(600)\n"
)


def started_supervisor(folder: Path) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """A supervisor whose child made a daemon; and every process below it."""
    pid_file = folder / "daemon.pid"
    daemon = DAEMON.format(pid=str(pid_file))
    code = SUPERVISOR.format(folder=str(folder / "logs"), daemon=daemon)
    supervisor = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    wait_for(lambda: pid_file.exists() and pid_file.read_text().isdigit(), "the daemon", seconds=20)
    below = psutil.Process(supervisor.pid).children(recursive=True)
    return supervisor, [*below, psutil.Process(int(pid_file.read_text()))]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_supervisor_is_gone(tmp_path: Path, number: int) -> None:
    supervisor, below = started_supervisor(tmp_path)
    supervisor.send_signal(number)
    supervisor.wait(20)
    _, alive = psutil.wait_procs(below, timeout=20)
    assert alive == []


def test_nothing_is_left_when_the_keeper_is_killed(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    pid = processes.start("sleeper", ["sleep", "600"])
    keeper = psutil.Process(pid).parent()
    assert keeper is not None
    keeper.kill()
    processes.close()
    assert not psutil.pid_exists(pid)


def test_a_process_that_ends_by_itself_is_told_with_its_log(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    try:
        processes.start("short", [sys.executable, "-c", "print('no disk'); raise SystemExit(3)"])

        def told() -> bool:
            try:
                processes.check("short")
            except ProcessFailedError as error:
                return "code 3" in str(error) and "no disk" in str(error)
            return False

        assert wait_for(told, "the end of the process", seconds=10)
    finally:
        processes.close()


def test_the_supervisors_environment_stays_at_home(tmp_path: Path) -> None:
    os.environ["HOUSE_SECRET"] = "hidden"
    processes = Processes(tmp_path)
    try:
        processes.start("env", ["env"], env={"GIVEN": "yes"})
        text = wait_for(lambda: processes.log("env").read_text(), "the environment", seconds=10)
        assert "GIVEN=yes" in text
        assert "HOUSE_SECRET" not in text
    finally:
        del os.environ["HOUSE_SECRET"]
        processes.close()


def test_a_command_is_waited_for(tmp_path: Path) -> None:
    processes = Processes(tmp_path / "logs")
    try:
        processes.run("touch", ["touch", str(tmp_path / "made")])
        assert (tmp_path / "made").exists()
        with pytest.raises(ProcessFailedError, match="code 7"):
            processes.run("seven", ["sh", "-c", "exit 7"])
    finally:
        processes.close()
