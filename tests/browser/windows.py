"""Chromium's windows on the sandbox's page, and what may never happen in one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

PATIENCE = 20_000
"""Milliseconds to wait for what the page is about to show."""
OWN_SCHEMES = ("data:", "blob:", "about:")


@dataclass(frozen=True, slots=True)
class Device:
    """What somebody looks at the page with."""

    name: str
    width: int
    height: int
    touch: bool = False


DESKTOP = Device("desktop", 1440, 900)
PHONE = Device("phone", 390, 844, touch=True)


@dataclass
class Window:
    """One window with the page, in a profile of its own. It takes note of errors and of requests to elsewhere."""

    context: BrowserContext
    page: Page
    device: Device
    origin: str
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note from now on whatever goes wrong."""
        self.context.on("console", self._logged)
        self.context.on("weberror", lambda thrown: self.complaints.append(f"thrown: {thrown.error}"))
        self.context.on("request", self._asked)

    def expect_error(self, pattern: str) -> None:
        """Let the browser log what the test brings about, such as a refused request."""
        self.expected.append(pattern)

    def unexpected(self) -> list[str]:
        """Return what went wrong without being expected."""
        return [each for each in self.complaints if not any(re.search(known, each) for known in self.expected)]

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"logged: {message.text} ({message.location['url']})")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((f"{self.origin}/", *OWN_SCHEMES)):
            self.complaints.append(f"asked elsewhere: {request.url}")


class Windows:
    """All windows of one test."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser, self._folder = browser, folder
        self._open: list[Window] = []

    def open(self, url: str, device: Device = DESKTOP, *, locale: str = "en-GB", **options: Any) -> Window:
        """Open the page in a fresh profile; further options are those of a Playwright context."""
        context = self._browser.new_context(
            viewport={"width": device.width, "height": device.height},
            has_touch=device.touch,
            is_mobile=device.touch,
            locale=locale,
            timezone_id="Europe/Moscow",
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
            **options,
        )
        context.set_default_timeout(PATIENCE)
        window = Window(context, context.new_page(), device, url.rstrip("/"))
        self._open.append(window)
        window.watch()
        window.page.goto(url)
        return window

    def pictures(self) -> list[Path]:
        """Save what each window shows now, and return where."""
        found = [self._folder / f"window-{number}.png" for number in range(1, len(self._open) + 1)]
        for window, path in zip(self._open, found, strict=True):
            window.page.screenshot(path=path)
        return found

    def close(self) -> None:
        """Close all; raises AssertionError with what went wrong in them, and where it can be seen."""
        wrong = [complaint for window in self._open for complaint in window.unexpected()]
        shown = self.pictures() if wrong else []
        for window in self._open:
            window.context.close()
        assert not wrong, "\n".join([*wrong, *map(str, shown)])
