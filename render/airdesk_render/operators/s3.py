"""Objects in S3, or in what speaks its protocol: wait for them, list, copy and write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.operators.base import (
    FILE_PATTERN,
    Call,
    Connection,
    ManagedOperator,
    Rendering,
)
from airdesk_render.operators.sensor import Sensor
from airdesk_render.operators.words import Bucket, ObjectKey

OPERATORS = "airflow.providers.amazon.aws.operators.s3"
TextFile = Annotated[
    str, Field(pattern=FILE_PATTERN + r"\.(?:csv|json|ndjson|txt|tsv|xml|yaml|yml|html|md)$")
]


class WaitForS3Key(Sensor):
    """Waits until an object is there."""

    title: ClassVar[str] = "Wait for an S3 object"
    summary: ClassVar[str] = "Wait until an object has arrived in a bucket."
    docs: ClassVar[str] = (
        "Waits for an object in a bucket. With `wildcard`, `*` in the key stands for any part of "
        "it."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (
        "airflow.providers.amazon.aws.sensors.s3.S3KeySensor",
    )
    templated: ClassVar[tuple[str, ...]] = ("object_key",)
    mappable: ClassVar[Mapping[str, str]] = {"object_key": "bucket_key"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"connection": "lake", "bucket": "growth-landing", "object_key": "orders/{{ ds }}.csv"},
    )

    operator: Literal["wait_for_s3_key@1"]
    connection: Connection
    bucket: Bucket
    object_key: ObjectKey
    wildcard: bool = Field(default=False, description="Whether `*` in the key is a wildcard.")

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)

    def call(self, rendering: Rendering) -> Call:
        arguments = {
            "aws_conn_id": rendering.team.conn_id(self.connection),
            "bucket_name": self.bucket,
            "bucket_key": self.object_key,
            **({"wildcard_match": True} if self.wildcard else {}),
            "deferrable": False,
        }
        return Call(
            "airflow.providers.amazon.aws.sensors.s3", "S3KeySensor", self.waiting(arguments)
        )


class _S3(ManagedOperator):
    category: ClassVar[str] = "Files"

    connection: Connection

    def connection_names(self) -> tuple[str, ...]:
        return (self.connection,)


class S3List(_S3):
    """The keys of a bucket below a prefix."""

    title: ClassVar[str] = "List S3 objects"
    summary: ClassVar[str] = "List the objects of a bucket, to do something for each."
    docs: ClassVar[str] = (
        "Gives the list of keys below a prefix to XCom. Another task can be mapped over it, such "
        "as s3_to_sql with `expand: {object_key: {from: list}}`."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{OPERATORS}.S3ListOperator",)
    templated: ClassVar[tuple[str, ...]] = ("prefix",)
    mappable: ClassVar[Mapping[str, str]] = {"prefix": "prefix"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"connection": "lake", "bucket": "growth-landing", "prefix": "orders/{{ ds }}/"},
    )

    operator: Literal["s3_list@1"]
    bucket: Bucket
    prefix: ObjectKey = Field(
        default="", min_length=0, description="Only keys that begin so.", examples=["orders/"]
    )

    def call(self, rendering: Rendering) -> Call:
        arguments = {
            "aws_conn_id": rendering.team.conn_id(self.connection),
            "bucket": self.bucket,
            "prefix": self.prefix,
        }
        return Call(OPERATORS, "S3ListOperator", arguments)


class S3Copy(_S3):
    """An object to another place."""

    title: ClassVar[str] = "Copy an S3 object"
    summary: ClassVar[str] = "Copy an object to another key or bucket."
    docs: ClassVar[str] = (
        "Copies one object within what a connection reaches; an object that is there is replaced."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{OPERATORS}.S3CopyObjectOperator",)
    templated: ClassVar[tuple[str, ...]] = ("from_key", "to_key")
    mappable: ClassVar[Mapping[str, str]] = {
        "from_key": "source_bucket_key",
        "to_key": "dest_bucket_key",
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "connection": "lake",
            "from_bucket": "growth-landing",
            "from_key": "orders/{{ ds }}.csv",
            "to_bucket": "growth-archive",
            "to_key": "{{ ds }}/orders.csv",
        },
    )

    operator: Literal["s3_copy@1"]
    from_bucket: Bucket
    from_key: ObjectKey
    to_bucket: Bucket
    to_key: ObjectKey

    def call(self, rendering: Rendering) -> Call:
        arguments = {
            "aws_conn_id": rendering.team.conn_id(self.connection),
            "source_bucket_name": self.from_bucket,
            "source_bucket_key": self.from_key,
            "dest_bucket_name": self.to_bucket,
            "dest_bucket_key": self.to_key,
        }
        return Call(OPERATORS, "S3CopyObjectOperator", arguments)


class S3Write(_S3):
    """An object from a text, or from a file beside the manifest."""

    title: ClassVar[str] = "Write an S3 object"
    summary: ClassVar[str] = "Write a text, or a file beside the manifest, to a bucket."
    docs: ClassVar[str] = (
        "Writes `text`, or the content of a `file` beside the manifest, such as a list of "
        "branches kept in Git. Jinja is replaced in both. An object that exists stays as it is, "
        "and the task fails, unless `replace` is true."
    )
    airflow_classes: ClassVar[tuple[str, ...]] = (f"{OPERATORS}.S3CreateObjectOperator",)
    templated: ClassVar[tuple[str, ...]] = ("object_key", "text", "file")
    file_fields: ClassVar[tuple[str, ...]] = ("file",)
    mappable: ClassVar[Mapping[str, str]] = {"object_key": "s3_key"}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "connection": "lake",
            "bucket": "growth-landing",
            "object_key": "flags/{{ ds }}.json",
            "text": '{"day": "{{ ds }}", "done": true}',
            "replace": True,
        },
        {
            "connection": "lake",
            "bucket": "growth-reference",
            "object_key": "branches.csv",
            "file": "data/branches.csv",
        },
    )

    operator: Literal["s3_write@1"]
    bucket: Bucket
    object_key: ObjectKey
    text: str | None = Field(
        default=None, min_length=1, max_length=100_000, description="What the object shall hold."
    )
    file: TextFile | None = Field(
        default=None, description="A text file beside the manifest, such as `data/branches.csv`."
    )
    replace: bool = Field(default=False, description="Whether an object that exists is replaced.")

    @model_validator(mode="after")
    def _one_of(self) -> S3Write:
        if (self.text is None) == (self.file is None):
            raise PydanticCustomError("one_of", "Give either text or file, and not both.")
        return self

    def files(self) -> tuple[str, ...]:
        return (self.file,) if self.file else ()

    def call(self, rendering: Rendering) -> Call:
        arguments = {
            "aws_conn_id": rendering.team.conn_id(self.connection),
            "s3_bucket": self.bucket,
            "s3_key": self.object_key,
            "data": self.text if self.file is None else rendering.text_of(self.file),
            "replace": self.replace,
        }
        return Call(OPERATORS, "S3CreateObjectOperator", arguments)
