"""Refreshes the audience of campaign @N@."""

from datetime import timedelta

import pendulum
from airflow.providers.common.sql.operators.sql import SQLCheckOperator
from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

HTTP = {
    "http_conn_id": "growth.ads",
    "extra_options": {"allow_redirects": False, "timeout": 60},
    "deferrable": False,
}

with DAG(
    dag_id="growth.@NAME@",
    description="Refreshes the audience of campaign @N@",
    doc_md="Owners: anh.nguyen",
    schedule="@daily",
    start_date=pendulum.datetime(2026, 12, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "growth",
        "queue": "default",
        "retries": 2,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=30),
    },
    access_control={"team-growth": {"DAGs": {"can_edit", "can_read"}}},
    tags=["campaigns", "growth", "internal"],
):
    spend = HttpOperator(
        task_id="spend", endpoint="v16/campaigns/@N@/spend?day={{ ds }}", method="GET", **HTTP
    )
    enough = SQLCheckOperator(
        task_id="enough",
        conn_id="growth.warehouse",
        sql="select sum(cost) < 1000 from marts.spend "
        "where campaign = @N@ and day = date '{{ ds }}'",
        retries=0,
    )
    refresh = HttpOperator(
        task_id="refresh",
        endpoint="v16/campaigns/@N@/audience",
        method="POST",
        data={"day": "{{ ds }}", "mode": "replace"},
        **HTTP,
    )
    done = BashOperator(
        task_id="done", bash_command="echo campaign @N@ of {{ ds }} done", queue="team-growth"
    )
    spend >> enough >> refresh >> done
