"""Many lines at once: a typed list of goods, or what the client ordered last time, set into a draft.

What can be set is set, in one go and priced once; each line that cannot is handed back with the reason. Quantities:
thousandths of the base unit. The draft's row is locked first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.orders import Order
from services import cart, catalogue, catalogue_search, originals, units
from services.actor import Actor, Role, require
from services.cart import NotYours
from services.errors import DomainError
from services.order_states import SALE
from services.search import article_key

MOST_LINES = 100
_MOST_SUGGESTIONS = 10
"""For more unknown articles than this nobody reads what comes nearest, and each costs a few searches."""
_ORDERED = ("waiting", "submitted", "loading", "loaded")


class TooManyLines(DomainError):
    """The list has more lines than are taken at once; nothing of it was. Facts: lines, largest."""


class NothingToRepeat(DomainError):
    """The client has not ordered anything yet. No facts."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a line. ``amount`` None: no quantity was given; ``codes``: the units that are meant."""

    article: str
    amount: Decimal | None = None
    word: str = ""
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line as it was typed, and the ways to understand it, the likeliest first."""

    text: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line, the reading that the catalogue knows (else the likeliest one), and its product."""

    text: str
    reading: Reading | None = None
    product: Product | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A line that the draft holds now. ``available_milli`` is given where that is less than the draft wants of the
    product in all its units; it is read in the base unit (``base_code``, ``base_decimals``).
    """

    product_id: int
    article: str
    name: str
    unit_code: str
    factor_milli: int
    decimals: int
    quantity_milli: int
    base_code: str
    base_decimals: int
    available_milli: int | None = None


@dataclass(frozen=True, slots=True)
class Untaken:
    """A line that was not set. ``reason``: the key of a refusal of ``units`` or ``catalogue``, with its facts, or

    ``unclear``, ``no_quantity``, ``twice``, ``unit_not_sold`` (asked, units), ``unknown_article`` (nearest: pairs of
    article and name).
    """

    text: str
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the lines."""

    taken: tuple[Taken, ...]
    untaken: tuple[Untaken, ...]


def read(session: Session, lines: Sequence[ListLine]) -> list[Wanted] | None:
    """The lines with their products, or None where the text is no list of goods but words to look for.

    A single line is one if its article is known and it says how many; several lines, if an article is known or half
    of them say how many of something. Raises TooManyLines.
    """
    read_now = lines[:MOST_LINES]
    wanted = _resolve(session, read_now)
    known = [one for one in wanted if one.product is not None and one.reading is not None]
    if len(lines) == 1:
        return wanted if known and known[0].reading and known[0].reading.amount is not None else None
    likely = sum(any(reading.amount is not None for reading in line.readings) for line in read_now)
    if not known and (not likely or 2 * likely < len(read_now)):
        return None
    if len(lines) > MOST_LINES:
        raise TooManyLines(lines=len(lines), largest=MOST_LINES)
    return wanted


def set_lines(session: Session, order_id: int, wanted: Iterable[Wanted], *, by: Actor, now: datetime) -> Outcome:
    """Let the draft hold exactly what the good lines say (0 takes out), and tell what is wrong with the others.

    Raises NotAllowed, NotYours or NoLongerDraft.
    """
    cart.lock_draft(session, order_id, by=by, action="set_lines")
    quantities: dict[int, int] = {}
    chosen: list[tuple[Product, Unit]] = []
    untaken: list[Untaken] = []
    for one in wanted:
        found = _choose(session, one, quantities, suggest=len(untaken) < _MOST_SUGGESTIONS)
        if isinstance(found, Untaken):
            untaken.append(found)
            continue
        product, unit, quantity_milli = found
        quantities[unit.id] = quantity_milli
        chosen.append((product, unit))
    if quantities:
        cart.set_quantities(session, order_id, quantities, by=by, now=now)
    return Outcome(_taken(session, order_id, chosen, quantities, by), tuple(untaken))


def find_last(session: Session, client_id: int, *, by: Actor) -> int | None:
    """The id of the order that this client placed last, with whichever rep; back-orders of others do not count.

    For reps; raises NotAllowed.
    """
    require(by, Role.REP, action="quick_order.find_last", subject=f"client:{client_id}")
    query = select(Order.id).where(
        Order.client_id == client_id, Order.submitted_at.is_not(None), Order.status.in_(_ORDERED)
    )
    query = query.where(Order.parent_id.is_(None), Order.kind != SALE)
    return session.scalar(query.order_by(Order.submitted_at.desc(), Order.id.desc()).limit(1))


def repeat(session: Session, order_id: int, from_order_id: int, *, by: Actor, now: datetime) -> Outcome:
    """Set the goods and quantities of an earlier order of the same client into the draft, at today's prices.

    What is hidden, sold in other units or in other quantities by now is told; other lines of the draft stay.
    Raises NotAllowed, NoLongerDraft, or NotYours for an order that is not this client's or was never submitted, as
    a recorded sale was not.
    """
    draft = cart.lock_draft(session, order_id, by=by, action="repeat")
    source = session.get(Order, from_order_id)
    was_ordered = source is not None and source.status in _ORDERED and source.kind != SALE
    if source is None or not was_ordered or source.client_id != draft.client_id:
        raise NotYours(by=by, action="quick_order.repeat", subject=f"order:{from_order_id}")
    goods = [line for line in source.lines if line.kind == "goods"]
    products = catalogue_search.by_ids(session, [line.product_id or 0 for line in goods])
    wanted = []
    for line in goods:
        amount = units.in_units(line.ordered_milli or line.quantity_milli, line.factor_milli).normalize()
        codes = frozenset({line.unit_code.casefold()})
        reading = Reading(line.article, amount, line.unit_code, codes)
        text = f"{line.article} {amount:f} {line.unit_code}"
        wanted.append(Wanted(text, reading, products.get(line.product_id or 0)))
    return set_lines(session, order_id, wanted, by=by, now=now)


def _resolve(session: Session, lines: Sequence[ListLine]) -> list[Wanted]:
    articles = {reading.article for line in lines for reading in line.readings}
    known = catalogue_search.by_articles(session, articles)
    return [_best(line, known) for line in lines]


def _best(line: ListLine, known: dict[str, list[Product]]) -> Wanted:
    for reading in line.readings:
        products = known.get(article_key(reading.article))
        if products:
            same = next((product for product in products if product.article == reading.article), None)
            return Wanted(line.text, reading, same if same is not None and not same.hidden else products[0])
    return Wanted(line.text, next((reading for reading in line.readings if reading.amount is not None), None))


def _choose(
    session: Session, one: Wanted, chosen: dict[int, int], *, suggest: bool
) -> tuple[Product, Unit, int] | Untaken:
    """What the line asks for in thousandths of the base unit, or why it cannot be."""
    if one.reading is None:
        return Untaken(one.text, "unclear")
    if one.product is None:
        near = catalogue_search.nearest(session, one.reading.article) if suggest else []
        return Untaken(one.text, "unknown_article", {"nearest": [[item.article, item.name] for item in near]})
    return _in_unit(one.text, one.product, one.reading, chosen)


def _in_unit(
    text: str, product: Product, reading: Reading, chosen: dict[int, int]
) -> tuple[Product, Unit, int] | Untaken:
    if reading.amount is None:
        return Untaken(text, "no_quantity")
    unit = _unit(product, reading)
    if unit is None:
        return Untaken(text, "unit_not_sold", {"asked": reading.word, "units": [known.code for known in product.units]})
    if unit.id in chosen:
        return Untaken(text, "twice")
    try:
        return product, unit, _quantity(product, unit, reading.amount)
    except DomainError as refusal:
        return Untaken(text, refusal.key, refusal.facts)


def _unit(product: Product, reading: Reading) -> Unit | None:
    if reading.codes:
        return next((unit for unit in product.units if unit.code.casefold() in reading.codes), None)
    return _base(product)


def _base(product: Product) -> Unit:
    return next((unit for unit in product.units if unit.factor_milli == 1000), product.units[0])


def _quantity(product: Product, unit: Unit, amount: Decimal) -> int:
    if product.hidden and amount:
        raise catalogue.ProductGone(product=product.name)
    return units.quantity_of(
        amount,
        code=unit.code,
        factor_milli=unit.factor_milli,
        decimals=unit.decimals,
        minimum_milli=unit.minimum_milli,
        multiple_milli=unit.multiple_milli,
    )


def _taken(
    session: Session, order_id: int, chosen: list[tuple[Product, Unit]], quantities: dict[int, int], by: Actor
) -> tuple[Taken, ...]:
    if not chosen:
        return ()
    draft = session.get_one(Order, order_id)
    wanted: Counter[int] = Counter()
    for line in draft.lines:
        wanted[line.product_id or 0] += line.quantity_milli
    ids = {product.id for product, _ in chosen}
    there = Counter(catalogue.available_of(session, ids, warehouse_ids=by.warehouse_ids))
    original = originals.find(session, draft)
    if original is not None:
        there.update(original.held)
    return tuple(
        Taken(
            product_id=product.id,
            article=product.article,
            name=product.name,
            unit_code=unit.code,
            factor_milli=unit.factor_milli,
            decimals=unit.decimals,
            quantity_milli=quantities[unit.id],
            base_code=_base(product).code,
            base_decimals=_base(product).decimals,
            available_milli=_short(wanted[product.id], there[product.id]) if quantities[unit.id] else None,
        )
        for product, unit in chosen
    )


def _short(wanted_milli: int, available_milli: int) -> int | None:
    return max(0, available_milli) if wanted_milli > available_milli else None
