"""Orders that wait for stock: the rest of an order that was short, or a whole one of which nothing was there.

A waiting order reserves nothing. When stock becomes free, the oldest whose goods are all there is served first; what
an older one is short of is given to no younger one (docs/decisions/0010). Quantities: thousandths of the base unit.

Locks: orders in id order, then stock by product. Whoever changes stock and then calls ``serve`` should call ``hold``
before that change, and whoever changes an order that may wait ``hold_queue_of`` before locking it, so that this order
is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from db.models.orders import Order, OrderLine
from services import availability, company, delivery_days, money, order_revisions, order_states, repricing, stock
from services.actor import Actor, Role
from services.announcements import Audience, announce
from services.order_states import Status

_SAME = (
    "kind", "rep_id", "client_id", "warehouse_id", "address", "latitude", "longitude", "delivery_date",
    "delivery_window", "note", "currency", "prices_include_vat",
)  # fmt: skip
_SAME_OF_LINE = (
    "kind", "product_id", "unit_id", "article", "name", "unit_code", "factor_milli", "decimals", "list_price_minor",
    "discount", "price_minor", "vat_rate", "note",
)  # fmt: skip
_SENT = (Status.SUBMITTED.value, Status.LOADING.value)
_EPOCH = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Need:
    """What one waiting order needs, by product."""

    order_id: int
    since: datetime
    products: Counter[int]


def open_child(session: Session, parent: Order, rest: Mapping[int, int], *, by: Actor, now: datetime) -> Order:
    """Make the order for what a locked order could not get: it waits for stock, at the prices of its parent.

    ``rest``: by id of the parent's lines, how much of each goes into it; lines with 0 are left out. The delivery is
    not charged again. Everything else is the parent's: rep, client, place, day, window, warehouse, note, and when it
    was submitted, so that it keeps its turn. Raises ValueError where nothing is left over. Announces nothing.
    """
    child = Order(
        **{name: getattr(parent, name) for name in _SAME},
        status=Status.WAITING.value,
        parent_id=parent.id,
        created_at=now,
        touched_at=now,
        submitted_at=parent.submitted_at or now,
    )
    child.client, child.warehouse, child.rep = parent.client, parent.warehouse, parent.rep
    child.lines = [_part(line, rest[line.id]) for line in parent.lines if rest.get(line.id)]
    if not child.lines:
        raise ValueError("a back-order needs goods")
    with session.no_autoflush:
        repricing.add_up(child)
    session.add(child)
    session.flush()
    order_states.note(session, child, before="", by=by, now=now, parent=parent.id)
    order_revisions.write(session, child, by=by, now=now)
    return child


def _part(line: OrderLine, quantity_milli: int) -> OrderLine:
    return OrderLine(
        **{name: getattr(line, name) for name in _SAME_OF_LINE},
        position=line.position,
        quantity_milli=quantity_milli,
        weight_g=money.amount_of(line.weight_g, quantity_milli, line.quantity_milli) if line.quantity_milli else 0,
    )


def hold(session: Session, warehouse_id: int, product_ids: Collection[int]) -> set[int]:
    """Lock the orders that wait in this warehouse for one of these products, and all stock that they need.

    In the house's order: orders by id, then stock by product. Call it before stock is changed that may serve them.
    Returns the ids of these orders.
    """
    wanted = (
        select(Order.id)
        .where(
            Order.status == Status.WAITING.value,
            Order.warehouse_id == warehouse_id,
            Order.id.in_(_waiting_for(warehouse_id, product_ids)),
        )
        .order_by(Order.id)
        .with_for_update(of=Order)
    )
    waiting = set(session.scalars(wanted))
    needed = _asked_by(session, OrderLine.order_id.in_(_waiting_for(warehouse_id, product_ids)))
    availability.lock(session, warehouse_id, {*product_ids, *needed})
    return waiting


def hold_queue_of(session: Session, order_id: int) -> None:
    """Lock an order that waits, or the one that a draft changes, with all that wait for the same goods; as ``hold``.

    What is asked for no more lets those go who stood behind it. Locks nothing where no order waits.
    """
    asking = aliased(Order)
    found = session.execute(
        select(Order.id, Order.warehouse_id)
        .join(asking, or_(asking.id == Order.id, asking.edits_id == Order.id))
        .where(asking.id == order_id, Order.status == Status.WAITING.value)
    ).first()
    if found is not None and found.warehouse_id is not None:
        hold(session, found.warehouse_id, _asked_by(session, OrderLine.order_id.in_({order_id, found.id})))


def hold_family(session: Session, order: Order) -> None:
    """Lock what a locked order has left and was sent already, then all that wait for the goods of any, as ``hold``."""
    sent = select(Order.id).where(Order.parent_id == order.id, Order.status.in_(_SENT))
    session.scalars(sent.order_by(Order.id).with_for_update()).all()
    family = select(Order.id).where(or_(Order.id == order.id, Order.parent_id == order.id))
    hold(session, order.warehouse_id or 0, _asked_by(session, OrderLine.order_id.in_(family)))


def serve(
    session: Session, warehouse_id: int, product_ids: Collection[int], *, by: Actor, now: datetime
) -> list[Order]:
    """Reserve for whom waits, now that some of these products may be free, and send that to the warehouse.

    The oldest first, and only orders whose goods are all there; no order gets what an older one is short of. A
    delivery day that has passed becomes the next one. Announces ``order_submitted`` to the storekeepers and
    ``back_order_ready`` to the rep. Returns what was served. Anybody's change may cause it; locks as ``hold`` does.
    """
    session.flush()
    waiting = hold(session, warehouse_id, product_ids)
    if not waiting:
        return []
    # all that they need, of which others that wait may be older
    mine = _list_needs(session, warehouse_id, product_ids)
    products = {product_id for need in mine for product_id in need.products}
    needs = _list_needs(session, warehouse_id, products)
    ready = _who_can_go(needs, waiting, availability.free_in(session, warehouse_id, products))
    served = [session.get_one(Order, order_id, populate_existing=True) for order_id in ready]
    for order in served:
        _send(session, order, by=by, now=now)
    return served


def _who_can_go(needs: list[_Need], waiting: set[int], free: Counter[int]) -> list[int]:
    """The ids of those whose goods are all there for them, the oldest first; what they need is taken off ``free``."""
    short_of_older: set[int] = set()
    ready = []
    for need in sorted(needs, key=lambda one: (one.since, one.order_id)):
        missing = {product_id for product_id, milli in need.products.items() if free[product_id] < milli}
        if missing or need.order_id not in waiting or short_of_older & need.products.keys():
            short_of_older |= missing
            continue
        free.subtract(need.products)
        ready.append(need.order_id)
    return ready


def children_of(session: Session, order_id: int) -> list[Order]:
    """The back-orders that an order has left, the first one first. The caller has checked who may see the order."""
    return list(session.scalars(select(Order).where(Order.parent_id == order_id).order_by(Order.id)))


def hand_delivery_on(session: Session, order: Order) -> None:
    """Move the delivery of a locked order that is cancelled to a back-order of it that still comes: it is charged.

    The caller has called ``hold_family``. Does nothing where none comes.
    """
    line = next((line for line in order.lines if line.kind == "delivery"), None)
    if line is None:
        return
    coming = (Status.WAITING.value, *_SENT)
    child = session.scalars(
        select(Order)
        .where(Order.parent_id == order.id, Order.status.in_(coming))
        .order_by(Order.id)
        .limit(1)
        .with_for_update(of=Order),
        execution_options={"populate_existing": True},
    ).first()
    if child is None or child.status not in coming:
        return
    moved = _part(line, line.quantity_milli)
    child.lines.append(moved)
    for name in ("distance_m", "distance_source", "rate_per_km_minor", "tariff"):
        setattr(child, name, getattr(order, name))
    repricing.add_up(child)
    child.version += 1
    session.flush()


def _send(session: Session, order: Order, *, by: Actor, now: datetime) -> None:
    stock.reserve(session, order, now=now)
    order.has_all_goods = True
    _bring_day_up(session, order, now=now)
    order_states.move(session, order, Status.SUBMITTED, by=by, now=now, total_minor=order.total_minor)
    facts = order_states.facts_of(order)
    storekeepers = Audience(role=Role.STOREKEEPER, warehouse_id=order.warehouse_id)
    announce(session, storekeepers, "order_submitted", **facts, rep=order.rep.name)
    announce(session, Audience(person_id=order.rep_id), "back_order_ready", **facts)


def _bring_day_up(session: Session, order: Order, *, now: datetime) -> None:
    """A day that passed while the order waited becomes the next one that goods are brought on."""
    profile = company.get(session)
    span = delivery_days.find_span(profile, now=now)
    if span is None or order.delivery_date is None or order.delivery_date >= span.earliest:
        return
    order.delivery_date = span.earliest
    if order.delivery_window not in delivery_days.list_windows(profile):
        order.delivery_window = ""


def _asked_by(session: Session, which: ColumnElement[bool]) -> set[int]:
    """The products of these lines."""
    asked = select(OrderLine.product_id).where(which, OrderLine.product_id.is_not(None)).distinct()
    return {product_id for product_id in session.scalars(asked) if product_id is not None}


def _waiting_for(warehouse_id: int, product_ids: Collection[int]) -> Select[int]:
    return (
        select(Order.id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(
            Order.status == Status.WAITING.value,
            Order.warehouse_id == warehouse_id,
            OrderLine.product_id.in_(product_ids),
        )
    )


def _list_needs(session: Session, warehouse_id: int, product_ids: Collection[int]) -> list[_Need]:
    """What each order of this warehouse that waits for one of these products needs, all its products together."""
    rows = session.execute(
        select(Order.id, Order.submitted_at, OrderLine.product_id, OrderLine.quantity_milli)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.id.in_(_waiting_for(warehouse_id, product_ids)), OrderLine.kind == "goods")
    )
    since: dict[int, datetime] = {}
    needs: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for order_id, submitted_at, product_id, milli in rows:
        since[order_id] = submitted_at or _EPOCH
        needs[order_id][product_id or 0] += milli
    return [_Need(order_id, since[order_id], products) for order_id, products in needs.items()]
