"""The page in the browser: its files, what it shows of files and letters, and who may use it."""

from __future__ import annotations

import asyncio
import base64
import re
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from aiohttp import web

from sandbox import live
from sandbox.botapi import JSON, encode
from sandbox.core import Core
from sandbox.papers import NoPaper, count_pages, draw_page
from sandbox.postoffice import Mail, content_of, text_of

FOLDER = Path(__file__).resolve().parent / "page"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
READING = ("GET", "HEAD")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PAGE_POLICY = "; ".join([
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "connect-src 'self'",
    "frame-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
])  # fmt: skip
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-same-origin"
)
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})
"""What a browser shows by itself and runs nothing of; everything else is downloaded."""
_FILE = re.compile(r"[a-z_/]{1,60}\.[a-z]{2,4}")
_CID = re.compile(r"cid:([^\"'\s)>]+)")


class Missing(Exception):
    """There is nothing to show under this address; the text says what is wrong with it."""

    def __init__(self, why: str = "Not Found") -> None:
        super().__init__(why)


def foreign(request: web.Request, host: str) -> bool:
    """Tell whether the request comes from a page of somebody else's that a browser of this machine has open.

    A link to the page itself may be followed from anywhere.
    """
    try:
        name = urlsplit(f"//{request.host}").hostname
    except ValueError:
        return True
    if name not in LOOPBACK | {host}:
        return True  # another name that was made to point here
    if request.path != "/" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


async def answer(core: Core, request: web.Request) -> web.StreamResponse:
    """Serve what the page asks for; raises Missing for anything else."""
    if request.method not in READING:
        raise web.HTTPMethodNotAllowed(request.method, READING)
    match request.path.strip("/").split("/"):
        case [""]:
            return _own("index.html")
        case ["live"]:
            return await live.stream(core, request)
        case ["page", *names]:
            return _own("/".join(names))
        case ["files", bot, file_id, *rest] if _is_number(bot):
            response = await _file(core, int(bot), file_id, rest)
            response.headers["Cache-Control"] = "private, max-age=86400, immutable"  # no other file ever has this id
            return response
        case ["letters", number, *rest] if _is_number(number):
            response = await _letter(core, int(number), rest)
            response.headers["Cache-Control"] = "no-store"  # after a reset another one has the number
            return response
    raise Missing


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20


def _own(name: str) -> web.FileResponse:
    if not _FILE.fullmatch(name):
        raise Missing
    path = (FOLDER / name).resolve()
    if path.suffix not in TYPES or not path.is_relative_to(FOLDER) or not path.is_file():
        raise Missing
    headers = {
        "Content-Type": f"{TYPES[path.suffix]}; charset=utf-8",
        "Content-Security-Policy": PAGE_POLICY,
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(path, headers=headers)


async def _file(core: Core, bot_id: int, file_id: str, rest: list[str]) -> web.Response:
    bot = core.world.bots.get(bot_id)
    stored = bot.files.by_id.get(file_id) if bot else None
    if stored is None:
        raise Missing
    described = stored.wire[-1] if isinstance(stored.wire, list) else stored.wire
    kind = "image/png" if stored.path.endswith(".png") else "image/jpeg"
    name = described.get("file_name", stored.path.rpartition("/")[2])
    return await _shown(stored.content, name, described.get("mime_type", kind), rest)


async def _letter(core: Core, number: int, rest: list[str]) -> web.Response:
    mail = next((mail for mail in core.post.mails if mail.number == number), None)
    if mail is None:
        raise Missing
    match rest:
        case ["html"]:
            return _html(mail)
        case ["raw"]:
            return _kept(mail.raw, f"{number}.eml", "message/rfc822")
        case ["attachments", index, *more] if _is_number(index):
            parts = list(mail.parsed().iter_attachments())
            if int(index) < len(parts):
                part = parts[int(index)]
                return await _shown(content_of(part), part.get_filename() or "file", part.get_content_type(), more)
    raise Missing


def _html(mail: Mail) -> web.Response:
    """The HTML part with the pictures that came with it, and without the right to fetch or run anything."""
    message = mail.parsed()
    body = message.get_body(("html",))
    if body is None:
        raise Missing
    inline = {str(part["content-id"] or "").strip("<>"): part for part in message.walk() if not part.is_multipart()}
    text = _CID.sub(lambda found: _as_data(inline.get(unquote(found[1]))) or found[0], text_of(body))
    headers = {"Content-Security-Policy": LETTER_POLICY, "X-Content-Type-Options": "nosniff"}
    return web.Response(text=text, content_type="text/html", headers=headers)


def _as_data(part: EmailMessage | None) -> str | None:
    if part is None or part.get_content_type() not in SHOWN:
        return None
    return f"data:{part.get_content_type()};base64,{base64.b64encode(content_of(part)).decode()}"


async def _shown(content: bytes, name: str, mime: str, rest: list[str]) -> web.Response:
    """A file itself, the number of its pages, or one page as a picture."""
    try:
        match rest:
            case []:
                return _kept(content, name, mime)
            case ["pages"]:
                body = encode({"pages": await asyncio.to_thread(count_pages, content)})
                return web.Response(body=body, content_type=JSON)
            case ["pages", number] if _is_number(number):
                drawn = await asyncio.to_thread(draw_page, content, int(number))
                return web.Response(body=drawn, content_type="image/png")
    except NoPaper as trouble:
        raise Missing(str(trouble)) from None
    raise Missing


def _kept(content: bytes, name: str, mime: str) -> web.Response:
    shown = mime in SHOWN
    headers = {
        "Content-Type": mime if shown else "application/octet-stream",
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name)}",
        "Content-Security-Policy": FILE_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=content, headers=headers)
