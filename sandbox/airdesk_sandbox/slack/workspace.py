"""The workspace: its team, people, channels and apps, as the workspace file describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


class WorkspaceError(ValueError):
    """The workspace file is wrong; the sentence says where and how."""


@dataclass(frozen=True)
class User:
    id: str
    name: str
    real_name: str
    email: str
    title: str = ""
    tz: str = "Asia/Ho_Chi_Minh"

    @property
    def given_and_family(self) -> tuple[str, str]:
        given, _, family = self.real_name.partition(" ")
        return given, family


@dataclass(frozen=True)
class Channel:
    """A channel. `members` None means: everybody, people and apps alike."""

    id: str
    name: str
    members: tuple[str, ...] | None = None
    is_private: bool = False
    topic: str = ""


@dataclass(frozen=True)
class Command:
    command: str
    usage_hint: str = ""
    description: str = ""
    url: str | None = None


@dataclass(frozen=True)
class App:
    id: str
    name: str
    bot_user_id: str
    bot_token: str
    app_token: str = ""
    signing_secret: str = ""
    client_id: str = ""
    client_secret: str = ""
    redirect_uris: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    events: tuple[str, ...] = ()
    socket_mode: bool = False
    request_url: str | None = None
    icon: str = ""
    description: str = ""

    @property
    def bot_id(self) -> str:
        return "B_" + self.id.removeprefix("A_")


@dataclass(frozen=True)
class Workspace:
    team_id: str
    team_name: str
    users: tuple[User, ...] = ()
    channels: tuple[Channel, ...] = ()
    apps: tuple[App, ...] = ()
    rate_limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        return self.team_name.lower().replace(" ", "-")

    def user(self, user_id: str) -> User | None:
        return next((user for user in self.users if user.id == user_id), None)

    def app(self, app_id: str) -> App | None:
        return next((app for app in self.apps if app.id == app_id), None)

    def app_of_bot(self, bot_user_id: str) -> App | None:
        return next((app for app in self.apps if app.bot_user_id == bot_user_id), None)

    def app_of_command(self, command: str) -> App | None:
        for app in self.apps:
            if any(known.command == command for known in app.commands):
                return app
        return None


def read_workspace(data: Any) -> Workspace:
    """Make a workspace of its JSON.

    Raises:
        WorkspaceError: a key is missing, unknown or of the wrong kind.
    """
    top = _object(data, "workspace")
    team = _object(top.get("team"), "team")
    return Workspace(
        team_id=_text(team, "id", "team"),
        team_name=_text(team, "name", "team"),
        users=tuple(_build(User, row, "users") for row in _rows(top, "users")),
        channels=tuple(_build(Channel, row, "channels") for row in _rows(top, "channels")),
        apps=tuple(_app(row) for row in _rows(top, "apps")),
        rate_limits=_object(top.get("rate_limits", {}), "rate_limits"),
    )


def _app(row: Mapping[str, Any]) -> App:
    commands = tuple(_build(Command, item, "commands") for item in _rows(row, "commands"))
    app = _build(App, {**row, "commands": commands}, "apps")
    if app.socket_mode and not app.app_token:
        raise WorkspaceError(f"apps: {app.id} is in Socket Mode and needs an app_token (xapp-…).")
    if app.request_url and not app.signing_secret:
        raise WorkspaceError(f"apps: {app.id} has a request_url and needs a signing_secret.")
    return app


def _build(kind: type[T], row: Mapping[str, Any], where: str) -> T:
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}
    try:
        return kind(**values)
    except TypeError as error:
        detail = str(error).replace(f"{kind.__name__}.__init__() ", "")
        raise WorkspaceError(f"{where}: {row.get('id', '?')}: {detail}") from error


def _rows(top: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    rows = top.get(key, [])
    if not isinstance(rows, list):
        raise WorkspaceError(f"{key} must be a list.")
    return [_object(row, key) for row in rows]


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise WorkspaceError(f"{where} must be an object.")
    return value


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise WorkspaceError(f"{where}.{key} must be a non-empty text.")
    return value
