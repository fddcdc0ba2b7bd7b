"""The page as somebody uses it: chats in which one says, presses and sees, the mailbox, menus and dialogs.

Everything is found by what a person, or a screen reader, is told: names of buttons, words in a chat.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.windows import PHONE, Device, Window

OpenPage = Callable[..., "Screen"]


class Screen:
    """The page in one window, in English unless said otherwise."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.page: Page = window.page
        self.device: Device = window.device
        self.rail = self.page.get_by_role("navigation")

    def chat(self, name: str, bot: str = "") -> ChatOnPage:
        """The chat of somebody (with one of several bots), turned to by the rail where one is shown at a time."""
        chat = ChatOnPage(self, name, bot)
        if self.device is PHONE:
            chat.turn_to()
        return chat

    def person(self, name: str) -> Locator:
        """Somebody's button in the rail."""
        return self.rail.get_by_role("button", name=re.compile(rf"^{re.escape(name)}(?!\w)"))

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """A button by its exact name."""
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str))

    def item(self, label: str) -> Locator:
        """An item of the menu that is open."""
        return self.page.locator("[role=menu] > button").filter(has_text=label)

    @property
    def dialog(self) -> Locator:
        """The dialog that lies on top."""
        return self.page.get_by_role("dialog").last

    def says(self, words: str) -> None:
        """The page itself says something at its foot."""
        expect(self.page.locator(".toast", has_text=words).first).to_be_visible()

    def open_mailbox(self) -> Mailbox:
        """The mailbox, brought up where it is not in sight."""
        mailbox = self.page.get_by_role("complementary", name="Mailbox")
        if not mailbox.is_visible():
            self.rail.get_by_role("button", name=re.compile("^Mailbox")).click()
        expect(mailbox).to_be_visible()
        return Mailbox(mailbox)

    def open_trouble(self) -> Locator:
        """The panel of switches, brought up where it is not in sight."""
        trouble = self.page.get_by_role("complementary", name="Trouble")
        if not trouble.is_visible():
            self.rail.get_by_role("button", name=re.compile("^Trouble")).click()
        expect(trouble).to_be_visible()
        return trouble


class ChatOnPage:
    """One chat in the window."""

    def __init__(self, screen: Screen, name: str, bot: str = "") -> None:
        self.screen, self.name = screen, name
        self.column = screen.page.get_by_role("region", name=re.compile(rf"^{re.escape(name)} .*{re.escape(bot)}$"))
        self.log = self.column.get_by_role("log")
        self.line = self.column.locator("textarea")

    def turn_to(self) -> ChatOnPage:
        """Look at it, by the rail."""
        self.screen.person(self.name).click()
        expect(self.column).to_be_visible()
        return self

    def start(self) -> None:
        """Press Start."""
        self.column.get_by_role("button", name="Start", exact=True).click()

    def say(self, text: str) -> None:
        """Write a line and send it."""
        self.line.fill(text)
        self.line.press("Enter")
        expect(self.line).to_have_value("")

    def bubble(self, words: str | re.Pattern[str]) -> Locator:
        """The newest message with these words."""
        return self.log.get_by_role("article").filter(has_text=words).last

    @property
    def newest(self) -> Locator:
        """The newest message."""
        return self.log.get_by_role("article").last

    def sees(self, *words: str | re.Pattern[str]) -> Locator:
        """There is a message with each of these words; returns the newest with the last of them."""
        for each in words:
            expect(self.bubble(each)).to_be_visible()
        return self.bubble(words[-1])

    def sees_no(self, words: str) -> None:
        """No message has these words."""
        expect(self.log.get_by_role("article").filter(has_text=words)).to_have_count(0)

    def inline(self, label: str) -> Locator:
        """The newest inline button that carries these whole words."""
        whole = re.compile(rf"(?<!\S){re.escape(label)}(?!\S)")
        words = self.screen.page.locator("span", has_text=whole)  # without the mark of a link
        return self.log.locator(".inline-keyboard").get_by_role("button").filter(has=words).last

    def press(self, *labels: str) -> None:
        """Press inline buttons, one after the other, each as soon as it is there."""
        for label in labels:
            self.inline(label).click()

    def tap(self, label: str) -> None:
        """Press a button of the reply keyboard."""
        self.keyboard.get_by_role("button", name=label).click()

    @property
    def keyboard(self) -> Locator:
        """The reply keyboard."""
        return self.column.get_by_role("group", name="Keyboard of the bot")

    def follow(self, words: str) -> None:
        """Follow a link in the newest message that has it."""
        self.log.locator("button.link").filter(has_text=words).last.click()

    def menu(self, item: str) -> None:
        """Choose from the chat's menu."""
        self.column.get_by_role("button", name=f"What else {self.name} can do").click()
        self.screen.item(item).click()

    def attach(self, item: str) -> None:
        """Choose from what can be attached."""
        self.column.get_by_role("button", name="Attach", exact=True).click()
        self.screen.item(item).click()

    def choose_files(self, item: str, *files: FilePayload) -> Locator:
        """Attach files by the file chooser; returns the dialog in which they are sent."""
        with self.screen.page.expect_file_chooser() as chooser:
            self.attach(item)
        chooser.value.set_files(list(files))
        return self.screen.dialog


class Mailbox:
    """The letters that have arrived."""

    def __init__(self, place: Locator) -> None:
        self.place = place

    def open(self, subject: str) -> Locator:
        """Open the newest letter with this subject and return it."""
        back = self.place.get_by_role("button", name="All letters")
        if back.is_visible():  # the list and a letter share one place where there is little of it
            back.click()
        letters = self.place.get_by_role("list", name="Letters, newest first")
        letters.get_by_role("button").filter(has_text=subject).first.click()
        letter = self.place.get_by_role("article")
        expect(letter).to_be_visible()
        return letter


def is_drawn(picture: Locator) -> None:
    """A picture came and could be read."""
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)  # noqa: FBT003 - Playwright's way to ask
    width: Any = picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)")
    assert width > 0
