"""Loads shop @N@ every two hours."""

from datetime import timedelta

import pendulum
from airflow.providers.common.sql.operators.sql import SQLCheckOperator, SQLExecuteQueryOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, TaskGroup

with DAG(
    dag_id="growth.@NAME@",
    description="Loads shop @N@ every two hours",
    doc_md="Owners: minh.le",
    schedule=timedelta(hours=2),
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
    tags=["growth", "internal", "orders"],
):
    with TaskGroup("extract") as extract:
        for table in ("orders", "refunds"):
            BashOperator(
                task_id=table,
                bash_command=f"extract --shop @N@ --table {table} "
                "--from {{ data_interval_start | ts }}",
                queue="team-growth",
            )
    clear = SQLExecuteQueryOperator(
        task_id="clear",
        conn_id="growth.warehouse",
        sql="delete from marts.orders_@N@ where day = date '{{ ds }}'",
    )
    fill = SQLExecuteQueryOperator(
        task_id="fill",
        conn_id="growth.warehouse",
        sql="""
            insert into marts.orders_@N@
            select * from staging.orders_@N@ where day = date '{{ ds }}'
        """,
    )
    not_empty = SQLCheckOperator(
        task_id="not_empty",
        conn_id="growth.warehouse",
        sql="select count(*) > 0 from marts.orders_@N@ where day = date '{{ ds }}'",
    )
    extract >> clear >> fill >> not_empty
