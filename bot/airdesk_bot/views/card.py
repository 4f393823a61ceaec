"""The one shape every view returns for a message."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True)
class Card:
    """A Slack message.

    Attributes:
        text: a sentence for notifications and screen readers, already escaped for mrkdwn.
        blocks: at most 50 Block Kit blocks, ready for `chat.postMessage`.
    """

    text: str
    blocks: list[Block]

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal of what Slack would be sent; equal cards need no update."""
        content = json.dumps([self.text, self.blocks], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()
