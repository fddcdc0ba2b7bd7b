"""Buttons below a message and below the line, the menu of commands, and what is shown when one is pressed."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from sandbox import Box
from sandbox.client import Bot
from sandbox.client_chat import Chat
from tests.browser.screen import OpenPage
from tests.browser.tiny_bot import TinyBot

ROWS = """(keyboard) => [...keyboard.querySelectorAll('.row')]
    .map((row) => [...row.children].map((key) => key.innerText.trim()))"""
BUTTONS = [{"text": "Old", "callback_data": "verb.1.1"}, {"text": "New", "callback_data": "verb.2.1"}]


def asks(tiny: TinyBot, chat: Chat) -> int:
    """The bot asks with two buttons."""
    return tiny.say(chat, "Which?", reply_markup={"inline_keyboard": [BUTTONS]})


def keys(*rows: list[Any], **options: Any) -> dict[str, Any]:
    """A reply keyboard."""
    return {"keyboard": [[key if isinstance(key, dict) else {"text": key} for key in row] for row in rows], **options}


def test_inline_buttons_stand_in_the_rows_that_were_sent(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    rows = [["1", "2", "3"], ["a rather long label that has a row of its own"], ["✅ Yes", "❌ No"]]
    markup = [[{"text": label, "callback_data": label} for label in row] for row in rows]
    tiny.say(chat, "Which?", reply_markup={"inline_keyboard": markup})
    anna = open_page().chat("Anna")
    anna.sees("Which?")

    assert anna.log.locator(".inline-keyboard").evaluate(ROWS) == rows


def test_links_and_texts_to_copy_are_no_presses(box: Box, tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    box.new_person("Boris", language_code="en")
    buttons = [
        {"text": "Site", "url": "https://example.org/a?b=1"},
        {"text": "Code", "copy_text": {"text": "A-1"}},
        {"text": "Come in", "url": "https://t.me/tiny_bot?start=TEST-CODE"},
    ]
    tiny.say(chat, "Where?", reply_markup={"inline_keyboard": [buttons]})
    screen = open_page()
    anna = screen.chat("Anna")

    anna.press("Site")
    expect(screen.dialog.get_by_role("link")).to_have_attribute("href", "https://example.org/a?b=1")
    screen.page.keyboard.press("Escape")
    anna.press("Code")
    screen.says("Copied")
    assert screen.page.evaluate("navigator.clipboard.readText()") == "A-1"
    anna.press("Come in")
    expect(screen.dialog).to_contain_text("Who opens the link?")
    screen.dialog.get_by_role("button", name="Boris").click()

    begun = tiny.update("message")
    assert (begun["from"]["first_name"], begun["text"]) == ("Boris", "/start TEST-CODE")
    screen.chat("Boris").sees("/start TEST-CODE")


def test_a_press_waits_for_its_answer_and_shows_it(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    asks(tiny, chat)
    screen = open_page()
    anna = screen.chat("Anna")
    answers = anna.column.locator(".answers")

    anna.press("New")
    expect(anna.inline("New")).to_have_attribute("aria-busy", "true")
    expect(anna.inline("Old")).not_to_have_attribute("aria-busy", "true")
    screen.page.clock.install()
    tiny("answerCallbackQuery", callback_query_id=tiny.update("callback_query")["id"], text="Taken")
    expect(answers.get_by_role("status")).to_have_text("Taken")
    expect(anna.inline("New")).not_to_have_attribute("aria-busy", "true")
    screen.page.clock.fast_forward(5000)
    expect(answers).to_be_empty()

    anna.press("Old")
    pressed = tiny.update("callback_query")["id"]
    tiny("answerCallbackQuery", callback_query_id=pressed, text="There is none left", show_alert=True)
    alert = answers.get_by_role("alert")
    expect(alert).to_contain_text("There is none left")
    screen.page.clock.fast_forward(60_000)
    expect(alert).to_be_visible()
    alert.get_by_role("button", name="OK").click()
    expect(answers).to_be_empty()


def test_a_reply_keyboard_stands_as_sent_until_it_is_removed(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    tiny.say(chat, "Choose", reply_markup=keys(["Milk", "Cheese"], ["Nothing"], input_field_placeholder="Or type"))
    anna = open_page().chat("Anna")

    expect(anna.keyboard).to_be_visible()
    assert anna.keyboard.evaluate(ROWS) == [["Milk", "Cheese"], ["Nothing"]]
    expect(anna.line).to_have_attribute("placeholder", "Or type")
    anna.tap("Cheese")
    assert tiny.update("message")["text"] == "Cheese"
    expect(anna.keyboard).to_be_visible()
    anna.column.get_by_role("button", name="Keyboard of the bot").click()
    expect(anna.keyboard).to_be_hidden()
    anna.column.get_by_role("button", name="Keyboard of the bot").click()
    expect(anna.keyboard).to_be_visible()

    tiny.say(chat, "Once", reply_markup=keys(["Only once"], one_time_keyboard=True))
    anna.tap("Only once")
    assert tiny.update("message")["text"] == "Only once"
    expect(anna.keyboard).to_be_hidden()
    tiny.say(chat, "Again", reply_markup=keys(["Again"]))
    expect(anna.keyboard).to_be_visible()
    tiny.say(chat, "Enough", reply_markup={"remove_keyboard": True})
    expect(anna.keyboard).to_be_hidden()
    expect(anna.line).to_have_attribute("placeholder", "Message")


def test_a_contact_is_asked_for_and_a_place_is_chosen(box: Box, tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    for number in range(1, 8):
        box.offer_place(f"Shop {number}", 55.0 + number, 37.0, f"Town {number}")
    asked = keys([{"text": "My number", "request_contact": True}, {"text": "My place", "request_location": True}])
    tiny.say(chat, "Who and where?", reply_markup=asked)
    screen = open_page()
    anna = screen.chat("Anna")

    anna.tap("My number")
    expect(screen.dialog).to_contain_text("Tiny will learn the number +79001234567.")
    assert box.pending_updates(tiny.bot) == []
    screen.dialog.get_by_role("button", name="Share").click()
    contact = tiny.update("message")["contact"]
    assert (contact["phone_number"], contact["user_id"]) == ("+79001234567", chat.id)

    anna.tap("My place")
    screen.dialog.get_by_role("searchbox").fill("town 7")
    expect(screen.dialog.locator(".choices").get_by_role("button")).to_have_count(1)
    screen.dialog.get_by_role("button", name="Shop 7").click()
    assert tiny.update("message")["location"] == {"latitude": 62.0, "longitude": 37.0}
    anna.sees("+79001234567", "62.00000, 37.00000")


def test_a_forced_reply_says_what_is_wanted(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    tiny.say(chat, "Your name?", reply_markup={"force_reply": True, "input_field_placeholder": "First name"})
    anna = open_page().chat("Anna")

    expect(anna.line).to_have_attribute("placeholder", "First name")
    expect(anna.keyboard).to_be_hidden()


def test_the_menu_has_the_commands_of_the_chat_and_the_language(
    tiny: TinyBot, chat: Chat, bot: Bot, box: Box, open_page: OpenPage
) -> None:
    def commands(word: str, **where: Any) -> None:
        tiny("setMyCommands", commands=[{"command": word, "description": f"About {word}"}], **where)

    commands("all")
    commands("russian", language_code="ru")
    commands("hers", scope={"type": "chat", "chat_id": chat.id})
    box.new_person("Boris", language_code="en").chat_with(bot).say("/start")
    box.new_person("Вера", language_code="ru").chat_with(bot).say("/start")
    tiny.forget()
    screen = open_page()

    for name, command in (("Anna", "hers"), ("Boris", "all"), ("Вера", "russian")):
        seen = screen.chat(name)
        seen.column.get_by_role("button", name="Commands").click()
        expect(screen.page.get_by_role("menuitem")).to_have_text([f"About {command}/{command}"])
        screen.item(f"/{command}").click()
        seen.sees(f"/{command}")
        assert tiny.update("message")["text"] == f"/{command}"

    screen.chat("Boris").menu("Language of the app (en)")
    screen.dialog.get_by_label("Language of the app").fill("ru")
    screen.dialog.get_by_role("button", name="OK").click()
    expect(screen.chat("Boris").column.locator(".chat-state")).to_have_text("ru")
    screen.chat("Boris").line.fill("/")
    expect(screen.chat("Boris").column.locator(".hints")).to_have_text("/russianAbout russian")
    screen.chat("Boris").line.press("Enter")
    assert tiny.update("message")["from"]["language_code"] == "ru"


def test_an_old_button_and_a_forged_one_are_pressed_from_the_menu(
    tiny: TinyBot, chat: Chat, open_page: OpenPage
) -> None:
    number = asks(tiny, chat)
    tiny("editMessageText", chat_id=chat.id, message_id=number, text="Taken")
    screen = open_page()
    anna = screen.chat("Anna")

    anna.menu("Press an old button")
    expect(screen.dialog.locator(".choices").get_by_role("button")).to_have_count(2)
    screen.dialog.get_by_role("button", name="Old").click()
    pressed = tiny.update("callback_query")
    assert (pressed["data"], pressed["message"]["message_id"]) == ("verb.1.1", number)

    anna.menu("Press a forged button")
    screen.dialog.get_by_label("Data").fill("verb.9.9")
    screen.dialog.get_by_role("button", name="Press", exact=True).click()
    assert tiny.update("callback_query")["data"] == "verb.9.9"
    expect(screen.page.get_by_role("dialog")).to_have_count(0)


def test_the_last_update_is_delivered_again(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    screen = open_page()
    screen.chat("Anna").say("once")
    first = tiny.next()

    screen.chat("Anna").menu("Deliver the last update again")

    screen.says("Delivered once more")
    assert tiny.next() == first
    assert first["message"]["text"] == "once"
