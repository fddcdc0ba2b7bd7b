"""What an order held each time it was sent to the warehouse, and in what it differs from the time before.

Contents and differences are plain JSON. Quantities: thousandths of the base unit. Amounts: minor units.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.orders import Order, OrderLine, OrderRevision
from services.actor import Actor

Content = dict[str, Any]

_SINGLE = ("delivery_date", "delivery_window", "note", "total_minor")
"""What is compared as a whole."""


def content_of(order: Order) -> Content:
    """All of an order that the warehouse and the client go by."""
    return {
        "lines": [_line(line) for line in order.lines if line.kind == "goods"],
        "address": order.address,
        "place": [order.latitude, order.longitude],
        "delivery_date": order.delivery_date.isoformat() if order.delivery_date else "",
        "delivery_window": order.delivery_window,
        "note": order.note,
        "delivery_minor": order.delivery_minor,
        "total_minor": order.total_minor,
        "currency": order.currency,
    }


def difference(before: Content, after: Content) -> Content:
    """What is not the same, and only that; empty where nothing changed.

    ``lines``: of each line that came, went or changed what identifies it, ``was`` and ``now`` (0: not there), and
    ``note`` as [old, new] where that changed. The others are [old, new]; ``address`` differs too where only its
    point on the map moved. ``currency`` stands beside the total.
    """
    found: Content = {}
    lines = _changed_lines(before["lines"], after["lines"])
    if lines:
        found["lines"] = lines
    if (before["address"], before["place"]) != (after["address"], after["place"]):
        found["address"] = [before["address"], after["address"]]
    found |= {name: [before[name], after[name]] for name in _SINGLE if before[name] != after[name]}
    if "total_minor" in found:
        found["currency"] = after["currency"]
    return found


def write(session: Session, order: Order, *, by: Actor, now: datetime) -> Content:
    """Keep what the locked order holds as its next revision; returns how that differs from the one before.

    The first revision differs in nothing.
    """
    content = content_of(order)
    before = session.get(OrderRevision, (order.id, order.revision))
    changed = difference(before.content, content) if before else {}
    order.revision += 1
    session.add(
        OrderRevision(
            order_id=order.id,
            revision=order.revision,
            at=now,
            person_id=by.person_id,
            content=content,
            difference=changed,
        )
    )
    session.flush()
    return changed


def list_of(session: Session, order_id: int) -> list[OrderRevision]:
    """The order's revisions, the first one first. The caller has checked who may see the order."""
    query = select(OrderRevision).where(OrderRevision.order_id == order_id).order_by(OrderRevision.revision)
    return list(session.scalars(query))


def _line(line: OrderLine) -> Content:
    return {
        "unit_id": line.unit_id,
        "article": line.article,
        "name": line.name,
        "unit": line.unit_code,
        "factor_milli": line.factor_milli,
        "decimals": line.decimals,
        "quantity_milli": line.quantity_milli,
        "price_minor": line.price_minor,
        "note": line.note,
    }


def _changed_lines(before: list[Content], after: list[Content]) -> list[Content]:
    old, new = ({line["unit_id"]: line for line in lines} for lines in (before, after))
    changed = []
    for unit_id in [*old, *(unit_id for unit_id in new if unit_id not in old)]:
        known = new.get(unit_id) or old[unit_id]
        was, now = (lines[unit_id]["quantity_milli"] if unit_id in lines else 0 for lines in (old, new))
        notes = [lines[unit_id]["note"] if unit_id in lines else "" for lines in (old, new)]
        if was == now and notes[0] == notes[1]:
            continue
        line = {name: known[name] for name in ("article", "name", "unit", "factor_milli", "decimals")}
        changed.append(line | {"was": was, "now": now} | ({"note": notes} if notes[0] != notes[1] else {}))
    return changed
