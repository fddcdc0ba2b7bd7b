"""The way out for the table of goals: read in a transaction that only reads, drawn, stored, handed back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.orm import Session

from bot.events import Internal
from delivery.typed_sheets import CONTENT_TYPE, TypedSheets
from delivery.ways import HandBack
from services import company, goal_files
from services.files import FileStore
from services.goal_cards import GoalCard
from services.goal_files import COLUMNS
from services.lanes import Row
from services.money import minor_digits
from services.pace import Limit
from services.turnover import Metric
from templates.environment import Texts

TEMPLATE: Final = "sheets/goals.html"
_WIDTHS: Final = {"who": 28, "scope": 28, "target": 16, "metric": 18, "span": 14}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the table says: each goal with what names its goods, and the company's day."""

    goals: tuple[tuple[GoalCard, str], ...]
    today: date


class GoalsWay:
    """Draws the present goals as a table that can be filled in and sent back."""

    def __init__(self, texts: Texts, store: FileStore, hand_back: HandBack, *, clock: Callable[[], datetime]) -> None:
        self._texts, self._store, self._hand_back, self._clock = texts, store, hand_back, clock

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        """Nobody limits our own drawing."""
        return ()

    def prepare(self, session: Session, row: Row) -> Prepared:
        """Read the goals: a company has hundreds at most."""
        now = self._clock()
        found = goal_files.sheet_rows(session, row.payload, now=now)
        named = tuple((card, goal_files.scope_to_type(session, card)) for card in found)
        return Prepared(named, company.today(company.get(session), now))

    def deliver(self, row: Row, prepared: Prepared) -> str:
        """Draw and store; doing it twice hands in the first one once."""
        book = self._draw(prepared, row.payload["language"])
        sha256 = self._store.put(book)
        facts: dict[str, Any] = {
            "sha256": sha256,
            "size": len(book),
            "name": f"goals_{prepared.today.isoformat()}.xlsx",
            "content_type": CONTENT_TYPE,
            "person_id": row.payload["person_id"],
            "chat_key": row.payload["chat_key"],
        }
        self._hand_back(Internal("goals.drawn", row.id, facts))
        return sha256

    def _draw(self, prepared: Prepared, language: str) -> bytes:
        sheets = TypedSheets(self._texts, TEMPLATE, language, _WIDTHS)
        sheets.add("sheet_goals", COLUMNS, [self._row(sheets, card, scope) for card, scope in prepared.goals])
        lines = [{"how": sheets.word(f"how_{name}")} for name in ("file", *COLUMNS)]
        sheets.add("sheet_how", ("how",), lines)
        return sheets.close()

    @staticmethod
    def _row(sheets: TypedSheets, card: GoalCard, scope: str) -> dict[str, Any]:
        matter = card.matter
        return {
            "who": card.who or sheets.word("everybody"),
            "target": _figure(card),
            "metric": sheets.word(f"metric_{matter.metric.value}"),
            "scope": scope,
            "span": sheets.word(f"span_{matter.span.value}"),
            "first": card.period.first,
            "last": card.last,
        }

    def settle(self, session: Session, row: Row, provider_id: str) -> None:
        """What was learnt has gone through the conversation's door already."""

    def put_off(self, row: Row, reason: str) -> None:
        """Drawing needs nobody outside."""

    def given_up(self, row: Row, reason: str) -> None:
        """Tell the admins: somebody waits for a file."""
        self._hand_back(Internal("gave_up", row.id, {"kind": row.kind, "reason": reason}))


def _figure(card: GoalCard) -> Decimal:
    if card.matter.metric is Metric.SUM:
        return Decimal(card.target).scaleb(-minor_digits(card.currency))
    return Decimal(card.target) / 1000 if card.matter.metric is Metric.UNITS else Decimal(card.target)
