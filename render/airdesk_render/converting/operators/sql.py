"""Queries, statements, checks and transfers in databases."""

from __future__ import annotations

from airdesk_render.converting.items import Item, Plain, plain
from airdesk_render.converting.operators.job import Job, Task
from airdesk_render.jinja import masked
from airdesk_render.sql import sql_problems

CONNECTION_KEYS = (
    "conn_id",
    *(
        f"{kind}_conn_id"
        for kind in (
            *("postgres", "mysql", "snowflake", "sqlite", "mssql", "oracle", "trino", "presto"),
            *("redshift", "vertica", "jdbc", "odbc", "exasol", "clickhouse", "sql", "databricks"),
        )
    ),
)
_HOOK = "Database, host and driver belong to the connection."


def execute(job: Job) -> Task:
    """sql_query for one SELECT, sql_execute for anything that writes."""
    connection = _connection(job)
    text, field = _sql(job, "sql")
    _fixed(job)
    job.ignore("split_statements", "return_last", "show_return_value_in_logs")
    job.ignore("requires_result_fetch", "deferrable", "poll_interval")
    autocommit = job.fields.flag("autocommit")
    common: dict[str, Plain] = {
        "connection": connection,
        "sql": field,
        "parameters": _parameters(job),
    }
    if reads(text or ""):
        return job.made("sql_query@1", **common)
    return job.made("sql_execute@1", **common, transaction=False if autocommit else None)


def reads(text: str) -> bool:
    """Whether it is one query that changes nothing; what cannot be read counts by its beginning."""
    problems = [problem.code for problem in sql_problems(masked(text, frozenset()))]
    if "sql-syntax" in problems:
        return text.lstrip(" \n\t(").lower().startswith(("select", "with"))
    return not problems


def _fixed(job: Job) -> None:
    job.refuse(_HOOK, "database", "schema", "hook_params", "runtime_parameters")
    why = "sql_query keeps the first rows; other work on rows needs python_function@1."
    job.refuse(why, "handler", "output_processor")


def _connection(job: Job) -> str:
    kind = job.name.removesuffix("Operator").lower()
    known = kind if f"{kind}_conn_id" in CONNECTION_KEYS else "sql"
    return job.connection(*CONNECTION_KEYS, default=f"{known}_default")


def _sql(job: Job, name: str) -> tuple[str | None, str | None]:
    """The text, and what the manifest says: the text itself or a file."""
    item = job.fields.take(name)
    if item is not None and item.items:
        texts = [one.text for one in item.items]
        if all(isinstance(one, str) for one in texts):
            joined = ";\n".join(one.strip().rstrip(";") for one in texts if one) + ";\n"
            return joined, joined
    text, file = job.text_or_file(name, (".sql", ".hql"))
    return text, file or text


def _parameters(job: Job) -> dict[str, Plain] | None:
    item = job.fields.take("parameters")
    if item is None:
        return None
    found = plain(item)
    if isinstance(found, dict):
        return found
    job.left(item, "parameters", "Name them: %(day)s in the SQL, and parameters: {day: …}.")
    return None


def check(job: Job) -> Task:
    _fixed(job)
    connection = _connection(job)
    return job.made(
        "sql_check@1", connection=connection, sql=_sql(job, "sql")[1], parameters=_parameters(job)
    )


def columns_or_table(job: Job) -> Task:
    """SQLColumnCheckOperator and SQLTableCheckOperator; their words are those of sql_quality."""
    _fixed(job)
    job.ignore("accept_none")
    common: dict[str, Plain] = {
        "connection": _connection(job),
        "table": job.fields.text("table"),
        "where": job.fields.text("partition_clause"),
    }
    columns, checks = job.plain_values("column_mapping"), job.plain_values("checks")
    if columns is not None:
        return job.made("sql_quality@1", **common, columns=_renamed(columns))
    return job.made("sql_quality@1", **common, checks=_renamed(checks or {}))


def _renamed(value: Plain) -> Plain:
    """Airflow's words as ours, at any depth."""
    ours = {"partition_clause": "where", "check_statement": "check"}
    if isinstance(value, dict):
        return {ours.get(key, key): _renamed(one) for key, one in value.items()}
    return value


def transfer(job: Job) -> Task:
    insert = job.plain_values("insert_args") or {}
    columns, merge_on = insert.pop("target_fields", None), insert.pop("replace_index", None)
    insert.pop("commit_every", None)
    insert.pop("replace", None)
    if insert:
        place = job.fields.where("insert_args")
        message = f"{', '.join(sorted(insert))}: sql_transfer decides how rows are written."
        job.world.notes.left_out(place, "insert_args", message)
    job.refuse(_HOOK, "source_hook_params", "destination_hook_params")
    job.ignore("deferrable")
    return job.made(
        "sql_transfer@1",
        connection=job.connection("source_conn_id", default="source"),
        to_connection=job.connection("destination_conn_id", default="destination"),
        sql=_sql(job, "sql")[1],
        table=job.fields.text("destination_table"),
        before=_sql(job, "preoperator")[1],
        batch_rows=job.fields.number("page_size"),
        columns=columns,
        merge_on=[merge_on] if isinstance(merge_on, str) else merge_on,
    )


def wait(job: Job) -> Task:
    callables = "Write the comparison into the query: its first value must be true."
    job.refuse(callables, "success", "failure", "selector")
    for kind in ("success_check", "failure_check"):
        job.refuse(callables, f"{kind}_name", f"{kind}_file", f"{kind}_lambda")
    job.refuse("An empty result means: wait on.", "fail_on_empty")
    job.refuse(_HOOK, "hook_params")
    return job.made(
        "wait_for_sql@1",
        connection=_connection(job),
        sql=_sql(job, "sql")[1],
        parameters=_parameters(job),
    )


def hive(job: Job) -> Task:
    item = job.fields.take("hive_cli_conn_id")
    place = item.where if item is not None else job.fields.place
    message = "Here HiveQL goes through a connection of type hiveserver2, not through the shell."
    job.world.notes.changed(place, "connection", message)
    job.ignore("hiveconf_jinja_translate", "mapred_queue", "mapred_queue_priority")
    job.refuse("Write SET statements before the query.", "hiveconfs")
    job.refuse(_HOOK, "schema")
    return job.made(
        "hive@1",
        connection=job.world.connection(item or Item("hive_cli_default", job.fields.place)),
        sql=_sql(job, "hql")[1],
    )
