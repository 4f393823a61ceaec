"""A person in front of Slack, through the Slack page's own HTTP interface."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from airdesk_sandbox.demo.cast import CHANNELS, Actor
from airdesk_sandbox.demo.waiting import wait_for

Message = dict[str, Any]
View = dict[str, Any]


class SlackPerson:
    """Types commands, fills modals, clicks buttons, and reads what everybody can read."""

    def __init__(self, slack_url: str, actor: Actor) -> None:
        self.actor = actor
        self.channel = CHANNELS[actor.team][0]
        self._http = httpx.Client(base_url=slack_url, timeout=15)

    def command(self, text: str) -> dict[str, Any]:
        """Type a slash command into the team's channel; returns Slack's answer."""
        return self._post("/ui/command", {"channel": self.channel, "text": text})

    def ask(self, text: str, *, seconds: float = 20) -> Message:
        """Type a slash command and wait for the answer that only this person sees."""
        before = {message["ts"] for message in self.messages()}
        self.command(text)
        return self.message(
            f"the answer to {text}",
            lambda m: bool(m.get("ephemeral")) and m["ts"] not in before,
            seconds=seconds,
        )

    def click(self, message: Message, action_id: str) -> dict[str, Any]:
        """Click a button of a message, as it stands there now."""
        element = find_element(message, action_id)
        if element is None:
            raise AssertionError(
                f"{self.actor.name} sees no button {action_id} in {shown(message)}"
            )
        return self._post(
            "/ui/action",
            {
                "channel": self.channel,
                "ts": message["ts"],
                "block_id": element["block_id"],
                "action_id": action_id,
                "value": element.get("value"),
            },
        )

    def submit(self, view: View, values: dict[str, Any]) -> dict[str, str]:
        """Submit a modal with plain values per block; returns the errors shown, by block."""
        answer = self._submit(view, values)
        errors: dict[str, str] = answer.get("errors") or {}
        if not answer["ok"] and not errors:
            raise AssertionError(f"Slack did not take the modal: {answer}")
        return errors

    def try_submit(self, view: View, values: dict[str, Any]) -> bool:
        """Submit it; returns whether the app took it."""
        return bool(self._submit(view, values)["ok"])

    def _submit(self, view: View, values: dict[str, Any]) -> dict[str, Any]:
        state = {
            block["block_id"]: {
                block["element"]["action_id"]: _state(block["element"], values[block["block_id"]])
            }
            for block in view["blocks"]
            if block["type"] == "input" and block["block_id"] in values
        }
        return self._post("/ui/submit", {"view_id": view["id"], "values": state})

    def close(self, view: View) -> None:
        """Close a modal without submitting it."""
        self._post("/ui/close", {"view_id": view["id"]})

    def redeliver(self, count: int = 1) -> None:
        """Let Slack deliver its newest envelopes once more."""
        self._post("/ui/redeliver", {"n": count})

    def messages(self) -> list[Message]:
        """Messages of the team's channel that this person sees, oldest first."""
        return self._channel(self.channel)

    def message(
        self, what: str, matches: Callable[[Message], bool], *, seconds: float = 60
    ) -> Message:
        """Wait until a message matches."""
        return wait_for(
            lambda: next((m for m in reversed(self.messages()) if matches(m)), None),
            f"{what} in Slack",
            seconds=seconds,
        )

    def modal(self, *, seconds: float = 10) -> View:
        """Wait until a modal is open."""
        view: View = wait_for(
            lambda: (self._state()["views"] or [None])[-1], "a modal", seconds=seconds
        )
        return view

    def _channel(self, channel: str) -> list[Message]:
        for entry in self._state()["channels"]:
            if entry["id"] == channel:
                messages: list[Message] = entry["messages"]
                return messages
        return []

    def _state(self) -> dict[str, Any]:
        answer = self._http.get("/ui/state", params={"user": self.actor.slack_id})
        answer.raise_for_status()
        state: dict[str, Any] = answer.json()
        return state

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(path, json={"user": self.actor.slack_id, **body})
        answer.raise_for_status()
        result: dict[str, Any] = answer.json()
        return result


def shown(message: Message) -> str:
    """All text of a message, blocks included: what a person could read in it."""
    return json.dumps([message.get("text"), message.get("blocks")], ensure_ascii=False)


def find_element(message: Message, action_id: str) -> dict[str, Any] | None:
    """A button by its action id, with the id of its block."""
    for block in message.get("blocks") or ():
        candidates = [*block.get("elements", ()), block.get("accessory")]
        for element in candidates:
            if isinstance(element, dict) and element.get("action_id") == action_id:
                return {**element, "block_id": block["block_id"]}
    return None


def _state(element: dict[str, Any], value: str) -> dict[str, Any]:
    """A value as Slack reports it in `view.state.values`."""
    if element["type"] != "static_select":
        return {"type": element["type"], "value": value or None}
    for option in element["options"]:
        if option["value"] == value:
            return {"type": "static_select", "selected_option": option}
    offered = ", ".join(option["value"] for option in element["options"])
    raise AssertionError(f"The list offers {offered}, not {value!r}.")
