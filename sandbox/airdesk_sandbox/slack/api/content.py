"""What a message is to say: text, blocks, attachments, metadata, checked as Slack does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from airdesk_sandbox.slack.api.call import Call
from airdesk_sandbox.slack.blockkit.check import check_message_blocks
from airdesk_sandbox.slack.blockkit.identify import with_block_ids
from airdesk_sandbox.slack.blockkit.rules import Problem
from airdesk_sandbox.slack.errors import SlackError

MAX_BLOCKS_SIZE = 13_200
MAX_METADATA_SIZE = 16 * 1024


def read_content(call: Call) -> dict[str, Any]:
    """The content that the call's arguments describe; keys that were not given are absent.

    Raises:
        SlackError: there is nothing to say, or Slack would not take it.
    """
    content: dict[str, Any] = {}
    if call.args.get("text") is not None:
        content["text"] = str(call.args["text"])
    for name in ("blocks", "attachments"):
        if call.args.get(name) not in (None, ""):
            content[name] = _json_list(call.args[name], f"invalid_{name}_format")
    if call.args.get("metadata") not in (None, ""):
        content["metadata"] = _metadata(call.args["metadata"])
    if call.has_scope("chat:write.customize"):
        content |= {k: v for k in ("username", "icon_emoji") if (v := call.maybe(k))}
    if not any(content.get(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    if "blocks" in content:
        content["blocks"] = checked_blocks(content["blocks"])
    return content


def checked_blocks(blocks: Sequence[Any]) -> list[dict[str, Any]]:
    """The same blocks, each with a `block_id`.

    Raises:
        SlackError: `invalid_blocks` with what is wrong with them, or `msg_blocks_too_long`.
    """
    if problems := check_message_blocks(blocks):
        raise invalid_blocks(problems)
    if len(json.dumps(blocks, ensure_ascii=False)) > MAX_BLOCKS_SIZE:
        raise SlackError("msg_blocks_too_long")
    return with_block_ids(blocks)


def invalid_blocks(problems: Sequence[Problem]) -> SlackError:
    lines = [str(problem) for problem in problems]
    if any("only_one_table_allowed" in line for line in lines):
        return SlackError("invalid_attachments", errors=lines)
    return SlackError(
        "invalid_blocks",
        errors=lines,
        response_metadata={"messages": [f"[ERROR] {line}" for line in lines]},
    )


def _json_list(value: Any, error: str) -> list[Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise SlackError(error) from None
    if not isinstance(value, list):
        raise SlackError(error)
    return value


def _metadata(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise SlackError("invalid_metadata_format") from None
    if value == {}:
        return {}
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("event_type"), str)
        or not isinstance(value.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(value)) > MAX_METADATA_SIZE:
        raise SlackError("metadata_too_large")
    return {"event_type": value["event_type"], "event_payload": value["event_payload"]}
