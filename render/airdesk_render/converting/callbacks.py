"""What dag-factory calls at a run's end: Slack notifiers become `notify`, the rest is told."""

from __future__ import annotations

import re

from airdesk_render.converting.fields import Fields
from airdesk_render.converting.items import Item, Made, Plain
from airdesk_render.language.notify import CHANNEL_PATTERN

_EVENTS = {"on_failure_callback": "failure", "on_success_callback": "success"}
_SLACK = (
    *("send_slack_notification", "SlackNotifier"),
    *("send_slack_webhook_notification", "SlackWebhookNotifier"),
)
_WORDS = "Airdesk writes the message itself; `notify` says to which channel."


def notify_of(dag: Fields, args: Fields) -> list[Plain]:
    """`notify` out of the Slack callbacks of a DAG, and of those that each of its tasks has."""
    channels: dict[str, list[str]] = {}
    for fields in (dag, args):
        for key, event in _EVENTS.items():
            if key not in fields.entries:
                continue
            item = fields.entries[key]
            channel = _channel(item)
            if channel is None:
                continue
            fields.take(key)
            if event not in channels.setdefault(channel, []):
                channels[channel].append(event)
            more = " It is told once for a run, not for each task." if fields is args else ""
            fields.notes.changed(item.where, key, _WORDS + more)
    return [{"slack": channel, "events": list(events)} for channel, events in channels.items()]


def _channel(item: Item) -> str | None:
    """The channel of a Slack callback; of several callbacks in a list, only if there is one."""
    if len(item.items) == 1:
        return _channel(item.items[0])
    path, named = _call(item)
    channel = named.get("channel")
    if path.rpartition(".")[2] not in _SLACK or channel is None or channel.text is None:
        return None
    text = channel.text if channel.text.startswith(("#", "C", "G")) else f"#{channel.text}"
    return text if re.fullmatch(CHANNEL_PATTERN, text) else None


def _call(item: Item) -> tuple[str, dict[str, Item]]:
    if isinstance(item.value, Made):
        return item.value.path, dict(item.value.named)
    entries = item.entries
    callback = entries.get("callback")
    return (callback.text or "" if callback is not None else ""), entries
