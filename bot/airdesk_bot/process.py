"""What runs beside the HTTP server: workers and the connection to Slack."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import structlog
from slack_bolt import App

from airdesk_bot.health import Health
from airdesk_bot.services import Services
from airdesk_bot.socket_mode import SocketMode
from airdesk_bot.workers.asks import do_next_ask
from airdesk_bot.workers.central import tell_airflow
from airdesk_bot.workers.changes import follow_next_change
from airdesk_bot.workers.loop import Worker
from airdesk_bot.workers.reviews import follow_next_review
from airdesk_bot.workers.runs import report_next_runs
from airdesk_bot.workers.upkeep import keep_up

log = structlog.get_logger(__name__)

_UPKEEP_SECONDS = 20.0
_END_SECONDS = 12.0


class Process:
    """Starts and ends everything in order."""

    def __init__(self, services: Services, *, slack: App, health: Health) -> None:
        self._services = services
        self._workers = _workers(services, health)
        self._socket: SocketMode | None = None
        token = services.settings.slack_app_token
        if token is not None:
            self._socket = SocketMode(slack, app_token=token.get_secret_value(), web=services.web)
            health.add_for_start("socket_mode", self._socket.problem)
        health.add("database", services.store.database.ping)
        for worker in self._workers:
            health.add(f"worker_{worker.name}", _alive(worker))

    def start(self) -> None:
        for worker in self._workers:
            worker.start()
        if self._socket is not None:
            self._socket.start()
        log.info("started")

    def stop(self) -> None:
        """Hear nothing new, let each worker end the piece at hand, close the store."""
        if self._socket is not None:
            self._socket.stop()
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            worker.join(_END_SECONDS)
        self._services.quickly.close()
        self._services.store.close()
        log.info("stopped")


def _workers(services: Services, health: Health) -> list[Worker]:
    pause = services.settings.poll_seconds
    jobs = {
        "asks_1": lambda: do_next_ask(services),
        "asks_2": lambda: do_next_ask(services),
        "changes_1": lambda: follow_next_change(services),
        "changes_2": lambda: follow_next_change(services),
        "central": lambda: tell_airflow(services),
        "reviews": lambda: follow_next_review(services),
        "runs": lambda: report_next_runs(services),
    }
    workers = [
        Worker(name, job, rest_seconds=pause, wake=services.wake.listen())
        for name, job in jobs.items()
    ]
    upkeep = Worker(
        "upkeep",
        lambda: keep_up(services, health),
        rest_seconds=_UPKEEP_SECONDS,
        wake=Event(),
    )
    return [*workers, upkeep]


def _alive(worker: Worker) -> Callable[[], str | None]:
    return lambda: None if worker.is_alive() else f"The worker {worker.name} has ended."
