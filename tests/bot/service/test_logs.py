"""The log never holds what would let somebody else act."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from airdesk_bot.logs import configure_logs, hide_secrets

SLACK = "xoxb-1234567890-abcdefghij"
GITLAB = "glpat-abcdefghij1234567890"


@pytest.fixture
def lines():
    """Configures logging as the bot does; gives what was written since, as objects."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    configure_logs("json")
    stream = io.StringIO()
    root.handlers[0].setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_tokens_in_traces_are_hidden(lines):
    try:
        raise ValueError(f"GitLab said no to {GITLAB}")
    except ValueError:
        structlog.get_logger("x").exception("failed", url=f"http://u:{SLACK}@host/")
    (line,) = lines()
    assert GITLAB not in str(line)
    assert SLACK not in str(line)
    assert "ValueError" in line["exception"]


def test_other_libraries_logs_pass_the_same_way(lines):
    logging.getLogger("some.library").warning("token=%s", GITLAB)
    (line,) = lines()
    assert (line["level"], GITLAB in str(line)) == ("warning", False)


def test_http_libraries_do_not_write_addresses_with_codes(lines):
    logging.getLogger("httpx").info("GET http://x/?code=1")
    assert lines() == []


@pytest.mark.parametrize("key", ["token", "client_secret", "password", "sealed", "set-cookie"])
def test_values_are_hidden_by_their_name(key):
    event = hide_secrets(None, "info", {"event": "x", "more": {key: "plain"}})
    assert "plain" not in str(event)
