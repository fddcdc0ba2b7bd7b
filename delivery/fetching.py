"""The way in for files that people send: fetched from their messenger, looked at, and put into the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from bot.connectors.connector import Connector, FileGone, FileTooLarge
from bot.events import Internal
from delivery import goal_tables, pictures
from delivery.goal_tables import NoTable
from delivery.pictures import NoPicture
from delivery.ways import HandBack
from services import fetching, goal_files
from services.files import FileStore
from services.lanes import Row
from services.pace import Limit

UNKNOWN = "application/octet-stream"
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "application/pdf": ".pdf",
}
_BEGINNINGS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n": "image/png",
    b"%PDF-": "application/pdf",
}


class FetchingWay:
    """Fetches a file and hands back where it lies, or why it does not."""

    def __init__(self, connectors: Mapping[str, Connector], store: FileStore, hand_back: HandBack) -> None:
        self._connectors, self._store, self._hand_back = connectors, store, hand_back

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        """Messengers do not count downloads."""
        return ()

    def prepare(self, session: Session, row: Row) -> None:
        """All that is needed stands in the row."""

    def deliver(self, row: Row, prepared: None) -> str:  # noqa: ARG002
        """Fetch, look at, store. The same bytes lie in one place, so doing it twice is harmless.

        A file that we do not take is an answer too, and no failure of the job.
        """
        connector = self._connectors[row.payload["chat_key"].partition(":")[0]]
        try:
            content = connector.fetch(row.payload["file_ref"], largest=fetching.largest(row.payload["purpose"]))
            kind = self._content_type(row, content)
            read = _read(row, content)
        except FileTooLarge:
            return self._refuse(row, fetching.TOO_LARGE)
        except FileGone:
            return self._refuse(row, fetching.GONE)
        except (NoPicture, NoTable) as refusal:
            return self._refuse(row, refusal.reason)
        sha256 = self._store.put(content)
        name = row.payload["name"] or row.payload["purpose"] + _SUFFIXES.get(kind, "")
        self._tell("file.fetched", row, sha256=sha256, name=name, content_type=kind, size=len(content), **read)
        return sha256

    @staticmethod
    def _content_type(row: Row, content: bytes) -> str:
        """What the file is. Of a picture its bytes say it, and nobody's word counts."""
        if row.payload["purpose"] in fetching.PICTURES:
            return pictures.content_type(content)
        return _seems(content) if row.payload["purpose"] == fetching.TICKET else UNKNOWN

    def settle(self, session: Session, row: Row, provider_id: str) -> None:
        """What was learnt has gone through the conversation's door already."""

    def put_off(self, row: Row, reason: str) -> None:
        """Nobody is told that a file takes a minute longer."""

    def given_up(self, row: Row, reason: str) -> None:  # noqa: ARG002
        """Whoever sent it is told to send it again."""
        self._refuse(row, fetching.TROUBLE)

    def _refuse(self, row: Row, reason: str) -> str:
        self._tell("file.not_fetched", row, reason=reason, name=row.payload["name"])
        return ""

    def _tell(self, event: str, row: Row, **found: Any) -> None:
        asked = {name: row.payload[name] for name in ("purpose", "person_id", "chat_key", "facts")}
        self._hand_back(Internal(event, row.id, {**asked, **found}))


def _read(row: Row, content: bytes) -> dict[str, Any]:
    """What stands in a table, where one is wanted: it is read here, as no transaction waits for it."""
    return {"table": goal_tables.read(content)} if row.payload["purpose"] == goal_files.PURPOSE else {}


def _seems(content: bytes) -> str:
    """What a file calls itself in its first bytes; nothing of it is unpacked."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"heif"}:
        return "image/heic"
    return next((kind for start, kind in _BEGINNINGS.items() if content.startswith(start)), UNKNOWN)
