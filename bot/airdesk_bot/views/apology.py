"""What a person sees when we made a mistake."""

from __future__ import annotations

from airdesk_bot.views.blocks import section
from airdesk_bot.views.card import Card
from airdesk_bot.views.text import code


def apology(request_id: str) -> Card:
    """`request_id` is what the operator finds in the bot's log."""
    text = (
        "😔 Sorry, something went wrong on our side. What you asked for may not have happened: "
        "look at the card, and try again if nothing moves. If it stays so, tell the platform team "
        f"the number {code(request_id, 80)}."
    )
    return Card(text=text, blocks=[section(text)])
