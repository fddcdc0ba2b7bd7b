"""How far it is by road, where a router is set: known from before, or asked for as a job (``geo.route``).

Until the router answers, and where it cannot, the way is reckoned as ``logistics.detour_m`` does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from db.models.geography import KnownRoad
from db.models.orders import Order
from services import outbox
from services.jobs import Job
from services.logistics import Place
from services.outbox import Item

HAS_ROUTER: Final = "has_router"
"""The key of ``Session.info`` that says whether this installation has a router to ask."""
UNKNOWN: Final = -1
ROAD_LIVES: Final = timedelta(days=180)
"""How long a road is believed."""
SILENCE_LIVES: Final = timedelta(hours=1)
"""How long a router that did not say is left alone."""


def find(session: Session, start: Place, end: Place, *, now: datetime) -> int | None:
    """The metres by road from ``start`` to ``end`` where they are known and not too old."""
    known = session.get(KnownRoad, key_of(start, end))
    if known is None or known.distance_m == UNKNOWN or now - known.at > ROAD_LIVES:
        return None
    return known.distance_m


def ask(session: Session, order: Order, start: Place, end: Place, *, now: datetime) -> bool:
    """Let the router be asked how far it is, for a draft that is priced anew when it has said; True if it will be.

    Not asked: where there is no router, while the same question waits already, and for an hour after it found no
    answer to it. Locks the lane of the question.
    """
    if not session.info.get(HAS_ROUTER):
        return False
    key = key_of(start, end)
    known = session.get(KnownRoad, key)
    lane = f"road:{key}"
    if known is not None and known.distance_m == UNKNOWN and now - known.at < SILENCE_LIVES:
        return False
    if outbox.count_pending(session, lane):
        return True
    facts = {"key": key, "start": start, "end": end, "order_id": order.id, "person_id": order.rep_id}
    outbox.put(session, [Item(lane, Job.FIND_ROAD, facts)], now=now)
    return True


def learn(session: Session, key: str, distance_m: int | None, *, now: datetime) -> None:
    """Remember what the router said, or that it did not."""
    known = session.get(KnownRoad, key)
    if known is None:
        known = KnownRoad(key=key)
        session.add(known)
    known.distance_m, known.at = UNKNOWN if distance_m is None else distance_m, now
    session.flush()


def key_of(start: Place, end: Place) -> str:
    """Both ends, as exact as a gate is wide (11 m)."""
    return f"{start[0]:.4f},{start[1]:.4f};{end[0]:.4f},{end[1]:.4f}"
