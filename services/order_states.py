"""Where an order may stand and how it gets from one state to another: the one table of allowed moves.

Beneath all other rules about orders, so that each of them can use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

from db.models.orders import Order, OrderEvent
from services import audit
from services.actor import Actor, NotAllowed, Role
from services.errors import DomainError

SALE: Final = "sale"
"""The kind of an order that was recorded from a ticket: loaded from the first, and no business of any warehouse."""


class Status(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    """For stock: nothing is reserved, and no storekeeper sees it among what is to be loaded."""
    SUBMITTED = "submitted"
    LOADING = "loading"
    """Claimed by a storekeeper."""
    LOADED = "loaded"
    CANCELLED = "cancelled"
    VOIDED = "voided"
    """A recorded sale that was none."""


MOVES: Final[Mapping[tuple[Status, Status], frozenset[Role]]] = MappingProxyType(
    {
        (Status.DRAFT, Status.SUBMITTED): frozenset({Role.REP}),
        (Status.DRAFT, Status.WAITING): frozenset({Role.REP}),
        (Status.DRAFT, Status.CANCELLED): frozenset({Role.REP, Role.ADMIN}),
        # whoever made stock free: by a receipt, a correction, a cancelled or a changed order
        (Status.WAITING, Status.SUBMITTED): frozenset(Role),
        (Status.WAITING, Status.CANCELLED): frozenset({Role.REP, Role.ADMIN}),
        (Status.SUBMITTED, Status.CANCELLED): frozenset({Role.REP, Role.ADMIN}),
        # its goods turned out not to be there
        (Status.SUBMITTED, Status.WAITING): frozenset({Role.STOREKEEPER, Role.ADMIN}),
        (Status.SUBMITTED, Status.LOADING): frozenset({Role.STOREKEEPER}),
        (Status.LOADING, Status.SUBMITTED): frozenset({Role.STOREKEEPER, Role.ADMIN}),
        (Status.LOADING, Status.WAITING): frozenset({Role.STOREKEEPER}),
        (Status.LOADING, Status.LOADED): frozenset({Role.STOREKEEPER}),
        # a recorded sale alone (``voiding``)
        (Status.LOADED, Status.VOIDED): frozenset({Role.ADMIN}),
    }
)
"""Every allowed move (from, to) and the roles that may make it. Whose order it is, each service checks itself."""


class MoveRefused(DomainError):
    """An order in this state cannot come into that one. Facts: order (its id), status, to."""


def check_move(order: Order, to: Status, *, by: Actor) -> None:
    """Raise MoveRefused if the table has no such move, NotAllowed if the actor has no role for it."""
    roles = MOVES.get((Status(order.status), to))
    if roles is None:
        raise MoveRefused(order=order.id, status=order.status, to=to.value)
    if not by.roles & roles:
        raise NotAllowed(by=by, action=f"order.{to.value}", subject=f"order:{order.id}")


def move(session: Session, order: Order, to: Status, *, by: Actor, now: datetime, **facts: Any) -> None:
    """Bring a locked order into another state: status, version, a row of its history and one of the audit.

    ``facts`` (plain JSON values) go into both rows. Raises MoveRefused or NotAllowed, having changed nothing.
    """
    check_move(order, to, by=by)
    before = order.status
    order.status, order.touched_at = to.value, now
    order.version += 1
    note(session, order, before=before, by=by, now=now, **facts)
    session.flush()


def note(session: Session, order: Order, *, before: str, by: Actor, now: datetime, **facts: Any) -> None:
    """Write where an order stands now into its history and the audit. ``before``: where it stood."""
    session.add(
        OrderEvent(
            order_id=order.id,
            at=now,
            person_id=by.person_id,
            from_status=before,
            to_status=order.status,
            version=order.version,
            facts=facts,
        )
    )
    audit.write(
        session,
        by=by,
        action=f"order.{order.status}",
        subject=f"order:{order.id}",
        now=now,
        before={"status": before},
        after={"status": order.status, **facts},
    )


def facts_of(order: Order) -> dict[str, Any]:
    """What a notice about an order says, as plain values."""
    goods = [line for line in order.lines if line.kind == "goods"]
    return {
        "order_id": order.id,
        "version": order.version,
        "client": order.client.name if order.client else "",
        "address": order.address,
        "warehouse": order.warehouse.name if order.warehouse else "",
        "delivery_date": _iso(order.delivery_date),
        "delivery_window": order.delivery_window,
        "lines": len(goods),
        "weight_g": sum(line.weight_g for line in goods),
        "total_minor": order.total_minor,
        "currency": order.currency,
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
