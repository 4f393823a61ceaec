"""The form of `/airflow new-dag`, sent off."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from airdesk.actions.submit_change import submit_change
from airdesk.errors import Refused, Unavailable
from airdesk.model import ChangeDraft, MergeRequest, Person
from airdesk_render.names import Team
from slack_bolt import Ack, App

from airdesk_bot.listeners.guarded import guarded
from airdesk_bot.services import Services
from airdesk_bot.views.card import Card
from airdesk_bot.views.new_dag import (
    CALLBACK_ID,
    FormError,
    NewDagForm,
    draft_of,
    errors_of,
    read_new_dag,
)
from airdesk_bot.views.new_dag.form import metadata_of

log = structlog.get_logger(__name__)

_ANY_BLOCK = "dag_name"
_PATIENCE_SECONDS = 0.8
"""Slack gives three seconds to answer a form, and Vault is asked too."""


def listen(app: App, services: Services) -> None:
    @app.view(CALLBACK_ID)
    def submitted(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        def say(card: Card) -> object:
            # The form stays open with all that was typed, and says it at the first field.
            return ack(response_action="errors", errors={_ANY_BLOCK: _plain(card)})

        with guarded("form_submitted", user=body["user"]["id"], say=say):
            errors = _take_in(body["user"]["id"], view, services)
            if errors:
                ack(response_action="errors", errors=_on_the_form(errors, view))
                return
            ack()
            services.wake.all()


def _take_in(user: str, view: Mapping[str, Any], services: Services) -> dict[str, str]:
    """Store the change. Returns what is wrong with the form, by block, if anything is."""
    person = services.store.people.get(user)
    if person is None:
        raise Refused("You are not linked to GitLab. Type /airflow link, then submit again.")
    form = read_new_dag(view)
    try:
        return _submit(form, person, view, services)
    except FormError as error:
        return error.errors


def _submit(
    form: NewDagForm, person: Person, view: Mapping[str, Any], services: Services
) -> dict[str, str]:
    now = services.clock()
    draft = draft_of(form, owner=person.directory_uid, now=now)
    memberships = services.teams.known(person.slack_user_id)
    is_member = draft.team in {membership.team for membership in memberships}
    submission = submit_change(
        draft,
        author=person.slack_user_id,
        memberships=memberships,
        channel=str(metadata_of(view).get("channel") or person.slack_user_id),
        origin=_origin(form, view),
        policy=services.policy.current(),
        connections=services.teams.connections([draft.team]) if is_member else None,
        underway=_underway(draft, services) if is_member else (),
        changes=services.store.changes,
        now=now,
    )
    if submission.change is not None:
        log.info("change_stored", change=submission.change.id, team=draft.team)
    return errors_of(submission.findings, form) if submission.change is None else {}


def _underway(draft: ChangeDraft, services: Services) -> Sequence[MergeRequest]:
    """Who changes the same files; none where GitLab does not say so before Slack gives up."""
    project = Team(draft.team).repository
    try:
        return services.quickly.ask(
            lambda: services.overlaps.touching(project, (*draft.files, *draft.removed)),
            seconds=_PATIENCE_SECONDS,
            service="GitLab",
        )
    except (Unavailable, Refused) as error:
        log.warning("others_unknown", why=error.sentence)
        return ()


def _origin(form: NewDagForm, view: Mapping[str, Any]) -> str:
    """The same form with the same words, sent twice, is one change."""
    typed = hashlib.sha256(form.model_dump_json().encode()).hexdigest()
    return f"{view['id']}:{typed[:32]}"


def _on_the_form(errors: Mapping[str, str], view: Mapping[str, Any]) -> dict[str, str]:
    """Slack takes errors for input blocks that are there; others move to the first field."""
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    placed: dict[str, str] = {}
    for block, sentence in errors.items():
        at = block if block in inputs else _ANY_BLOCK
        placed[at] = f"{placed[at]} {sentence}" if at in placed else sentence
    return placed


def _plain(card: Card) -> str:
    """A field's error is plain text: without the mention that the card begins with."""
    return card.text.partition("> ")[2] or card.text
