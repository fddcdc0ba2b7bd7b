"""What was ordered, loaded and credited in a period, in all and by client, rep, storekeeper, product and so on.

Everything reads the totals that are stored on orders and their lines, and recomputes none. An order counts as formed
when it was submitted and as loaded when its loading was confirmed. An order whose rest became a back-order was formed
once: the sums are of both, the count is one. Amounts: minor units, VAT included unless said; different currencies are
never added up. A recorded sale (decision 17) counts as formed and loaded; its VAT is not known and is none. One that
was voided counts as cancelled, and no more on its own day. A credit note counts on the day that it was issued; the
turnover of a period is what was loaded less what was credited in it (decision 19).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models.catalogue import Product, Unit
from db.models.clients import Client
from db.models.company import Warehouse
from db.models.credit_notes import CreditNote, CreditNoteLine
from db.models.orders import Order, OrderLine
from db.models.people import Person
from services import company
from services.actor import Actor, NotAllowed, Role, require
from services.order_states import SALE, Status
from services.paging import Page
from services.periods import Period

Rows = Select[*tuple[Any, ...]]

ROWS = 10
"""How many of a top list a message shows."""


class Basis(StrEnum):
    """What counts, and when."""

    FORMED = "formed"
    """Submitted in the period, whatever became of it."""
    LOADED = "loaded"
    CANCELLED = "cancelled"
    CREDITED = "credited"
    """Taken back by credit notes of the period."""
    TURNOVER = "turnover"
    """Loaded less credited."""


class By(StrEnum):
    """What a top list is about."""

    CLIENT = "client"
    REP = "rep"
    STOREKEEPER = "storekeeper"
    PRODUCT = "product"
    VEHICLE = "vehicle"
    WAREHOUSE = "warehouse"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: of one client, rep, storekeeper, product or warehouse; None: of all."""

    client_id: int | None = None
    rep_id: int | None = None
    storekeeper_id: int | None = None
    product_id: int | None = None
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """Orders, or credit notes, of one currency, added up. Of a product: its lines alone, without delivery.

    ``orders`` of the turnover: those loaded less those of which nothing stands any more.
    """

    currency: str
    orders: int
    goods_minor: int
    delivery_minor: int
    net_minor: int
    vat_minor: int
    total_minor: int
    weight_g: int

    @property
    def average_minor(self) -> int:
        """What one order comes to, rounded half up."""
        return (2 * self.total_minor + self.orders) // (2 * self.orders) if self.orders else 0


@dataclass(frozen=True, slots=True)
class Figures:
    """A period in all; a row per currency."""

    formed: tuple[Sums, ...]
    loaded: tuple[Sums, ...]
    cancelled: tuple[Sums, ...]
    credited: tuple[Sums, ...]
    turnover: tuple[Sums, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a top list. ``quantity_milli`` (of ``unit_code``) only of products; ``entry_id`` not of vehicles."""

    entry_id: int | None
    name: str
    currency: str
    orders: int
    total_minor: int
    quantity_milli: int = 0
    unit_code: str = ""
    decimals: int = 0


_MOMENT: dict[Basis, InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime]] = {
    Basis.FORMED: Order.submitted_at,
    Basis.LOADED: Order.loaded_at,
    Basis.CANCELLED: Order.cancelled_at,
    Basis.CREDITED: CreditNote.issued_at,
}
_GROUP: dict[By, InstrumentedAttribute[Any]] = {
    By.CLIENT: Order.client_id,
    By.REP: Order.rep_id,
    By.STOREKEEPER: Order.claimed_by,
    By.PRODUCT: OrderLine.product_id,
    By.VEHICLE: Order.vehicle,
    By.WAREHOUSE: Order.warehouse_id,
}
_KEY: dict[By, tuple[InstrumentedAttribute[int], InstrumentedAttribute[str]]] = {
    By.CLIENT: (Client.id, Client.name),
    By.REP: (Person.id, Person.name),
    By.STOREKEEPER: (Person.id, Person.name),
    By.PRODUCT: (Product.id, Product.name),
    By.WAREHOUSE: (Warehouse.id, Warehouse.name),
}
"""What a top list is grouped by, and where the names are found."""
_OF_WAREHOUSES = frozenset({By.STOREKEEPER, By.VEHICLE, By.WAREHOUSE})
"""What recorded sales have nothing to do with: nobody loaded them."""
_LAST = 1_000_000


def allowed(scope: Scope, *, by: Actor) -> Scope:
    """The scope that the actor may ask for: admins any, reps their own orders. Raises NotAllowed for anybody else,
    and for a rep who asks for another's.
    """
    require(by, Role.ADMIN, Role.REP, action="statistics.read", subject="orders")
    if Role.ADMIN in by.roles:
        return scope
    if scope.rep_id not in {None, by.person_id}:
        raise NotAllowed(by=by, action="statistics.read", subject=f"person:{scope.rep_id}")
    return replace(scope, rep_id=by.person_id)


def figures(session: Session, period: Period, *, scope: Scope, by: Actor) -> Figures:
    """The period's orders formed, loaded and cancelled after they were submitted, its credit notes, and the turnover.

    Raises NotAllowed.
    """
    return sums(session, period, allowed(scope, by=by))


def sums(session: Session, period: Period, scope: Scope) -> Figures:
    """The same for a job; whoever asked for it was checked with ``allowed``."""
    formed, loaded, cancelled = (
        _sums(session, period, scope, basis) for basis in (Basis.FORMED, Basis.LOADED, Basis.CANCELLED)
    )
    credited = _credited(session, period, scope)
    turnover = _less(loaded, credited, _count_whole(session, period, scope))
    return Figures(formed, loaded, cancelled, credited, turnover)


def top(
    session: Session, period: Period, what: By, *, scope: Scope, basis: Basis, by: Actor, page: int, size: int = ROWS
) -> Page[Entry]:
    """The period's clients, reps, … with the largest sums first. ``page`` counts from 0. Raises NotAllowed.

    Storekeepers and vehicles are known of what was loaded; what has none is one row with an empty name. Recorded
    sales are not among what storekeepers, vehicles and warehouses have to do with.
    """
    scope = allowed(scope, by=by)
    page = min(page, _LAST)
    found = _named(session, what, _top(session, period, what, scope, basis).offset(page * size).limit(size + 1))
    more = len(found) > size
    return Page(tuple(found[:size]), page, page + 1 + more, more=more)


def entries(session: Session, period: Period, what: By, scope: Scope, *, most: int) -> list[Entry]:
    """The turnover, as the same list whole, at most ``most`` rows; for a job, as ``sums``."""
    return _named(session, what, _top(session, period, what, scope, Basis.TURNOVER).limit(most))


def name_of(session: Session, what: By, entry_id: int) -> str:
    """What a client, person, product or warehouse is called; empty for an id that does not exist."""
    key, name = _KEY[what]
    return session.scalar(select(name).where(key == entry_id)) or ""


def conditions(session: Session, period: Period, scope: Scope, basis: Basis) -> list[ColumnElement[bool]]:
    """Which orders count: those that came into that state in the period; for CREDITED those with a credit note of it.

    Of the turnover there are none: it is a difference.
    """
    moment = _MOMENT[basis]
    begin, end = period.moments(company.get(session).time_zone)
    wanted: list[ColumnElement[bool]] = [moment >= begin, moment < end]
    if basis is Basis.CANCELLED:
        wanted.append(Order.submitted_at.is_not(None))
    elif basis is not Basis.CREDITED:
        wanted.append(Order.status != Status.VOIDED.value)
    of = {
        Order.client_id: scope.client_id,
        Order.rep_id: scope.rep_id,
        Order.claimed_by: scope.storekeeper_id,
        Order.warehouse_id: scope.warehouse_id,
    }
    return wanted + [column == value for column, value in of.items() if value is not None]


def _sums(session: Session, period: Period, scope: Scope, basis: Basis) -> tuple[Sums, ...]:
    wanted = conditions(session, period, scope, basis)
    query: Rows
    if scope.product_id is None:
        parts = [Order.goods_minor, Order.delivery_minor, Order.net_minor, Order.vat_minor, Order.total_minor]
        query = select(
            Order.currency, func.count(_counted(basis)), *(func.sum(part) for part in [*parts, Order.weight_g])
        )
    else:
        total = func.sum(OrderLine.total_minor)
        net, vat, weight = (func.sum(part) for part in (OrderLine.net_minor, OrderLine.vat_minor, OrderLine.weight_g))
        count = func.count(_counted(basis).distinct())
        query = select(Order.currency, count, total, literal(0), net, vat, total, weight)
        query = query.join(OrderLine).where(OrderLine.product_id == scope.product_id)
    return _by_currency(session, query.where(*wanted).group_by(Order.currency).order_by(Order.currency))


def _by_currency(session: Session, query: Rows) -> tuple[Sums, ...]:
    return tuple(Sums(row[0], *(int(figure or 0) for figure in row[1:])) for row in session.execute(query))


def _credited(session: Session, period: Period, scope: Scope) -> tuple[Sums, ...]:
    """What the period's credit notes take back."""
    query: Rows
    if scope.product_id is None:
        note = CreditNote
        parts = [note.goods_minor, note.delivery_minor, note.net_minor, note.vat_minor, note.total_minor, note.weight_g]
        query = select(note.currency, func.count(note.id), *map(func.sum, parts))
    else:
        line = CreditNoteLine
        total = func.sum(line.total_minor)
        net, vat, weight = map(func.sum, (line.net_minor, line.vat_minor, line.weight_g))
        count = func.count(CreditNote.id.distinct())
        query = select(CreditNote.currency, count, total, literal(0), net, vat, total, weight)
        query = query.join(CreditNote.lines).where(line.product_id == scope.product_id)
    query = query.join(Order, Order.id == CreditNote.order_id)
    query = query.where(*conditions(session, period, scope, Basis.CREDITED))
    return _by_currency(session, query.group_by(CreditNote.currency).order_by(CreditNote.currency))


def _count_whole(session: Session, period: Period, scope: Scope) -> dict[str, int]:
    """By currency, of how many orders nothing stands since the period's credit notes."""
    query = select(CreditNote.currency, func.count(CreditNote.order_id.distinct()))
    query = query.join(Order, Order.id == CreditNote.order_id).where(CreditNote.whole)
    if scope.product_id is not None:
        query = query.join(OrderLine, OrderLine.order_id == Order.id).where(OrderLine.product_id == scope.product_id)
    query = query.where(*conditions(session, period, scope, Basis.CREDITED)).group_by(CreditNote.currency)
    return {row[0]: row[1] for row in session.execute(query)}


def _less(loaded: Iterable[Sums], credited: Iterable[Sums], whole: dict[str, int]) -> tuple[Sums, ...]:
    """The difference, a row per currency. ``whole``: how many orders do not count any more."""
    plus, minus = {sums.currency: sums for sums in loaded}, {sums.currency: sums for sums in credited}
    return tuple(
        Sums(
            currency,
            _figure(plus, currency, "orders") - whole.get(currency, 0),
            *(_figure(plus, currency, name) - _figure(minus, currency, name) for name in _AMOUNTS),
        )
        for currency in sorted(plus.keys() | minus.keys())
    )


_AMOUNTS = tuple(field.name for field in fields(Sums))[2:]


def _figure(found: dict[str, Sums], currency: str, name: str) -> int:
    return int(getattr(found[currency], name)) if currency in found else 0


def _counted(basis: Basis) -> Any:
    """What is counted: an order that was formed is one, however many back-orders came of it."""
    return case((Order.parent_id.is_(None), Order.id)) if basis is Basis.FORMED else Order.id


def _top(session: Session, period: Period, what: By, scope: Scope, basis: Basis) -> Rows:
    """The list, largest sums first: grouped by ids alone, named afterwards, so that only what is shown is looked up."""
    if basis is not Basis.TURNOVER:
        return _largest_first(_grouped(session, period, what, scope, basis))
    parts = union_all(
        _grouped(session, period, what, scope, Basis.LOADED),
        _grouped_credits(session, period, what, scope),
        _grouped_whole(session, period, what, scope),
    ).subquery()
    summed = (func.sum(parts.c[name]).label(name) for name in ("orders", "total", "quantity"))
    query: Rows = select(parts.c.key, parts.c.currency, *summed)
    return _largest_first(query.group_by(parts.c.key, parts.c.currency))


def _largest_first(query: Rows) -> Rows:
    columns = query.selected_columns
    return query.order_by(columns["total"].desc(), columns["key"], columns["currency"])


def _grouped(session: Session, period: Period, what: By, scope: Scope, basis: Basis) -> Rows:
    """The orders of a basis by what the list is about: key, currency, orders, total, quantity (0 but of products)."""
    of_lines = _is_of_lines(what, scope)
    total, orders = func.sum(Order.total_minor), func.count(_counted(basis))
    if of_lines:
        total, orders = func.sum(OrderLine.total_minor), func.count(_counted(basis).distinct())
    key, quantity = _GROUP[what], _quantity(what, OrderLine.quantity_milli)
    columns = _labelled(key, Order.currency, orders, total, quantity)
    query: Rows = select(*columns).select_from(Order).where(*conditions(session, period, scope, basis))
    if what in _OF_WAREHOUSES:
        query = query.where(Order.kind != SALE)
    if of_lines:
        query = query.join(OrderLine).where(OrderLine.kind == "goods")
    if scope.product_id is not None:
        query = query.where(OrderLine.product_id == scope.product_id)
    return query.group_by(key, Order.currency)


def _grouped_credits(session: Session, period: Period, what: By, scope: Scope) -> Rows:
    """What the period's credit notes take back, below zero, in the same columns; orders are counted apart."""
    of_lines = _is_of_lines(what, scope)
    line = CreditNoteLine
    key = line.product_id if what is By.PRODUCT else _GROUP[what]
    total = -func.sum(line.total_minor if of_lines else CreditNote.total_minor)
    columns = _labelled(key, CreditNote.currency, literal(0), total, -_quantity(what, line.quantity_milli))
    query: Rows = select(*columns).select_from(CreditNote).join(Order, Order.id == CreditNote.order_id)
    if of_lines:
        query = query.join(CreditNote.lines).where(line.kind == "goods")
    if scope.product_id is not None:
        query = query.where(line.product_id == scope.product_id)
    query = query.where(*conditions(session, period, scope, Basis.CREDITED))
    return query.group_by(key, CreditNote.currency)


def _grouped_whole(session: Session, period: Period, what: By, scope: Scope) -> Rows:
    """The orders that do not count any more, below zero, in the same columns."""
    key, orders = _GROUP[what], -func.count(Order.id.distinct())
    columns = _labelled(key, Order.currency, orders, literal(0), literal(0))
    query: Rows = select(*columns).select_from(CreditNote).join(Order, Order.id == CreditNote.order_id)
    if _is_of_lines(what, scope):
        query = query.join(OrderLine, OrderLine.order_id == Order.id).where(OrderLine.kind == "goods")
    if scope.product_id is not None:
        query = query.where(OrderLine.product_id == scope.product_id)
    query = query.where(CreditNote.whole, *conditions(session, period, scope, Basis.CREDITED))
    return query.group_by(key, Order.currency)


def _labelled(*columns: Any) -> list[Any]:
    names = ("key", "currency", "orders", "total", "quantity")
    return [column.label(name) for column, name in zip(columns, names, strict=True)]


def _quantity(what: By, column: Any) -> Any:
    """Products alone have quantities that can be added up."""
    return func.sum(column) if what is By.PRODUCT else literal(0)


def _is_of_lines(what: By, scope: Scope) -> bool:
    return what is By.PRODUCT or scope.product_id is not None


def _named(session: Session, what: By, found: Rows) -> list[Entry]:
    """The rows of a list with the names of what they are about."""
    rows = session.execute(found).all()
    if what is By.VEHICLE:
        return [Entry(None, row.key, row.currency, int(row.orders), int(row.total)) for row in rows]
    key, name = _KEY[what]
    wanted = {row.key for row in rows}
    names = {each[0]: each[1] for each in session.execute(select(key, name).where(key.in_(wanted)))}
    if what is not By.PRODUCT:
        return [Entry(row.key, names.get(row.key, ""), row.currency, int(row.orders), int(row.total)) for row in rows]
    base = select(Unit.product_id, Unit.code, Unit.decimals).where(
        Unit.product_id.in_(wanted), Unit.factor_milli == 1000
    )
    units = {unit.product_id: (unit.code, unit.decimals) for unit in session.execute(base)}
    return [
        Entry(row.key, names[row.key], row.currency, int(row.orders), int(row.total), int(row.quantity),
              *units.get(row.key, ("", 3)))
        for row in rows
    ]  # fmt: skip
