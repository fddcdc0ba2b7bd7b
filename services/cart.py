"""The draft that a rep builds: goods, client, place, day. Every change prices it anew as a whole.

A draft belongs to the rep. Quantities: thousandths of the base unit. Amounts: minor units of the order's currency.
All changes lock the order's row, so that two of the rep's devices cannot overwrite each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.models.catalogue import Product, Unit
from db.models.orders import Order, OrderLine
from services import clients, company, delivery_days, drafts, originals, repricing, units
from services.actor import Actor, NotAllowed, Role, require
from services.catalogue import ProductGone
from services.drafts import DRAFT
from services.errors import DomainError, Moved

LONGEST_NOTE = 1000
LONGEST_LINE_NOTE = 200


class NotYours(NotAllowed):
    """The order is another rep's, or there is none: it is not said which. Leaves an audit row. No facts."""


class NoLongerDraft(DomainError):
    """The order was submitted or cancelled meanwhile. Facts: order (its id), status."""


class LineGone(DomainError):
    """The line is not in the order any more. No facts."""


class ClientFixed(DomainError):
    """A draft that changes an order cannot make it another client's. Facts: order (the id of that order)."""


class TextTooLong(DomainError):
    """An address or a note is longer than can be kept. Facts: largest (characters)."""


def current(session: Session, *, by: Actor) -> Order | None:
    """The draft that the actor touched last, if there is one."""
    return drafts.find_current(session, by.person_id)


def open_draft(session: Session, *, by: Actor, now: datetime) -> Order:
    """The actor's current draft, or a new empty one in the company's currency. Reps only; raises NotAllowed.

    Locks the person's row before making one, so that two devices cannot open two.
    """
    require(by, Role.REP, action="cart.open_draft", subject="order")
    order = current(session, by=by)
    if order is not None:
        return order
    drafts.lock_owner(session, by.person_id)
    return current(session, by=by) or drafts.make(session, by.person_id, now=now)


def set_quantity(
    session: Session, order_id: int, unit_id: int, quantity_milli: int, *, by: Actor, now: datetime
) -> Order:
    """Let the draft hold exactly this quantity in this unit; 0 takes the line out. It sets, it never adds.

    Raises NotYours, NoLongerDraft, ProductGone or what ``units.check`` raises, having changed nothing.
    """
    return set_quantities(session, order_id, {unit_id: quantity_milli}, by=by, now=now)


def set_quantities(
    session: Session, order_id: int, quantities: Mapping[int, int], *, by: Actor, now: datetime
) -> Order:
    """The same for several units at once (quantities by unit id), priced anew only once; all of them or none."""
    order = lock_draft(session, order_id, by=by, action="set_quantity")
    found = session.scalars(select(Unit).where(Unit.id.in_(quantities)).options(joinedload(Unit.product)))
    known = {unit.id: unit for unit in found}
    for unit_id, quantity_milli in quantities.items():
        _check_quantity(known.get(unit_id), quantity_milli)
    for unit_id, quantity_milli in quantities.items():
        _put(order, known[unit_id], quantity_milli)
    reprice(session, order, now=now)
    return order


def _check_quantity(unit: Unit | None, quantity_milli: int) -> None:
    if unit is None:
        raise ProductGone(product="")
    units.check(
        quantity_milli,
        code=unit.code,
        factor_milli=unit.factor_milli,
        decimals=unit.decimals,
        minimum_milli=unit.minimum_milli,
        multiple_milli=unit.multiple_milli,
    )
    if quantity_milli and unit.product.hidden:
        raise ProductGone(product=unit.product.name)


def _put(order: Order, unit: Unit, quantity_milli: int) -> None:
    line = next((line for line in order.lines if line.unit_id == unit.id), None)
    if line is not None and quantity_milli:
        line.quantity_milli = quantity_milli
    elif line is not None:
        order.lines.remove(line)
    elif quantity_milli:
        _add_line(order, unit, quantity_milli)


def choose_client(session: Session, order_id: int, client_id: int, *, by: Actor, now: datetime) -> Order:
    """Sell to this client, and deliver to the client's first place until the rep says otherwise.

    A place that the rep had set before any client was chosen stays; one that was meant for another client does not.
    Raises NotYours, NoLongerDraft, clients.ClientGone or ClientFixed.
    """
    order = lock_draft(session, order_id, by=by, action="choose_client")
    client = clients.get(session, client_id)
    _check_client_free(order, client_id)
    set_by_hand = order.client_id is None and order.latitude is not None
    if order.client_id != client.id and not set_by_hand:
        place = client.places[0] if client.places else None
        order.address = (place.address if place else "") or client.address
        order.latitude = place.latitude if place else None
        order.longitude = place.longitude if place else None
    order.client, order.client_id = client, client.id
    clients.note_used(session, client.id, by=by, now=now)
    reprice(session, order, now=now)
    return order


def set_note(session: Session, order_id: int, note: str, *, by: Actor, now: datetime) -> Order:
    """Write what the warehouse should know; empty takes it away. Raises NotYours, NoLongerDraft or TextTooLong."""
    order = lock_draft(session, order_id, by=by, action="set_note")
    order.note = kept_text(note, LONGEST_NOTE)
    reprice(session, order, now=now)
    return order


def set_line_note(session: Session, order_id: int, unit_id: int, note: str, *, by: Actor, now: datetime) -> Order:
    """Write what the warehouse should know about one line; empty takes it away.

    Raises NotYours, NoLongerDraft, LineGone or TextTooLong.
    """
    order = lock_draft(session, order_id, by=by, action="set_line_note")
    line = next((line for line in order.lines if line.kind == "goods" and line.unit_id == unit_id), None)
    if line is None:
        raise LineGone
    line.note = kept_text(note, LONGEST_LINE_NOTE)
    reprice(session, order, now=now)
    return order


def put_back(
    session: Session, order_id: int, unit_id: int, quantity_milli: int, *, position: int, note: str, by: Actor,
    now: datetime,
) -> Order:  # fmt: skip
    """Put a line that was taken out back where it stood (``position`` counts from 0); again, if it is there already.

    Raises what ``set_quantity`` raises, and LineGone for a quantity of nothing.
    """
    if not quantity_milli:
        raise LineGone
    order = set_quantity(session, order_id, unit_id, quantity_milli, by=by, now=now)
    line = next(line for line in order.lines if line.unit_id == unit_id)
    line.note = line.note or kept_text(note, LONGEST_LINE_NOTE)
    order.lines.remove(line)
    order.lines.insert(position, line)
    for number, one in enumerate(order.lines, start=1):
        one.position = number
    session.flush()
    return order


def clear(session: Session, order_id: int, *, by: Actor, now: datetime, version: int | None = None) -> Order:
    """Empty the draft: goods, client, place, day and note.

    ``version``: the one that the rep saw; raises Moved where it is another by now, else NotYours, NoLongerDraft or,
    for a draft that changes an order, ClientFixed.
    """
    order = lock_draft(session, order_id, by=by, action="clear")
    if version is not None and version != order.version:
        raise Moved
    _check_client_free(order)
    order.lines.clear()
    order.client = order.client_id = order.delivery_date = order.latitude = order.longitude = None
    order.address = order.note = order.delivery_window = ""
    reprice(session, order, now=now)
    return order


def refresh(session: Session, order_id: int, *, by: Actor, now: datetime) -> bool:
    """Bring the draft to today's prices and stock; True if an amount changed. Raises NotYours or NoLongerDraft."""
    return reprice(session, lock_draft(session, order_id, by=by, action="refresh"), now=now)


def missing(order: Order) -> list[str]:
    """What a draft still lacks before it can be submitted: of goods, client, place, day."""
    has = {
        "goods": any(line.kind == "goods" for line in order.lines),
        "client": order.client_id is not None,
        "place": order.latitude is not None and order.longitude is not None,
        "day": order.delivery_date is not None,
    }
    return [name for name, there in has.items() if not there]


def list_gone(session: Session, order: Order) -> list[OrderLine]:
    """The lines whose product is not sold any more: they keep their last price and must be taken out.

    What was ordered while it was sold, and is only being changed, may stay.
    """
    asked = [line.product_id for line in order.lines if line.kind == "goods"]
    hidden = set(session.scalars(select(Product.id).where(Product.id.in_(asked), Product.hidden)))
    ordered = _ordered(session, order) if hidden else {}
    return [line for line in order.lines if line.product_id in hidden and line.unit_id not in ordered]


def _ordered(session: Session, order: Order) -> dict[int | None, int]:
    """By unit id, what the order holds that this draft changes; empty for an ordinary draft."""
    original = originals.find(session, order)
    return {unit_id: line.quantity_milli for unit_id, line in original.lines.items()} if original else {}


def _check_client_free(order: Order, client_id: int | None = None) -> None:
    if order.edits_id is not None and order.client_id != client_id:
        raise ClientFixed(order=order.edits_id)


def check_goods(session: Session, order: Order) -> None:
    """Raise ProductGone or what ``units.check`` raises for the first line that cannot be ordered as it stands.

    The catalogue may have changed under an old draft: a product was hidden, a box now holds 10 and not 12. What
    stands as it was ordered, in a draft that changes an order, is not asked again.
    """
    for line in list_gone(session, order):
        raise ProductGone(product=line.name)
    ordered = _ordered(session, order)
    goods = [line for line in order.lines if line.kind == "goods" and line.quantity_milli != ordered.get(line.unit_id)]
    found = session.scalars(select(Unit).where(Unit.id.in_([line.unit_id for line in goods])))
    asked = {unit.id: (unit.minimum_milli, unit.multiple_milli) for unit in found}
    for line in goods:
        minimum_milli, multiple_milli = asked[line.unit_id or 0]
        units.check(
            line.quantity_milli,
            code=line.unit_code,
            factor_milli=line.factor_milli,
            decimals=line.decimals,
            minimum_milli=minimum_milli,
            multiple_milli=multiple_milli,
        )


def reprice(session: Session, order: Order, *, now: datetime) -> bool:
    """Compute a draft anew from the catalogue, the stock and the company; True if any amount changed.

    Prices, warehouse, delivery and totals are computed whole and stored on the order, its lines and its taxes; the
    version grows. A delivery day that has passed is taken away. The caller holds the order's row and has checked
    that it is a draft; nothing else is locked, so stock may be gone by the time of submitting.
    """
    with session.no_autoflush:  # else lines are written twice; whoever locked the order has flushed what was before
        profile = company.get(session)
        changed = repricing.compute(session, order, profile, now=now)
    span = delivery_days.find_span(profile, now=now)
    if order.delivery_date is not None and (span is None or order.delivery_date < span.earliest):
        order.delivery_date, order.delivery_window = None, ""
    order.version += 1
    order.touched_at = max(now, order.touched_at)  # never behind the draft that it was chosen instead of
    session.flush()
    return changed


def lock_own(session: Session, order_id: int, *, by: Actor, action: str) -> Order:
    """Lock an order of the actor's as it is now, in whatever state; else NotYours, for a guessed id too."""
    order = drafts.lock(session, order_id)
    if order is None or order.rep_id != by.person_id:
        raise NotYours(by=by, action=action, subject=f"order:{order_id}")
    return order


def lock_draft(session: Session, order_id: int, *, by: Actor, action: str) -> Order:
    """Lock a draft of the actor's, to change it; raises NotYours, NoLongerDraft or NotAllowed (reps only)."""
    require(by, Role.REP, action=f"cart.{action}", subject=f"order:{order_id}")
    order = lock_own(session, order_id, by=by, action=f"cart.{action}")
    if order.status != DRAFT:
        raise NoLongerDraft(order=order.id, status=order.status)
    return order


def kept_text(text: str, largest: int) -> str:
    """The text without what PostgreSQL cannot store and without spaces around; raises TextTooLong."""
    plain = text.replace("\x00", "").strip()
    if len(plain) > largest:
        raise TextTooLong(largest=largest)
    return plain


def _add_line(order: Order, unit: Unit, quantity_milli: int) -> None:
    line = OrderLine(
        kind="goods",
        product_id=unit.product_id,
        unit_id=unit.id,
        quantity_milli=quantity_milli,
        discount=Decimal(0),
        position=0,
    )
    goods = sum(known.kind == "goods" for known in order.lines)
    order.lines.insert(goods, line)  # before the delivery, which is always the last
