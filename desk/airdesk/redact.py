"""Takes out of a text whatever looks like a secret, before anybody is shown it.

It errs towards taking out too much: a log line that lost a harmless word can be read in Airflow,
a token that reached a Slack channel has to be replaced.
"""

from __future__ import annotations

import re

MASK = "***"

_SENSITIVE_KEY = (
    r"[\w.-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key"
    r"|credential|authorization)[\w.-]*"
)

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL),
        MASK,
    ),
    # scheme://user:password@host, and scheme://:password@host
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s@]+@", re.IGNORECASE), rf"\1:{MASK}@"),
    (re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\1 {MASK}"),
    # "password": "x y", password='x', password=x, PASSWORD: x
    (
        re.compile(
            rf"""(["']?\b{_SENSITIVE_KEY}["']?\s*[:=]\s*)(["'])(?:\\.|(?!\2).)*\2""", re.IGNORECASE
        ),
        rf"\1\2{MASK}\2",
    ),
    (
        re.compile(rf"""(\b{_SENSITIVE_KEY}\s*[:=]\s*)(?!["'])[^\s,;&)}}\]]+""", re.IGNORECASE),
        rf"\1{MASK}",
    ),
    (
        re.compile(
            r"\b(?:xox[a-z]-|xapp-|xoxe\.|gl(?:pat|oas|dt|rt|cbt|ptt|ft|soat|imt|agent)-|gh[pousr]_"
            r"|github_pat_|AKIA|hv[sbr]\.|s\.(?=[A-Za-z0-9]{20,}))[A-Za-z0-9._-]{6,}"
        ),
        MASK,
    ),
    # JSON Web Tokens
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), MASK),
)


def redact(text: str) -> str:
    """The same text with passwords, tokens and keys replaced by `***`."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
