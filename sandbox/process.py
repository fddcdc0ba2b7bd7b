"""A sandbox in a background thread, for tests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.client import Box
from sandbox.server import Server
from sandbox.stage import Stage


class _Thread:
    """Runs a server on its own event loop until told to end."""

    def __init__(self, host: str, port: int, smtp_port: int, stage: Stage | None) -> None:
        self.server = Server(stage)
        self._where = (host, port, smtp_port)
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._end: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._main, name="sandbox", daemon=True)

    def start(self) -> None:
        """Return when both ports are open; raises what went wrong."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Return when both ports are closed."""
        if self._end is not None:
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        try:
            await self.server.open(*self._where)
        except OSError as failure:
            await self.server.close()
            self._failure = failure
            self._ready.set()
            return
        self._end = asyncio.Event()
        self._ready.set()
        await self._end.wait()
        await self.server.close()


@contextmanager
def running_sandbox(
    host: str = "127.0.0.1", port: int = 0, smtp_port: int = 0, *, stage: Stage | None = None
) -> Iterator[Box]:
    """Yield a client of a fresh sandbox that runs in this process until the end of the block.

    Raises OSError where a port cannot be had. The stage is the caller's: whoever put a bot or a story on it closes it.
    """
    thread = _Thread(host, port, smtp_port, stage)
    thread.start()
    try:
        with Box(thread.server.addresses()["control_url"]) as box:
            yield box
    finally:
        thread.stop()
