"""`make screenshots`: the pictures of the README and the docs, taken from the page while the demo's day is played."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from sandbox.client import Box
from sandbox.demo_host import Host
from sandbox.papers import draw_page
from sandbox.process import running_sandbox
from sandbox.stage import Stage

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
DESK: ViewportSize = {"width": 1680, "height": 980}
PHONE: ViewportSize = {"width": 390, "height": 844}
TALL: ViewportSize = {"width": 390, "height": 1240}
"""A phone that shows what it has to be scrolled for."""


class Picture(NamedTuple):
    """What is shown: after so many steps of the day, how wide, in which colours, and what was opened before."""

    name: str
    after: int
    size: ViewportSize
    look: str
    open: Callable[[Page], None]


def chat(name: str) -> Callable[[Page], None]:
    """Look at somebody's chat."""

    def choose(page: Page) -> None:
        page.get_by_role("navigation").get_by_role("button", name=name).click()

    return choose


def letter(page: Page) -> None:
    """Open the newest letter, so that its invoice is drawn."""
    page.get_by_role("complementary", name="Mailbox").get_by_role("button").first.click()
    paper = page.locator("aside img[src*='/pages/1']").first
    paper.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=paper.element_handle())
    page.locator("#mail").evaluate(
        "aside => { for (const e of [aside, ...aside.querySelectorAll('*')]) e.scrollTop = 0; }"
    )


def trouble(page: Page) -> None:
    """Open the switches, with one of them on."""
    page.get_by_role("navigation").get_by_role("button", name="Trouble").click()
    page.get_by_role("switch", name="Slow").check()


SHOWN = (
    Picture("order", 13, PHONE, "light", chat("Íñigo")),
    Picture("loading", 16, PHONE, "light", chat("Семён")),
    Picture("ticket", 22, TALL, "light", chat("Íñigo")),
    Picture("sale", 23, TALL, "light", chat("Íñigo")),
    Picture("goals", 24, TALL, "dark", chat("Íñigo")),
    Picture("figures", 26, PHONE, "dark", chat("Алёна")),
    Picture("sandbox", 26, DESK, "light", letter),
    Picture("sandbox-trouble", 26, DESK, "dark", trouble),
)


def find_browser() -> str | None:
    """The path of a Chromium, None where there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def main() -> int:
    """Write all pictures; returns 1 where there is no browser."""
    browser_path = find_browser()
    if browser_path is None:
        sys.stderr.write("Cannot go on: no Chromium; please run: apt-get install chromium\n")
        return 1
    stage = Stage()
    with tempfile.TemporaryDirectory() as folder, running_sandbox(stage=stage) as box:
        try:
            _take(box, Host(Path(folder), box, stage), browser_path)
        finally:
            stage.close()
    return 0


def _take(box: Box, host: Host, browser_path: str) -> None:
    host.open()
    with sync_playwright() as driver, driver.chromium.launch(executable_path=browser_path, args=QUIET) as browser:
        for picture in SHOWN:
            if host.day.story.view()["done"] < picture.after:
                host.day.story.run(until=picture.after)
                host.day.settle()
            _write(box, browser, picture)
            box.clear_faults()
    [paper] = [attached for mail in box.mail() for attached in mail.attachments]
    _keep("invoice", draw_page(paper.content, 1))


def _write(box: Box, browser: Browser, picture: Picture) -> None:
    phone = picture.size is not DESK
    context = browser.new_context(
        viewport=picture.size,
        color_scheme="dark" if picture.look == "dark" else "light",
        locale="en-GB",
        timezone_id="Europe/Moscow",
        has_touch=phone,
        device_scale_factor=1.5 if phone else 1,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{box.api_url}/")
    page.locator("section.chat").first.wait_for(state="attached")
    picture.open(page)
    page.wait_for_function("[...document.images].every(image => image.complete || image.loading === 'lazy')")
    _keep(picture.name, page.screenshot())
    context.close()


def _keep(name: str, picture: bytes) -> None:
    (PICTURES / f"{name}.png").write_bytes(picture)
    sys.stdout.write(f"docs/pictures/{name}.png\n")


if __name__ == "__main__":
    sys.exit(main())
