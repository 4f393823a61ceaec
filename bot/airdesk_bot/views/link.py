"""Linking Slack to GitLab, so that people act in their own name."""

from __future__ import annotations

from airdesk.model import Person

from airdesk_bot.views.blocks import actions, link_button, section
from airdesk_bot.views.card import Card
from airdesk_bot.views.text import bold, code, escape


def link_prompt(url: str) -> Card:
    """For the person alone: `url` starts the sign-in and works for nobody else."""
    text = (
        "🔗 *Link your GitLab account first.* Airdesk opens and approves merge requests in your "
        "own name, so it needs to know who you are there. You sign in with Slack, then with "
        "GitLab; it takes a minute and is needed once. Then run the command again."
    )
    button = link_button("Link GitLab", url, action_id="open_link", style="primary")
    fallback = f"Link your GitLab account first: {escape(url, 500)}"
    return Card(text=fallback, blocks=[section(text), *actions([button])])


def linked(person: Person) -> Card:
    """For the person alone, once the link stands."""
    text = (
        f"✅ You are linked as {bold(person.name, 80)} "
        f"({code('@' + person.gitlab_username, 80)} in GitLab). Start with `/airflow new-dag`."
    )
    fallback = f"You are linked to GitLab as {escape(person.gitlab_username, 80)}."
    return Card(text=fallback, blocks=[section(text)])
