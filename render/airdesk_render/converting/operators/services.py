"""HTTP, Slack, mail, SSH, S3 and the cluster."""

from __future__ import annotations

from urllib.parse import urlsplit

from airdesk_render.converting.items import Item, Plain
from airdesk_render.converting.operators import flow
from airdesk_render.converting.operators.job import Job, Task

_HEADERS = "Headers that carry credentials belong to the connection; only Content-Type is set here."
_RESPONSE = "The answer is kept as it comes; look at it in python_function@1."
_TO_CONNECTION = "It belongs to the connection, which security fills."


def http(job: Job) -> Task:
    data = job.fields.data("data")
    content_type = _content_type(job)
    job.refuse(_RESPONSE, "response_check", "response_filter", "pagination_function")
    job.refuse(_TO_CONNECTION, "extra_options", "auth_type", "tcp_keep_alive", "request_kwargs")
    job.ignore("log_response", why="The answer is in XCom, not in the log.")
    job.ignore("deferrable", "poll_interval")
    return job.made(
        "http_request@1",
        connection=job.connection("http_conn_id", default="http_default"),
        endpoint=job.fields.text("endpoint") or "/",
        # Airflow's own default differs from ours.
        method=job.fields.text("method") or "POST",
        data=data if isinstance(data, str | dict) else None,
        content_type=content_type,
    )


def _content_type(job: Job) -> str | None:
    item = job.fields.take("headers")
    if item is None:
        return None
    if not isinstance(item.value, dict):
        job.left(item, "headers", _HEADERS)
    found = None
    for name, one in item.entries.items():
        if name.lower() == "content-type" and one.text:
            found = one.text.partition(";")[0].strip().lower()
        else:
            job.left(one, f"headers.{name}", _HEADERS)
    return found


def http_wait(job: Job) -> Task:
    why = "A status below 400 ends the waiting; look at the answer in a task of its own."
    job.refuse(why, "response_check", "response_check_name", "response_check_file")
    job.refuse(why, "response_check_lambda", "response_error_codes_allowlist")
    job.refuse(_TO_CONNECTION, "extra_options", "tcp_keep_alive")
    _content_type(job)
    method = job.fields.text("method")
    if method not in (None, "GET"):
        place = job.fields.where("method")
        job.world.notes.left_out(place, "method", "It asks with GET.")
    return job.made(
        "wait_for_http@1",
        connection=job.connection("http_conn_id", default="http_default"),
        endpoint=job.fields.text("endpoint") or "/",
        query=job.plain_values("request_params"),
        **flow.waiting(job),
    )


def slack(job: Job) -> Task:
    why = "The reports app posts plain text, in its own name."
    job.refuse(why, "username", "icon_url", "blocks", "attachments")
    job.refuse(_TO_CONNECTION, "base_url", "proxy", "timeout", "token")
    webhook = job.fields.take("slack_webhook_conn_id")
    if webhook is not None:
        message = "Messages go by the app for reports, not by a webhook; name its channel."
        job.world.notes.changed(webhook.where, "slack_webhook_conn_id", message)
        connection = "slack"
    else:
        connection = job.connection("slack_conn_id", default="slack")
    return job.made(
        "slack_message@1",
        connection=None if connection == "slack" else connection,
        channel=job.fields.text("channel"),
        text=job.fields.text("text") or job.fields.text("message"),
    )


def email(job: Job) -> Task:
    job.refuse("Nothing can be attached; send a link instead.", "files")
    job.refuse("The message has recipients, copies, a subject and a body.", "bcc", "custom_headers")
    job.refuse(_TO_CONNECTION, "from_email")
    job.ignore("mime_subtype", "mime_charset")
    connection = job.connection("conn_id", "smtp_conn_id", default="mail")
    return job.made(
        "email@1",
        connection=None if connection == "mail" else connection,
        to=_addresses(job, "to"),
        cc=_addresses(job, "cc"),
        subject=job.fields.text("subject"),
        body=job.fields.text("html_content"),
    )


def _addresses(job: Job, name: str) -> list[Plain]:
    found = job.fields.texts(name) or []
    return [part.strip() for one in found for part in one.replace(";", ",").split(",") if part]


def ssh(job: Job) -> Task:
    job.refuse(_TO_CONNECTION, "remote_host", "ssh_hook", "banner_timeout")
    job.refuse("Set it in the command, as in: export NAME=value.", "environment")
    job.ignore("get_pty", "conn_timeout", "skip_on_exit_code")
    connection = job.connection("ssh_conn_id", default="ssh_default")
    text, path = job.text_or_file("command", (".sh", ".bash"))
    return job.made(
        "ssh_command@1",
        connection=connection,
        command=None if path else text,
        file=path,
        limit=job.seconds("cmd_timeout"),
    )


def s3_wait(job: Job) -> Task:
    bucket, key = _bucket_and_key(job, "bucket_name", "bucket_key")
    job.refuse("Only the object's presence is looked at.", "check_fn", "use_regex")
    job.refuse(_TO_CONNECTION, "verify", "region_name", "botocore_config")
    return job.made(
        "wait_for_s3_key@1",
        connection=_aws(job),
        bucket=bucket,
        object_key=key,
        wildcard=job.fields.flag("wildcard_match") or None,
        **flow.waiting(job),
    )


def _aws(job: Job) -> str:
    return job.connection("aws_conn_id", default="aws_default")


def _bucket_and_key(job: Job, bucket_name: str, key_name: str) -> tuple[str | None, str | None]:
    """A key may be a whole address, `s3://bucket/key`."""
    item = job.fields.take(key_name)
    if item is not None and len(item.items) == 1:
        item = item.items[0]
    if item is not None and item.text is None:
        job.left(item, key_name, "Wait for one object; several are several tasks, or expand.")
        return job.fields.text(bucket_name), None
    key, bucket = item.text if item is not None else None, job.fields.text(bucket_name)
    if bucket is None and key is not None and key.startswith("s3://"):
        parts = urlsplit(key)
        return parts.netloc, parts.path.lstrip("/")
    return bucket, key


def s3_list(job: Job) -> Task:
    job.refuse("All keys below the prefix are listed.", "delimiter", "apply_wildcard")
    return job.made(
        "s3_list@1",
        connection=_aws(job),
        bucket=job.fields.text("bucket"),
        prefix=job.fields.text("prefix"),
    )


def s3_copy(job: Job) -> Task:
    why = "The object is copied as it is."
    job.refuse(why, "source_version_id", "acl_policy", "meta_data_directive")
    from_bucket, from_key = _bucket_and_key(job, "source_bucket_name", "source_bucket_key")
    to_bucket, to_key = _bucket_and_key(job, "dest_bucket_name", "dest_bucket_key")
    return job.made(
        "s3_copy@1",
        connection=_aws(job),
        from_bucket=from_bucket,
        from_key=from_key,
        to_bucket=to_bucket,
        to_key=to_key,
    )


def s3_write(job: Job) -> Task:
    bucket, key = _bucket_and_key(job, "s3_bucket", "s3_key")
    why = "The text is written as it is."
    job.refuse(why, "encrypt", "acl_policy", "encoding", "compression")
    return job.made(
        "s3_write@1",
        connection=_aws(job),
        bucket=bucket,
        object_key=key,
        text=job.fields.text("data"),
        replace=job.fields.flag("replace") or None,
    )


def spark(job: Job) -> Task:
    job.refuse(_TO_CONNECTION, "principal", "keytab", "proxy_user", "properties_file")
    job.refuse(_TO_CONNECTION, "spark_binary", "deploy_mode", "yarn_queue", "env_vars")
    why = "Put what the job needs into the cluster's storage."
    job.refuse(why, "packages", "exclude_packages", "repositories", "files", "archives")
    job.ignore("name", "verbose", "status_poll_interval", "use_krb5ccache")
    item = job.fields.take("application")
    return job.made(
        "spark_submit@1",
        connection=job.connection("conn_id", default="spark_default"),
        application=_application(job, item) if item is not None else None,
        java_class=job.fields.text("java_class"),
        arguments=list(job.fields.texts("application_args") or ()),
        executors=job.fields.number("num_executors"),
        executor_cores=job.fields.number("executor_cores"),
        executor_memory=job.fields.text("executor_memory"),
        driver_memory=job.fields.text("driver_memory"),
        jars=_commas(job, "jars"),
        py_files=_commas(job, "py_files"),
        conf=job.plain_values("conf"),
    )


def _application(job: Job, item: Item) -> str | None:
    text = item.text or ""
    return text if "://" in text else job.file(item, "application")


def _commas(job: Job, name: str) -> list[Plain]:
    text = job.fields.text(name)
    return [part.strip() for part in text.split(",") if part.strip()] if text else []
