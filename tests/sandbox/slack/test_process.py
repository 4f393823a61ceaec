"""The server as a process of its own: how it starts, stops and remembers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest


def command(*arguments):
    return [sys.executable, "-m", "airdesk_sandbox.slack", *map(str, arguments)]


@contextmanager
def running(*arguments):
    """The process and its address, which it prints once it is ready."""
    process = subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert line.startswith("slack: ready at http://127.0.0.1:"), line
        yield process, line.split()[-1].rstrip("/")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def call(address, method, **body):
    headers = {"Authorization": "Bearer xoxb-sandbox-airdesk"}
    return httpx.post(f"{address}/api/{method}", json=body, headers=headers, trust_env=False).json()


def test_state_survives_a_kill(tmp_path):
    with running("--port", 0, "--data", tmp_path) as (process, address):
        sent = call(address, "chat.postMessage", channel="C_GROWTH", text="remember me")
        direct = call(address, "conversations.open", users="U_THU")["channel"]["id"]
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)

    with running("--port", 0, "--data", tmp_path) as (_, address):
        (message,) = call(address, "conversations.history", channel="C_GROWTH")["messages"]
        again = call(address, "conversations.open", users="U_THU")["channel"]["id"]
        later = call(address, "chat.postMessage", channel="C_GROWTH", text="later")

    assert message["ts"] == sent["ts"] < later["ts"]
    assert again == direct


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_told_even_with_open_streams(tmp_path, number):
    with running("--port", 0, "--data", tmp_path) as (process, address):
        with httpx.stream("GET", f"{address}/ui/events", trust_env=False) as stream:
            assert "event: changed" in next(stream.iter_lines())
            started = time.monotonic()
            process.send_signal(number)
            assert process.wait(10) == 0
        assert time.monotonic() - started < 5


def test_a_workspace_file_is_taken_and_remembered(tmp_path):
    file = tmp_path / "workspace.json"
    app = {
        "id": "A_AIRDESK",
        "name": "Other",
        "bot_user_id": "U_BOT",
        "bot_token": "xoxb-sandbox-airdesk",
        "scopes": ["users:read"],
    }
    file.write_text(json.dumps({"team": {"id": "T_X", "name": "Other Corp"}, "apps": [app]}))

    with running("--port", 0, "--data", tmp_path / "d", "--workspace", file) as (_, address):
        assert call(address, "auth.test")["team"] == "Other Corp"
    with running("--port", 0, "--data", tmp_path / "d") as (_, address):
        assert call(address, "auth.test")["team"] == "Other Corp"


def test_a_taken_port_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = subprocess.run(
            command("--port", port, "--data", tmp_path),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert result.returncode == 2
    assert f"slack: cannot listen on port {port}: Address already in use." in result.stderr


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{", "is not valid JSON"), ("[]", "workspace must be an object"), (None, "No such file")],
)
def test_it_says_why_it_cannot_start(tmp_path, text, sentence):
    file = tmp_path / "workspace.json"
    if text is not None:
        file.write_text(text)
    result = subprocess.run(
        command("--port", 0, "--data", tmp_path / "d", "--workspace", file),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
