"""People and what they have read, bots, languages, the look of the page, and a sandbox that goes away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from sandbox import Box, running_sandbox
from sandbox.client import Bot
from sandbox.client_chat import Chat
from tests.browser.screen import OpenPage, Screen
from tests.browser.tiny_bot import TinyBot
from tests.browser.windows import PHONE, Windows

PAGE = Path(__file__).parents[2] / "sandbox" / "page"
LONG = "\n".join(f"line {number}" for number in range(60))


def test_a_stranger_starts_the_bot_by_the_button(box: Box, tiny: TinyBot, open_page: OpenPage) -> None:
    box.new_person("Max", language_code="en", about="stranger")
    tiny("setMyDescription", description="Orders for shops")
    max_ = open_page().chat("Max")

    expect(max_.log).to_contain_text("Orders for shops")
    expect(max_.line).to_be_hidden()
    max_.start()

    assert tiny.update("message")["text"] == "/start"
    expect(max_.line).to_be_focused()
    expect(max_.column.get_by_role("button", name="Start", exact=True)).to_be_hidden()


def test_a_bot_is_blocked_and_taken_back(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    anna = open_page().chat("Anna")

    anna.menu("Block the bot")
    assert tiny.update("my_chat_member")["new_chat_member"]["status"] == "kicked"
    expect(anna.column.locator(".chat-state")).to_contain_text("blocked Tiny")
    expect(anna.line).to_be_hidden()
    anna.column.get_by_role("button", name="Unblock").click()
    assert tiny.update("my_chat_member")["new_chat_member"]["status"] == "member"
    expect(anna.line).to_be_visible()


def test_a_start_link_is_opened_from_the_menu(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    screen = open_page()

    screen.chat("Anna").menu("Open a start link")
    screen.dialog.get_by_role("textbox").fill("TEST-CODE")
    screen.dialog.get_by_role("button", name="Open").click()

    assert tiny.update("message")["text"] == "/start TEST-CODE"


def test_somebody_is_added_and_writes(box: Box, tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    screen = open_page()

    screen.rail.get_by_role("button", name=re.compile("^Add")).click()
    screen.dialog.get_by_label("First name").fill("Zoë")
    screen.dialog.get_by_label("Language of the app").select_option("es")
    screen.dialog.get_by_label("Phone").fill("+34911")
    screen.dialog.get_by_role("button", name="Add", exact=True).click()
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    screen.person("Zoë").click()
    screen.chat("Zoë").start()

    begun = tiny.update("message")["from"]
    assert (begun["first_name"], begun["language_code"]) == ("Zoë", "es")


def test_two_bots_have_a_chat_each(box: Box, tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    screen = open_page()
    screen.chat("Anna").sees("/start")

    with TinyBot(box, box.new_bot("other_bot", name="Other")) as other:
        screen.chat("Anna", "Other").start()
        assert other.update("message")["text"] == "/start"
        other.say(chat, "from the other one")
        screen.chat("Anna", "Other").sees("from the other one")
        screen.chat("Anna", "Tiny").sees_no("from the other one")


def test_a_bot_is_registered_on_an_empty_page(box: Box, open_page: OpenPage) -> None:
    box.new_person("Anna", language_code="en")
    screen = open_page()

    screen.page.get_by_label("Name", exact=True).fill("Mine")
    screen.page.get_by_label("Username").fill("mine_bot")
    screen.button("Register").click()

    token = screen.dialog.locator("code").first.inner_text()
    screen.page.keyboard.press("Escape")
    with TinyBot(box, Bot(id=int(token.split(":")[0]), token=token, username="mine_bot", name="Mine")) as mine:
        assert mine("getMe")["username"] == "mine_bot"
        screen.chat("Anna").start()
        assert mine.update("message")["text"] == "/start"


def test_what_nobody_has_scrolled_to_is_unread(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    tiny.say(chat, LONG)
    screen = open_page()
    anna = screen.chat("Anna")
    expect(screen.person("Anna")).not_to_have_accessible_name(re.compile("unread"))
    anna.log.evaluate("(log) => { log.scrollTop = 0; }")
    expect(anna.column.get_by_role("button", name="To the newest message")).to_be_visible()

    tiny.say(chat, "one")
    tiny.say(chat, "two")

    expect(screen.person("Anna")).to_have_accessible_name(re.compile("2 unread messages"))
    expect(screen.person("Anna").locator(".badge")).to_have_text("2")
    to_end = anna.column.get_by_role("button", name="2 unread messages")
    expect(to_end.locator(".badge")).to_have_text("2")
    to_end.click()
    expect(anna.newest).to_be_in_viewport()
    expect(to_end).to_be_hidden()
    expect(screen.person("Anna").locator(".badge")).to_have_count(0)


def test_on_a_phone_the_other_chat_is_unread_until_it_is_turned_to(
    box: Box, bot: Bot, tiny: TinyBot, chat: Chat, open_page: OpenPage
) -> None:
    boris = box.new_person("Boris", language_code="en").chat_with(bot)
    boris.say("/start")
    screen = open_page(PHONE)
    screen.chat("Anna").sees("/start")

    tiny.say(boris, "for Boris")

    expect(screen.person("Boris").locator(".badge")).to_have_text("1")
    screen.chat("Boris").sees("for Boris")
    expect(screen.chat("Boris").newest).to_be_in_viewport()
    expect(screen.person("Boris").locator(".badge")).to_have_count(0)


def test_older_messages_are_fetched_on_demand(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    for number in range(1, 70):
        chat.say(f"number {number}")
    anna = open_page().chat("Anna")
    expect(anna.log.get_by_role("article")).to_have_count(60)
    anna.sees_no("/start")

    anna.column.get_by_role("button", name="Older messages").click()

    expect(anna.log.get_by_role("article")).to_have_count(70)
    expect(anna.log.get_by_role("article").first).to_contain_text("/start")
    expect(anna.column.get_by_role("button", name="Older messages")).to_have_count(0)
    anna.say("the newest")
    expect(anna.sees("the newest")).to_be_in_viewport()
    expect(anna.log.get_by_role("article")).to_have_count(71)


SPOKEN = {
    "en-GB": ("en", "Sandbox", "Mailbox", "Message"),
    "es-MX": ("es", "Sandbox", "Buzón", "Mensaje"),
    "ru-RU": ("ru", "Песочница", "Почта", "Сообщение"),
    "de-DE": ("en", "Sandbox", "Mailbox", "Message"),
}


@pytest.mark.parametrize("locale", SPOKEN)
def test_the_page_speaks_the_language_of_the_browser(chat: Chat, open_page: OpenPage, locale: str) -> None:
    language, title, mailbox, line = SPOKEN[locale]

    page = open_page(locale=locale).page

    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page).to_have_title(title)
    expect(page.get_by_role("complementary", name=mailbox)).to_be_visible()
    expect(page.locator("textarea")).to_have_attribute("placeholder", line)


def test_a_language_that_was_chosen_is_kept(chat: Chat, open_page: OpenPage) -> None:
    screen = open_page()

    screen.button("Settings").click()
    screen.item("Русский").click()

    expect(screen.page).to_have_title("Песочница")
    screen.page.reload()
    expect(screen.page).to_have_title("Песочница")


WORDS = """async () => {
  const modules = await Promise.all(['chat', 'panels'].map((name) => import(`/page/words/${name}.js`)));
  const told = {};
  for (const code of ['en', 'es', 'ru']) {
    const words = Object.assign({}, ...modules.map((module) => module.default[code]));
    told[code] = Object.fromEntries(Object.entries(words).map(([key, found]) => {
      const texts = typeof found === 'string' ? [found] : Object.values(found);
      const facts = [...new Set(texts.join(' ').match(/\\{\\w+\\}/g) ?? [])].sort();
      const forms = typeof found === 'string' ? [] : Object.keys(found);
      return [key, { facts, forms, empty: texts.some((text) => !text.trim()) }];
    }));
  }
  return told;
}"""


def test_no_word_is_missing_in_any_language(box: Box, open_page: OpenPage) -> None:
    told = open_page().page.evaluate(WORDS)
    used = {key for path in PAGE.glob("*.js") for key in re.findall(r"\bt\('([^']+)'", path.read_text("utf-8"))}

    assert used - set(told["en"]) == set()
    for code in ("es", "ru"):
        assert set(told[code]) == set(told["en"]), code
    for key, english in told["en"].items():
        spanish, russian = told["es"][key], told["ru"][key]
        assert english["facts"] == spanish["facts"] == russian["facts"], key
        assert not any(words["empty"] for words in (english, spanish, russian)), key
        forms = set(english["forms"])
        assert forms <= {"one", "other"}, key
        assert set(spanish["forms"]) == forms, key
        assert set(russian["forms"]) >= (forms | {"few"} if forms else forms), key


def test_light_and_dark_are_chosen_and_kept(chat: Chat, open_page: OpenPage) -> None:
    screen = open_page(color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    light = screen.page.evaluate(background)

    screen.button("Settings").click()
    screen.item("Dark").last.click()

    dark = screen.page.evaluate(background)
    assert dark != light
    screen.page.reload()
    assert screen.page.evaluate(background) == dark
    screen.button("Settings").click()
    screen.item("as the system").click()
    assert screen.page.evaluate(background) == light
    screen.page.emulate_media(color_scheme="dark")
    assert screen.page.evaluate(background) == dark


@pytest.fixture
def mortal() -> Iterator[ExitStack]:
    """Sandboxes that end before the test does."""
    with ExitStack() as ends:
        yield ends


def test_the_page_says_that_the_sandbox_is_gone_and_comes_back_with_it(mortal: ExitStack, windows: Windows) -> None:
    box = mortal.enter_context(running_sandbox())
    box.new_bot("tiny_bot", name="Tiny")
    box.new_person("Anna", language_code="en")
    screen = Screen(windows.open(f"{box.api_url}/"))
    screen.window.expect_error(
        r"net::ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)"
    )
    expect(screen.chat("Anna").column).to_be_visible()
    gone = screen.page.get_by_text("The sandbox does not answer")
    expect(gone).to_be_hidden()

    mortal.close()
    expect(gone).to_be_visible()
    again = mortal.enter_context(running_sandbox(port=urlsplit(box.api_url).port or 0))
    again.new_bot("tiny_bot", name="Tiny")
    again.new_person("Boris", language_code="en")

    expect(gone).to_be_hidden()
    expect(screen.chat("Boris").column).to_be_visible()
    expect(screen.chat("Anna").column).to_have_count(0)
