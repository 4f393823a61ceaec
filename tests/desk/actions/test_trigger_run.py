from __future__ import annotations

from datetime import timedelta

import pytest
from airdesk.actions.trigger_run import trigger_run
from airdesk.errors import NotYet, Refused
from airdesk.model import Stage


@pytest.fixture
def trigger(world, people, members):
    def trigger(view, *, slack_user_id="U_THU", ask_id="a1", waited=0):
        return trigger_run(
            view,
            person=people(slack_user_id),
            memberships=members(slack_user_id),
            ask_id=ask_id,
            asked_at=world.now - timedelta(seconds=waited),
            now=world.now,
            workflows=world.airflow,
            acting=world.airflow,
        )

    return trigger


def test_it_runs_as_the_person(way, world, trigger):
    run = trigger(way.to_parsed())
    assert (run.run_id, run.triggered_by) == ("airdesk__a1", "thu.tran")


def test_the_same_ask_is_the_same_run(way, world, trigger):
    view = way.to_parsed()
    assert trigger(view) == trigger(view)
    assert len(world.airflow.started) == 1


def test_a_second_click_while_it_runs_is_refused(way, world, trigger):
    view = way.to_parsed()
    trigger(view)
    with pytest.raises(Refused, match="on its way already: airdesk__a1"):
        trigger(view, ask_id="a2")
    world.airflow.end("airdesk__a1", "success")
    assert trigger(view, ask_id="a3").run_id == "airdesk__a3"


def test_before_airflow_parsed_it_there_is_nothing_to_run(way, trigger):
    with pytest.raises(Refused, match=r"does not know growth\.delays yet"):
        trigger(way.to_review())


@pytest.mark.parametrize("stage", [Stage.MERGED, Stage.PUBLISHED])
def test_a_card_that_knows_more_than_the_store_is_believed_for_a_while(way, trigger, stage):
    view = way.to_parsed().model_copy(update={"stage": stage})
    with pytest.raises(NotYet, match=r"is just reading growth\.delays"):
        trigger(view)
    with pytest.raises(Refused, match=r"does not know growth\.delays yet"):
        trigger(view, waited=120)


def test_people_of_other_teams_are_refused(way, trigger):
    view = way.to_parsed()
    assert view.stage is Stage.PARSED
    with pytest.raises(Refused, match="not in the team growth"):
        trigger(view, slack_user_id="U_LAN")


def test_a_right_that_airflow_has_not_taken_in_yet_is_waited_for(way, world, trigger):
    view = way.to_parsed()
    world.airflow.strangers.add("thu.tran")
    with pytest.raises(NotYet, match="learn that growth may run"):
        trigger(view)
    with pytest.raises(Refused, match="may not start"):
        trigger(view, waited=120)
    world.airflow.strangers.clear()
    assert trigger(view).run_id == "airdesk__a1"


def test_a_right_that_was_taken_away_is_refused_at_once(way, world, trigger):
    way.to_parsed()
    view = way.run("success")
    world.airflow.strangers.add("thu.tran")
    with pytest.raises(Refused, match="may not start"):
        trigger(view)
