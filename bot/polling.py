"""Our own loop over ``getUpdates``: a batch is split by chat, the chats run side by side, each in order, and the
offset moves only when all of them are done - so nothing is acknowledged that is not committed."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from bot.events import Handled, Incoming, TryAgain
from services.ways_out import NeverAgain, TryLater

log = logging.getLogger(__name__)

WAIT_SECONDS = 25
LONGEST_PAUSE = 30.0


class _Stopped(BaseException):
    """Breaks off waiting for updates: nothing is in hand then."""


class Source(Protocol):
    """Where updates are polled from."""

    def updates(self, offset: int, *, seconds: int) -> list[dict[str, Any]]:
        """Wait for updates from ``offset`` on."""

    def read(self, update: dict[str, Any]) -> Incoming | None:
        """An update as an event."""


class Polling:
    """Polls until it is told to stop. ``after`` is called with what each event asks to be done after its commit."""

    def __init__(
        self,
        source: Source,
        handle: Callable[[Incoming], Handled],
        after: Callable[[Handled], None],
        *,
        chats_at_once: int = 8,
    ) -> None:
        self._source = source
        self._handle = handle
        self._after = after
        self._pool = ThreadPoolExecutor(chats_at_once, thread_name_prefix="chat")
        self._stopping = threading.Event()
        self._waiting = False

    def run(self) -> None:
        """Poll and handle until ``stop``. Trouble with the messenger is waited out."""
        with contextlib.suppress(_Stopped):
            self._run()
        self._pool.shutdown(wait=True)

    def _run(self) -> None:
        offset, troubles = 0, 0
        while not self._stopping.is_set():
            try:
                batch = self._wait_for_updates(offset)
                troubles = 0
            except (TryLater, NeverAgain) as trouble:
                troubles += 1
                pause = getattr(trouble, "seconds", None) or min(LONGEST_PAUSE, 0.5 * 2 ** min(troubles, 10))
                log.warning("no updates for now: %s; again in %.1f s", trouble.reason, pause)
                self._stopping.wait(pause)
                continue
            if batch and self._take(batch):
                offset = batch[-1]["update_id"] + 1

    def _wait_for_updates(self, offset: int) -> list[dict[str, Any]]:
        self._waiting = True
        try:
            return self._source.updates(offset, seconds=WAIT_SECONDS)
        finally:
            self._waiting = False

    def stop(self, *_signal: object) -> None:
        """End: at once while waiting for updates, else after the batch in hand. For the signal handler of the
        thread that runs: it breaks off what that thread waits for.
        """
        self._stopping.set()
        if self._waiting:
            raise _Stopped

    def _take(self, batch: list[dict[str, Any]]) -> bool:
        """Handle a batch; False where it was interrupted and has to be handed out again."""
        chats: dict[str, list[Incoming]] = {}
        for update in batch:
            incoming = self._source.read(update)
            if incoming is not None:
                chats.setdefault(incoming.chat_key, []).append(incoming)
        if len(chats) == 1:
            return self._take_chat(next(iter(chats.values())))
        return all(list(self._pool.map(self._take_chat, chats.values())))

    def _take_chat(self, events: list[Incoming]) -> bool:
        return all(self._take_one(event) for event in events)

    def _take_one(self, event: Incoming) -> bool:
        """Handle one event until it is taken, or until we are told to stop."""
        pause = 0.0
        while True:
            try:
                self._after(self._handle(event))
                return True
            except TryAgain as again:
                pause = min(LONGEST_PAUSE, max(again.seconds, 2 * pause))
            except Exception:
                log.exception("%r could not even be put aside", event)
                pause = min(LONGEST_PAUSE, max(1.0, 2 * pause))
            if self._stopping.wait(pause):
                return False
