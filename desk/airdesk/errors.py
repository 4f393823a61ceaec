"""The two kinds of failure that reach a person; anything else is a bug."""

from __future__ import annotations


class Refused(Exception):
    """What was asked may not or cannot be done; the sentence says what to do instead."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class HeadMoved(Refused):
    """The branch got a commit after it was read; whoever reads it again may try again."""


class NotAllowed(Refused):
    """The service says that the person has no right to it, as far as it knows by now."""


class Unavailable(Exception):
    """A service that the work needs does not answer. Nothing was lost; it is tried again.

    Attributes:
        service: the name a person knows it by: `GitLab`, `Airflow`, `Vault`, `Slack`.
        sentence: what happened, for the person.
    """

    def __init__(self, service: str, sentence: str) -> None:
        super().__init__(f"{service}: {sentence}")
        self.service = service
        self.sentence = sentence


class NotLinked(Unavailable):
    """The person's link to GitLab is missing or has ended; what was asked waits for a new one."""

    def __init__(self) -> None:
        super().__init__(
            "GitLab",
            "Your link to GitLab has ended. Type `/airflow link` and sign in; I go on by myself "
            "after that.",
        )


class NotYet(Unavailable):
    """It will be possible in a moment by itself; the sentence says what we wait for."""
