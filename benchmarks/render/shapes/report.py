"""Which carriers ran late yesterday, region @N@."""

from datetime import timedelta

import pendulum
from airflow.providers.common.sql.operators.sql import SQLCheckOperator, SQLExecuteQueryOperator
from airflow.providers.slack.operators.slack import SlackAPIPostOperator
from airflow.sdk import DAG, CronTriggerTimetable, Param
from fleet_common import first_rows, slack_table

with DAG(
    dag_id="growth.@NAME@",
    description="Which carriers ran late yesterday, region @N@",
    doc_md="Owners: thu.tran",
    schedule=CronTriggerTimetable("15 6 * * 1-5", timezone="Asia/Ho_Chi_Minh"),
    start_date=pendulum.datetime(2026, 12, 1, tz="Asia/Ho_Chi_Minh"),
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
    tags=["delays", "growth", "internal"],
    params={"days": Param(1, type="integer", minimum=1, maximum=30)},
    user_defined_filters={"slack_table": slack_table},
):
    arrived = SQLCheckOperator(
        task_id="arrived",
        conn_id="growth.warehouse",
        sql="select count(*) > 100 from raw.flights_@N@ where day = date '{{ ds }}'",
    )
    report = SQLExecuteQueryOperator(
        task_id="report",
        conn_id="growth.warehouse",
        sql="""
            select carrier, count(*) as flights, avg(dep_delay) as delay
            from raw.flights_@N@
            where day >= date '{{ ds }}' - {{ params.days }}
            group by carrier
            order by delay desc
        """,
        handler=first_rows(10),
    )
    post = SlackAPIPostOperator(
        task_id="post",
        slack_conn_id="growth.slack",
        channel="#growth-data",
        text=(
            "Delays of region @N@ on {{ ds }}\n{{ ti.xcom_pull(task_ids='report') | slack_table }}"
        ),
    )
    arrived >> report >> post
