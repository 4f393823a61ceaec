"""The page, in a real Chromium, with a real Bolt app behind it."""

# ruff: noqa: E501  # the form with every input has one input a line

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect, sync_playwright


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, slack):
    """Open the page as a person; fails the test when the page logs an error."""
    contexts, problems = [], []

    def open_as(user: str) -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 860})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{slack.base_url}/?user={user}")
        expect(page.get_by_role("heading", name="growth-data", level=1)).to_be_visible()
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert problems == []


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


@pytest.fixture
def form(kit):
    """A modal with every input there is."""
    return kit.modal(
        kit.text_input("name", placeholder=kit.plain("delays")),
        kit.input("sql", {"type": "plain_text_input", "multiline": True}),
        kit.input("connection", kit.select("warehouse", "crm")),
        kit.input("tags", {**kit.select("daily", "late"), "type": "multi_static_select"}),
        kit.input("table", {"type": "external_select", "min_query_length": 1}),
        kit.input("owner", {"type": "users_select"}),
        kit.input("where", {"type": "conversations_select", "default_to_current_conversation": True}),
        kit.input("events", {"type": "checkboxes", "options": [kit.option("failure"), kit.option("success")]}),
        kit.input("kind", {"type": "radio_buttons", "options": [kit.option("sql"), kit.option("code")]}, dispatch_action=True),
        kit.input("start", {"type": "datepicker"}),
        kit.input("at", {"type": "timepicker", "initial_time": "06:00"}),
        kit.input("retries", {"type": "number_input", "is_decimal_allowed": False}),
        kit.input("note", {"type": "plain_text_input"}, optional=True),
    )  # fmt: skip


def test_a_modal_with_every_input(visit, slack, connect, kit, form):
    submitted = []

    def listeners(app):
        @app.command("/airflow")
        def command(ack, body, client):
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=form)

        @app.options("value")
        def options(ack, payload):
            ack(options=[kit.option(payload["value"] + "ights")])

        @app.action("value")
        def changed(ack, body, client):
            ack()
            more = {**form, "blocks": [*form["blocks"], kit.section("_code_ needs a review")]}
            client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=more)

        @app.view("form")
        def submission(ack, view):
            submitted.append(view["state"]["values"])
            if view["state"]["values"]["name"]["value"]["value"] == "bad name":
                ack(response_action="errors", errors={"name": "No spaces in a name."})
            else:
                ack()

    connect(slack, listeners)
    page = visit("U_THU")
    composer(page).fill("/airflow new-dag")
    composer(page).press("Enter")
    dialog = page.get_by_role("dialog", name="New DAG")

    dialog.get_by_role("button", name="Create").click()
    block = dialog.locator('[data-block-id="name"]')
    expect(block.get_by_role("alert")).to_have_text("Please complete this required field.")
    block.get_by_role("textbox").fill("bad name")
    expect(block.get_by_role("alert")).to_have_count(0)
    dialog.get_by_label("Sql").first.fill("select 1\nfrom flights")
    dialog.get_by_role("combobox", name="Connection").click()
    page.get_by_role("option", name="Warehouse").click()
    dialog.get_by_role("combobox", name="Tags").click()
    for tag in ("Daily", "Late"):
        page.get_by_role("option", name=tag).click()
    dialog.get_by_role("combobox", name="Table").press_sequentially("fl")
    page.get_by_role("option", name="Flights").click()
    dialog.get_by_role("combobox", name="Owner").press_sequentially("min")
    page.get_by_role("combobox", name="Owner").press("Enter")
    dialog.get_by_label("Failure").check()
    dialog.get_by_label("Start").fill("2026-12-01")
    dialog.get_by_role("textbox", name="Retries").fill("2.5")
    dialog.get_by_label("Code").check()
    expect(dialog).to_contain_text("code needs a review")

    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_have_text("Please enter a whole number.")
    dialog.get_by_role("textbox", name="Retries").fill("2")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_have_text("No spaces in a name.")
    block.get_by_role("textbox").fill("good")
    block.get_by_role("textbox").press("Enter")
    expect(dialog).to_have_count(0)

    values = {block_id: actions["value"] for block_id, actions in submitted[-1].items()}
    assert values["name"]["value"] == "good"
    assert values["sql"]["value"] == "select 1\nfrom flights"
    assert values["connection"]["selected_option"]["value"] == "warehouse"
    assert [one["value"] for one in values["tags"]["selected_options"]] == ["daily", "late"]
    assert values["table"]["selected_option"]["value"] == "flights"
    assert values["owner"]["selected_user"] == "U_MINH"
    assert values["where"]["selected_conversation"] == "C_GROWTH"
    assert [one["value"] for one in values["events"]["selected_options"]] == ["failure"]
    assert values["kind"]["selected_option"]["value"] == "code"
    assert values["start"]["selected_date"] == "2026-12-01"
    assert values["at"]["selected_time"] == "06:00"
    assert values["retries"]["value"] == "2"
    assert values["note"]["value"] is None


def test_a_submission_without_an_answer_is_trouble_on_the_page(visit, slack, connect, kit):
    def optional(ack, body, client):
        ack()
        view = kit.modal(kit.input("why", {"type": "plain_text_input"}, optional=True))
        client.views_open(trigger_id=body["trigger_id"], view=view)

    connect(slack, lambda app: app.command("/airflow")(optional))
    page = visit("U_THU")
    composer(page).fill("/airflow")
    composer(page).press("Enter")
    dialog = page.get_by_role("dialog", name="New DAG")
    dialog.get_by_role("button", name="Create").click()

    expect(dialog.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


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


MRKDWN = [
    ("*bold* _it_ ~no~ `a_b*c`", "<b>bold</b> <i>it</i> <s>no</s> <code>a_b*c</code>"),
    ("a*b*c snake_case_name", "a*b*c snake_case_name"),
    ("*bold _both_*", "<b>bold <i>both</i></b>"),
    ("1 &lt; 2 &amp;&amp; 3", "1 &lt; 2 &amp;&amp; 3"),
    ("<https://x.test/a_b_c|the *run*>", "<a…>the <b>run</b></a>"),
    ("see https://x.test/a?b=1.", "see <a…>https://x.test/a?b=1</a>."),
    ("<javascript:alert(1)|click>", "<span>click</span>"),
    ("<img src=x onerror=alert(1)>", "<span>img src=x onerror=alert(1)</span>"),
    ("one\ntwo", "one<br>two"),
    ("&gt; said\nnot", "<blockquote>said</blockquote>not"),
    ("```a\n  b```", '<pre class="code-block">a\n  b</pre>'),
    (":tada: :nothing_known:", "🎉 :nothing_known:"),
    ("<!here> <@U_MINH>", "<span…>@here</span> <span…>@Minh Le</span>"),
    ("<!date^0^{nonsense}|never>", '<time title="never">never</time>'),
]


def test_mrkdwn_reads_as_in_slack(visit):
    page = visit("U_THU")
    script = """async (texts) => {
      const { mrkdwn } = await import("/static/js/mrkdwn.js");
      return texts.map((text) => {
        const node = document.createElement("div");
        node.append(...mrkdwn(text));
        return node.innerHTML.replace(/<(a|span) [^>]*>/g, "<$1…>");
      });
    }"""
    shown = page.evaluate(script, [text for text, _ in MRKDWN])
    assert shown == [expected for _, expected in MRKDWN]
