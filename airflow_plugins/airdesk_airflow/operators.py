"""Which of Airflow's operators a published DAG may hold; the catalogue is the source."""

from __future__ import annotations

from dataclasses import dataclass

CODE_QUEUE_PREFIX = "team-"


@dataclass(frozen=True)
class AllowedOperator:
    """A class of Airflow's that the renderer writes.

    Attributes:
        module, name: where the class is defined; a subclass does not count.
        code: whether it runs what a team wrote, so that credentials are kept from it.
    """

    module: str
    name: str
    code: bool = False

    @property
    def path(self) -> str:
        return f"{self.module}.{self.name}"


SQL = "airflow.providers.common.sql.operators.sql"

ALLOWED: tuple[AllowedOperator, ...] = (
    AllowedOperator(SQL, "SQLExecuteQueryOperator"),
    AllowedOperator(SQL, "SQLCheckOperator"),
    AllowedOperator("airflow.providers.http.operators.http", "HttpOperator"),
    AllowedOperator("airflow.providers.slack.operators.slack", "SlackAPIPostOperator"),
    AllowedOperator("airflow.providers.standard.operators.bash", "BashOperator", code=True),
    AllowedOperator("airflow.providers.standard.operators.python", "PythonOperator", code=True),
)

_BY_PATH = {operator.path: operator for operator in ALLOWED}
_MANAGED_NAMES = frozenset(operator.name for operator in ALLOWED if not operator.code)


def allowed_operator(operator: type) -> AllowedOperator | None:
    """The entry of an operator's class, or `None` where the platform does not offer it."""
    return _BY_PATH.get(f"{operator.__module__}.{operator.__qualname__}")


def is_managed(operator_name: str, queue: str) -> bool:
    """Whether a task runs only what the platform wrote; by class name and by where it runs."""
    return operator_name in _MANAGED_NAMES and not queue.startswith(CODE_QUEUE_PREFIX)
