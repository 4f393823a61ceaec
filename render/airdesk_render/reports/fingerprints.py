"""What makes a finding the same finding after lines were added above it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence

from airdesk_render.findings import Finding

_LINE_NUMBER = re.compile(r"\bline [0-9]+\b")


def fingerprints(findings: Sequence[Finding]) -> list[str]:
    """64 hex digits for each finding, all different, whatever its line and column."""
    met: Counter[str] = Counter()
    result = []
    for finding in findings:
        message = _LINE_NUMBER.sub("line", finding.message)
        identity = json.dumps([finding.file, finding.code, finding.path, message])
        met[identity] += 1
        text = f"{identity}{met[identity]}"
        result.append(hashlib.sha256(text.encode()).hexdigest())
    return result
