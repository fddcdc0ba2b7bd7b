"""Receipts and adjustments: what comes in, and what turns out to be more or less than the books say.

Each is booked by an admin or a storekeeper of the warehouse, and whoever waited for the goods is served at once.
Quantities: thousandths of the base unit. Locks: the orders that wait, then stock in product order.

``stamp`` (``stock_levels.stamp``) is how often the goods had moved when the button was made: a tap that comes twice
books once. None: the words were typed, and a message is taken once anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db.models.catalogue import Product
from db.models.company import Warehouse
from db.models.stock import Stock
from services import audit, back_orders, shelf, stock, stock_levels, units
from services.actor import Actor
from services.cart import TextTooLong
from services.catalogue import ProductGone
from services.errors import DomainError, Moved
from services.quick_order import Untaken, Wanted
from services.shelf import Cause, Locked, Reason

LONGEST_NOTE = 500
_UNUSUAL_TIMES = 10
LARGEST_MILLI = 10**12
"""The most that may lie in one place: a thousand million base units."""


class NothingToBook(DomainError):
    """The quantity is nothing, or changes nothing. No facts."""


class TooMuchToBook(DomainError):
    """Nobody has so much. Facts: largest (thousandths of the base unit)."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """So much of a product came in."""

    product_id: int
    milli: int


def is_unusual(session: Session, warehouse_id: int, product_id: int, milli: int) -> bool:
    """Tell whether this is more than ten times what lies there, to be asked once more; never where nothing lies."""
    row = session.get(Stock, (warehouse_id, product_id))
    return row is not None and row.on_hand_milli > 0 and milli > _UNUSUAL_TIMES * row.on_hand_milli


def receive(
    session: Session,
    warehouse_id: int,
    receipts: Sequence[Receipt],
    *,
    paper: str = "",
    stamp: int | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Put all of it on the shelves. ``paper``: the supplier's, by its number.

    Raises NotAllowed, ProductGone, Moved (booked already), NothingToBook, TooMuchToBook or TextTooLong, having
    changed nothing.
    """
    paper = _kept(paper)
    products = _check(session, warehouse_id, [one.product_id for one in receipts], by=by, action="stock.receive")
    if not receipts or any(one.milli <= 0 for one in receipts):
        raise NothingToBook
    back_orders.hold(session, warehouse_id, products)
    _check_stamp(session, warehouse_id, products, stamp)
    for one in sorted(receipts, key=lambda one: one.product_id):
        lies = stock_levels.level(session, warehouse_id, one.product_id).on_hand_milli
        if lies + one.milli > LARGEST_MILLI:
            raise TooMuchToBook(largest=LARGEST_MILLI)
        stock.receive(session, warehouse_id, one.product_id, one.milli, note=paper, by=by, now=now)
    back_orders.serve(session, warehouse_id, products, by=by, now=now)


def count(
    session: Session,
    warehouse_id: int,
    product_id: int,
    counted_milli: int,
    *,
    note: str = "",
    stamp: int | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Somebody has counted: exactly this lies there. Returns by how much the books were off, 0 where they were right.

    Raises as ``change``, but not NothingToBook.
    """
    reason = Reason(Cause.COUNT, _kept(note))
    locked = _lock(session, warehouse_id, product_id, stamp=stamp, by=by)
    delta = counted_milli - locked.rows[product_id].on_hand_milli
    if delta:
        _correct(session, locked, product_id, delta, reason=reason, by=by, now=now)
        return delta
    subject = f"stock:{warehouse_id}:{product_id}"
    audit.write(
        session, by=by, action="stock.counted", subject=subject, now=now, after={"on_hand_milli": counted_milli}
    )
    return 0


def change(
    session: Session,
    warehouse_id: int,
    product_id: int,
    delta_milli: int,
    *,
    reason: Reason,
    stamp: int | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """More (found) or less (damaged, lost) lies there than the books say. Returns by how much.

    Where less is left than is promised, the newest orders give way (``shelf.correct``). Raises NotAllowed,
    ProductGone, Moved, NothingToBook, TooMuchToBook, TextTooLong, shelf.NotSoMuch or shelf.BeingLoaded, having
    changed nothing.
    """
    plain = Reason(reason.cause, _kept(reason.note))
    if not delta_milli:
        raise NothingToBook
    locked = _lock(session, warehouse_id, product_id, stamp=stamp, by=by)
    _correct(session, locked, product_id, delta_milli, reason=plain, by=by, now=now)
    return delta_milli


def _lock(session: Session, warehouse_id: int, product_id: int, *, stamp: int | None, by: Actor) -> Locked:
    """Check the right to it, and hold all that a correction may touch; the product has a row from now on."""
    _check(session, warehouse_id, [product_id], by=by, action="stock.adjust")
    locked = shelf.lock(session, warehouse_id, [product_id])
    _check_stamp(session, warehouse_id, [product_id], stamp)
    if product_id not in locked.rows:
        locked.rows[product_id] = _new_row(session, warehouse_id, product_id)
    return locked


def _correct(
    session: Session, locked: Locked, product_id: int, delta_milli: int, *, reason: Reason, by: Actor, now: datetime
) -> None:
    if locked.rows[product_id].on_hand_milli + delta_milli > LARGEST_MILLI:
        raise TooMuchToBook(largest=LARGEST_MILLI)
    shelf.correct(session, locked, product_id, delta_milli, reason=reason, by=by, now=now)
    back_orders.serve(session, locked.warehouse_id, locked.freed | {product_id}, by=by, now=now)


def _new_row(session: Session, warehouse_id: int, product_id: int) -> Stock:
    row = Stock(warehouse_id=warehouse_id, product_id=product_id, on_hand_milli=0, reserved_milli=0)
    session.add(row)
    session.flush()
    return row


def _check(session: Session, warehouse_id: int, product_ids: Collection[int], *, by: Actor, action: str) -> list[int]:
    """The products in order; raises NotAllowed, for a guessed warehouse too, or ProductGone."""
    subject = f"stock:{warehouse_id}"
    stock.check_may_change(warehouse_id, by=by, action=action, subject=subject)
    if session.get(Warehouse, warehouse_id) is None:
        raise Moved
    for product_id in product_ids:
        if session.get(Product, product_id) is None:
            raise ProductGone(product="")
    return sorted(set(product_ids))


def _check_stamp(session: Session, warehouse_id: int, products: Collection[int], stamp: int | None) -> None:
    if stamp is not None and stock_levels.stamp(session, warehouse_id, products) != stamp:
        raise Moved


def _kept(text: str) -> str:
    plain = " ".join(text.replace("\x00", "").split())
    if len(plain) > LONGEST_NOTE:
        raise TextTooLong(largest=LONGEST_NOTE)
    return plain


@dataclass(frozen=True, slots=True)
class Delivered:
    """A typed list as receipts, one per product, and the lines that could not be read, with their reasons."""

    receipts: tuple[Receipt, ...]
    unread: tuple[Untaken, ...]


def read_list(lines: Sequence[Wanted]) -> Delivered:
    """What came in by a list: quantities without a unit are in the base unit, a product that comes twice is added up.

    Lines without a known article, a quantity, or in a unit that the product does not have stay unread.
    """
    sums: dict[int, int] = {}
    unread = []
    for line in lines:
        found = _read(line)
        if isinstance(found, Untaken):
            unread.append(found)
        else:
            sums[found.product_id] = sums.get(found.product_id, 0) + found.milli
    return Delivered(tuple(Receipt(product_id, milli) for product_id, milli in sums.items()), tuple(unread))


def _read(line: Wanted) -> Receipt | Untaken:
    """What a line says that came in, or why it says nothing."""
    reading, product = line.reading, line.product
    if reading is None:
        return Untaken(line.text, "unclear")
    if product is None:
        return Untaken(line.text, "unknown_article", {"nearest": []})
    if not reading.amount:
        return Untaken(line.text, "no_quantity")
    asked = reading.codes | {reading.word.casefold()} if reading.word else frozenset()
    unit = next(
        (one for one in product.units if (one.code.casefold() in asked if asked else one.factor_milli == 1000)), None
    )
    if unit is None:
        facts = {"asked": reading.word, "units": [one.code for one in product.units]}
        return Untaken(line.text, "unit_not_sold", facts)
    try:
        milli = units.quantity_of(
            reading.amount, code=unit.code, factor_milli=unit.factor_milli, decimals=unit.decimals
        )
    except (units.NotDivisible, units.QuantityUnfit) as refusal:
        return Untaken(line.text, refusal.key, refusal.facts)
    return Receipt(product.id, milli)
