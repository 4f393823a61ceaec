"""The operators that come with Airdesk, in the order people should see, by where they are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BUILTIN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sql_query@1": "sql:SqlQuery",
        "sql_check@1": "sql:SqlCheck",
        "sql_quality@1": "sql_quality:SqlQuality",
        "sql_execute@1": "sql:SqlExecute",
        "sql_transfer@1": "sql_transfer:SqlTransfer",
        "bash@1": "code:Bash",
        "python_function@1": "code:PythonFunction",
        "notebook@1": "notebook:Notebook",
        "ssh_command@1": "ssh_command:SshCommand",
        "kubernetes_pod@1": "kubernetes_pod:KubernetesPod",
        "http_request@1": "http_request:HttpRequest",
        "slack_message@1": "slack_message:SlackMessage",
        "email@1": "email:Email",
        "spark_submit@1": "bigdata:SparkSubmit",
        "hive@1": "bigdata:Hive",
        "s3_list@1": "s3:S3List",
        "s3_copy@1": "s3:S3Copy",
        "s3_write@1": "s3:S3Write",
        "s3_to_sql@1": "s3_transfer:S3ToSql",
        "sql_to_s3@1": "s3_transfer:SqlToS3",
        "http_to_s3@1": "s3_transfer:HttpToS3",
        "wait_for_dag@1": "waiting:WaitForDag",
        "wait_for_sql@1": "waiting:WaitForSql",
        "wait_for_file@1": "waiting:WaitForFile",
        "wait_for_s3_key@1": "s3:WaitForS3Key",
        "wait_for_http@1": "http_request:WaitForHttp",
        "wait_until@1": "waiting:WaitUntil",
        "wait@1": "waiting:Wait",
        "branch@1": "flow:Branch",
        "short_circuit@1": "flow:ShortCircuit",
        "approval@1": "approval:Approval",
        "trigger_dag@1": "trigger_dag:TriggerDag",
        "empty@1": "flow:Empty",
    }
)
"""Key to `module:Class` in `airdesk_render.operators`; imported when somebody asks for it."""
