"""What a way out of the house must be able to do for the relay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy.orm import Session

from bot.events import Internal
from services.lanes import Row
from services.pace import Limit

HandBack = Callable[[Internal], None]
"""Gives what a job found out to the conversation; handing the same in twice is harmless."""


class Way(Protocol):
    """Delivers one kind of outbox rows.

    ``prepare`` and ``settle`` run inside the relay's short transactions; ``deliver`` runs with none open and may
    raise ``TryLater`` or ``NeverAgain``; anything else that it raises is a bug of ours and is tried again.
    """

    def limits(self, row: Row) -> Sequence[Limit]:
        """How fast such rows may leave."""

    def prepare(self, session: Session, row: Row) -> Any:
        """Read what delivering needs."""

    def deliver(self, row: Row, prepared: Any) -> str:
        """Let it leave; returns the other side's name for it, or an empty text."""

    def settle(self, session: Session, row: Row, provider_id: str) -> None:
        """Write what was learnt from the delivery, in the transaction that marks the row as sent."""

    def put_off(self, row: Row, reason: str) -> None:
        """It could not leave now and will be tried again."""

    def given_up(self, row: Row, reason: str) -> None:
        """It will not be tried again."""
