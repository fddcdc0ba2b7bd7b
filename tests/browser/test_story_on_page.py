"""The demo company's story, played on the page, held, gone on by hand, and put back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sandbox import running_sandbox
from sandbox.demo_host import Host
from sandbox.stage import Stage
from tests.browser.screen import Screen
from tests.browser.windows import Windows

ADMIN, REP, STOREKEEPER = "Алёна", "Íñigo", "Семён"
SLOWLY = 30_000
"""Milliseconds for what the product does while the story waits for it."""


@pytest.fixture
def screen(tmp_path: Path, windows: Windows) -> Iterator[Screen]:
    """The page of the demo, at its beginning."""
    stage = Stage()
    with running_sandbox(stage=stage) as box:
        try:
            Host(tmp_path, box, stage).open()
            yield Screen(windows.open(f"{box.api_url}/"))
        finally:
            stage.close()


def test_the_story_is_played_held_gone_on_by_hand_and_put_back(screen: Screen) -> None:
    story = screen.page.get_by_role("group", name="Story")
    expect(story).to_contain_text(re.compile("Watch a story of 2. steps"))
    admin = screen.chat(ADMIN)
    expect(admin.column).to_contain_text(re.compile(r"[0-9A-Z]{5}(-[0-9A-Z]{4}){3}"))  # the password is at hand

    story.get_by_role("combobox", name="Pace").select_option("Fast")
    screen.button("Play the story").click()
    expect(story).to_contain_text(re.compile(r"\b([2-9]|1\d)/2\d"), timeout=SLOWLY)
    screen.button("Pause").click()
    expect(story).to_contain_text("Paused:")
    expect(admin.log.get_by_role("article")).not_to_have_count(0)
    expect(admin.column.locator(".note")).to_have_count(0)  # the password is used up
    screen.button("Go on").click()
    expect(screen.button("Pause")).to_be_visible()
    screen.button("Stop and go on by hand").click()
    expect(story).to_contain_text("Your turn", timeout=SLOWLY)

    admin.say("/menu")
    admin.sees("/menu")
    expect(admin.newest).to_contain_text("Что делаем?")

    put_back(screen, 0)
    expect(story).to_contain_text("Watch a story")
    expect(admin.log.get_by_role("article")).to_have_count(0)
    put_back(screen, 1)
    for name in (REP, STOREKEEPER):
        expect(screen.chat(name).log).to_contain_text("🎉", timeout=SLOWLY)


def put_back(screen: Screen, scene: int) -> None:
    """Choose a scene; it may be there before anybody could see that it was on its way."""
    button = screen.page.locator("button.reset")
    expect(button).to_be_enabled(timeout=SLOWLY)
    button.click()
    screen.page.get_by_role("menuitem").nth(scene).click()
