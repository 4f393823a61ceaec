"""One whole stack for all journeys, started once and ended with everything below it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from airdesk_sandbox.demo.progress import Progress
from airdesk_sandbox.demo.stack import Stack
from airdesk_sandbox.demo.story import Story
from playwright.sync_api import Browser, sync_playwright

from journeys.chromium_person import ChromiumPerson
from journeys.pages import CHROMIUM

HERE = Path(__file__).parent
CI_FOLDER = HERE.parents[1] / "render" / "ci"
RESULTS = HERE.parents[1] / "test-results" / "journeys"

# The first story comes first, the search for the password when all traces have been left.
ORDER = ("test_first_story", "test_bad_days", "test_crashes", "test_no_password_left")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mine = [item for item in items if HERE in item.path.parents]
    for item in mine:
        item.add_marker(pytest.mark.xdist_group("journeys"))
        item.add_marker(pytest.mark.timeout(900))
    mine.sort(key=lambda item: ORDER.index(item.path.stem))
    others = [item for item in items if HERE not in item.path.parents]
    items[:] = mine + others


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    folder = Path(tempfile.mkdtemp(prefix="airdesk-journey-"))
    try:
        with Stack(folder, ci_folder=CI_FOLDER, progress=Progress()) as whole:
            whole.start()
            yield whole
    finally:
        # what a failed run leaves to read; nothing of it is committed
        shutil.copytree(folder / "logs", RESULTS, dirs_exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def told(stack: Stack, browser: Browser) -> Story:
    """The first story, played to its end in Chromium; its people are linked from then on."""
    story = Story(stack, partial(ChromiumPerson, browser=browser))
    story.play()
    return story
