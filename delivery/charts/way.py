"""The way out for pictures: drawn from what the row holds, stored, handed back."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from bot.events import Internal
from delivery.ways import HandBack
from services import charts, outbox
from services.files import FileStore
from services.lanes import Row
from services.pace import Limit
from templates.environment import Texts

_ONE_AT_A_TIME: Final = threading.Lock()
"""matplotlib keeps fonts and what it measured in tables that threads must not share."""


class ChartsWay:
    """Draws the pictures that somebody asked for. What draws them is loaded with the first one."""

    def __init__(self, texts: Texts, fonts: Path, store: FileStore, hand_back: HandBack) -> None:
        self._texts, self._fonts, self._store, self._hand_back = texts, fonts, store, hand_back

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        """Nobody limits our own drawing."""
        return ()

    def prepare(self, session: Session, row: Row) -> None:
        """All that is drawn stands in the row."""

    def deliver(self, row: Row, prepared: None) -> str:  # noqa: ARG002
        """Draw and store; doing it twice draws the same and hands it in once."""
        wanted = row.payload
        with _ONE_AT_A_TIME:
            picture = self._draw(wanted["what"], wanted["language"], wanted["facts"])
        sha256 = self._store.put(picture)
        facts: dict[str, Any] = {
            "what": wanted["what"],
            "sha256": sha256,
            "size": len(picture),
            "name": f"{wanted['what']}.png",
            "person_id": wanted["person_id"],
            "chat_key": wanted["chat_key"],
        }
        self._hand_back(Internal("chart.drawn", row.id, facts))
        return sha256

    def _draw(self, what: str, language: str, facts: dict[str, Any]) -> bytes:
        from delivery.charts import goals, lettering, ranking  # noqa: PLC0415 - a second and 60 MB, for the first picture
        from delivery.charts.sheet import Words  # noqa: PLC0415

        lettering.load(self._fonts)
        if what == charts.GOALS:
            return goals.draw(Words(self._texts, goals.TEMPLATE, language), facts)
        return ranking.draw(Words(self._texts, ranking.TEMPLATE, language), facts)

    def settle(self, session: Session, row: Row, provider_id: str) -> None:  # noqa: ARG002
        """Forget the figures: the row only has to say that this wish was granted."""
        outbox.blank(session, row.id)

    def put_off(self, row: Row, reason: str) -> None:
        """Drawing needs nobody outside."""

    def given_up(self, row: Row, reason: str) -> None:
        """Tell the admins: somebody waits for a picture."""
        self._hand_back(Internal("gave_up", row.id, {"kind": row.kind, "reason": reason}))
