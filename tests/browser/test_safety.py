"""Who may use the page's server, and what a letter or a file may do in the browser: nothing."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import expect

from sandbox import Box
from sandbox.client_chat import Chat
from tests.browser.letters import A4, letter, paper, post
from tests.browser.screen import OpenPage, is_drawn
from tests.browser.tiny_bot import TinyBot

PAGE = Path(__file__).parents[2] / "sandbox" / "page"
STRANGERS = [
    pytest.param({"Origin": "https://evil.example"}, id="page elsewhere"),
    pytest.param({"Origin": "null"}, id="page without an origin"),
    pytest.param({"Origin": "http://127.0.0.1:1"}, id="another port"),
    pytest.param({"Origin": "http://localhost:1"}, id="another name"),
    pytest.param({"Host": "evil.example"}, id="a name that points here"),
    pytest.param({"Host": "127.0.0.1.evil.example"}, id="a name that looks like it"),
]
OUTSIDE = [
    "/page/../server.py",
    "/page/%2e%2e/server.py",
    "/page/..%2fserver.py",
    "/page/..%2f..%2fsettings.py",
    "/page/words/../../page.py",
    "/page//etc/passwd",
    "/page/%2fetc%2fpasswd",
    "/page/",
    "/page/words",
    "/page/a%00.js",
    f"/page/{'a' * 300}.js",
    "/letters/%C2%B2/html",
    "/letters/1/html",
    "/files/1/x",
]


def get(box: Box, path: str) -> http.client.HTTPResponse:
    """Ask for exactly this path: no client tidies it up."""
    address = urlsplit(box.api_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
    connection.request("GET", path)
    return connection.getresponse()


def with_attachment(box: Box, content: bytes, mime: str, name: str) -> str:
    """Let a letter with this attachment arrive; returns the address of the attachment."""
    message = letter()
    kind, _, subtype = mime.partition("/")
    message.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    post(box, message)
    return f"{box.api_url}/letters/{box.mail()[-1].number}/attachments/0"


@pytest.mark.parametrize("headers", STRANGERS)
def test_a_page_of_somebody_else_can_do_and_see_nothing(box: Box, chat: Chat, headers: dict[str, str]) -> None:
    before = box.change()
    said = {"bot_id": chat.bot.id, "person_id": chat.id, "text": "evil"}

    answers = [
        requests.post(f"{box.control_url}/say", json=said, headers=headers, timeout=5),
        requests.post(f"{box.control_url}/reset", data="{}", headers=headers, timeout=5),
        requests.get(f"{box.control_url}/state", headers=headers, timeout=5),
        requests.get(f"{box.api_url}/live", headers=headers, timeout=5, stream=True),
        requests.get(f"{box.api_url}/", headers=headers, timeout=5),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert not any("Access-Control-Allow-Origin" in answer.headers for answer in answers)
    assert all("own" in answer.json()["description"] for answer in answers)
    assert box.change() == before


def test_the_page_itself_may(box: Box, chat: Chat) -> None:
    said = {"bot_id": chat.bot.id, "person_id": chat.id, "text": "mine"}

    answer = requests.post(f"{box.control_url}/say", json=said, headers={"Origin": box.api_url}, timeout=5)

    assert answer.status_code == 200
    assert chat.last().text == "mine"


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_but_the_files_of_the_page_is_served(box: Box, path: str) -> None:
    assert get(box, path).status == 404


def test_every_file_of_the_page_has_its_type_and_its_policy(box: Box) -> None:
    types = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    files = [path.relative_to(PAGE).as_posix() for path in PAGE.rglob("*.*")]
    assert {"index.html", "app.js", "words/chat.js"} <= set(files)

    for path in ("/", *(f"/page/{name}" for name in files)):
        headers = get(box, path).headers
        assert headers["Content-Type"] == f"{types[Path(path).suffix or '.html']}; charset=utf-8", path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        policy = policy_of(headers["Content-Security-Policy"])
        assert policy["default-src"] == ["'none'"], path
        assert policy["script-src"] == policy["connect-src"] == ["'self'"], path
        assert policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == ["'none'"], path
        assert not any("unsafe" in word or "*" in word for words in policy.values() for word in words), path


def policy_of(header: str) -> dict[str, list[str]]:
    """The parts of a Content-Security-Policy by name."""
    return {name: words for name, *words in (part.split() for part in header.split(";"))}


@pytest.mark.parametrize(
    ("mime", "name"), [("text/html", "a.html"), ("image/svg+xml", "a.svg"), ("text/plain", "a.js")]
)
def test_what_a_browser_would_run_is_downloaded(box: Box, tiny: TinyBot, chat: Chat, mime: str, name: str) -> None:
    harmful = b"<script>alert(1)</script>"
    sent = tiny.upload("sendDocument", {"document": (name, harmful, mime)}, chat_id=chat.id)

    for address in (
        with_attachment(box, harmful, mime, name),
        f"{box.api_url}/files/{chat.bot.id}/{sent['document']['file_id']}",
    ):
        answer = requests.get(address, timeout=5)
        assert answer.content == harmful
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert policy_of(answer.headers["Content-Security-Policy"])["default-src"] == ["'none'"]


def test_a_file_name_cannot_add_a_header(box: Box) -> None:
    answer = requests.get(with_attachment(box, b"x", "text/plain", 'a"; x=\u2028é.txt'), timeout=5)

    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%22%3B%20x%3D%E2%80%A8%C3%A9.txt"


def test_the_html_of_a_letter_may_fetch_and_run_nothing(box: Box) -> None:
    post(box, letter(html="<p>hello</p>"))

    answer = requests.get(f"{box.api_url}/letters/{box.mail()[-1].number}/html", timeout=5)

    assert "<p>hello</p>" in answer.text
    policy = policy_of(answer.headers["Content-Security-Policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["sandbox"] == ["allow-same-origin"]
    assert policy["img-src"] == ["data:"]
    assert set(policy) == {"default-src", "style-src", "img-src", "frame-ancestors", "sandbox"}


@contextmanager
def somebody_who_listens() -> Iterator[tuple[str, list[str]]]:
    """A server elsewhere: its address, and the paths that it was asked for."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Be silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        server.daemon_threads = True  # Chromium may connect and then ask nothing
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def test_a_letter_that_would_run_and_ask_does_neither(box: Box, open_page: OpenPage) -> None:
    with somebody_who_listens() as (away, asked):
        html = (
            f'<meta http-equiv="refresh" content="0; {away}/refresh"><link rel="stylesheet" href="{away}/style">'
            f'<script>top.ran = true</script><script src="{away}/script"></script><img src="{away}/picture">'
            f'<img src="data:," onerror="top.ran = true"><iframe src="{away}/frame"></iframe>'
            f'<p style="background: url({away}/background)">kept words</p>'
        )
        post(box, letter("Evil", html=html))
        screen = open_page()
        screen.window.expect_error(r"Content Security Policy|sandboxed|ERR_INVALID_URL")
        screen.window.expect_error(rf"asked elsewhere: {re.escape(away)}")  # and refused: nothing arrives there

        screen.open_mailbox().open("Evil")

        expect(screen.page.frame_locator("iframe").get_by_text("kept words")).to_be_visible()
        screen.page.wait_for_load_state("networkidle")
        assert asked == []
        assert screen.page.evaluate("window.ran") is None


NO_PAPERS = [
    pytest.param(b"%PDF-1.4 broken", id="broken"),
    pytest.param(b"", id="empty"),
    pytest.param(paper(3)[:-80], id="cut"),
    pytest.param(paper(0), id="without a page"),
]


@pytest.mark.parametrize("content", NO_PAPERS)
def test_what_is_no_pdf_is_refused_with_the_reason(box: Box, content: bytes) -> None:
    address = with_attachment(box, content, "application/pdf", "a.pdf")

    for path in ("pages", "pages/1"):
        refused = requests.get(f"{address}/{path}", timeout=5)
        assert refused.status_code == 404
        assert refused.json()["description"] != "Not Found"


@pytest.mark.parametrize("size", [A4, (0, 0), (100, 14_400), (14_400, 1)])
def test_every_page_is_drawn_and_no_other(box: Box, size: tuple[float, float]) -> None:
    address = with_attachment(box, paper(500, size), "application/pdf", "a.pdf")

    assert requests.get(f"{address}/pages", timeout=10).json() == {"pages": 500}
    for number, status in ((0, 404), (1, 200), (500, 200), (501, 404)):
        drawn = requests.get(f"{address}/pages/{number}", timeout=10)
        assert (drawn.status_code, drawn.content[:4] == b"\x89PNG") == (status, status == 200)


def test_a_broken_paper_is_told_and_a_long_one_is_drawn_as_it_is_read(box: Box, open_page: OpenPage) -> None:
    with_attachment(box, b"%PDF-1.4 broken", "application/pdf", "broken.pdf")
    message = letter("Long")
    message.add_attachment(paper(500), maintype="application", subtype="pdf", filename="long.pdf")
    post(box, message)
    screen = open_page()
    screen.window.expect_error("404")
    asked: list[str] = []
    screen.window.context.on("request", lambda request: asked.append(request.url))
    mailbox = screen.open_mailbox()

    expect(mailbox.open("Invoice TB-1")).to_contain_text("This is not a PDF that can be drawn.")
    is_drawn(mailbox.open("Long").get_by_role("img", name="long.pdf, page 1 of 500"))
    screen.page.wait_for_load_state("networkidle")

    assert len([url for url in asked if "/pages/" in url]) < 50
