"""The way out for digests: read in a transaction that only reads, so that nobody waits for it, and handed back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.events import Internal
from db.session import Transaction
from delivery.ways import HandBack
from services import digest_contents, digests
from services.digests import Kind
from services.lanes import Row
from services.pace import Limit


class DigestWay:
    """Reads what a digest says at the moment it leaves. That it left is decided where it is told."""

    def __init__(self, reading: Transaction, hand_back: HandBack, *, clock: Callable[[], datetime]) -> None:
        self._reading, self._hand_back, self._clock = reading, hand_back, clock

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        """Chats have their own pace."""
        return ()

    def prepare(self, session: Session, row: Row) -> None:
        """Nothing: what is told is read when no transaction that may write is open."""

    def deliver(self, row: Row, prepared: None) -> str:  # noqa: ARG002
        """Read and hand in; nothing for whoever is no reader any more, and on a quiet day off."""
        wanted = row.payload
        kind, day = Kind(wanted["kind"]), date.fromisoformat(wanted["day"])
        with self._reading() as session:
            to = digests.reader(session, wanted["person_id"], kind, asked=wanted["asked"])
            if to is None:
                return ""
            contents = digest_contents.read(session, kind, day, by=to, now=self._clock())
        if contents["is_quiet"] and not wanted["asked"]:
            return ""
        facts: dict[str, Any] = {
            "person_id": wanted["person_id"],
            "kind": wanted["kind"],
            "asked": wanted["asked"],
            "press": f"digest:{row.id}",
            "contents": contents,
        }
        self._hand_back(Internal("digest.read", row.id, facts))
        return ""

    def settle(self, session: Session, row: Row, provider_id: str) -> None:
        """What was learnt has gone through the conversation's door already."""

    def put_off(self, row: Row, reason: str) -> None:
        """Reading needs nobody outside."""

    def given_up(self, row: Row, reason: str) -> None:
        """Tell the admins: somebody waits for a digest."""
        self._hand_back(Internal("gave_up", row.id, {"kind": row.kind, "reason": reason}))
