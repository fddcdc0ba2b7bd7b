"""Files and places over Telegram's wire: sent with captions and buttons, fetched with a limit and a deadline."""

from __future__ import annotations

import socketserver
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.connectors.connector import FileGone, FileTooLarge, Upload
from bot.connectors.form_post import FormPost, TooSlow
from bot.connectors.telegram import Telegram
from sandbox import Box, running_sandbox
from sandbox.pictures import png
from services.ways_out import NeverAgain, TryLater, Unreachable
from tests.bot.test_telegram_send import TOKEN, Line

PDF = Upload("Счёт; 1.pdf", b"%PDF-1.7 x")
WORDS = {"html": "<b>Invoice</b>", "rows": [[{"label": "Go", "data": "home..0"}]]}
LARGEST = 1000


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
    with pytest.raises((TryLater, NeverAgain)) as raised:
        call()
    printed = "".join(traceback.format_exception(raised.value))
    assert TOKEN.partition(":")[2] not in printed + str(raised.value) + repr(raised.value)
    return raised.value


# out


def test_a_document_with_a_caption_and_a_button(line: Line) -> None:
    sent = line.telegram.document(line.key, PDF, WORDS)

    shown = line.chat.last()
    assert (str(shown.id), shown.kind, shown.file_name, shown.caption) == (sent, "document", PDF.name, "Invoice")
    assert shown.html == "<b>Invoice</b>"
    assert shown.labels == ["Go"]
    assert shown.file_id is not None
    assert line.chat.download(shown.file_id) == PDF.content


def test_a_document_without_words(line: Line) -> None:
    line.telegram.document(line.key, PDF, {"html": "", "rows": []})

    assert (line.chat.last().caption, line.chat.last().buttons) == (None, [])


def test_a_photo_that_is_seen_in_the_chat(line: Line) -> None:
    sent = line.telegram.photo(line.key, Upload("milk.png", png()), WORDS)

    shown = line.chat.last()
    assert (str(shown.id), shown.kind, shown.caption, shown.labels) == (sent, "photo", "Invoice", ["Go"])


def test_a_photo_that_telegram_does_not_show_is_never_again(line: Line) -> None:
    assert type(caught(lambda: line.telegram.photo(line.key, Upload("x.png", b"no picture"), WORDS))) is NeverAgain


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"latitude": 55.7512, "longitude": 37.6184}, "location"),
        ({"latitude": 55.7512, "longitude": 37.6184, "title": "", "address": "x"}, "location"),
        ({"latitude": 55.7512, "longitude": 37.6184, "title": "Лавка <1>", "address": "Покровка, 1"}, "venue"),
    ],
)
def test_a_place_on_the_map(line: Line, content: dict[str, Any], kind: str) -> None:
    sent = line.telegram.map(line.key, {**content, "html": "", "rows": []})

    shown = line.chat.last()
    assert (str(shown.id), shown.kind) == (sent, kind)
    place = {name: (shown.location or {}).get(name) for name in ("latitude", "longitude")}
    assert place == {"latitude": 55.7512, "longitude": 37.6184}
    if kind == "venue":
        assert (shown.venue or {})["title"] == "Лавка <1>"


def test_trouble_with_a_file_is_sorted_like_any_other(line: Line) -> None:
    with line.box.fault("too_many", method="sendDocument", retry_after=9):
        told = caught(lambda: line.telegram.document(line.key, PDF, WORDS))
    assert isinstance(told, TryLater)
    assert told.seconds == 9.0
    with line.box.fault("html", method="sendPhoto"):
        assert isinstance(caught(lambda: line.telegram.photo(line.key, Upload("a.png", png()), WORDS)), TryLater)
    line.chat.block()
    assert isinstance(caught(lambda: line.telegram.map(line.key, {"latitude": 1.0, "longitude": 2.0})), Unreachable)


def test_the_menu_of_one_chat_and_the_bots_own_profile(line: Line) -> None:
    line.telegram.tell_profile("commands", "", [{"command": "help", "description": "Help"}])
    line.telegram.tell_profile("commands", "ru", [{"command": "help", "description": "Помощь"}])
    line.telegram.tell_profile("name", "ru", "Заказы")
    line.telegram.tell_profile("description", "", "For staff")
    line.telegram.tell_profile("short_description", "ru", "Для сотрудников")

    assert line.chat.menu() == {"help": "Помощь"}
    assert line.chat.about() == {
        "name": "Заказы", "description": "For staff", "short_description": "Для сотрудников",
    }  # fmt: skip
    line.telegram.show_commands(line.key, [{"command": "orders", "description": "My orders"}])
    assert line.chat.menu() == {"orders": "My orders"}
    assert type(caught(lambda: line.telegram.tell_profile("colour", "", "red"))) is NeverAgain
    assert type(caught(lambda: line.telegram.tell_profile("name", "", "x" * 65))) is NeverAgain


# in


def sent_file(line: Line, content: bytes) -> str:
    """Nina sends a file; what the bot fetches it by."""
    line.chat.send_file(content, "goods.txt")
    [update] = [line.telegram.read(update) for update in line.telegram.updates(0, seconds=0)][-1:]
    assert update is not None
    assert (update.file_name, update.file_size) == ("goods.txt", len(content))
    return update.file_ref


def test_a_file_is_fetched_whole(line: Line) -> None:
    content = bytes(range(256)) * 3

    assert line.telegram.fetch(sent_file(line, content), largest=LARGEST) == content


def test_a_photo_is_fetched_in_its_largest_size(line: Line) -> None:
    line.chat.send_photo(png(1200, 900), "Milk")
    photo = line.telegram.read(line.telegram.updates(0, seconds=0)[-1])
    assert photo is not None
    sizes = line.chat.last().wire.get("photo") or line.chat.history()[-1].wire["photo"]

    assert (photo.kind.value, photo.text, photo.content_type) == ("photo", "Milk", "image/jpeg")
    assert photo.file_ref == sizes[-1]["file_id"]
    assert line.telegram.fetch(photo.file_ref, largest=100_000) == png(1200, 900)


def test_too_large_is_said_before_it_is_fetched(line: Line) -> None:
    ref = sent_file(line, b"x" * (LARGEST + 1))

    with line.box.fault("error", method="download", code=500) as downloads:
        assert isinstance(caught(lambda: line.telegram.fetch(ref, largest=LARGEST)), FileTooLarge)
        assert downloads.hits() == 0


def test_what_telegram_itself_finds_too_large(line: Line) -> None:
    ref = sent_file(line, b"x" * (20 * 1024 * 1024 + 1))

    assert isinstance(caught(lambda: line.telegram.fetch(ref, largest=LARGEST)), FileTooLarge)


def test_a_file_that_nobody_has(line: Line) -> None:
    assert isinstance(caught(lambda: line.telegram.fetch("BQgAC-forged", largest=LARGEST)), FileGone)
    assert isinstance(caught(lambda: line.telegram.fetch("", largest=LARGEST)), FileGone)


@pytest.mark.parametrize("method", ["getFile", "download"])
@pytest.mark.parametrize(
    ("kind", "options"),
    [("too_many", {"retry_after": 3}), ("error", {"code": 500}), ("html", {"code": 502}), ("cut", {})],
)
def test_trouble_while_fetching_is_tried_again(line: Line, method: str, kind: str, options: dict[str, Any]) -> None:
    ref = sent_file(line, b"12345")

    with line.box.fault(kind, method=method, **options):
        assert isinstance(caught(lambda: line.telegram.fetch(ref, largest=LARGEST)), TryLater)
    assert line.telegram.fetch(ref, largest=LARGEST) == b"12345"


@contextmanager
def serving(answer: Callable[[bytes], bytes], drip: float = 0.0) -> Iterator[str]:
    """A server that answers with raw bytes what ``answer`` makes of the request; ``drip`` seconds between two bytes."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            request = self.rfile.readline()
            length = 0
            while (header := self.rfile.readline().strip().lower()) != b"":
                if header.startswith(b"content-length:"):
                    length = int(header.partition(b":")[2])
            self.rfile.read(length)
            said = answer(request)
            if not drip:
                self.wfile.write(said)
                return
            ended = threading.Event()
            for position in range(len(said)):
                self.wfile.write(said[position : position + 1])
                if ended.wait(drip):
                    return

        def finish(self) -> None:
            try:
                super().finish()
            except OSError:
                return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address, daemon_threads = True, True

        def handle_error(self, *_: Any) -> None:
            """Whoever asked has gone."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


FOUND = b'{"ok":true,"result":{"file_id":"x","file_unique_id":"y","file_path":"documents/file_1.txt"}}'


def wire(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    size = f"Content-Length: {len(body) if length is None else length}"
    head = [f"HTTP/1.1 {status}", size, "Connection: close", *headers, "", ""]
    return "\r\n".join(head).encode() + body


@pytest.mark.parametrize(
    ("download", "outcome"),
    [
        (wire("200 OK", b"12345", length=50), TryLater),
        (wire("200 OK", b"<html>log in</html>", "Content-Type: text/html"), TryLater),
        (wire("302 Found", b"", "Location: http://169.254.169.254/"), TryLater),
        (wire("403 Forbidden", b"no"), TryLater),
        (wire("404 Not Found", b"no"), FileGone),
        (wire("200 OK", b"x" * (LARGEST + 1)), FileTooLarge),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5_000_000, FileTooLarge),
        (b"who is there?\r\n\r\n", TryLater),
    ],
)
def test_what_comes_in_place_of_a_file(download: bytes, outcome: type[Exception]) -> None:
    with serving(lambda request: download if b"/file/" in request else wire("200 OK", FOUND)) as url:
        assert type(caught(lambda: Telegram(TOKEN, url).fetch("x", largest=LARGEST))) is outcome


def test_a_file_that_drips_is_given_up_in_time() -> None:
    with serving(lambda _: wire("200 OK", b"x" * 500), drip=0.02) as url, pytest.raises(TooSlow):
        FormPost().download(url, largest=LARGEST, step=(1, 1), whole=0.3)
