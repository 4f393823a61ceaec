"""What a reviewer sees in a real Chromium: graphs, findings on lines, tests, conflicts, threads."""

from __future__ import annotations

import json

import pytest
from airdesk_sandbox.gitlab.pages.job_log import log
from airdesk_sandbox.gitlab.pages.markdown import MERMAID_LIMIT, markdown
from playwright.sync_api import expect, sync_playwright

QUALITY = [
    {
        "description": "Nobody owns this.",
        "check_name": "owners",
        "fingerprint": "a1",
        "severity": "blocker",
        "location": {"path": "dags/x.yaml", "lines": {"begin": 2}},
    }
]
JUNIT = (
    '<testsuite><testcase name="parses" classname="x" time="0.25"/>'
    '<testcase name="owned" classname="x"><failure>nobody owns it</failure></testcase></testsuite>'
)
CI = r"""
check:
  script:
    - printf '\033[0Ksection_start:10:copy\r\033[0KCopying\n'
    - cp quality.json q.json
    - printf '\033[0Ksection_end:12:copy\r\033[0K\n\033[31mred\033[0m\n'
    - cp junit.xml j.xml
  artifacts: {reports: {codequality: q.json, junit: [j.xml]}}
  rules: [{if: $CI_MERGE_REQUEST_IID}]
"""
GRAPH = "A graph:\n\n```mermaid\nflowchart LR\n  one --> two\n```\n"


@pytest.fixture(scope="module")
def page(site):
    """A page of a signed-in administrator of everything."""
    person = site.person(admin=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_context(base_url=site.url).new_page()
        page.goto("/users/sign_in")
        page.get_by_label("Username or email").fill(person.user.username)
        page.get_by_label("Password").fill(person.password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Projects")).to_be_visible()
        yield page
        browser.close()


@pytest.fixture(scope="module")
def reported(site, tools):
    """A project and a merge request whose pipeline left reports."""
    files = {".gitlab-ci.yml": CI, "quality.json": json.dumps(QUALITY), "junit.xml": JUNIT}
    project = site.project(files, merge_method="ff")
    tools.commit(project, "topic", {"dags/x.yaml": "version: 1\nowners: []\n"})
    request = project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "T", "description": GRAPH}
    )
    tools.pipeline(project, source="merge_request_event")
    return project, request


def here(project, request):
    return f"/{project.path_with_namespace}/-/merge_requests/{request.iid}"


def test_a_graph_is_drawn(reported, page):
    page.goto(here(*reported))
    expect(page.locator("pre.mermaid svg")).to_contain_text("two")


def test_findings_stand_on_their_lines(reported, page):
    page.goto(here(*reported))
    expect(page.get_by_text("1 new finding")).to_be_visible()
    expect(page.get_by_text("1 failed")).to_be_visible()
    page.goto(f"{here(*reported)}/diffs")
    remark = page.locator("tr.added:has-text('owners') + tr.remark")
    expect(remark).to_contain_text("Nobody owns this.")


def test_test_results_are_on_the_pipelines_page_and_in_the_api(reported, page):
    project, request = reported
    pipeline = project.pipelines.get(project.mergerequests.get(request.iid).head_pipeline["id"])
    page.goto(f"/{project.path_with_namespace}/-/pipelines/{pipeline.id}")
    page.get_by_text("owned").click()
    expect(page.get_by_text("nobody owns it")).to_be_visible()
    report = pipeline.test_report.get()
    assert (report.total_count, report.failed_count) == (2, 1)
    suite = report.test_suites[0]
    assert suite["name"] == "check"
    assert [case["status"] for case in suite["test_cases"]] == ["success", "failed"]
    assert pipeline.test_report_summary.get().total["failed"] == 1
    job = project.jobs.get(pipeline.jobs.list()[0].id)
    assert {"junit", "codequality"} <= {row["file_type"] for row in job.attributes["artifacts"]}


def test_a_jobs_log_folds(reported, page):
    project, request = reported
    pipeline = project.pipelines.get(project.mergerequests.get(request.iid).head_pipeline["id"])
    page.goto(f"/{project.path_with_namespace}/-/jobs/{pipeline.jobs.list()[0].id}")
    section = page.locator(".trace details")
    expect(section.locator("summary")).to_have_text("Copy")
    expect(section).to_contain_text("cp quality.json")
    expect(section).to_contain_text("00:00")
    section.locator("summary").click()
    expect(section.get_by_text("$ cp quality.json")).to_be_hidden()
    expect(page.locator(".trace .c31")).to_have_text("red")


def test_a_conflict_is_explained(site, tools, page):
    project = site.project({"a.txt": "one\n"}, merge_method="ff")
    tools.commit(project, "topic", {"a.txt": "mine\n"})
    request = project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "T"}
    )
    tools.commit(project, "main", {"a.txt": "theirs\n"})
    page.goto(here(project, request))
    page.get_by_role("link", name="Show conflicts").click()
    expect(page.locator("tr.removed")).to_contain_text("theirs")
    expect(page.locator("tr.added")).to_contain_text("mine")


def test_a_branch_is_rebased_and_a_thread_resolved_by_button(site, tools, page):
    project = site.project({"a.txt": "one\n"}, merge_method="ff")
    tools.commit(project, "topic", {"b.txt": "mine\n"})
    request = project.mergerequests.create(
        {"source_branch": "topic", "target_branch": "main", "title": "T"}
    )
    tools.commit(project, "main", {"a.txt": "two\n"})
    page.goto(here(project, request))
    page.get_by_role("button", name="Rebase").click()
    tools.wait_for(lambda: project.mergerequests.get(request.iid).sha != request.sha)
    page.goto(here(project, request))
    expect(page.get_by_text("Ready to merge!")).to_be_visible()
    page.get_by_label("Comment").fill("Really?")
    page.get_by_role("button", name="Start thread").click()
    page.get_by_label("Reply").fill("Yes")
    page.get_by_role("button", name="Reply").click()
    page.get_by_role("button", name="Resolve thread", exact=True).click()
    expect(page.get_by_text("Resolved by")).to_be_visible()
    thread = project.mergerequests.get(request.iid).discussions.list()[-1]
    assert [note["body"] for note in thread.attributes["notes"]] == ["Really?", "Yes"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("<img src=x onerror=alert(1)>", "&lt;img"),
        ('<b onclick="x">bold</b>', "&lt;b onclick"),
        ("<details><summary>More</summary>\n\nInside\n\n</details>", "<summary>More</summary>"),
        ("<!-- marker -->seen", "seen"),
        ("- [x] done", '<input type="checkbox" disabled checked>'),
        ("[x](javascript:alert(1))", "[x](javascript"),
        ("```mermaid\n</pre><script>\n```", "&lt;script&gt;"),
    ],
)
def test_markdown_is_harmless(text, shown):
    html = str(markdown(text))
    assert shown in html
    assert "<script" not in html
    assert "marker" not in html or text != "<!-- marker -->seen"


def test_a_very_long_graph_is_not_drawn():
    graph = "flowchart LR\n" + "a --> b\n" * (MERMAID_LIMIT // 8)
    assert 'class="mermaid"' not in str(markdown(f"```mermaid\n{graph}```"))


@pytest.mark.parametrize(
    ("trace", "shown"),
    [
        ("a\nb\n", '<span class="meta">a</span>\n<span class="meta">b</span>\n'),
        ("1\n2\n3\n4\n$ echo <b>\n", '<span class="cmd">$ echo &lt;b&gt;</span>\n'),
        ("1\n2\n3\n4\n\x1b[31;1mred\x1b[0m plain\n", '<span class="c31 c1">red</span> plain\n'),
        ("1\n2\n3\n4\n\x1b[31mnever ended\n", '<span class="c31">never ended</span>\n'),
        (
            "\x1b[0Ksection_start:1:a\r\x1b[0KCheck\n\x1b[0Ksection_end:7:a\r\x1b[0K\nafter\n",
            "<details open><summary>Check</summary>",
        ),
        ("load_all_started\nx\nload_all took 2100ms\n", "<summary>Load all</summary>"),
        ("it_has_started\nx\n", "it_has_started"),
        (
            "section_start:10:a[collapsed=true]\rA <i>\nx\n",
            "<details><summary>A &lt;i&gt;</summary>",
        ),
        ("section_end:10:never_begun\r\nx\n", "x"),
    ],
)
def test_a_log_is_coloured_and_folded(trace, shown):
    html = str(log(trace))
    assert shown in html
    assert html.count("<details") == html.count("</details>")
    assert html.count("<span") == html.count("</span>")
    assert "\x1b" not in html


def test_a_section_tells_how_long_it_took():
    assert "01:05</span></details>" in str(log("section_start:10:a\rA\nx\nsection_end:75:a\r\n"))
