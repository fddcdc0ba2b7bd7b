"""Delivery to a webhook by Telegram's rules."""

from __future__ import annotations

import itertools
import json
import queue
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sandbox import Box
from sandbox.client import Bot, Chat
from tests.sandbox.conftest import Api

MENU = {"inline_keyboard": [[{"text": "Каталог", "callback_data": "c"}]]}
Answer = tuple[int, dict[str, str], bytes]


class Receiver:
    """A bot's web server; `decide` answers each update, by default with 200."""

    def __init__(self) -> None:
        self.got: queue.Queue[dict[str, Any]] = queue.Queue()
        self.secrets: list[str | None] = []
        self.decide: Callable[[dict[str, Any]], Answer] = lambda _: (200, {}, b"")
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                update = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.secrets.append(self.headers["X-Telegram-Bot-Api-Secret-Token"])
                status, headers, body = receiver.decide(update)
                receiver.got.put(update)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def take(self, count: int) -> list[dict[str, Any]]:
        return [self.got.get(timeout=5) for _ in range(count)]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def failing(times: int, status: int = 503, **headers: str) -> Callable[[dict[str, Any]], Answer]:
    left = [times]

    def decide(_: dict[str, Any]) -> Answer:
        left[0] -= 1
        return (status, headers, b"") if left[0] >= 0 else (204, {}, b"")

    return decide


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"url": "https://example.org/x"}, "bad webhook: the sandbox delivers to 127.0.0.1 and localhost only"),
        ({"url": "ftp://127.0.0.1/x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "http://127.0.0.1/x", "secret_token": "я"}, "secret token contains unallowed characters"),
        ({"url": "http://127.0.0.1/x", "secret_token": "x" * 257}, "secret token is too long"),
        ({"url": "http://127.0.0.1/x", "certificate": "x"}, "bad webhook: certificate must be uploaded as a file"),
        ({"url": "http://127.0.0.1/x", "allowed_updates": ["smoke"]}, 'unknown kind "smoke" in allowed_updates'),
    ],
)
def test_refused_webhooks(api: Api, params: dict[str, Any], refusal: str) -> None:
    assert api.refused("setWebhook", **params).startswith(f"400 Bad Request: {refusal}")


def test_updates_are_posted_with_the_secret_and_in_order(
    box: Box, api: Api, bot: Bot, chat: Chat, receiver: Receiver
) -> None:
    chat.say("before")
    answer = api.raw("setWebhook", url=receiver.url, secret_token="s3cret", max_connections=5).json()
    assert answer == {"ok": True, "result": True, "description": "Webhook was set"}
    for word in "abc":
        chat.say(word)
    assert texts(receiver.take(4)) == ["before", "a", "b", "c"]
    assert set(receiver.secrets) == {"s3cret"}
    box.wait_until_quiet(timeout=5, idle=0.02)
    info = box.webhook(bot)
    assert (info["url"], info["pending_update_count"], info["max_connections"]) == (receiver.url, 0, 5)
    assert api.refused("getUpdates") == (
        "409 Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    api("deleteWebhook")
    chat.say("polled")
    assert texts(api("getUpdates")) == ["polled"]


def test_setting_a_webhook_drops_updates_and_the_poller(
    api: Api, box: Box, bot: Bot, chat: Chat, receiver: Receiver
) -> None:
    chat.say("dropped")
    api("setWebhook", url=receiver.url, drop_pending_updates=True)
    chat.say("kept")
    assert texts(receiver.take(1)) == ["kept"]
    assert api.raw("setWebhook", url=receiver.url).json()["description"] == "Webhook is already set"


def test_the_first_retry_comes_at_once_then_they_double(
    box: Box, api: Api, bot: Bot, chat: Chat, receiver: Receiver
) -> None:
    box.settings(retry_scale=0.01)
    receiver.decide = failing(4)
    api("setWebhook", url=receiver.url)
    began = box.change()
    chat.say("a")
    chat.say("b")
    assert texts(receiver.take(6)) == ["a", "a", "a", "a", "a", "b"]
    times = [event["at"] for event in box.events(began) if event["event"] == "undelivered"]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps[0] < gaps[1] < gaps[2]
    assert 0.02 <= gaps[1] < gaps[2] >= 0.04
    box.wait_until_quiet(timeout=5, idle=0.02)
    info = box.webhook(bot)
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
    assert info["pending_update_count"] == 0


def test_retry_after_is_honoured(box: Box, api: Api, chat: Chat, receiver: Receiver) -> None:
    box.settings(retry_scale=0.0002)
    receiver.decide = failing(1, 429, **{"Retry-After": "9999999"})
    api("setWebhook", url=receiver.url)
    chat.say("a")
    receiver.take(1)
    with pytest.raises(queue.Empty):
        receiver.got.get(timeout=0.3)  # 3600 s at the most, scaled to 0.72 s: not at once
    assert texts(receiver.take(1)) == ["a"]


def test_a_closed_port_is_tried_again(box: Box, api: Api, bot: Bot, chat: Chat, receiver: Receiver) -> None:
    box.settings(retry_scale=0.001)
    dead = Receiver()
    dead.server.shutdown()
    dead.server.server_close()
    api("setWebhook", url=dead.url)
    since = box.change()
    chat.say("a")
    while not any(event["event"] == "undelivered" for event in box.events(since)):
        box.wait_for_change(box.change(), timeout=0.2)
    assert box.webhook(bot)["last_error_message"] == "Connection refused"
    assert box.webhook(bot)["pending_update_count"] == 1
    api("setWebhook", url=receiver.url)
    assert texts(receiver.take(1)) == ["a"]


def test_a_failing_update_blocks_only_its_own_lane(
    box: Box, api: Api, bot: Bot, chat: Chat, receiver: Receiver
) -> None:
    boris = box.new_person("Борис").chat_with(bot)
    api("sendMessage", text="x", reply_markup=MENU)
    receiver.decide = lambda update: (
        (500, {}, b"") if update.get("message", {}).get("text") == "stuck" else (200, {}, b"")
    )
    api("setWebhook", url=receiver.url)
    chat.say("stuck")
    chat.say("behind")
    chat.press("Каталог")
    boris.say("free")
    got = receiver.take(4)
    kinds = [update.get("message", {}).get("text") or "press" for update in got]
    assert sorted(set(kinds)) == ["free", "press", "stuck"]
    assert box.webhook(bot)["pending_update_count"] == 2


def test_an_answer_may_carry_a_method(box: Box, api: Api, chat: Chat, receiver: Receiver) -> None:
    body = json.dumps({"method": "sendMessage", "chat_id": chat.id, "text": "сразу"}).encode()
    receiver.decide = lambda _: (200, {"Content-Type": "application/json"}, body)
    api("setWebhook", url=receiver.url)
    chat.say("x")
    chat.wait_for("сразу", timeout=5)
    assert box.requests(method="sendMessage")[-1].fault == "webhook answer"


def test_tricks_work_with_webhooks_too(box: Box, api: Api, bot: Bot, chat: Chat, receiver: Receiver) -> None:
    api("setWebhook", url=receiver.url)
    box.hold_updates()
    chat.say("a")
    box.wait_until_quiet(timeout=2, idle=0.02)
    assert receiver.got.empty()
    box.release()
    (first,) = receiver.take(1)
    assert chat.double_last() == first["update_id"]
    assert receiver.take(1) == [first]
    box.shuffle_updates(bot, 2)
    chat.say("b")
    chat.say("c")
    swapped = receiver.take(2)
    assert texts(swapped) == ["c", "b"]
    assert swapped[0]["update_id"] > swapped[1]["update_id"]


def test_an_old_press_is_never_delivered(box: Box, api: Api, bot: Bot, chat: Chat, receiver: Receiver) -> None:
    api("sendMessage", text="x", reply_markup=MENU)
    box.hold_updates()
    api("setWebhook", url=receiver.url)
    chat.press("Каталог")
    box.advance(151)
    try:
        box.release()
        chat.say("x")
        assert texts(receiver.take(1)) == ["x"]
        box.wait_until_quiet(timeout=5, idle=0.02)
        assert box.webhook(bot)["pending_update_count"] == 0
    finally:
        box.advance(-151)


def test_only_the_uploaded_certificate_is_trusted(
    box: Box, api: Api, bot: Bot, chat: Chat, *, receiver: Receiver, tmp_path: Path
) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = (
        f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -keyout {key} -out {certificate}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)  # noqa: S603 - our own words
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    url = receiver.url.replace("http:", "https:")
    box.settings(retry_scale=0.001)
    api("setWebhook", url=url)
    since = box.change()
    chat.say("a")
    while not any(event["event"] == "undelivered" for event in box.events(since)):
        box.wait_for_change(box.change(), timeout=0.2)
    assert "SSL error" in box.webhook(bot)["last_error_message"]
    files = {"certificate": ("cert.pem", certificate.read_bytes())}
    assert api.session.post(f"{api.url}/setWebhook", data={"url": url}, files=files, timeout=5).json()["ok"]
    assert texts(receiver.take(1)) == ["a"]
    assert box.webhook(bot)["has_custom_certificate"] is True
