"""Is everything well? For ``/healthz``: the database, the relay's age, what the messenger says of the webhook."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import text

from db.session import Database
from services import outbox

log = logging.getLogger(__name__)

STALE = timedelta(seconds=15)
"""A relay that has not looked at its lanes for so long is not well."""
WEBHOOK_KEPT = timedelta(seconds=30)
"""How long an answer about the webhook serves, so that health checks do not call the messenger each time."""


class Relay(Protocol):
    """What is asked of the relay."""

    @property
    def last_sweep(self) -> datetime | None:
        """When it last looked at all lanes, UTC."""


class Health:
    """Looks when it is called. ``ok`` is about what we can mend ourselves: the database and the relay."""

    def __init__(
        self,
        database: Database,
        relay: Relay,
        webhook: Callable[[], Mapping[str, Any]],
        clock: Callable[[], datetime],
    ) -> None:
        self._database, self._relay, self._ask_webhook, self._clock = database, relay, webhook, clock
        self._webhook: dict[str, Any] = {}
        self._asked_at: datetime | None = None

    def __call__(self) -> dict[str, Any]:
        """The report: plain JSON values, times in seconds."""
        pending = self._pending()
        last = self._relay.last_sweep
        age = (self._clock() - last).total_seconds() if last else None
        relay_well = age is not None and age < STALE.total_seconds()
        return {
            "ok": pending is not None and relay_well,
            "database": "ok" if pending is not None else "away",
            "outbox_pending": pending,
            "relay_age_seconds": age,
            "webhook": self._webhook_now(),
        }

    def _pending(self) -> int | None:
        try:
            with self._database.reading() as session:
                session.execute(text("SELECT 1"))
                return outbox.count_pending(session)
        except Exception:
            log.exception("the database does not answer")
            return None

    def _webhook_now(self) -> dict[str, Any]:
        now = self._clock()
        if self._asked_at is None or now - self._asked_at > WEBHOOK_KEPT:
            self._asked_at = now
            try:
                told = self._ask_webhook()
                self._webhook = {
                    name: told.get(name) for name in ("pending_update_count", "last_error_date", "last_error_message")
                }
            except Exception as trouble:  # noqa: BLE001 - a health check reports, whatever is wrong
                self._webhook = {"error": type(trouble).__name__}
        return self._webhook
