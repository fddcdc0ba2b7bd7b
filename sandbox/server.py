"""The HTTP and SMTP servers of one sandbox."""

from __future__ import annotations

import logging

from aiohttp import web

from sandbox import control, page
from sandbox.botapi import BotApi
from sandbox.core import Core
from sandbox.files import UPLOAD_LIMIT
from sandbox.refusals import Refused
from sandbox.stage import Stage

LONGEST_LINE = 256 * 1024  # some bots put a whole message into the query


class Server:
    """Opens both ports and closes them."""

    def __init__(self, stage: Stage | None = None) -> None:
        self.core = Core(stage)
        self._api = BotApi(self.core)
        self._runner: web.AppRunner | None = None
        self.host = ""
        self.port = 0

    async def open(self, host: str, port: int, smtp_port: int) -> None:
        """Listen on both ports; 0 takes any free one."""
        self.core.watch_stage()
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        app = web.Application(client_max_size=UPLOAD_LIMIT + 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._route)
        self._runner = web.AppRunner(
            app,
            handler_cancellation=True,
            access_log=None,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            shutdown_timeout=0.2,
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, backlog=512)
        await site.start()
        self.host, self.port = host, self._runner.addresses[0][1]
        await self.core.post.open(host, smtp_port)

    async def close(self) -> None:
        """Stop deliveries and close both ports."""
        await self.core.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def addresses(self) -> dict[str, str]:
        """Return what a bot and a test need to know."""
        api = f"http://{self.host}:{self.port}"
        smtp = f"smtp://{self.host}:{self.core.post.port}"
        return {"api_url": api, "control_url": f"{api}/control", "smtp_url": smtp}

    async def _route(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        if path.startswith("/bot"):
            return await self._api.method(request)
        if path.startswith("/file/bot"):
            return await self._api.file(request)
        if page.foreign(request, self.host):
            return _refused(403, "Forbidden: this sandbox answers only pages of its own")
        try:
            return await self._own(request)
        except page.Missing as missing:
            return _refused(404, str(missing))

    async def _own(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/control/addresses":
            return web.json_response(self.addresses())
        if request.path.startswith("/control"):
            return await control.answer(self.core, request)
        return await page.answer(self.core, request)


def _refused(code: int, description: str) -> web.Response:
    return web.json_response(Refused(code, description).answer(), status=code)
