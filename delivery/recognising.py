"""The way to what a ticket says: its photos are read in a child process, and the facts handed back.

While it reads, the chat shows that an answer is being written. Whatever goes wrong is an answer too: the ticket goes on
by hand.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from bot.connectors.connector import Connector
from bot.events import Internal
from delivery import picture_hashes
from delivery.recognition import reading as readings
from delivery.recognition.reading import Reading
from delivery.ways import HandBack
from services import fetching, tickets
from services.files import FileStore
from services.lanes import Row
from services.pace import Limit
from services.tickets import ToRead
from services.ways_out import NeverAgain, TryLater

log = logging.getLogger(__name__)

TYPING_SECONDS = 4.0
"""Messengers show "typing…" for about five."""
MOST_BYTES = 3 * fetching.LARGEST_TICKET
"""Of all photos of a ticket that are read together; what lies beyond is kept, but not read."""


class Recognise(Protocol):
    """Reads one ticket from its photos; never raises for what they are."""

    def __call__(self, pictures: Sequence[bytes], *, languages: Sequence[str], currency: str | None) -> Reading:
        """What the ticket says, and what is wrong with its photos."""


def not_at_all(pictures: Sequence[bytes], *, languages: Sequence[str], currency: str | None) -> Reading:  # noqa: ARG001
    """Stands in where recognition is switched off."""
    return Reading(trouble=readings.NO_ENGINE)


class RecognisingWay:
    """Reads the photos of one ticket as they are now; asked for an older state of them it does nothing."""

    def __init__(
        self,
        connectors: Mapping[str, Connector],
        store: FileStore,
        recognise: Recognise,
        hand_back: HandBack,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._connectors, self._store, self._recognise = connectors, store, recognise
        self._hand_back, self._clock = hand_back, clock

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        """Nobody limits our own reading; its lanes have a thread of their own."""
        return ()

    def prepare(self, session: Session, row: Row) -> ToRead | None:
        """Look what there is to read; None: the ticket has changed since, and another row stands for that."""
        return tickets.to_read(session, row.payload["ticket_id"], row.payload["revision"], now=self._clock())

    def deliver(self, row: Row, prepared: ToRead | None) -> str:
        """Read, and hand back what was found. Raises TryLater while more photos of the album may come."""
        if prepared is None:
            return ""
        if prepared.wait_seconds > 0:
            raise TryLater("more photos of the album may come", prepared.wait_seconds)
        with self._typing(row.payload["chat_key"]):
            contents = self._contents(prepared)
            readable = _within(list(contents.values()), MOST_BYTES)
            reading = self._recognise(readable, languages=prepared.languages, currency=prepared.currency)
        photos = [
            {"file_id": file_id, "picture_hash": picture_hashes.of(content)} for file_id, content in contents.items()
        ]
        self._tell(row, reading, photos)
        return reading.source

    def _contents(self, wanted: ToRead) -> dict[int, bytes]:
        """The photos that are in the store, by their file's id."""
        found = {}
        for file_id, sha256 in wanted.files:
            try:
                found[file_id] = self._store.read(sha256)
            except FileNotFoundError:
                log.warning("file %s is not in the store", file_id)
        return found

    def settle(self, session: Session, row: Row, provider_id: str) -> None:
        """What was learnt has gone through the conversation's door already."""

    def put_off(self, row: Row, reason: str) -> None:
        """The person sees that the ticket is being read."""

    def given_up(self, row: Row, reason: str) -> None:  # noqa: ARG002
        """Nobody waits for ever: the ticket goes on by hand."""
        self._tell(row, Reading(trouble=readings.TOOK_TOO_LONG), [])

    def _tell(self, row: Row, reading: Reading, photos: list[dict[str, Any]]) -> None:
        asked = {name: row.payload[name] for name in ("ticket_id", "revision", "person_id", "chat_key")}
        self._hand_back(Internal("ticket.read", row.id, {**asked, "reading": reading.to_json(), "photos": photos}))

    @contextmanager
    def _typing(self, chat_key: str) -> Iterator[None]:
        """Let the chat show that it is being worked on, for as long as this lasts."""
        over = threading.Event()
        connector = self._connectors.get(chat_key.partition(":")[0])
        if connector is not None:
            threading.Thread(target=_type, args=(connector, chat_key, over), name="typing", daemon=True).start()
        try:
            yield
        finally:
            over.set()


def _type(connector: Connector, chat_key: str, over: threading.Event) -> None:
    while not over.is_set():
        try:
            connector.typing(chat_key)
        except (TryLater, NeverAgain):
            return
        over.wait(TYPING_SECONDS)


def _within(contents: Sequence[bytes], most: int) -> list[bytes]:
    """As many of the contents, from the first on, as have ``most`` bytes together; at least one."""
    taken: list[bytes] = []
    for content in contents:
        if taken and sum(map(len, taken)) + len(content) > most:
            break
        taken.append(content)
    return taken
