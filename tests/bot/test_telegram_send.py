"""What Telegram, or whatever stands before it, answers is sorted by what to do next; the token stays inside."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from telebot import apihelper

from bot.connectors.connector import MessageGone
from bot.connectors.telegram import Telegram
from sandbox import Box, running_sandbox
from sandbox.client import Chat
from services.ways_out import NeverAgain, TryLater, Unreachable

TOKEN = "77:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
HELLO = {
    "html": "<b>Hello</b>",
    "rows": [[{"label": "Go", "data": "home..0"}, {"label": "Map", "link": "https://a.b"}]],
}
OTHER = {"html": "Bye", "rows": []}


@dataclass
class Line:
    """A connector, and the chat of somebody who has started the bot."""

    box: Box
    telegram: Telegram
    chat: Chat
    key: str


@pytest.fixture(scope="module")
def shared_box() -> Iterator[Box]:
    with running_sandbox() as box:
        yield box


@pytest.fixture
def line(shared_box: Box) -> Line:
    shared_box.reset()
    bot = shared_box.new_bot("desk_bot", token=TOKEN)
    chat = shared_box.new_person("Nina").chat_with(bot)
    chat.say("/start")
    return Line(shared_box, Telegram(TOKEN, shared_box.api_url), chat, f"tg:77:{chat.id}")


def caught(call: Callable[[], Any]) -> BaseException:
    """What the call raises; nothing that can be printed of it holds the token."""
    with pytest.raises((TryLater, NeverAgain, MessageGone)) as raised:
        call()
    printed = "".join(traceback.format_exception(raised.value))
    assert TOKEN not in printed + str(raised.value) + repr(raised.value)
    assert TOKEN.partition(":")[2] not in printed
    return raised.value


# what goes well


def test_sent_edited_stripped_deleted(line: Line) -> None:
    sent = line.telegram.send(line.key, HELLO)
    shown = line.chat.last()
    assert (str(shown.id), shown.text) == (sent, "Hello")
    assert [button.label for row in shown.buttons for button in row] == ["Go", "Map"]

    line.telegram.edit(line.key, sent, {**HELLO, "html": "Bye"})
    assert line.chat.last().text == "Bye"
    line.telegram.strip(line.key, sent)
    assert not line.chat.last().buttons
    line.telegram.delete(line.key, sent)
    assert sent not in [str(message.id) for message in line.chat.messages()]


def test_a_reply_keyboard_comes_up_and_is_hushed(line: Line) -> None:
    line.telegram.send(line.key, {"html": "Where?", "ask": {"kind": "place", "label": "Send"}})
    assert [button.label for row in line.chat.keyboard() or [] for button in row] == ["Send"]

    line.telegram.hush(line.key, {"html": "ok"})
    assert line.chat.keyboard() is None


def test_what_is_so_already_is_a_success(line: Line) -> None:
    sent = line.telegram.send(line.key, HELLO)
    line.telegram.edit(line.key, sent, HELLO)
    line.telegram.strip(line.key, sent)
    line.telegram.strip(line.key, sent)
    line.telegram.strip(line.key, "999")
    line.telegram.delete(line.key, sent)
    line.telegram.delete(line.key, sent)
    line.telegram.delete(line.key, "999")

    assert [message.text for message in line.chat.messages()][1:] == []


def test_an_answer_to_a_press_that_is_gone_is_never_again(line: Line) -> None:
    assert type(caught(lambda: line.telegram.answer_press("12345", "text"))) is NeverAgain


# what does not


def test_editing_what_is_gone_says_so(line: Line) -> None:
    sent = line.telegram.send(line.key, HELLO)
    line.telegram.delete(line.key, sent)

    assert isinstance(caught(lambda: line.telegram.edit(line.key, sent, OTHER)), MessageGone)


def test_too_many_says_how_long_to_wait(line: Line) -> None:
    with line.box.fault("too_many", method="sendMessage", retry_after=7):
        told = caught(lambda: line.telegram.send(line.key, HELLO))

    assert isinstance(told, TryLater)
    assert told.seconds == 7.0


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("error", {"code": 500}),
        ("error", {"code": 502}),
        ("error", {"code": 503}),
        ("html", {"code": 502}),
        ("html", {"code": 504}),
        ("cut", {}),
        ("cut", {"after": True}),
    ],
)
def test_trouble_over_there_is_tried_again(line: Line, kind: str, options: dict[str, Any]) -> None:
    with line.box.fault(kind, method="sendMessage", **options):
        told = caught(lambda: line.telegram.send(line.key, HELLO))

    assert isinstance(told, TryLater)
    assert told.seconds is None
    assert line.telegram.send(line.key, OTHER)


def test_a_server_that_hangs_is_tried_again(line: Line) -> None:
    apihelper.READ_TIMEOUT = 0.2  # the library's; the next connector sets it back
    with line.box.fault("hang", method="sendMessage", seconds=2, count=1):
        told = caught(lambda: line.telegram.send(line.key, HELLO))

    assert isinstance(told, TryLater)
    assert told.reason == "ReadTimeoutError"


def test_whoever_blocked_us_or_never_was_is_unreachable(line: Line) -> None:
    line.chat.block()

    assert isinstance(caught(lambda: line.telegram.send(line.key, HELLO)), Unreachable)
    assert isinstance(caught(lambda: line.telegram.send("tg:77:424242", HELLO)), Unreachable)


@pytest.mark.parametrize("html", ["<b>open", "</a>", "<script>x</script>", "", "x" * 4097])
def test_a_message_that_telegram_does_not_take_is_never_again(line: Line, html: str) -> None:
    told = caught(lambda: line.telegram.send(line.key, {"html": html, "rows": []}))

    assert type(told) is NeverAgain
    assert told.reason.startswith("Bad Request")


def test_a_wrong_token_is_our_own_trouble_not_the_messages(line: Line) -> None:
    wrong = Telegram("78:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", line.box.api_url)

    assert isinstance(caught(lambda: wrong.send(line.key, HELLO)), TryLater)


def test_nobody_at_the_other_end() -> None:
    alone = Telegram(TOKEN, "http://127.0.0.1:1")

    for call in (
        lambda: alone.send("tg:77:1", HELLO),
        lambda: alone.edit("tg:77:1", "1", HELLO),
        lambda: alone.delete("tg:77:1", "1"),
        lambda: alone.updates(0, seconds=1),
        alone.webhook,
        alone.introduce,
    ):
        told = caught(call)
        assert isinstance(told, TryLater)
        assert "127.0.0.1" not in told.reason


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>captive portal</html>"),
        (200, b""),
        (200, b'{"status": "fine"}'),
        (200, b"[]"),
        (200, b'"ok"'),
        (200, b'{"ok": false}'),
        (502, b'{"error": "bad gateway"}'),
        (404, b"not here"),
        (200, b'{"ok": true'),
    ],
)
def test_an_answer_that_is_not_the_bot_apis_is_tried_again(status: int, body: bytes) -> None:
    with _answering(status, body) as url:
        told = caught(lambda: Telegram(TOKEN, url).send("tg:77:1", HELLO))

    assert isinstance(told, TryLater)


@pytest.mark.parametrize("method", ["delete", "strip"])
@pytest.mark.parametrize(
    "description", ["Bad Request: MESSAGE_ID_INVALID", "Bad Request: message can't be deleted for everyone"]
)
def test_tidying_up_what_cannot_be_found_is_a_success(method: str, description: str) -> None:
    body = f'{{"ok": false, "error_code": 400, "description": "{description}"}}'
    with _answering(400, body.encode()) as url:
        assert getattr(Telegram(TOKEN, url), method)("tg:77:1", "5") is None


class _answering:  # noqa: N801 - reads as a word
    """A server that gives everybody the same answer."""

    def __init__(self, status: int, body: bytes) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


# the bot itself


def test_the_entry_link_needs_the_bots_name_and_asks_nobody(line: Line) -> None:
    assert line.telegram.entry_link("K7QF2_abc") == ""
    line.telegram.introduce()
    assert line.telegram.entry_link("K7QF2_abc") == "https://t.me/desk_bot?start=K7QF2_abc"


def test_updates_are_forgotten_once_a_later_offset_is_asked_for(line: Line) -> None:
    line.chat.say("one")
    batch = line.telegram.updates(0, seconds=1)
    texts = [update["message"]["text"] for update in batch]

    assert texts == ["/start", "one"]
    assert [u["update_id"] for u in line.telegram.updates(batch[-1]["update_id"], seconds=1)] == [
        batch[-1]["update_id"]
    ]


def test_the_webhook_is_set_shown_and_removed(line: Line) -> None:
    line.telegram.set_webhook("http://127.0.0.1:9/telegram", "s-e_cret", None)
    assert line.telegram.webhook()["url"] == "http://127.0.0.1:9/telegram"

    line.telegram.remove_webhook()
    assert line.telegram.webhook()["url"] == ""


def test_a_reaction_replaces_the_one_before(line: Line) -> None:
    asked = line.chat.say("look")

    for emoji in ("👀", "👍"):
        line.telegram.react(line.key, str(asked), emoji)

    assert next(message.reactions for message in line.chat.messages() if message.id == asked) == ["👍"]


def test_a_reaction_that_is_none_is_never_again(line: Line) -> None:
    asked = line.chat.say("look")

    assert type(caught(lambda: line.telegram.react(line.key, str(asked), "no emoji"))) is NeverAgain


def test_typing_is_seen_in_the_chat(line: Line) -> None:
    line.telegram.typing(line.key)

    assert line.chat.typing() == "typing"
