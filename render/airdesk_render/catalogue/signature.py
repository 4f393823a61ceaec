"""Run by path with a Python that has Airflow: what an operator takes, as JSON on stdout.

It imports nothing of ours, so that the Python which has Airflow needs nothing else.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import re
import sys
from typing import Any

_ENDS = ("BaseOperator", "AbstractOperator", "BaseSensorOperator", "DAGNode", "object")
"""Classes whose own arguments every operator has; the platform sets them."""


def described(path: str) -> dict[str, Any]:
    """Arguments, template fields and docs of the operator at a dotted path."""
    module, _, name = path.rpartition(".")
    operator = getattr(importlib.import_module(module), name)
    if not (isinstance(operator, type) and hasattr(operator, "template_fields")):
        raise TypeError(f"{path} is no operator.")
    parents = [one for one in operator.__mro__ if one.__name__ not in _ENDS]
    arguments: dict[str, dict[str, Any]] = {}
    docs: dict[str, str] = {}
    for one in parents:
        own = vars(one).get("__init__")
        if own is not None:
            for argument in _arguments(own):
                arguments.setdefault(argument["name"], argument)
        for argument_name, text in _documented(inspect.getdoc(one) or "").items():
            docs.setdefault(argument_name, text)
    for argument_name, argument in arguments.items():
        argument["doc"] = docs.get(argument_name, "")
    return {
        "path": f"{operator.__module__}.{operator.__qualname__}",
        "name": operator.__name__,
        "summary": _first_sentence(vars(operator).get("__doc__") or ""),
        "sensor": any(one.__name__ == "BaseSensorOperator" for one in operator.__mro__),
        "template_fields": [str(one) for one in operator.template_fields],
        "template_endings": [str(one) for one in getattr(operator, "template_ext", ())],
        "arguments": list(arguments.values()),
    }


def _arguments(init: Any) -> list[dict[str, Any]]:
    found = []
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    for one in inspect.signature(inspect.unwrap(init)).parameters.values():
        if one.kind not in plain or one.name == "self":
            continue
        annotation = one.annotation
        if annotation is inspect.Parameter.empty:
            annotation = ""
        elif not isinstance(annotation, str):
            annotation = inspect.formatannotation(annotation)
        has_default = one.default is not inspect.Parameter.empty
        default = one.default if isinstance(one.default, str | int | float | bool) else None
        found.append(
            {"name": one.name, "type": annotation, "required": not has_default, "default": default}
        )
    return found


def _documented(text: str) -> dict[str, str]:
    """What `:param name:` lines say, each as one line."""
    found: dict[str, str] = {}
    for part in re.split(r"\n\s*(?=:param |:type |:return|\.\. )", f"\n{text}"):
        if (
            match := re.match(r":param\s+(?:[^:\s]+\s+)?\**(\w+)\s*:(.*)", part, re.DOTALL)
        ) is None:
            continue
        paragraph = re.split(r"\n\s*\n", match[2])[0]
        found[match[1]] = " ".join(paragraph.replace("``", "`").split())
    return found


def _first_sentence(text: str) -> str:
    words = " ".join(re.split(r"\n\s*\n", inspect.cleandoc(text))[0].split())
    return re.split(r"(?<=\.)\s", words)[0]


def main(path: str) -> int:
    with contextlib.redirect_stdout(sys.stderr):
        try:
            found = described(path)
        except (ImportError, AttributeError, TypeError, ValueError) as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            return 1
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
