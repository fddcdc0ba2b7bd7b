"""What a chat shows: words and their dress, media, changes in place. The bot is the test itself."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import FilePayload, expect

from sandbox import Box, pictures
from sandbox.client import Bot
from sandbox.client_chat import Chat
from tests.browser.letters import letter, paper, post
from tests.browser.screen import OpenPage, is_drawn
from tests.browser.tiny_bot import TinyBot
from tests.browser.windows import PHONE

MARKUP = "<img src=x onerror=alert(1)>"
FORMATTED = (
    "👩‍👩‍👧 🎉 <b>bold <i>both</i></b> <u>under</u> <s>gone</s> <code>A-1</code>"
    '<pre>pre</pre><a href="https://example.org/a">site</a> <tg-spoiler>secret</tg-spoiler>'
    "<blockquote>quoted</blockquote>end"
)
DRESS = {
    "strong": "bold both",
    "strong em": "both",
    "u": "under",
    "s": "gone",
    "button.code": "A-1",
    "pre code": "pre",
    "button.link:not(.code)": "site",
    "blockquote": "quoted",
}
"""What stands in which element."""
WITH_LINKS = 'Say /help, <code>A-1</code>, or see <a href="https://example.org/a">us</a> all day.'
CLOCK = """(_, at) => new Intl.DateTimeFormat('en', {hour: 'numeric', minute: '2-digit', timeZone: 'Europe/Moscow'})
    .format(at * 1000)"""


def test_text_is_dressed_as_the_bot_said(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    tiny.say(chat, FORMATTED, parse_mode="HTML")
    screen = open_page()
    words = screen.chat("Anna").newest.locator(".words")

    for tag, text in DRESS.items():
        expect(words.locator(tag)).to_have_text(text)
    assert words.inner_text().startswith("👩‍👩‍👧 🎉 bold both under gone A-1")
    assert words.inner_text().endswith("end")
    expect(words).not_to_contain_text("secret")
    words.get_by_role("button", name="Hidden text").click()
    expect(words).to_contain_text("secret")


def test_what_stands_in_a_text_can_be_followed(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    tiny.say(chat, WITH_LINKS, parse_mode="HTML")
    screen = open_page()
    anna = screen.chat("Anna")

    anna.follow("us")
    away = screen.dialog.get_by_role("link")
    assert (away.get_attribute("href"), away.get_attribute("rel")) == ("https://example.org/a", "noopener noreferrer")
    screen.page.keyboard.press("Escape")
    anna.newest.locator("button.code").click()
    screen.says("Copied")
    assert screen.page.evaluate("navigator.clipboard.readText()") == "A-1"
    anna.follow("/help")
    assert tiny.update("message")["text"] == "/help"


def test_markup_is_only_words_wherever_it_comes_from(box: Box, bot: Bot, tiny: TinyBot, open_page: OpenPage) -> None:
    chat = box.new_person(MARKUP, last_name=MARKUP, language_code="en", about=MARKUP).chat_with(bot)
    chat.say(MARKUP)
    tiny("setMyCommands", commands=[{"command": "help", "description": MARKUP}])
    tiny.upload("sendDocument", {"document": (MARKUP, b"PK", "application/zip")}, chat_id=chat.id, caption=MARKUP)
    tiny.upload("sendPhoto", {"photo": ("a.png", pictures.png(), "image/png")}, chat_id=chat.id, caption=MARKUP)
    tiny.say(chat, "keys", reply_markup={"keyboard": [[{"text": MARKUP}]], "input_field_placeholder": MARKUP})
    asked = tiny.say(chat, "press", reply_markup={"inline_keyboard": [[{"text": MARKUP, "callback_data": MARKUP}]]})
    box.offer_note(chat.person, MARKUP, {"en": MARKUP})
    post(box, letter(MARKUP, text=MARKUP))
    tiny.forget()
    screen = open_page()
    seen = screen.chat(MARKUP)

    seen.column.get_by_role("button", name="Commands").click()
    expect(screen.item(MARKUP)).to_be_visible()
    screen.page.keyboard.press("Escape")
    seen.press(MARKUP)
    pressed = tiny.update("callback_query")
    assert (pressed["data"], pressed["message"]["message_id"]) == (MARKUP, asked)
    tiny("answerCallbackQuery", callback_query_id=pressed["id"], text=MARKUP, show_alert=True)
    expect(seen.column.get_by_role("alert")).to_contain_text(MARKUP)
    expect(screen.open_mailbox().open(MARKUP)).to_contain_text(MARKUP)
    expect(seen.log.get_by_text(MARKUP)).not_to_have_count(0)
    expect(screen.page.locator("img[src=x]")).to_have_count(0)


def test_a_message_is_edited_in_place_and_the_focus_stays(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    steps = {"inline_keyboard": [[{"text": "-1", "callback_data": "0"}, {"text": "+1", "callback_data": "2"}]]}
    number = tiny.say(chat, "1 box", reply_markup=steps)
    anna = open_page().chat("Anna")
    anna.sees("1 box")
    before = anna.log.get_by_role("article").count()
    anna.inline("+1").focus()

    steps["inline_keyboard"][0][1]["callback_data"] = "3"
    tiny("editMessageText", chat_id=chat.id, message_id=number, text="2 boxes", reply_markup=steps)

    anna.sees("2 boxes")
    anna.sees_no("1 box")
    expect(anna.inline("+1")).to_be_focused()
    expect(anna.log.get_by_role("article")).to_have_count(before)


def test_what_is_deleted_is_gone(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    first, secret = tiny.say(chat, "stays"), chat.say("TEST-CODE")
    anna = open_page().chat("Anna")
    anna.sees("TEST-CODE")

    tiny("deleteMessage", chat_id=chat.id, message_id=secret)

    anna.sees_no("TEST-CODE")
    tiny("deleteMessage", chat_id=chat.id, message_id=first)
    anna.sees_no("stays")


def test_answers_quote_and_reactions_stand_on_a_message(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    asked = tiny.say(chat, "How many?")
    screen = open_page()
    anna = screen.chat("Anna")

    anna.sees("How many?").hover()
    anna.newest.get_by_role("button", name="What to do with this message").click()
    screen.item("Reply").click()
    expect(anna.column.locator(".context")).to_contain_text("How many?")
    anna.say("Twelve")
    said = tiny.update("message")
    assert said["reply_to_message"]["message_id"] == asked
    expect(anna.sees("Twelve").locator(".quoted")).to_have_text(re.compile("Tiny.*How many"))

    tiny(
        "setMessageReaction",
        chat_id=chat.id,
        message_id=said["message_id"],
        reaction=[{"type": "emoji", "emoji": "👍"}],
    )
    expect(anna.bubble("Twelve").locator(".reactions")).to_have_text("👍")
    tiny("setMessageReaction", chat_id=chat.id, message_id=said["message_id"], reaction=[])
    expect(anna.bubble("Twelve").locator(".reactions")).to_have_count(0)


def test_typing_is_seen_until_it_ends(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    screen = open_page()
    anna = screen.chat("Anna")
    state = anna.column.locator(".chat-state")
    anna.sees("/start")
    screen.page.clock.install()

    tiny("sendChatAction", chat_id=chat.id, action="typing")
    expect(state).to_have_text("Tiny is typing…")
    screen.page.clock.fast_forward(6000)
    expect(state).not_to_contain_text("typing")
    tiny("sendChatAction", chat_id=chat.id, action="upload_document")
    expect(state).to_have_text("Tiny is sending a file…")
    tiny.say(chat, "done")
    expect(state).not_to_contain_text("sending")


def test_papers_are_shown_and_files_are_downloaded(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    tiny.upload(
        "sendDocument", {"document": ("TB-1.pdf", paper(2), "application/pdf")}, chat_id=chat.id, caption="look"
    )
    tiny.upload("sendDocument", {"document": ("list.csv", b"a;b", "text/csv")}, chat_id=chat.id)
    screen = open_page()
    anna = screen.chat("Anna")

    with screen.page.expect_download() as download:
        anna.sees("list.csv").get_by_role("link").click()
    assert download.value.suggested_filename == "list.csv"
    assert download.value.path().read_bytes() == b"a;b"
    is_drawn(anna.sees("look").locator("img"))
    anna.bubble("look").get_by_role("button", name=re.compile("TB-1.pdf")).click()
    for number in (1, 2):
        is_drawn(screen.dialog.get_by_role("img", name=f"TB-1.pdf, page {number} of 2"))


def test_photos_stand_alone_or_in_an_album(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    picture = ("a.png", pictures.png(320, 200), "image/png")
    tiny.upload("sendPhoto", {"photo": picture}, chat_id=chat.id, caption="one alone")
    media = [{"type": "photo", "media": f"attach://{name}"} for name in "abc"]
    media[0]["caption"] = "three together"
    tiny.upload("sendMediaGroup", dict.fromkeys("abc", picture), chat_id=chat.id, media=json.dumps(media))
    screen = open_page()
    anna = screen.chat("Anna")

    album = anna.sees("three together").get_by_role("img")
    expect(album).to_have_count(3)
    for number in range(3):
        is_drawn(album.nth(number))
    is_drawn(anna.bubble("one alone").get_by_role("img"))
    anna.bubble("one alone").get_by_role("button", name="Open the photo").click()
    is_drawn(screen.dialog.get_by_role("img"))


def test_a_photo_keeps_its_size_in_a_long_chat(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    tiny.upload(
        "sendPhoto", {"photo": ("a.png", pictures.png(320, 200), "image/png")}, chat_id=chat.id, caption="shelf"
    )
    for number in range(30):
        tiny.say(chat, f"line {number}")
    anna = open_page().chat("Anna")

    anna.bubble("shelf").scroll_into_view_if_needed()
    shown, held = anna.bubble("shelf").bounding_box(), anna.bubble("shelf").get_by_role("img").bounding_box()
    assert shown is not None
    assert held is not None
    assert shown["height"] > held["height"] > 150


def test_a_chat_stays_at_its_end_while_the_line_to_write_on_grows(
    tiny: TinyBot, chat: Chat, open_page: OpenPage
) -> None:
    for number in range(30):
        tiny.say(chat, f"line {number}")
    screen = open_page(PHONE)
    anna = screen.chat("Anna")
    at_end = "log => log.scrollHeight - log.scrollTop - log.clientHeight < 2"
    screen.page.wait_for_function(at_end, arg=anna.log.element_handle())

    anna.line.fill("a list\n" * 6)

    screen.page.wait_for_function(at_end, arg=anna.log.element_handle())
    expect(anna.column.get_by_role("button", name="To the newest message")).to_be_hidden()


def test_what_changes_above_the_loaded_messages_does_not_come_as_the_newest(
    tiny: TinyBot, chat: Chat, open_page: OpenPage
) -> None:
    first = tiny.say(chat, "the first")
    for number in range(60):
        tiny.say(chat, f"line {number}")
    anna = open_page().chat("Anna")
    anna.sees("line 59")

    tiny("editMessageText", chat_id=chat.id, message_id=first, text="the first, changed")
    tiny.say(chat, "and on")

    anna.sees("and on")
    expect(anna.log.get_by_text("the first, changed")).to_have_count(0)
    anna.column.get_by_role("button", name="Older messages").click()
    expect(anna.log.get_by_text("the first, changed")).to_have_count(1)


PHOTO = FilePayload(name="shelf.png", mimeType="image/png", buffer=pictures.png())


@pytest.mark.parametrize("as_file", [False, True])
def test_a_photo_is_chosen_and_sent_as_one_or_as_a_file(
    tiny: TinyBot, chat: Chat, open_page: OpenPage, *, as_file: bool
) -> None:
    anna = open_page().chat("Anna")

    box = anna.choose_files("Photos", PHOTO)
    is_drawn(box.get_by_role("img", name="shelf.png"))
    box.get_by_label("Send as files, not as photos").set_checked(as_file)
    box.get_by_label("Caption").fill("the shelf")
    box.get_by_role("button", name="Send", exact=True).click()

    sent = tiny.update("message")
    assert sent["caption"] == "the shelf"
    assert ("document" in sent, "photo" in sent) == (as_file, not as_file)
    anna.sees("the shelf")


def test_several_photos_go_as_an_album_and_files_one_by_one(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    anna = open_page().chat("Anna")

    anna.choose_files("Photos", PHOTO, PHOTO).get_by_role("button", name="Send", exact=True).click()
    first, second = tiny.update("message"), tiny.update("message")
    assert first["media_group_id"] == second["media_group_id"]
    expect(anna.newest.get_by_role("img")).to_have_count(2)

    plain = FilePayload(name="накладная.txt", mimeType="text/plain", buffer="строка".encode())
    anna.choose_files("Files", plain).get_by_role("button", name="Send", exact=True).click()
    document = tiny.update("message")["document"]
    assert (document["file_name"], document["mime_type"]) == ("накладная.txt", "text/plain")
    assert chat.download(document["file_id"]).decode() == "строка"


def test_a_place_a_contact_a_sticker_and_a_voice_can_be_attached(
    box: Box, tiny: TinyBot, chat: Chat, open_page: OpenPage
) -> None:
    box.new_person("Boris", phone="+79007654321")
    screen = open_page()
    anna = screen.chat("Anna")

    anna.attach("A place")
    screen.dialog.get_by_label("Latitude, longitude").fill("nowhere")
    screen.dialog.get_by_role("button", name="Send", exact=True).click()
    screen.says("Two numbers, please")
    screen.dialog.get_by_label("Latitude, longitude").fill("55.75, 37.62")
    screen.dialog.get_by_role("button", name="Send", exact=True).click()
    assert tiny.update("message")["location"] == {"latitude": 55.75, "longitude": 37.62}
    anna.attach("A contact")
    screen.dialog.get_by_role("button", name="Boris").click()
    contact = tiny.update("message")["contact"]
    assert (contact["first_name"], contact["phone_number"]) == ("Boris", "+79007654321")
    anna.attach("A sticker")
    assert tiny.update("message")["sticker"]["emoji"] == "👍"
    anna.attach("A voice message")
    assert tiny.update("message")["voice"]["mime_type"] == "audio/ogg"
    anna.sees("55.75000, 37.62000", "+79007654321", "Voice message")


def test_the_last_own_text_is_corrected_with_arrow_up(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    anna = open_page().chat("Anna")
    anna.say("12 boxs")
    anna.sees("12 boxs")
    tiny.forget()

    anna.line.press("ArrowUp")
    expect(anna.line).to_have_value("12 boxs")
    anna.say("12 boxes")

    assert tiny.update("edited_message")["text"] == "12 boxes"
    expect(anna.sees("12 boxes")).to_contain_text("edited")
    anna.sees_no("12 boxs")


def test_a_message_says_when_it_came(tiny: TinyBot, chat: Chat, open_page: OpenPage) -> None:
    tiny.say(chat, "now")
    anna = open_page().chat("Anna")
    clock = anna.newest.evaluate(CLOCK, chat.last().date)

    expect(anna.newest.locator(".when")).to_have_text(clock)
    expect(anna.log.locator(".day")).to_have_count(1)
