"""How a task learns why a connection was refused.

Airflow's task side keeps the status of a refusal and drops its sentence. So the listener in the
task's process asks for it, through the one question that its channel to the API server carries
freely: a variable. The guard answers this variable itself; Airflow never sees it.
"""

from __future__ import annotations

WHY = "airdesk.why/"


def key_for(conn_id: str) -> str:
    """The variable to ask for.

    The id is written in hexadecimal, because Airflow hides the value of a variable whose name
    holds a word such as `token`, and a connection may well be called so.
    """
    return WHY + conn_id.encode().hex()


def conn_id_asked_about(variable: str) -> str | None:
    """The connection id in such a variable's name; `None` for every other variable."""
    if not variable.startswith(WHY):
        return None
    try:
        return bytes.fromhex(variable.removeprefix(WHY)).decode()
    except ValueError:
        return None
