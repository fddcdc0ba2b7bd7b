"""The Bot API over HTTP: reads a request, lets faults strike, does the method, answers."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from sandbox import multipart
from sandbox.core import Core
from sandbox.faults import DOWNLOAD, PAGE, TITLES, Fault
from sandbox.journal import Request
from sandbox.methods.call import Said
from sandbox.parameters import loads, method_named, read
from sandbox.refusals import Refused, bad_request
from sandbox.world import Bot

JSON = "application/json"
PACED = ("send", "copy", "forward", "edit")


def encode(body: Any) -> bytes:
    """Return the body in compact JSON."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


async def _given(request: web.Request) -> dict[str, Any]:
    """Return the parameters as received, from the query and from any kind of body."""
    given: dict[str, Any] = dict(request.query)
    if not request.can_read_body:
        return given
    if request.content_type == JSON:
        try:
            body = loads(await request.read() or b"{}")
        except ValueError:
            raise bad_request("can't parse JSON in the request body") from None
        if not isinstance(body, dict):
            raise bad_request("object expected in the request body")
        given.update(body)
        return given
    if request.content_type == "multipart/form-data":
        given.update(multipart.read(await request.read(), request.headers["Content-Type"]))
        return given
    form = parse_qsl((await request.read()).decode("utf-8", "replace"), keep_blank_values=True)
    given.update(form)
    return given


class BotApi:
    """Answers `/bot<token>/<method>` and `/file/bot<token>/<path>`; the journal has the methods only."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def _bot(self, token: str) -> Bot:
        bot = self.core.world.bots_by_token.get(token)
        if bot is None:
            raise Refused(401, "Unauthorized")
        return bot

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Answer with the bytes of a file."""
        token, _, path = request.path.removeprefix("/file/bot").partition("/")
        try:
            bot = self._bot(token)
        except Refused as refused:
            return web.json_response(refused.answer(), status=refused.code)
        fault = self.core.faults.pick(bot.id, DOWNLOAD, None) if self.core.faults.rules else None
        if fault is not None:  # a download has no effect, so before and after are the same
            entry = Request(0, bot.id, DOWNLOAD, {}, self.core.world.now())
            if response := await self._strike(request, entry, fault):
                return response
        stored = bot.files.by_path.get(path)
        if stored is None:
            return web.json_response(Refused(404, "Not Found").answer(), status=404)
        return web.Response(body=stored.content, content_type="application/octet-stream")

    async def method(self, request: web.Request) -> web.StreamResponse:
        """Do one method."""
        world = self.core.world
        token, _, name = request.path.removeprefix("/bot").partition("/")
        polling = name.lower() == "getupdates"
        if not polling:
            world.in_flight += 1
        began = time.monotonic()
        entry: Request | None = None
        try:
            try:
                bot = self._bot(token)
                method = method_named(name)
                given = await _given(request)
                entry = self.core.journal.open(bot.id, method, given, world.now())
                return await self._struck(request, bot, entry, given)
            except Refused as refused:
                entry = entry or self.core.journal.open(None, name, dict(request.query), world.now())
                return self._response(entry, refused.code, refused.answer())
            except web.HTTPRequestEntityTooLarge:
                entry = self.core.journal.open(None, name, {}, world.now())
                return self._response(entry, 413, Refused(413, "Request Entity Too Large").answer())
        finally:
            if entry is not None:
                entry.seconds = time.monotonic() - began
            if not polling:
                world.in_flight -= 1
                world.stir()

    def _response(self, entry: Request, status: int, body: dict[str, Any]) -> web.Response:
        entry.status, entry.answer = status, encode(body)
        headers = {}
        if "parameters" in body and "retry_after" in body["parameters"]:
            headers["Retry-After"] = str(body["parameters"]["retry_after"])
        return web.Response(body=entry.answer, status=status, content_type=JSON, headers=headers)

    async def _struck(
        self, request: web.Request, bot: Bot, entry: Request, given: dict[str, Any]
    ) -> web.StreamResponse:
        """Do the method with the fault that is due, if any, before or after it."""
        fault = None
        if self.core.faults.rules:
            fault = self.core.faults.pick(bot.id, entry.method, self._chat_id(given))
        if fault is None:
            return await self._done(bot, entry, given)
        entry.fault = fault.kind
        if not fault.after and (response := await self._strike(request, entry, fault)):
            return response
        done = await self._done(bot, entry, given)
        if not fault.after:
            return done
        return await self._strike(request, entry, fault) or done

    async def _strike(self, request: web.Request, entry: Request, fault: Fault) -> web.Response | None:
        """Let the fault happen; None when the request goes on after it."""
        match fault.kind:
            case "slow":
                await asyncio.sleep(fault.seconds or 1.0)
                return None
            case "hang":
                entry.status, entry.answer = 0, b""
                await asyncio.sleep(fault.seconds or 3600.0)
                return self._cut(request, entry)
            case "cut":
                return self._cut(request, entry)
            case "too_many":
                parameters = {"retry_after": fault.retry_after}
                return self._response(
                    entry,
                    429,
                    Refused(429, f"Too Many Requests: retry after {fault.retry_after}", **parameters).answer(),
                )
            case "html":
                entry.status, entry.answer = fault.code, PAGE.format(fault.code, TITLES[fault.code]).encode()
                return web.Response(body=entry.answer, status=fault.code, content_type="text/html")
            case _:
                return self._response(entry, fault.code, Refused(fault.code, TITLES[fault.code]).answer())

    def _cut(self, request: web.Request, entry: Request) -> web.Response:
        entry.status, entry.answer = 0, b""
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _chat_id(self, given: dict[str, Any]) -> int | None:
        value = given.get("chat_id")
        if value is None and (pressed := self.core.world.callbacks.get(str(given.get("callback_query_id")))):
            return pressed.chat.id
        return int(str(value)) if str(value).lstrip("-").isdigit() else None

    async def _done(self, bot: Bot, entry: Request, given: dict[str, Any]) -> web.Response:
        try:
            if entry.method == "getUpdates":
                result: Any = await self._updates(bot, given)
            else:
                if self.core.world.settings.pace and entry.method.startswith(PACED):
                    self._pace(bot, entry.method, given)
                result = self.core.perform(bot, entry.method, given)
        except Refused as refused:
            return self._response(entry, refused.code, refused.answer())
        body = {"ok": True, "result": result}
        if isinstance(result, Said):
            body = {"ok": True, "result": result.result, "description": result.description}
        return self._response(entry, 200, body)

    def _pace(self, bot: Bot, method: str, given: dict[str, Any]) -> None:
        if method != "sendChatAction":
            self.core.pace.check(bot.id, self._chat_id(given), time.monotonic())

    async def _updates(self, bot: Bot, given: dict[str, Any]) -> list[dict[str, Any]]:
        values = read("getUpdates", given)
        queue = self.core.polled(bot, values.get("allowed_updates"))
        limit = min(max(values.get("limit") or 100, 1), 100)
        seconds = min(max(values.get("timeout", 0), 0), 50)
        world = self.core.world
        before = len(queue.pending)
        queue.acknowledge(values.get("offset") or 0)
        if len(queue.pending) != before:
            world.stir()
        batch = await queue.poll(0, limit, seconds, world.now)
        if batch:
            world.stir()
        return [update.wire() for update in batch]
