"""The page, in a real Chromium, with a real Bolt app behind it."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def composer(page: Page):
    return page.get_by_role("textbox", name="Message #growth-data")


def test_somebody_new_picks_who_they_are(chromium, slack):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(slack.base_url)
    page.get_by_role("button", name="Minh Le").click()
    expect(page.get_by_role("button", name="You are: Minh Le")).to_be_visible()

    page.get_by_role("button", name="You are: Minh Le").click()
    page.get_by_role("menuitem", name="Lan Pham").click()
    expect(page.get_by_role("button", name="You are: Lan Pham")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="You are: Lan Pham")).to_be_visible()
    context.close()


def test_two_people_talk_live(visit):
    thu, minh = visit("U_THU"), visit("U_MINH")

    composer(thu).fill("did *delays* run, @Minh Le?")
    composer(thu).press("Enter")
    message = minh.locator("main .message").last
    expect(message).to_contain_text("did delays run, @Minh Le?")
    expect(message.locator("b", has_text="delays")).to_be_visible()

    message.hover()
    message.get_by_role("button", name="Reply in thread").click()
    reply = minh.get_by_role("textbox", name="Reply…")
    reply.fill("it did")
    reply.press("Enter")
    thu.get_by_role("button", name="1 reply").click()
    expect(thu.get_by_role("complementary", name="Thread")).to_contain_text("it did")
    expect(thu.locator("main .feed")).not_to_contain_text("it did")


def test_unread_messages_stand_out(visit, slack):
    page = visit("U_THU")
    slack.do("post", "U_LAN", channel="C_RISK", text="news")
    row = page.get_by_role("navigation").get_by_role("button", name="risk-data")

    expect(row).to_have_class("sidebar__row sidebar__row--unread")
    row.click()
    expect(row).to_have_class("sidebar__row sidebar__row--on")
    expect(page.get_by_role("main")).to_contain_text("news")


def test_a_command_completes_and_its_failure_is_told(visit):
    page = visit("U_THU")
    composer(page).press_sequentially("/air")
    expect(page.get_by_role("option", name="/airflow")).to_contain_text("new-dag | status | help")
    composer(page).press("Tab")
    expect(composer(page)).to_have_value("/airflow ")
    composer(page).press_sequentially("help")
    composer(page).press("Enter")

    message = page.locator("main .message").last
    expect(message).to_contain_text("Only visible to you")
    expect(message).to_contain_text("/airflow failed with the error “dispatch_failed”")
    expect(composer(page)).to_have_value("")


def test_buttons_confirm_and_cards_change_in_place(visit, slack, connect, kit):
    def listeners(app):
        @app.action("close")
        def close(ack, body, client):
            ack()
            client.chat_update(
                channel=body["channel"]["id"], ts=body["message"]["ts"], text="x",
                blocks=[kit.section(":no_entry: closed by <@U_THU>")],
            )  # fmt: skip

    connect(slack, listeners)
    confirm = {
        "title": kit.plain("Close this change?"),
        "text": kit.plain("The branch stays."),
        "confirm": kit.plain("Close it"),
        "deny": kit.plain("Keep"),
    }
    table = {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": t} for t in row] for row in ("ab", "12")],
        "column_settings": [{"align": "left"}, {"align": "right"}],
    }
    slack.client().chat_postMessage(
        channel="C_GROWTH",
        text="card",
        blocks=[
            {"type": "header", "text": kit.plain("growth.delays :rocket:")},
            kit.section(fields=[{"type": "mrkdwn", "text": "*Tasks*\n`report`"}]),
            table,
            kit.actions(kit.button("close", "Close", style="danger", confirm=confirm)),
        ],
    )
    page = visit("U_THU")
    card = page.locator("main .message").last
    expect(card.get_by_role("heading")).to_have_text("growth.delays 🚀")
    expect(card.get_by_role("cell", name="2")).to_have_css("text-align", "right")

    card.get_by_role("button", name="Close").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Keep").click()
    expect(card.get_by_role("button", name="Close")).to_be_enabled()
    card.get_by_role("button", name="Close").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Close it").click()
    expect(card).to_contain_text("⛔ closed by @Thu Tran")


def test_a_permalink_leads_to_the_message_and_its_thread(visit, slack):
    client = slack.client()
    parent = client.chat_postMessage(channel="C_RISK", text="the parent")["ts"]
    client.chat_postMessage(channel="C_RISK", text="the reply", thread_ts=parent)
    page = visit("U_THU")

    page.goto(client.chat_getPermalink(channel="C_RISK", message_ts=parent)["permalink"])
    expect(page.get_by_role("heading", name="risk-data", level=1)).to_be_visible()
    page.get_by_role("button", name="1 reply").click()
    expect(page.get_by_role("complementary", name="Thread")).to_contain_text("the reply")
