"""The page for everybody: nothing serious for axe-core in any of its states, and all of it by the keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from sandbox import Box, pictures, running_sandbox
from sandbox.client import Bot
from sandbox.client_chat import Chat
from sandbox.stage import Scene, Stage
from sandbox.story import Step, Story
from tests.browser.letters import invoice, paper, post
from tests.browser.screen import OpenPage, Screen
from tests.browser.tiny_bot import TinyBot
from tests.browser.windows import DESKTOP, PHONE, Device

SERIOUS = ("serious", "critical")
LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop-light"),
    pytest.param(DESKTOP, "dark", id="desktop-dark"),
    pytest.param(PHONE, "light", id="phone"),
]
LONG_PAUSE = 60.0


def words(english: str) -> dict[str, str]:
    return {"en": english, "es": english, "ru": english}


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A stage with a story that waits for long after its first step, and two ways to put back."""
    story = Story([], pace=LONG_PAUSE)
    story.steps = tuple(Step(words(f"Somebody does thing {number}"), story.turn) for number in (1, 2, 3))
    stage = Stage()
    stage.equip(story=story, scenes=[Scene(name, words(name), story.rewind) for name in ("empty", "signed in")])
    yield stage
    stage.close()


@pytest.fixture
def box(stage: Stage) -> Iterator[Box]:
    """A sandbox with that stage."""
    with running_sandbox(stage=stage) as box:
        yield box


@pytest.fixture
def chat(box: Box, bot: Bot, tiny: TinyBot) -> Chat:
    """Anna's chat with one of everything, and her admin's letter in the mailbox."""
    person = box.new_person("Anna", last_name="Kim", language_code="en", about="rep")
    box.new_person("Boris", language_code="en", about="a guest")
    chat = person.chat_with(bot)
    chat.say("/start")
    tiny(
        "setMyCommands",
        commands=[{"command": "help", "description": "Help"}, {"command": "menu", "description": "Menu"}],
    )
    everything = (
        "<b>b</b> <i>i</i> <u>u</u> <s>s</s> <code>c</code> <tg-spoiler>hidden</tg-spoiler> /help http://example.org "
        "+79001234567 shop@example.org<blockquote>quoted</blockquote><pre>pre</pre>"
    )
    tiny.say(chat, everything, parse_mode="HTML")
    tiny("sendLocation", chat_id=chat.id, latitude=55.75, longitude=37.62)
    tiny("sendVenue", chat_id=chat.id, latitude=55.75, longitude=37.62, title="Yard", address="Canal, 1")
    tiny("sendContact", chat_id=chat.id, phone_number="+34911", first_name="José")
    tiny.upload("sendDocument", {"document": ("paper.pdf", paper(), "application/pdf")}, chat_id=chat.id)
    tiny.upload("sendDocument", {"document": ("list.xlsx", b"PK", "application/zip")}, chat_id=chat.id, caption="list")
    photo = chat.send_photo(pictures.png(), "look")
    tiny("setMessageReaction", chat_id=chat.id, message_id=photo, reaction=[{"type": "emoji", "emoji": "👍"}])
    chat.say("an answer", reply_to=photo)
    chat.send_sticker("😀")
    chat.send_voice()
    keyboard = [[{"text": "Where I am", "request_location": True}, {"text": "My number", "request_contact": True}]]
    tiny.say(chat, "a keyboard", reply_markup={"keyboard": keyboard})
    buttons = [[{"text": "Yes", "callback_data": "yes"}, {"text": "No", "callback_data": "no"}],
               [{"text": "Site", "url": "https://example.org"}, {"text": "C", "copy_text": {"text": "A"}}]]  # fmt: skip
    tiny.say(chat, "Are you there?", reply_markup={"inline_keyboard": buttons})
    box.offer_place("Yard", 55.75, 37.62, "by the canal")
    box.offer_note(person, "TEST-CODE", words("Password"))
    tiny.forget()
    return chat


class Examination:
    """Looks the page over in one state after the other, and keeps what axe finds in each."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._axe = Axe()
        self.found: list[str] = []

    def look(self, state: str) -> None:
        """Note what is serious now."""
        options = {"resultTypes": ["violations"], "iframes": False}
        for each in self._axe.run(self._screen.page, options=options).response["violations"]:
            if each["impact"] in SERIOUS:
                where = "\n    ".join(node["html"][:160] + " — " + node["failureSummary"] for node in each["nodes"][:5])
                self.found.append(f"{state}: {each['id']}: {each['help']}\n    {where}")


def open_page_with_letter(screen: Screen) -> None:
    letter = screen.open_mailbox().open("Invoice TB-1")
    expect(letter.get_by_role("img", name="TB-1.pdf, page 1 of 1")).to_be_visible()


def turn_on_trouble(screen: Screen) -> None:
    trouble = screen.open_trouble()
    switch = trouble.get_by_role("switch", name="Slow")
    switch.click()
    expect(switch).to_be_checked()
    switch.click()
    expect(switch).not_to_be_checked()


def play_the_story(screen: Screen) -> None:
    screen.button("Play the story").click()
    expect(screen.button("Pause")).to_be_visible()


def open_steps(screen: Screen) -> None:
    screen.button(re.compile("Somebody does thing")).click()
    expect(screen.page.get_by_role("dialog", name="All steps")).to_be_visible()


def open_menu_of_chat(screen: Screen) -> None:
    screen.chat("Anna").column.get_by_role("button", name="What else Anna can do").click()
    expect(screen.item("Block the bot")).to_be_visible()


def open_places(screen: Screen) -> None:
    screen.chat("Anna").tap("Where I am")
    expect(screen.dialog.get_by_role("button", name="Yard")).to_be_visible()


def open_form(screen: Screen) -> None:
    screen.chat("Anna").menu("Press a forged button")
    expect(screen.dialog.get_by_label("Data")).to_be_visible()


def open_settings(screen: Screen) -> None:
    screen.button("Settings").click()
    expect(screen.item("Register a bot")).to_be_visible()


STATES: dict[str, tuple[Callable[[Screen], Any], bool]] = {
    "a chat": (lambda screen: screen.chat("Anna").sees("Are you there?"), False),
    "a menu of a chat": (open_menu_of_chat, True),
    "a dialog with places": (open_places, True),
    "a dialog with a form": (open_form, True),
    "settings": (open_settings, True),
    "a chat that has not begun": (lambda screen: expect(screen.chat("Boris").column).to_be_visible(), False),
    "a letter": (open_page_with_letter, False),
    "trouble": (turn_on_trouble, False),
    "a story": (play_the_story, False),
    "its steps": (open_steps, True),
}
"""How to reach each state, and whether Escape leads out of it."""


@pytest.mark.parametrize(("device", "scheme"), LOOKS)
def test_axe_finds_nothing_serious(box: Box, chat: Chat, open_page: OpenPage, device: Device, scheme: str) -> None:
    post(box, invoice())
    screen = open_page(device, color_scheme=scheme)
    examined = Examination(screen)

    for state, (reach, is_left) in STATES.items():
        reach(screen)
        examined.look(state)
        if is_left:
            screen.page.keyboard.press("Escape")

    assert examined.found == [], "\n".join(examined.found)


def tab_to(screen: Screen, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until it has the focus, as somebody without a mouse does."""
    seen = []
    for _ in range(60):
        if wanted.evaluate("(node) => node === document.activeElement"):
            return
        screen.page.keyboard.press(key)
        seen.append(screen.page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent"))
    raise AssertionError(f"never reached {wanted}: {seen}")


def test_a_chat_can_be_had_by_the_keyboard(chat: Chat, tiny: TinyBot, open_page: OpenPage) -> None:
    screen = open_page()
    keys, anna = screen.page.keyboard, screen.chat("Anna")
    anna.sees("Are you there?")

    tab_to(screen, screen.person("Anna"))
    keys.press("Enter")
    expect(anna.line).to_be_focused()
    keys.type("by hand")
    keys.press("Enter")
    assert tiny.update("message")["text"] == "by hand"

    tab_to(screen, anna.inline("Yes"), "Shift+Tab")
    keys.press("Enter")
    assert tiny.update("callback_query")["data"] == "yes"
    tab_to(screen, anna.column.get_by_role("button", name="Send"))
    tab_to(screen, anna.keyboard.get_by_role("button", name="Where I am"))
    keys.press("Enter")
    tab_to(screen, screen.dialog.get_by_role("button", name="Yard"))
    keys.press("Enter")
    assert tiny.update("message")["location"] == {"latitude": 55.75, "longitude": 37.62}
    expect(anna.keyboard.get_by_role("button", name="Where I am")).to_be_focused()


def test_menus_and_dialogs_are_left_by_the_keyboard_and_give_the_focus_back(chat: Chat, open_page: OpenPage) -> None:
    screen = open_page()
    keys, anna = screen.page.keyboard, screen.chat("Anna")
    anna.sees("Are you there?")
    more = anna.column.get_by_role("button", name="What else Anna can do")

    tab_to(screen, more)
    keys.press("Enter")
    expect(screen.item("Deliver the last update again")).to_be_focused()
    keys.press("End")
    expect(screen.item("Close this chat")).to_be_focused()
    keys.press("ArrowDown")
    expect(screen.item("Deliver the last update again")).to_be_focused()
    keys.press("ArrowUp")
    expect(screen.item("Close this chat")).to_be_focused()
    keys.press("Escape")
    expect(screen.page.get_by_role("menu")).to_have_count(0)
    expect(more).to_be_focused()

    keys.press("Enter")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(screen.dialog.get_by_label("Data")).to_be_focused()
    keys.press("Escape")
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    expect(more).to_be_focused()


def test_whatever_has_the_focus_is_in_sight(chat: Chat, open_page: OpenPage) -> None:
    for number in range(60):
        chat.say(f"number {number}")
    screen = open_page()
    anna = screen.chat("Anna")
    expect(anna.sees("number 59")).to_be_in_viewport()
    older = anna.column.get_by_role("button", name="Older messages")

    older.focus()

    expect(older).to_be_in_viewport()
    screen.page.keyboard.press("Enter")
    anna.sees("Are you there?")


def test_shortcuts_lead_to_chats_and_panels(box: Box, chat: Chat, open_page: OpenPage) -> None:
    screen = open_page()
    screen.chat("Anna").sees("Are you there?")
    keys = screen.page.keyboard

    keys.press("Alt+1")
    expect(screen.chat("Anna").line).to_be_focused()
    keys.press("Alt+t")
    expect(screen.page.get_by_role("complementary", name="Trouble")).to_be_visible()
    keys.press("Alt+m")
    expect(screen.page.get_by_role("complementary", name="Mailbox")).to_be_visible()
    expect(screen.page.get_by_role("complementary", name="Trouble")).to_be_hidden()
