"""What `/airflow help` answers."""

from __future__ import annotations

from collections.abc import Sequence

from airdesk_bot.views.blocks import context, section
from airdesk_bot.views.card import Card
from airdesk_bot.views.text import bold

_COMMANDS = (
    "• `/airflow new-dag` opens a form for a report on a schedule: a query, a check, a message. "
    "It becomes a merge request in your name.\n"
    "• `/airflow status` shows your teams' open changes and how their DAGs ran; `/airflow status "
    "delays_by_carrier` shows one of them.\n"
    "• `/airflow waiting` shows what waits for you in your teams, and what for others.\n"
    "• `/airflow link` links your GitLab account, or links it anew.\n"
    "• `/airflow help` shows this."
)
_WAY = (
    "The way of a change: draft → checks → review by a lead → merge → publish → Airflow → first "
    "run. One card in the channel follows it; its buttons approve, run and roll "
    "back."
)


def help_message(*, is_linked: bool, leads: Sequence[str]) -> Card:
    """`leads` are the teams that the person leads, so whose changes the person may approve."""
    blocks = [section(f"*Airdesk* runs your reports in Airflow.\n{_COMMANDS}"), context(_WAY)]
    if leads:
        teams = ", ".join(bold(team, 60) for team in leads[:20])
        blocks.append(
            context(f"You lead {teams}: you may approve others' changes there, never your own.")
        )
    if not is_linked:
        blocks.append(context("🔗 You are not linked to GitLab yet. `/airflow link` does it."))
    text = "What you can ask Airdesk: new-dag, status, waiting, link, help."
    return Card(text=text, blocks=blocks)
