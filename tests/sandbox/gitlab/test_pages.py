"""The pages in a real Chromium."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def signed_in(site, browser):
    """A browser page of a person who has signed in."""
    contexts = []

    def open_for(person):
        context = browser.new_context(base_url=site.url)
        contexts.append(context)
        page = context.new_page()
        page.goto("/users/sign_in")
        page.get_by_label("Username or email").fill(person.user.username)
        page.get_by_label("Password").fill(person.password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Projects")).to_be_visible()
        return page

    yield open_for
    for context in contexts:
        context.close()


@pytest.fixture
def reviewed(site, tools):
    """A project with a finished merge request pipeline, and its Maintainer."""
    rules = "  rules: [{if: $CI_MERGE_REQUEST_IID}]\n"
    text = f"job:\n  script: ['echo \"<b>hello</b>\"']\n{rules}"
    project = site.project({".gitlab-ci.yml": text, "README.md": "# Our pipelines\n"})
    tools.commit(project, "airdesk/topic", {"dags/x.yaml": "version: 1\n"})
    request = project.mergerequests.create(
        {"source_branch": "airdesk/topic", "target_branch": "main", "title": "A <i>change</i>"}
        | {"description": "Some **reasons** <script>alert(1)</script>"}
    )
    pipeline = tools.pipeline(project)
    return project, request, pipeline, site.member(project, 40)


def test_a_lead_reviews_approves_and_merges(reviewed, signed_in):
    project, request, pipeline, lead = reviewed
    page = signed_in(lead)
    page.goto(f"/{project.path_with_namespace}/-/merge_requests/{request.iid}")
    expect(page.get_by_role("heading", name="A <i>change</i>")).to_be_visible()
    expect(page.locator(".md strong")).to_have_text("reasons")
    page.get_by_role("link", name="Changes").click()
    expect(page.locator("tr.added")).to_contain_text("version: 1")
    page.get_by_role("link", name=re.compile("Pipelines.*1")).click()
    page.get_by_role("link", name=f"#{pipeline.id}").click()
    page.locator(".stages").get_by_role("link", name="job", exact=True).click()
    expect(page.locator(".trace")).to_contain_text("\n<b>hello</b>")
    expect(page.locator(".trace")).to_contain_text("Job succeeded")
    page.goto(f"/{project.path_with_namespace}/-/merge_requests/{request.iid}")
    page.get_by_label("Comment").fill("Looks *good*")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".note em")).to_have_text("good")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved by")).to_be_visible()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("Merged by")).to_be_visible()
    assert project.mergerequests.get(request.iid).merged_by["id"] == lead.user.id


def test_readers_see_and_do_not_merge(reviewed, signed_in, site):
    project, request, _, _ = reviewed
    page = signed_in(site.member(project, 20))
    page.goto(f"/{project.path_with_namespace}/-/merge_requests/{request.iid}")
    expect(page.get_by_text("Ready to merge!")).to_be_visible()
    expect(page.get_by_role("button", name="Merge")).to_have_count(0)
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)


def test_outsiders_get_the_same_answer_as_for_nothing(reviewed, signed_in, site):
    project, _, _, _ = reviewed
    page = signed_in(site.person())
    answer = page.goto(f"/{project.path_with_namespace}")
    assert answer.status == 404
    expect(page.get_by_text("404 Page Not Found")).to_be_visible()


def test_code_is_shown(reviewed, signed_in):
    project, _, _, lead = reviewed
    page = signed_in(lead)
    page.goto(f"/{project.path_with_namespace}")
    expect(page.get_by_role("heading", name="Our pipelines")).to_be_visible()
    page.get_by_role("link", name="airdesk/topic").click()
    page.get_by_role("link", name="dags").click()
    page.get_by_role("link", name="x.yaml").click()
    expect(page.locator("div.code")).to_contain_text("version: 1")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Write dags/x.yaml")).to_be_visible()


def test_a_job_is_followed_live(site, tools, signed_in, tmp_path):
    gate = tmp_path / "gate"
    text = f"job:\n  script: [echo waiting, 'until [ -e {gate} ]; do sleep 0.2; done', echo over]\n"
    project = site.project({".gitlab-ci.yml": text})
    pipeline = tools.wait_for(lambda: project.pipelines.list())[0]
    tools.wait_for(lambda: "waiting" in tools.traces(project, pipeline)["job"])
    page = signed_in(site.member(project, 20))
    page.goto(f"/{project.path_with_namespace}/-/jobs/{tools.jobs(project, pipeline)['job'].id}")
    expect(page.locator(".trace")).to_contain_text("waiting")
    gate.touch()
    expect(page.locator(".trace")).to_contain_text("Job succeeded", timeout=30_000)


def test_pages_ask_to_sign_in(reviewed, site):
    project, request, _, _ = reviewed
    path = f"/{project.path_with_namespace}/-/merge_requests/{request.iid}"
    answer = httpx.get(site.url + path)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/users/sign_in?return_to={path}"


def test_raw_files_are_never_html(reviewed, site, tools):
    project, _, _, lead = reviewed
    tools.commit(project, "main", {"evil.html": "<script>alert(1)</script>"})
    with httpx.Client(base_url=site.url) as browser:
        form = {"username": lead.user.username, "password": lead.password}
        browser.post("/users/sign_in", data=form)
        answer = browser.get(f"/{project.path_with_namespace}/-/raw/main/evil.html")
    assert answer.headers["content-type"].startswith("text/plain")
