"""Import errors of Airflow, cut to what helps the person who reads them."""

from __future__ import annotations

import re

from airdesk_render.verdicts.faults import Fault

_FRAME = re.compile(r'^ *File "(?P<file>[^"]+)", line (?P<line>\d+)')
_PROVIDER = re.compile(r"No module named '(airflow\.providers\.[\w.]+)'")
_NAME = re.compile(
    r"cannot import name '(?P<name>\w+)' from '(?P<module>airflow\.providers\.[\w.]+)'"
)
_MODULE = re.compile(r"No module named '(?P<module>[\w.]+)'")
_GROUPS = frozenset(("apache", "atlassian", "cncf", "common", "dbt", "microsoft"))
"""First words of providers whose package has a second one: `apache.hive`."""
_LONGEST = 600
_POLICY = "AirflowClusterPolicyViolation: "
_SENTENCE = re.compile(
    r"(?:Airdesk: )?(?:task (?P<task>[\w.-]+) of (?P<dag>[\w.-]+):? )?(?P<said>.+?)"
    r"(?: \[(?P<code>[a-z-]+)\])?"
)
_PREFIXES = {
    "AirflowDagCycleException: ": "cycle",
    "AirflowDagDuplicatedIdException: ": "duplicate-dag",
    "UnknownExecutorException: ": "import-error",
}


def faults_of(error: str, file: str) -> list[Fault]:
    """The faults that an import error of `file` means: several where policies refuse it."""
    if error.startswith(_POLICY):
        lines = error.removeprefix(_POLICY).splitlines()
        return [_refused(line.strip()) for line in lines if line.strip()]
    return [_fault(error, file)]


def _refused(line: str) -> Fault:
    """One sentence of Airdesk's policies, which name the task and the rule's code."""
    found = _SENTENCE.fullmatch(line)
    if found is None:
        return Fault("policy-violation", line[:_LONGEST])
    return Fault(
        found["code"] or "policy-violation", found["said"], found["dag"] or "", found["task"] or ""
    )


def _fault(error: str, file: str) -> Fault:
    for prefix, code in _PREFIXES.items():
        if error.startswith(prefix):
            return Fault(code, error.removeprefix(prefix).strip()[:_LONGEST])
    line = _line_in(error, file)
    place = f"line {line}: " if line else ""
    last = _last_words(error)
    if (module := _PROVIDER.search(last)) is not None:
        package = provider_package(module[1])
        message = f"{place}{package} is not installed in this Airflow. {module[1]} needs it."
        return Fault("missing-provider", message)
    if (name := _NAME.search(last)) is not None:
        package = provider_package(name["module"])
        message = f"{place}the installed {package} has no {name['name']}. Install a newer version."
        return Fault("missing-provider", message)
    if (module := _MODULE.search(last)) is not None:
        message = f"{place}there is no Python module {module['module']!r} in this Airflow."
        return Fault("import-error", message)
    return Fault("import-error", f"Airflow cannot import it: {place}{last}")


def provider_package(module: str) -> str:
    """`airflow.providers.apache.hive.hooks` gives `apache-airflow-providers-apache-hive`."""
    words = module.split(".")[2:]
    parts = words[:2] if words and words[0] in _GROUPS else words[:1]
    return "-".join(("apache-airflow-providers", *parts))


def _line_in(error: str, file: str) -> str | None:
    """Where in the file itself it happened; frames of Airflow and of libraries do not help."""
    found = None
    for line in error.splitlines():
        frame = _FRAME.match(line)
        if frame is not None and frame["file"].endswith(f"/{file}"):
            found = frame["line"]
    return found


def _last_words(error: str) -> str:
    """The exception without its traceback: what follows the last frame and its source lines."""
    lines = error.strip().splitlines()
    last = max((index for index, line in enumerate(lines) if _FRAME.match(line)), default=-1)
    rest = lines[last + 1 :]
    while rest and rest[0].startswith("    "):
        rest = rest[1:]
    return " ".join(" ".join(rest).split())[:_LONGEST] or "no reason was given"
