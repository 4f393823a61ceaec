"""What people do in Slack: the command, the form, the buttons of cards."""

from __future__ import annotations

from slack_bolt import App

from airdesk_bot.listeners import card_buttons, command, new_dag
from airdesk_bot.services import Services


def slack_app(services: Services) -> App:
    """The Bolt app with all listeners; it verifies signatures and asks Slack nothing yet."""
    app = App(
        client=services.web,
        signing_secret=services.settings.slack_signing_secret.get_secret_value(),
        token_verification_enabled=False,
        raise_error_for_unhandled_request=False,
    )
    command.listen(app, services)
    new_dag.listen(app, services)
    card_buttons.listen(app, services)
    return app
