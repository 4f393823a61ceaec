"""Reading DAGs, runs, logs and results."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from airflow_client.client.api import (
    DAGApi,
    DagRunApi,
    ImportErrorApi,
    TaskInstanceApi,
    XComApi,
)
from airflow_client.client.exceptions import ApiException, NotFoundException

from airdesk.clients.airflow import task_log
from airdesk.clients.airflow.session import TIMEOUT_SECONDS, Session
from airdesk.clients.airflow.shapes import dag_of, rows_of, run_of
from airdesk.model import DagState, FailedTask, Rows, Run
from airdesk.redact import redact

PAGE = 100
FINISHED = ["success", "failed"]
LOG_MESSAGES = 400
"""How many of a log's last messages are kept in memory."""


class Workflows(Session):
    def dag(self, dag_id: str) -> DagState | None:
        def read() -> DagState | None:
            try:
                found = DAGApi(self.api).get_dag(dag_id, _request_timeout=TIMEOUT_SECONDS)
            except NotFoundException:
                return None
            return dag_of(found, self.public_url)

        return self.reading(f"read DAG {dag_id}", read)

    def import_error(self, central_file: str) -> str | None:
        def read() -> str | None:
            found = ImportErrorApi(self.api).get_import_errors(
                filename=central_file, limit=1, _request_timeout=TIMEOUT_SECONDS
            )
            return found.import_errors[0].stack_trace if found.import_errors else None

        stack = self.reading(f"read the import errors of {central_file}", read)
        return None if stack is None else redact(stack)

    def runs(self, dag_id: str, *, limit: int) -> Sequence[Run]:
        def read() -> Sequence[Run]:
            try:
                found = DagRunApi(self.api).get_dag_runs(
                    dag_id,
                    limit=min(limit, PAGE),
                    order_by=["-run_after", "-id"],
                    _request_timeout=TIMEOUT_SECONDS,
                )
            except NotFoundException:
                return ()
            return tuple(run_of(run, self.public_url) for run in found.dag_runs)

        return self.reading(f"list the runs of {dag_id}", read)

    def finished_runs(self, *, since: datetime) -> Sequence[Run]:
        ended: list[Run] = []
        cursor: str | None = ""
        while cursor is not None:
            page, cursor = self._page_of_finished(since, cursor)
            ended.extend(page)
        return ended

    def _page_of_finished(self, since: datetime, cursor: str) -> tuple[list[Run], str | None]:
        def read() -> tuple[list[Run], str | None]:
            found = DagRunApi(self.api).get_dag_runs(
                "~",
                state=FINISHED,
                end_date_gte=since,
                order_by=["end_date", "id"],
                cursor=cursor,
                limit=PAGE,
                _request_timeout=TIMEOUT_SECONDS,
            )
            page = [run_of(run, self.public_url) for run in found.dag_runs]
            return page, found.next_cursor if page else None

        return self.reading("list the runs that ended", read)

    def failed_tasks(self, run: Run) -> Sequence[FailedTask]:
        def read() -> list[tuple[str, int, int]]:
            found = TaskInstanceApi(self.api).get_task_instances(
                run.dag_id,
                run.run_id,
                state=["failed"],
                order_by=["start_date"],
                limit=PAGE,
                _request_timeout=TIMEOUT_SECONDS,
            )
            return [
                (task.task_id, task.map_index, task.try_number) for task in found.task_instances
            ]

        doing = f"list the failed tasks of {run.dag_id}"
        return tuple(self._failed_task(run, *task) for task in self.reading(doing, read))

    def _failed_task(self, run: Run, task_id: str, map_index: int, try_number: int) -> FailedTask:
        messages = self._log(run, task_id, map_index, try_number)
        return FailedTask(
            task_id=task_id,
            map_index=map_index,
            try_number=try_number,
            log_tail=task_log.tail(messages),
            explanation=task_log.explanation(messages),
        )

    def _log(
        self, run: Run, task_id: str, map_index: int, try_number: int
    ) -> Sequence[task_log.Message]:
        def read() -> Sequence[task_log.Message]:
            answer = TaskInstanceApi(self.api).get_log_without_preload_content(
                run.dag_id,
                run.run_id,
                task_id,
                try_number,
                map_index=map_index,
                full_content=True,
                accept="application/x-ndjson",
                _request_timeout=TIMEOUT_SECONDS,
            )
            with _checked(answer) as found:
                # A task that failed before it started has no log.
                return tuple(deque(map(_message, found or ()), maxlen=LOG_MESSAGES))

        return self.reading(f"read the log of {run.dag_id}.{task_id}", read)

    def rows(self, run: Run, task_id: str) -> Rows | None:
        def read() -> Any:
            answer = XComApi(self.api).get_xcom_entry_without_preload_content(
                run.dag_id,
                task_id,
                run.run_id,
                "return_value",
                map_index=-1,
                stringify=False,
                _request_timeout=TIMEOUT_SECONDS,
            )
            with _checked(answer) as found:
                return None if found is None else json.loads(found.read()).get("value")

        return rows_of(self.reading(f"read the result of {run.dag_id}.{task_id}", read))


@contextmanager
def _checked(answer: Any) -> Iterator[Any]:
    """A raw answer (urllib3's) of the generated client, which leaves its status to us.

    Gives `None` for 404 and raises as the client does elsewhere for other failures.
    """
    try:
        if answer.status not in (200, 404):
            body = answer.read().decode("utf-8", "replace")
            raise ApiException(status=answer.status, reason=answer.reason, body=body)
        yield answer if answer.status == 200 else None
    finally:
        answer.close()


def _message(line: bytes) -> task_log.Message:
    """One line of a log: a JSON object, or text where the log is not structured."""
    text = line.decode("utf-8", "replace").rstrip("\n")
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    return found if isinstance(found, dict) else {"event": str(found)}
