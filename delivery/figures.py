"""The way out for a period's figures: read in a transaction that only reads, drawn, stored, handed back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from bot.events import Internal
from db.session import Transaction
from delivery.spreadsheets import Workbook
from delivery.typed_sheets import CONTENT_TYPE
from delivery.ways import HandBack
from services import figures_export, statistics
from services.figures_export import MOST_ENTRIES, Request
from services.files import FileStore
from services.lanes import Row
from services.pace import Limit
from services.statistics import Basis, By
from templates.environment import Texts


class FiguresWay:
    """Draws the spreadsheet that somebody asked for. Reading holds no lock that a change would wait for."""

    def __init__(self, texts: Texts, reading: Transaction, store: FileStore, hand_back: HandBack) -> None:
        self._texts, self._reading, self._store, self._hand_back = texts, reading, store, hand_back

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        """Nobody limits our own drawing."""
        return ()

    def prepare(self, session: Session, row: Row) -> Request:
        """Read what is wanted."""
        return figures_export.read_request(session, row.payload)

    def deliver(self, row: Row, prepared: Request) -> str:
        """Draw and store; doing it twice stores another file and hands in the first one once."""
        book = self._draw(prepared)
        sha256 = self._store.put(book)
        period = prepared.period
        facts: dict[str, Any] = {
            "sha256": sha256,
            "size": len(book),
            "name": f"figures_{period.first.isoformat()}_{period.last.isoformat()}.xlsx",
            "content_type": CONTENT_TYPE,
            "person_id": prepared.person_id,
            "chat_key": prepared.chat_key,
            "scope": row.payload["scope"],
            "first": row.payload["first"],
            "last": row.payload["last"],
        }
        self._hand_back(Internal("figures.drawn", row.id, facts))
        return sha256

    def _draw(self, wanted: Request) -> bytes:
        book = Workbook(wanted, self._texts)
        with self._reading() as session:
            book.add_summary(statistics.sums(session, wanted.period, wanted.scope))
            book.add_orders(Basis.FORMED, figures_export.orders_in(session, wanted, Basis.FORMED))
            book.add_orders(Basis.LOADED, figures_export.orders_in(session, wanted, Basis.LOADED))
            book.add_lines(figures_export.lines_in(session, wanted))
            book.add_credits(figures_export.credits_in(session, wanted))
            for what in By:
                entries = statistics.entries(session, wanted.period, what, wanted.scope, most=MOST_ENTRIES)
                book.add_top(what, entries)
        return book.close()

    def settle(self, session: Session, row: Row, provider_id: str) -> None:
        """What was learnt has gone through the conversation's door already."""

    def put_off(self, row: Row, reason: str) -> None:
        """Drawing needs nobody outside."""

    def given_up(self, row: Row, reason: str) -> None:
        """Tell the admins: somebody waits for a file."""
        self._hand_back(Internal("gave_up", row.id, {"kind": row.kind, "reason": reason}))
