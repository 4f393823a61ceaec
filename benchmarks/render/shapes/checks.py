"""Guards the tables of plant @N@."""

from datetime import timedelta

import pendulum
from airflow.providers.common.sql.operators.sql import SQLCheckOperator
from airflow.providers.slack.operators.slack import SlackAPIPostOperator
from airflow.sdk import DAG, CronTriggerTimetable

LIMITS = {
    "temperature": "max(value) < 90",
    "pressure": "max(value) < 12",
    "vibration": "max(value) < 7",
    "power": "max(value) < 400",
    "humidity": "max(value) < 70",
    "flow": "min(value) > 1",
}

with DAG(
    dag_id="growth.@NAME@",
    description="Guards the tables of plant @N@",
    doc_md="Owners: linh.pham",
    schedule=CronTriggerTimetable("*/30 * * * *", timezone="Asia/Singapore"),
    start_date=pendulum.datetime(2026, 12, 1, tz="Asia/Singapore"),
    catchup=False,
    max_active_runs=1,
    default_args={
        "owner": "growth",
        "queue": "default",
        "retries": 1,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=10),
    },
    access_control={"team-growth": {"DAGs": {"can_edit", "can_read"}}},
    tags=["growth", "internal", "quality"],
):
    checks = [
        SQLCheckOperator(
            task_id=kind,
            conn_id="growth.plant",
            sql=f"select {limit} from sensors_@N@ where kind = '{kind}'",
        )
        for kind, limit in LIMITS.items()
    ]
    alarm = SlackAPIPostOperator(
        task_id="alarm",
        slack_conn_id="growth.slack",
        channel="#plant-alarms",
        text="Plant @N@ is out of its limits at {{ ts }}",
        trigger_rule="one_failed",
    )
    checks >> alarm
