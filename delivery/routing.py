"""The way out to the router: how far it is by road, asked of anything that speaks as OSRM does."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

import urllib3
from sqlalchemy.orm import Session

from bot.events import Internal
from delivery.ways import HandBack
from services.lanes import Row
from services.logistics import Place
from services.pace import Limit
from services.ways_out import NeverAgain, TryLater

log = logging.getLogger(__name__)

DEADLINE_SECONDS: Final = 5.0
TRIES: Final = 2
_PAUSE: Final = 1.0
_TOO_MANY: Final = 429
_LARGEST_ANSWER: Final = 1_000_000
"""Bytes: an answer without geometry has some hundred."""


class Router:
    """Asks the router at ``url`` (the part before ``/route/v1/driving/``)."""

    def __init__(self, url: str, seconds: float = DEADLINE_SECONDS) -> None:
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(total=seconds), retries=False)

    def distance_m(self, start: Place, end: Place) -> int | None:
        """Metres by road; None: the router knows no way. Raises TryLater or NeverAgain."""
        way = f"{start[1]:.6f},{start[0]:.6f};{end[1]:.6f},{end[0]:.6f}"
        try:
            answer = self._pool.request(
                "GET", f"{self._url}/route/v1/driving/{way}?overview=false", preload_content=False
            )
            try:
                said = answer.read(_LARGEST_ANSWER)
            finally:
                answer.release_conn()
        except urllib3.exceptions.HTTPError as trouble:
            raise TryLater(f"the router cannot be reached: {type(trouble).__name__}", _PAUSE) from None
        if answer.status == _TOO_MANY or answer.status >= 500:
            raise TryLater(f"the router is in trouble: {answer.status}", _PAUSE)
        return _read(said, answer.status)


def _read(said: bytes, status: int) -> int | None:
    """What an answer of OSRM's means: https://project-osrm.org/docs/v5.24.0/api/#route-service"""
    try:
        answer: Mapping[str, Any] = json.loads(said)
        if answer["code"] == "Ok":
            metres = round(float(answer["routes"][0]["distance"]))
            return metres if metres >= 0 else None
        if answer["code"] in {"NoRoute", "NoSegment"}:
            return None
    except (ValueError, KeyError, IndexError, TypeError, OverflowError):
        pass
    raise NeverAgain(f"the router answers in a way that we do not understand, check ROUTER_URL: {status}")


class RoutingWay:
    """Finds out how far it is by road; without an answer the draft keeps what it was reckoned at."""

    def __init__(self, router: Router | None, hand_back: HandBack) -> None:
        self._router, self._hand_back = router, hand_back

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        """It is our own router, or says itself when it is too much."""
        return ()

    def prepare(self, session: Session, row: Row) -> None:
        """All that is needed stands in the row."""

    def deliver(self, row: Row, prepared: None) -> str:  # noqa: ARG002
        """Ask, and hand back what was said. Raises TryLater where the router may know it in a moment."""
        distance_m = self._ask(row)
        self._hand_back(Internal("road.found", row.id, {**row.payload, "distance_m": distance_m}))
        return "" if distance_m is None else str(distance_m)

    def _ask(self, row: Row) -> int | None:
        if self._router is None:  # it was taken out of the settings after the question was put
            return None
        try:
            return self._router.distance_m(tuple(row.payload["start"]), tuple(row.payload["end"]))
        except TryLater as later:
            if row.attempts + 1 < TRIES:
                raise
            log.warning("asked %s times in vain: %s", TRIES, later.reason)
        except NeverAgain as refusal:
            log.warning("%s", refusal.reason)
        return None

    def settle(self, session: Session, row: Row, provider_id: str) -> None:
        """What was learnt has gone through the conversation's door already."""

    def put_off(self, row: Row, reason: str) -> None:
        """Nobody waits: the draft has a price already."""

    def given_up(self, row: Row, reason: str) -> None:  # noqa: ARG002
        """The way stays as it was reckoned."""
        self._hand_back(Internal("road.found", row.id, {**row.payload, "distance_m": None}))
