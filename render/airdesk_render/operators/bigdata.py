"""Work on the cluster: Spark applications and HiveQL. It starts from the on-premise workers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from airdesk_render.operators.base import (
    FILE_PATTERN,
    Call,
    Connection,
    ManagedOperator,
    Rendering,
    SqlUse,
    Workload,
    given,
)
from airdesk_render.operators.sql import SQL_MODULE, SqlTask
from airdesk_render.operators.words import PlainValue

_CLUSTER_FILE = r"(?:hdfs|viewfs|s3a|abfss|gs)://[A-Za-z0-9._@:/=+-]{1,400}"
_OWN_FILE = re.compile(FILE_PATTERN + r"\.py$")
ClusterFile = Annotated[str, Field(pattern=rf"^{_CLUSTER_FILE}$")]
Memory = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}[mg]$", examples=["4g"])]
_CONF_ALLOWED = (
    *("spark.sql.", "spark.dynamicAllocation.", "spark.shuffle.", "spark.memory."),
    *("spark.default.parallelism", "spark.executor.memoryOverhead", "spark.driver.memoryOverhead"),
    *("spark.task.", "spark.speculation", "spark.network.timeout", "spark.serializer"),
)


def _own_settings(conf: dict[str, PlainValue]) -> dict[str, PlainValue]:
    for name in conf:
        if not name.startswith(_CONF_ALLOWED):
            raise PydanticCustomError(
                "spark_conf",
                "{name} belongs to the connection or the platform. Settings may begin with "
                "{allowed}.",
                {"name": name[:80], "allowed": ", ".join(_CONF_ALLOWED)},
            )
    return conf


def _application(text: str) -> str:
    if not _OWN_FILE.fullmatch(text) and not re.fullmatch(_CLUSTER_FILE, text):
        raise PydanticCustomError(
            "spark_application",
            "Name a .py file beside the manifest, such as spark/job.py, or one in the cluster's "
            "storage, such as hdfs://lake/jobs/orders.jar.",
        )
    return text


class SparkSubmit(ManagedOperator):
    """A Spark application, submitted to the cluster."""

    title: ClassVar[str] = "Spark submit"
    summary: ClassVar[str] = "Run a Spark application on the cluster."
    docs: ClassVar[str] = (
        "Submits an application to the cluster of a connection and waits until it ends. It is a "
        "`.py` file beside the manifest, or a file in the cluster's storage. The driver runs in "
        "the cluster as well, never on Airflow's worker; master, queue, principal and keytab "
        "belong to the connection. Jinja is replaced in `arguments`."
    )
    category: ClassVar[str] = "Big data"
    workload: ClassVar[Workload] = "bigdata"
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.apache.spark.operators.spark_submit.SparkSubmitOperator",
    )
    templated: ClassVar[tuple[str, ...]] = ("arguments",)
    file_fields: ClassVar[tuple[str, ...]] = ("application",)
    mappable: ClassVar[Mapping[str, str]] = {"arguments": "application_args"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "connection": "spark",
            "application": "spark/sessions.py",
            "arguments": ["--day", "{{ ds }}"],
            "executors": 8,
            "executor_memory": "4g",
            "conf": {"spark.sql.shuffle.partitions": 200},
        },
        {
            "connection": "spark",
            "application": "hdfs://lake/jobs/orders.jar",
            "java_class": "com.corp.Orders",
        },
    )

    operator: Literal["spark_submit@1"]
    connection: Connection
    application: Annotated[str, AfterValidator(_application)] = Field(
        max_length=500,
        description="A `.py` file beside the manifest, or a file in the cluster's storage.",
        examples=["spark/sessions.py", "hdfs://lake/jobs/orders.jar"],
    )
    java_class: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_.$]{0,199}$",
        description="The main class of a jar.",
    )
    arguments: tuple[Annotated[str, Field(max_length=2_000)], ...] = Field(
        default=(), max_length=100, strict=False, description="Arguments of the application."
    )
    executors: int | None = Field(default=None, ge=1, le=500, description="How many executors.")
    executor_cores: int | None = Field(default=None, ge=1, le=32, description="Cores of each.")
    executor_memory: Memory | None = Field(default=None, description="Memory of each: `4g`.")
    driver_memory: Memory | None = Field(default=None, description="Memory of the driver: `2g`.")
    jars: tuple[ClusterFile, ...] = Field(
        default=(), max_length=50, strict=False, description="Jars in the cluster's storage."
    )
    py_files: tuple[ClusterFile, ...] = Field(
        default=(), max_length=50, strict=False, description="Python archives in its storage."
    )
    conf: Annotated[dict[str, PlainValue], AfterValidator(_own_settings)] = Field(
        default_factory=dict, max_length=50, description="Spark's own settings, by name."
    )

    @property
    def own_file(self) -> bool:
        return "://" not in self.application

    def files(self) -> tuple[str, ...]:
        return (self.application,) if self.own_file else ()

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def call(self, rendering: Rendering) -> Call:
        own = f"{{{{ '{self.application}' | as_python }}}}"
        arguments = {
            "conn_id": rendering.team.conn_id(self.connection),
            "application": own if self.own_file else self.application,
            "deploy_mode": "cluster",
            **given(
                java_class=self.java_class,
                application_args=list(self.arguments) or None,
                num_executors=self.executors,
                executor_cores=self.executor_cores,
                executor_memory=self.executor_memory,
                driver_memory=self.driver_memory,
                jars=",".join(self.jars) or None,
                py_files=",".join(self.py_files) or None,
                conf=self.conf or None,
            ),
        }
        return Call(
            module="airflow.providers.apache.spark.operators.spark_submit",
            name="SparkSubmitOperator",
            arguments=arguments,
            helpers=("as_python",) if self.own_file else (),
            filters={"as_python": "as_python"} if self.own_file else {},
        )


class Hive(SqlTask):
    """HiveQL through HiveServer2.

    Not by HiveOperator: that starts the beeline shell on the worker, whose `!sh` would be free
    code beside other teams' tasks.
    """

    title: ClassVar[str] = "Hive"
    summary: ClassVar[str] = "Run HiveQL on the Hadoop cluster."
    docs: ClassVar[str] = (
        "Runs one HiveQL statement or several, separated by semicolons, through a connection of "
        "type hiveserver2, from the on-premise workers. Nothing is returned; to keep the first "
        "rows of a query use sql_query with such a connection."
    )
    category: ClassVar[str] = "Big data"
    workload: ClassVar[Workload] = "bigdata"
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{SQL_MODULE}.SQLExecuteQueryOperator",)
    sql_fields: ClassVar[Mapping[str, SqlUse]] = {
        "sql": SqlUse(dialect="hive", writes=True, several=True)
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "connection": "hive",
            "sql": "insert overwrite table daily partition (day = '{{ ds }}')\n"
            "select region, count(*) from events where day = '{{ ds }}' group by region",
        },
    )

    operator: Literal["hive@1"]

    def call(self, rendering: Rendering) -> Call:
        arguments = {**self._common(rendering), "handler": None, "split_statements": True}
        return Call(SQL_MODULE, "SQLExecuteQueryOperator", arguments)
