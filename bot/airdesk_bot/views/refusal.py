"""A no, said to the person who asked, with what to do instead."""

from __future__ import annotations

from airdesk_bot.views.blocks import section
from airdesk_bot.views.card import Card
from airdesk_bot.views.text import escape, mention


def refusal(person_slack_id: str, sentence: str) -> Card:
    """For a thread reply on the card, or for the person alone; `sentence` is plain text."""
    text = f"✋ {mention(person_slack_id)} {escape(sentence.strip(), 2500)}"
    return Card(text=text, blocks=[section(text)])
