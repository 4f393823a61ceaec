"""`airdesk-bot`: reads the settings, starts everything, ends cleanly on SIGTERM and Ctrl-C."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import structlog
import uvicorn
from airdesk.store import OwnedError
from pydantic import ValidationError

from airdesk_bot.health import Health
from airdesk_bot.http import http_app
from airdesk_bot.listeners import slack_app
from airdesk_bot.logs import configure_logs
from airdesk_bot.process import Process
from airdesk_bot.settings import Settings
from airdesk_bot.wiring import build_services

log = structlog.get_logger("airdesk_bot")


def main() -> int:
    """Run until told to stop.

    Returns the exit code: 0 after a clean end, 2 when it cannot start with these settings.
    """
    try:
        settings = Settings()  # type: ignore[call-arg]  # the fields come from the environment
    except ValidationError as error:
        sys.stderr.write(_missing(error))
        return 2
    configure_logs(settings.log_format)
    # uvicorn raises the signal again after its own clean end; by then there is nothing to do.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ended)
    try:
        services = build_services(settings)
    except OwnedError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    slack, health = slack_app(services), Health()
    process = Process(services, slack=slack, health=health)
    uvicorn.run(
        http_app(services, slack=slack, health=health, process=process),
        host=settings.listen_host,
        port=settings.listen_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    return 0


def _ended(_number: int, _frame: FrameType | None) -> None:
    log.info("ended")


def _missing(error: ValidationError) -> str:
    lines = [
        f"  AIRDESK_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
        for problem in error.errors(include_input=False)
    ]
    return "These settings are missing or wrong (see bot/README.md):\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
