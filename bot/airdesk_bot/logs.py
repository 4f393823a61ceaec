"""Logs: one line per event, with a request id, and without anything that looks like a secret."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from airdesk.redact import MASK, redact
from structlog.typing import EventDict, Processor, WrappedLogger

_SECRET_KEYS = ("token", "secret", "password", "authorization", "cookie", "sealed", "verifier")
_QUIET = ("httpx", "httpcore", "urllib3", "slack_sdk", "slack_bolt", "alembic", "uvicorn.access")


def configure_logs(log_format: str) -> None:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in _QUIET:
        # Their lines for each request carry addresses with codes in them.
        logging.getLogger(name).setLevel(logging.WARNING)


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor; it runs after traces have become text."""
    return {key: _hidden(key, value) for key, value in event.items()}


def _hidden(key: str, value: Any) -> Any:
    if isinstance(value, str):
        named = any(word in key.lower() for word in _SECRET_KEYS)
        return MASK if named else redact(value)
    if isinstance(value, dict):
        return {inner: _hidden(str(inner), held) for inner, held in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(key, held) for held in value]
    return value
