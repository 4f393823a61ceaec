"""Which function converts which operator, by the class's name and where it lives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from airdesk_render.converting.operators import code, flow, services, sql
from airdesk_render.converting.operators.job import Handler

CLASSES: Final[Mapping[str, Handler]] = {
    "BashOperator": code.bash,
    "PythonOperator": code.python,
    "PapermillOperator": code.notebook,
    "KubernetesPodOperator": code.pod,
    "EmptyOperator": flow.empty,
    "DummyOperator": flow.empty,
    "TriggerDagRunOperator": flow.trigger,
    "ApprovalOperator": flow.approval,
    "ExternalTaskSensor": flow.dag,
    "TimeDeltaSensor": flow.delta,
    "TimeDeltaSensorAsync": flow.delta,
    "TimeSensor": flow.time,
    "TimeSensorAsync": flow.time,
    "FileSensor": flow.file,
    "SQLExecuteQueryOperator": sql.execute,
    "PostgresOperator": sql.execute,
    "MySqlOperator": sql.execute,
    "SqliteOperator": sql.execute,
    "SnowflakeOperator": sql.execute,
    "MsSqlOperator": sql.execute,
    "OracleOperator": sql.execute,
    "TrinoOperator": sql.execute,
    "RedshiftSQLOperator": sql.execute,
    "VerticaOperator": sql.execute,
    "JdbcOperator": sql.execute,
    "SQLCheckOperator": sql.check,
    "CheckOperator": sql.check,
    "SQLColumnCheckOperator": sql.columns_or_table,
    "SQLTableCheckOperator": sql.columns_or_table,
    "GenericTransfer": sql.transfer,
    "SqlSensor": sql.wait,
    "HiveOperator": sql.hive,
    "HttpOperator": services.http,
    "SimpleHttpOperator": services.http,
    "HttpSensor": services.http_wait,
    "SlackAPIPostOperator": services.slack,
    "SlackWebhookOperator": services.slack,
    "EmailOperator": services.email,
    "SSHOperator": services.ssh,
    "S3KeySensor": services.s3_wait,
    "S3ListOperator": services.s3_list,
    "S3CopyObjectOperator": services.s3_copy,
    "S3CreateObjectOperator": services.s3_write,
    "SparkSubmitOperator": services.spark,
}

INSTEAD: Final[Mapping[str, str]] = {
    "BranchPythonOperator": "Say the condition as data in branch@1; it calls no Python.",
    "BranchSQLOperator": "Use sql_query@1, and branch@1 with its rows.",
    "BranchDateTimeOperator": "Use branch@1 with {{ logical_date.hour }} and the like.",
    "BranchDayOfWeekOperator": "Use branch@1 with {{ logical_date.strftime('%A') }}.",
    "ShortCircuitOperator": "Say the condition as data in short_circuit@1; it calls no Python.",
    "LatestOnlyOperator": "Leave catchup off, or use short_circuit@1.",
    "PythonSensor": "Use a sensor of the catalogue, such as wait_for_sql@1 or wait_for_http@1.",
    "PythonVirtualenvOperator": "Use kubernetes_pod@1 with an image that has the packages.",
    "ExternalPythonOperator": "Use kubernetes_pod@1 with an image that has the packages.",
    "DockerOperator": "Use kubernetes_pod@1.",
    "DateTimeSensor": "Use wait_until@1 with a time of day.",
    "DateTimeSensorAsync": "Use wait_until@1 with a time of day.",
    "SQLValueCheckOperator": "Use sql_check@1 with a comparison: select (…) = 5.",
    "SQLThresholdCheckOperator": "Use sql_check@1 with a comparison: select (…) between 1 and 5.",
    "SQLIntervalCheckOperator": "Use sql_check@1 with a comparison of the two days.",
}
_LIBRARY = ("airflow.",)


def handler_of(path: str) -> Handler | None:
    """The function for an operator of Airflow or its providers; None for anybody else's."""
    if not path.startswith(_LIBRARY):
        return None
    return CLASSES.get(path.rpartition(".")[2])
