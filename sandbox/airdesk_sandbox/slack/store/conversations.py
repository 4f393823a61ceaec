"""Channels and direct messages: which exist, and who is in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from airdesk_sandbox.slack.store.database import Database
from airdesk_sandbox.slack.workspace import Channel, Workspace


@dataclass(frozen=True)
class Conversation:
    """A channel, or a direct message (`name` is empty) among `members`."""

    id: str
    name: str
    members: tuple[str, ...]
    is_private: bool
    topic: str = ""

    @property
    def is_direct(self) -> bool:
        return self.name == ""


class Conversations:
    def __init__(self, database: Database, workspace: Workspace) -> None:
        self._db = database
        self.workspace = workspace

    def channels(self) -> list[Conversation]:
        return [self._of_channel(channel) for channel in self.workspace.channels]

    def directs_of(self, member: str) -> list[Conversation]:
        rows = self._db.all("select id, members from direct order by id")
        found = [_direct(row["id"], json.loads(row["members"])) for row in rows]
        return [direct for direct in found if member in direct.members]

    def get(self, channel_id: str) -> Conversation | None:
        for channel in self.workspace.channels:
            if channel.id == channel_id:
                return self._of_channel(channel)
        row = self._db.one("select members from direct where id = ?", (channel_id,))
        return None if row is None else _direct(channel_id, json.loads(row["members"]))

    def named(self, name: str) -> Conversation | None:
        for channel in self.workspace.channels:
            if channel.name == name.removeprefix("#"):
                return self._of_channel(channel)
        return None

    def open_direct(self, members: Sequence[str]) -> tuple[Conversation, bool]:
        """The direct message among these members, and whether it existed already."""
        key = json.dumps(sorted(set(members)))
        row = self._db.one("select id from direct where members = ?", (key,))
        if row is not None:
            return _direct(row["id"], json.loads(key)), True
        count = self._db.one("select count(*) as n from direct")
        channel_id = f"D{(count['n'] if count else 0) + 1:07d}"
        self._db.run("insert into direct values (?, ?, ?)", (channel_id, key, members[0]))
        return _direct(channel_id, json.loads(key)), False

    def join(self, channel_id: str, member: str) -> None:
        self._db.run("insert or ignore into membership values (?, ?)", (channel_id, member))

    def _of_channel(self, channel: Channel) -> Conversation:
        if channel.members is None:
            everybody = [user.id for user in self.workspace.users]
            members = [*everybody, *(app.bot_user_id for app in self.workspace.apps)]
        else:
            members = list(channel.members)
        rows = self._db.all("select user from membership where channel = ?", (channel.id,))
        members += [row["user"] for row in rows if row["user"] not in members]
        return Conversation(
            channel.id, channel.name, tuple(members), channel.is_private, channel.topic
        )


def _direct(channel_id: str, members: Sequence[str]) -> Conversation:
    return Conversation(channel_id, "", tuple(members), is_private=True)
