"""Bash, Python and notebooks: code of the team that travels with the manifest."""

from __future__ import annotations

import ast
from pathlib import Path

from airdesk_render.converting.items import Item, Plain, is_plain, plain
from airdesk_render.converting.operators.job import Job, Task
from airdesk_render.converting.reading import variables_in


def bash(job: Job) -> Task:
    item = job.fields.take("bash_command")
    text = item.text if item is not None else None
    if item is not None and text is not None and (names := variables_in(text)):
        message = (
            f"${names[0]} is left to the shell; dag-factory fills in environment variables of "
            "Airflow while it reads. Give them with --env NAME=VALUE if that is meant."
        )
        job.world.notes.changed(item.where, "bash_command", message)
    job.refuse("Set it in the command, as in: export NAME=value.", "env")
    job.refuse("Begin the command with cd.", "cwd")
    job.refuse("What the command prints last is its output, as text.", "output_processor")
    job.ignore("append_env", "output_encoding")
    code = job.fields.number("skip_on_exit_code")
    if code not in (None, 99):
        place = job.fields.where("skip_on_exit_code")
        job.world.notes.left_out(place, "skip_on_exit_code", "Here 99 is the code that skips.")
    _, file = job.text_or_file("bash_command", (".sh", ".bash"))
    if file is not None:
        return job.made("bash@1", file=file)
    return job.made("bash@1", command=text)


def python(job: Job) -> Task | None:
    """A function with its arguments by name; the file comes along."""
    found = function_of(job)
    why = "Give the values as op_kwargs; templates are filled in there."
    job.refuse(why, "templates_dict", "templates_exts")
    job.ignore("show_return_value_in_logs", "provide_context")
    if found is None:
        return None
    file, function = found
    arguments = {**_positional(job, file, function), **(job.plain_values("op_kwargs") or {})}
    return job.made("python_function@1", file=file, function=function, arguments=arguments)


def function_of(job: Job) -> tuple[str, str] | None:
    """File and name of the callable; None (told) where they are not to be found."""
    file, name = job.fields.take("python_callable_file"), job.fields.take("python_callable_name")
    dotted = job.fields.take("python_callable")
    if dotted is not None and dotted.text is not None:
        module, _, function = dotted.text.rpartition(".")
        source = job.world.files.module(module)
        if source is None:
            job.left(dotted, "python_callable", _missing(f"module {module}"))
            return None
        return _carried(job, dotted, source, function)
    if file is None or name is None or file.text is None or name.text is None:
        place = job.fields.place
        job.world.notes.left_out(place, "python_callable", "No function is named.")
        return None
    source = job.world.files.find(file.text)
    if source is None:
        job.left(file, "python_callable_file", _missing(f"file {file.text}"))
        return None
    return _carried(job, file, source, name.text)


def _missing(what: str) -> str:
    return (
        f"The Python {what} was not found beside the YAML. Name its folder with --files, or put "
        "it beside the manifest and use python_function@1."
    )


def _carried(job: Job, item: Item, source: Path, function: str) -> tuple[str, str] | None:
    path = job.world.files.carry(source, item, job.world.notes)
    if path is None:
        return None
    for module in _local_imports(job, path, source):
        message = (
            f"{source.name} imports {module}, which lies beside it and does not come along. Put "
            "what it needs into one file, or into the shared operator repository."
        )
        job.left(item, "import", message)
    return path, function


def _local_imports(job: Job, path: str, source: Path) -> list[str]:
    """Modules that a carried file imports from its own surroundings."""
    try:
        tree = ast.parse(job.world.files.carried[path].text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
    found = dict.fromkeys(names)
    return [name for name in found if job.world.files.module(name) not in (None, source)]


def parameters_of(job: Job, file: str, function: str) -> list[str]:
    """Names of a carried function's parameters, in order; none where it is not found."""
    try:
        tree = ast.parse(job.world.files.carried[file].text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function:
            return [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    return []


def _positional(job: Job, file: str, function: str) -> dict[str, Plain]:
    """`op_args` by the names of the function's parameters."""
    item = job.fields.take("op_args")
    if item is None:
        return {}
    names = parameters_of(job, file, function)
    if not isinstance(item.value, tuple) or len(item.items) > len(names):
        message = "Arguments are given by name here; the function's names do not fit these."
        job.left(item, "op_args", message)
        return {}
    found: dict[str, Plain] = {}
    for name, one in zip(names, item.items, strict=False):
        if is_plain(one):
            found[name] = plain(one)
        else:
            job.left(one, f"op_args.{name}", "A manifest holds plain data, no Python objects.")
    return found


def notebook(job: Job) -> Task | None:
    item = job.fields.take("input_nb")
    file = job.file(item, "input_nb") if item is not None else None
    job.ignore("output_nb", why="Where the result is kept is the platform's matter.")
    job.ignore("kernel_name", "language_name", why="The platform's Python kernel is used.")
    if file is None:
        return None
    return job.made("notebook@1", file=file, parameters=job.plain_values("parameters"))


def pod(job: Job) -> Task:
    """A container; who may reach what is the platform's matter."""
    item = job.fields.take("container_resources") or job.fields.take("resources")
    sizes = _sizes(job, item) if item is not None else {}
    job.ignore(
        *("name", "namespace", "in_cluster", "config_file", "kubernetes_conn_id", "get_logs"),
        *("is_delete_operator_pod", "on_finish_action", "image_pull_policy", "labels"),
        *(
            "startup_timeout_seconds",
            "cluster_context",
            "random_name_suffix",
            "log_events_on_failure",
        ),
        why="The platform runs the pod in the team's namespace and clears it away.",
    )
    why = "A pod gets no secret and no volume. What needs one is another operator's work."
    job.refuse(why, "secrets", "env_from", "volumes", "volume_mounts")
    environment = job.plain_values("env_vars")
    return job.made(
        "kubernetes_pod@1",
        image=job.fields.text("image"),
        command=list(job.fields.texts("cmds") or ()),
        arguments=list(job.fields.texts("arguments") or ()),
        environment={key: str(one) for key, one in (environment or {}).items()},
        **sizes,
    )


def _sizes(job: Job, item: Item) -> dict[str, Plain]:
    """`cpu` and `memory` from V1ResourceRequirements; the limits count where there are both."""
    data = plain(item)
    parts = data if isinstance(data, dict) else {"limits": data}
    limits, requests = parts.get("limits") or {}, parts.get("requests") or {}
    if not isinstance(limits, dict) or not isinstance(requests, dict):
        job.left(item, "container_resources", "Give limits: {cpu: …, memory: …}.")
        return {}
    if limits and requests and limits != requests:
        message = "Request and limit are the same here; the limits are taken for both."
        job.world.notes.changed(item.where, "container_resources", message)
    wanted = {**requests, **limits}
    for key in wanted.keys() - {"cpu", "memory"}:
        job.left(item, f"container_resources.{key}", "Only cpu and memory can be asked for.")
    cpu, memory = wanted.get("cpu"), wanted.get("memory")
    return {
        "cpu": _cores(str(cpu)) if cpu is not None else None,
        "memory": str(memory) if memory is not None else None,
    }


def _cores(text: str) -> str:
    """`0.5` as `500m`."""
    try:
        cores = float(text)
    except ValueError:
        return text
    return str(int(cores)) if cores == int(cores) else f"{round(cores * 1000)}m"
