"""Chromium on the sandbox's page: no test may leave an error in it, or let it ask anybody else."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from sandbox import Box, running_sandbox
from sandbox.client import Bot
from sandbox.client_chat import Chat
from sandbox.screenshots import BROWSERS, QUIET, find_browser
from tests.browser.screen import OpenPage, Screen
from tests.browser.tiny_bot import TinyBot
from tests.browser.windows import DESKTOP, PATIENCE, Device, Windows
from tests.conftest import absent

WINDOWS = pytest.StashKey[Windows]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Name the pictures of what a failed test saw."""
    report = yield
    windows = item.stash.get(WINDOWS, None)
    if windows is not None and report.when == "call" and report.failed:
        report.sections.append(("what the page showed", "\n".join(map(str, windows.pictures()))))
    return report


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium without a screen."""
    program = find_browser()
    if program is None:
        absent("Chromium", f"none of {', '.join(BROWSERS)} is installed")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def windows(browser: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Windows]:
    """The windows of this test; it fails when one of them logged an error, threw, or asked somebody else."""
    windows = Windows(browser, tmp_path)
    request.node.stash[WINDOWS] = windows
    yield windows
    windows.close()


@pytest.fixture(scope="package")
def shared_box() -> Iterator[Box]:
    """One sandbox for all tests that bring a bot of their own."""
    with running_sandbox() as box:
        yield box


@pytest.fixture
def box(shared_box: Box) -> Box:
    """The sandbox, empty."""
    shared_box.reset()
    return shared_box


@pytest.fixture
def bot(box: Box) -> Bot:
    """A bot that does nothing by itself."""
    return box.new_bot("tiny_bot", name="Tiny")


@pytest.fixture
def tiny(box: Box, bot: Bot) -> Iterator[TinyBot]:
    """The program behind that bot: the test, which calls the Bot API."""
    with TinyBot(box, bot) as tiny:
        yield tiny


@pytest.fixture
def chat(box: Box, bot: Bot, tiny: TinyBot) -> Chat:
    """Anna's chat with the bot, begun a moment ago; the bot has read what she said."""
    chat = box.new_person("Anna", language_code="en", phone="+79001234567").chat_with(bot)
    chat.say("/start")
    tiny.forget()
    return chat


@pytest.fixture
def open_page(windows: Windows, box: Box) -> OpenPage:
    """Opens the page of the sandbox: `open_page(device, locale=…, color_scheme=…)`."""

    def open_one(device: Device = DESKTOP, **options: Any) -> Screen:
        return Screen(windows.open(f"{box.api_url}/", device, **options))

    return open_one
