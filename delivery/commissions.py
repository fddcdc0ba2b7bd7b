"""The way out for the spreadsheet of what people have earned: read, drawn, stored, handed back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from bot.events import Internal
from db.session import Transaction
from delivery import commission_sheet
from delivery.typed_sheets import CONTENT_TYPE
from delivery.ways import HandBack
from services import commission_export
from services.commission_export import Request
from services.files import FileStore
from services.lanes import Row
from services.pace import Limit
from templates.environment import Texts


class CommissionWay:
    """Draws the spreadsheet that somebody asked for. Reading holds no lock that a change would wait for."""

    def __init__(self, texts: Texts, reading: Transaction, store: FileStore, hand_back: HandBack) -> None:
        self._texts, self._reading, self._store, self._hand_back = texts, reading, store, hand_back

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        """Nobody limits our own drawing."""
        return ()

    def prepare(self, session: Session, row: Row) -> Request:  # noqa: ARG002
        """Read what is wanted."""
        return commission_export.read_request(row.payload)

    def deliver(self, row: Row, prepared: Request) -> str:
        """Draw and store; doing it twice stores another file and hands in the first one once."""
        with self._reading() as session:
            sums = commission_export.sums_in(session, prepared)
            book = commission_sheet.draw(self._texts, prepared, sums, commission_export.entries_in(session, prepared))
        sha256 = self._store.put(book)
        period = prepared.period
        facts: dict[str, Any] = {
            "sha256": sha256,
            "size": len(book),
            "name": f"commission_{period.first.isoformat()}_{period.last.isoformat()}.xlsx",
            "content_type": CONTENT_TYPE,
            "person_id": prepared.person_id,
            "of_person": prepared.of_person,
            "chat_key": prepared.chat_key,
            "first": row.payload["first"],
            "last": row.payload["last"],
        }
        self._hand_back(Internal("commission.drawn", row.id, facts))
        return sha256

    def settle(self, session: Session, row: Row, provider_id: str) -> None:
        """What was learnt has gone through the conversation's door already."""

    def put_off(self, row: Row, reason: str) -> None:
        """Drawing needs nobody outside."""

    def given_up(self, row: Row, reason: str) -> None:
        """Tell the admins: somebody waits for a file."""
        self._hand_back(Internal("gave_up", row.id, {"kind": row.kind, "reason": reason}))
