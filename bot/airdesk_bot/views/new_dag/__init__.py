"""The form of `/airflow new-dag`: drawing it, reading it, its manifest, its errors."""

from airdesk_bot.views.new_dag.draft import draft_of
from airdesk_bot.views.new_dag.errors import errors_of
from airdesk_bot.views.new_dag.form import FormError, NewDagForm, read_new_dag
from airdesk_bot.views.new_dag.modal import CALLBACK_ID, new_dag_modal

__all__ = [
    "CALLBACK_ID",
    "FormError",
    "NewDagForm",
    "draft_of",
    "errors_of",
    "new_dag_modal",
    "read_new_dag",
]
