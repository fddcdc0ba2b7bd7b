"""The stream that the page follows: the whole world first, then what changes."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest
import requests

from sandbox import Box
from sandbox.client import Bot, Chat
from sandbox.live import NEWEST
from tests.sandbox.conftest import Api

SECONDS = 10.0
MENU = {"inline_keyboard": [[{"text": "Каталог", "callback_data": "c"}]]}


class Stream:
    """What a browser with the page open is told."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.world = self.next("world")

    def next(self, name: str) -> dict[str, Any]:
        """The next event, which has this name."""
        event = next(line for line in self._lines if line.startswith("event: "))
        assert event == f"event: {name}"
        told: dict[str, Any] = json.loads(next(self._lines).removeprefix("data: "))
        return told

    def until(self, part: str) -> Any:
        """What the first news says that has something of this part."""
        while True:
            if found := self.next("news").get(part):
                return found

    def messages(self) -> list[dict[str, Any]]:
        """The messages of the first news that has any."""
        while True:
            if found := [message for chat in self.next("news")["chats"] for message in chat["messages"]]:
                return found


@contextmanager
def following(box: Box) -> Iterator[Stream]:
    with requests.get(f"{box.api_url}/live", stream=True, timeout=SECONDS) as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        response.encoding = "utf-8"
        yield Stream(response.iter_lines(chunk_size=1, decode_unicode=True))


def test_the_world_comes_whole_to_whoever_opens_the_page(box: Box, api: Api, bot: Bot, chat: Chat) -> None:
    chat.say("hello")
    api("sendMessage", chat_id=chat.id, text="Good day", reply_markup=MENU)
    box.new_person("Max", about="stranger")

    with following(box) as stream:
        anna, stranger = stream.world["chats"]

    assert [message["text"] for message in anna["messages"]] == ["/start", "hello", "Good day"]
    assert anna["messages"][2]["buttons"][0][0]["data"] == "c"
    assert (anna["started"], anna["more"], stranger["started"], stranger["messages"]) == (True, False, False, [])
    assert stream.world["people"][1]["about"] == "stranger"
    assert "token" not in json.dumps(stream.world)


def test_of_a_long_chat_the_newest_messages_come(box: Box, chat: Chat) -> None:
    for number in range(NEWEST):
        chat.say(str(number))
    with following(box) as stream:
        [told] = stream.world["chats"]
    assert (told["more"], len(told["messages"]), told["messages"][0]["text"]) == (True, NEWEST, "0")


def test_what_happens_is_told_with_the_messages_that_it_touched(box: Box, api: Api, chat: Chat) -> None:
    chat.say("hello")
    with following(box) as stream:
        sent = api("sendMessage", chat_id=chat.id, text="Menu", reply_markup=MENU)["message_id"]
        assert [(each["id"], each["text"]) for each in stream.messages()] == [(sent, "Menu")]

        api("editMessageReplyMarkup", chat_id=chat.id, message_id=sent)
        assert [(each["buttons"], each["edited"]) for each in stream.messages()] == [([], False)]

        api("editMessageText", chat_id=chat.id, message_id=sent, text="Other")
        assert [(each["text"], each["edited"]) for each in stream.messages()] == [("Other", True)]

        api("deleteMessage", chat_id=chat.id, message_id=sent)
        assert [each["deleted"] for each in stream.messages()] == [True]


def test_a_press_and_its_answer_name_the_button(box: Box, api: Api, chat: Chat) -> None:
    chat.say("hello")
    sent = api("sendMessage", chat_id=chat.id, text="Menu", reply_markup=MENU)["message_id"]
    with following(box) as stream:
        pressed = chat.press("Каталог")
        [press] = stream.until("events")
        assert (press["event"], press["message_id"], press["data"]) == ("pressed", sent, "c")

        api("answerCallbackQuery", callback_query_id=pressed.callback_query_id, text="Done", show_alert=True)
        [answer] = stream.until("events")
        assert answer["answer"] == {"text": "Done", "show_alert": True, "url": None}


def test_a_keyboard_and_typing_belong_to_the_chat(box: Box, api: Api, chat: Chat) -> None:
    chat.say("hello")
    keyboard = {"keyboard": [[{"text": "📍", "request_location": True}]], "input_field_placeholder": "Where?"}
    with following(box) as stream:
        api("sendMessage", chat_id=chat.id, text="Where?", reply_markup=keyboard)
        [told] = stream.until("chats")
        assert told["keyboard"]["rows"][0][0]["request"] == "location"
        assert told["keyboard"]["input_field_placeholder"] == "Where?"

        api("sendChatAction", chat_id=chat.id, action="typing")
        [told] = stream.until("chats")
        assert told["action"] == "typing"
        assert 0 < told["action_seconds"] <= 5


@pytest.mark.parametrize("mail", [False, True])
def test_a_switch_is_seen_at_once(box: Box, mail: bool) -> None:  # noqa: FBT001
    with following(box) as stream:
        fault = box.mail_fault("refuse", code=550) if mail else box.fault("slow", seconds=3)
        told = stream.until("trouble")
        faults = told["mail"]["faults"] if mail else told["faults"]
        assert [(each["id"], each["hits"]) for each in faults] == [(fault.id, 0)]

        fault.clear()
        told = stream.until("trouble")
        assert (told["mail"]["faults"], told["faults"]) == ([], [])


def test_a_letter_comes_with_its_headers_and_without_its_bytes(box: Box) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@example.org", "b@example.org", "Счёт"
    letter.set_content("Plain")
    letter.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="счёт.pdf")
    host, port = box.smtp_url.removeprefix("smtp://").split(":")
    with following(box) as stream, smtplib.SMTP(host, int(port)) as server:
        server.send_message(letter)
        [told] = stream.until("mails")

    assert (told["subject"], told["text"], told["html"]) == ("Счёт", "Plain\r\n", False)
    assert told["attachments"] == [{"name": "счёт.pdf", "type": "application/pdf", "size": 8}]
    assert ["Subject", "Счёт"] in told["headers"]


def test_after_a_reset_and_with_another_bot_the_world_comes_anew(box: Box, bot: Bot, chat: Chat) -> None:
    chat.say("hello")
    with following(box) as stream:
        box.reset()
        told = stream.next("world")
        assert (told["bots"], told["people"], told["chats"], told["mails"]) == ([], [], [], [])

        box.new_bot("other_bot")
        assert [each["username"] for each in stream.next("world")["bots"]] == ["other_bot"]


def test_a_letter_that_nobody_can_read_breaks_nothing(box: Box, chat: Chat) -> None:
    head = b"From: a@example.org\r\nTo: b@example.org\r\nContent-Type: text/plain; charset=klingon\r\n"
    raw = head + b"\r\nqapla'"
    host, port = box.smtp_url.removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port)) as server:
        server.sendmail("a@example.org", ["b@example.org"], raw)

    with following(box) as stream:
        assert [letter["text"] for letter in stream.world["mails"]] == ["qapla'\r\n"]
        chat.say("still here")
        assert [message["text"] for message in stream.messages()] == ["still here"]
    assert box.mail()[0].text == "qapla'\r\n"


def test_what_changes_something_is_done_only_by_post(box: Box) -> None:
    asked = requests.get(f"{box.control_url}/mail_down", timeout=SECONDS)
    from_elsewhere = requests.post(
        f"{box.control_url}/mail_down", json={}, headers={"Sec-Fetch-Site": "cross-site"}, timeout=SECONDS
    )

    assert (asked.status_code, from_elsewhere.status_code) == (405, 403)
    with following(box) as stream:
        assert stream.world["trouble"]["mail"]["up"]
