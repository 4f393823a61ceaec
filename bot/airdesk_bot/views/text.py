"""Text of strangers made safe for Slack's mrkdwn, and cut to size.

Slack reads `<!channel>`, `<@U…>` and `<https://…|label>` as mentions and links. What comes from a
manifest, a log or a person passes through here, so that it can only ever be text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

ELLIPSIS = "…"
MAX_URL = 3000
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Control characters, lone surrogates, and marks that reorder what follows: a text with them could
# read as another one.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_NEWLINES = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SLACK_ID = re.compile(r"[UW][A-Z0-9_]{1,30}")


def clean(text: str) -> str:
    """Drop control characters, lone surrogates and marks that turn the reading direction."""
    return _HIDDEN.sub("", _NEWLINES.sub("\n", text))


def clip(text: str, limit: int) -> str:
    """At most `limit` characters of plain text; a cut shows as an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _entities(text: str) -> list[str]:
    """One piece per character, escaped; no text may open or close a code block."""
    text = clean(text).replace("```", "'''")
    return [_ENTITIES.get(char, char) for char in text]


def _fitting(pieces: Sequence[str], limit: int) -> list[str]:
    """As many pieces from the start as fit into `limit` characters."""
    fitting: list[str] = []
    for piece in pieces:
        limit -= len(piece)
        if limit < 0:
            break
        fitting.append(piece)
    return fitting


def escape(text: str, limit: int = 2000) -> str:
    """Text for mrkdwn, at most `limit` characters after escaping, never cut inside an entity."""
    pieces = _entities(text)
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    return "".join(_fitting(pieces, limit - 1)).rstrip() + ELLIPSIS


def line(text: str, limit: int = 300) -> str:
    """Like `escape`, with everything on one line."""
    return escape(one_line(text), limit)


def tail(text: str, limit: int) -> str:
    """The escaped end of a long text; what is missing at its start shows as an ellipsis."""
    pieces = _entities(text.strip("\n"))
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    kept = "".join(reversed(_fitting(pieces[::-1], limit - 2)))
    # Half a line at the cut only confuses, unless that line is all there is.
    _, newline, whole_lines = kept.partition("\n")
    return f"{ELLIPSIS}\n{whole_lines if newline and whole_lines.strip() else kept}"


def code(text: str, limit: int = 150) -> str:
    """Inline code on one line; empty text shows as a dash."""
    inner = escape(one_line(text).replace("`", "'"), limit)
    return f"`{inner or '–'}`"


def code_block(text: str, limit: int = 2500) -> str:
    """The start of a text as a code block, at most `limit` characters with its fences."""
    inner = escape(text.strip("\n"), limit - 8)
    return f"```\n{inner}\n```"


def log_block(text: str, limit: int = 2500) -> str:
    """The end of a text as a code block, at most `limit` characters with its fences."""
    inner = tail(text, limit - 8)
    return f"```\n{inner}\n```"


def bold(text: str, limit: int = 300) -> str:
    """Bold on one line; asterisks inside would end it early, so they become typographic ones."""
    inner = line(text.replace("*", "∗"), limit)
    return f"*{inner}*" if inner else ""


def is_link(url: str) -> bool:
    """Whether Slack would take the address for a button."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and len(url) <= MAX_URL


def link(url: str, label: str, limit: int = 150) -> str:
    """A link with a label; only the label where the address is none or too long."""
    shown = line(label, limit) or "link"
    address = quote(url, safe="/:?=#%+,;@!$'()*~[]&-._").replace("&", "&amp;")
    return f"<{address}|{shown}>" if is_link(url) and len(address) <= MAX_URL // 4 else shown


def mention(slack_user_id: str) -> str:
    """A mention of a person we know; an id of another shape stays code and pings nobody."""
    if _SLACK_ID.fullmatch(slack_user_id):
        return f"<@{slack_user_id}>"
    return code(slack_user_id, 40)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def moment(at: datetime) -> str:
    """A time that Slack shows in each reader's own time zone."""
    at = _utc(at)
    shown = at.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{shown}>"


def duration(start: datetime | None, end: datetime | None) -> str | None:
    """`0.8 s`, `42 s`, `3 min 20 s`, `2 h 5 min`; `None` where one end is not known."""
    if start is None or end is None:
        return None
    seconds = max((_utc(end) - _utc(start)).total_seconds(), 0.0)
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def joined(lines: Sequence[str], limit: int, more: str = "…and {} more") -> str:
    """Whole lines up to `limit` characters; what does not fit is counted in a last line."""
    reserve = len(more) + 8
    fitting = _fitting([f"{text}\n" for text in lines], limit)
    if len(fitting) < len(lines):
        fitting = _fitting(fitting, limit - reserve)
        fitting.append(more.format(len(lines) - len(fitting)))
    return "".join(fitting).rstrip("\n")
