"""The way out for what the bot says of itself: one piece after the other, each no oftener than it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.connectors.connector import Connector
from services import profiles
from services.lanes import Row
from services.pace import Limit


class ProfileWay:
    """Tells a messenger one piece of the bot's profile. Whatever goes wrong with it, the desk works without."""

    def __init__(self, connectors: Mapping[str, Connector], clock: Callable[[], datetime]) -> None:
        self._connectors, self._clock = connectors, clock

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        """The messenger says itself when it is too much, and for how long."""
        return ()

    def prepare(self, session: Session, row: Row) -> bool:
        """Whether it was told meanwhile: two starts may both have asked for it."""
        return profiles.is_told(session, row.payload["key"], row.payload["digest"])

    def deliver(self, row: Row, prepared: bool) -> str:  # noqa: FBT001 - the relay hands over what was prepared
        """Tell it. Telling the same twice changes nothing."""
        if not prepared:
            connector = self._connectors[row.payload["key"].partition(":")[0]]
            connector.tell_profile(row.payload["what"], row.payload["language"], row.payload["value"])
        return ""

    def settle(self, session: Session, row: Row, provider_id: str) -> None:  # noqa: ARG002
        """Remember it, so that the next start does not tell it again."""
        profiles.note(session, row.payload["key"], row.payload["digest"], now=self._clock())

    def put_off(self, row: Row, reason: str) -> None:
        """Nobody waits for it."""

    def given_up(self, row: Row, reason: str) -> None:
        """The next start tries again; the relay has logged it."""
