"""`rules:changes`, judged as GitLab does: against the merge request or the push."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_TRUE = '"true" == "true"'


def settle(config: dict[str, Any], changed: list[str] | None) -> dict[str, Any]:
    """Copy a configuration with every `changes` decided and removed.

    `changed` are the paths that changed; `None` means that nothing can be compared (a schedule, a
    trigger, a new branch), and then `changes` holds always, as in GitLab.
    """
    return {name: _settled(section, changed) for name, section in config.items()}


def _settled(section: Any, changed: list[str] | None) -> Any:
    if not isinstance(section, dict) or not isinstance(section.get("rules"), list):
        return section
    rules = []
    for rule in section["rules"]:
        if not isinstance(rule, dict) or "changes" not in rule:
            rules.append(rule)
        elif _holds(rule["changes"], changed):
            kept = {key: value for key, value in rule.items() if key != "changes"}
            rules.append(kept if "if" in kept else {"if": _TRUE, **kept})
    # a job whose rules are all gone must not run; without any rules it always would
    return {**section, "rules": rules or [{"when": "never"}]}


def _holds(changes: Any, changed: list[str] | None) -> bool:
    if changed is None:
        return True
    paths = changes.get("paths", []) if isinstance(changes, dict) else changes
    patterns = [glob(str(pattern)) for pattern in paths]
    return _any_match(patterns, changed)


def _any_match(patterns: Iterable[re.Pattern[str]], paths: list[str]) -> bool:
    return any(pattern.fullmatch(path) for pattern in patterns for path in paths)


def glob(pattern: str) -> re.Pattern[str]:
    """Ruby's `File.fnmatch` with PATHNAME, DOTMATCH and EXTGLOB as a regular expression."""
    result, at = "", 0
    while at < len(pattern):
        rest = pattern[at:]
        if rest.startswith("**/"):
            result, at = result + "(?:.*/)?", at + 3
        elif rest.startswith("**"):
            result, at = result + ".*", at + 2
        elif rest[0] == "*":
            result, at = result + "[^/]*", at + 1
        elif rest[0] == "?":
            result, at = result + "[^/]", at + 1
        elif rest[0] == "{" and "}" in rest:
            options = rest[1 : rest.index("}")].split(",")
            inner = "|".join(glob(option).pattern for option in options)
            result, at = f"{result}(?:{inner})", at + rest.index("}") + 1
        else:
            result, at = result + re.escape(rest[0]), at + 1
    return re.compile(result)
