"""What was ordered and loaded in a period, in all and by client, rep, storekeeper, product, vehicle, warehouse.

Everything reads the totals that are stored on orders and their lines, and recomputes none. An order counts as formed
when it was submitted and as loaded when its loading was confirmed. An order whose rest became a back-order was formed
once: the sums are of both, the count is one. Amounts: minor units, VAT included unless said; different currencies are
never added up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models.catalogue import Product, Unit
from db.models.clients import Client
from db.models.company import Warehouse
from db.models.orders import Order, OrderLine
from db.models.people import Person
from services import company
from services.actor import Actor, NotAllowed, Role, require
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
    """Orders of one currency, added up. Of a product: its lines alone, without delivery."""

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


_MOMENT: dict[Basis, InstrumentedAttribute[datetime | None]] = {
    Basis.FORMED: Order.submitted_at,
    Basis.LOADED: Order.loaded_at,
    Basis.CANCELLED: Order.cancelled_at,
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
    """The period's orders formed, loaded and cancelled after they were submitted. Raises NotAllowed."""
    return sums(session, period, allowed(scope, by=by))


def sums(session: Session, period: Period, scope: Scope) -> Figures:
    """The same for a job; whoever asked for it was checked with ``allowed``."""
    return Figures(*(_sums(session, period, scope, basis) for basis in Basis))


def top(
    session: Session, period: Period, what: By, *, scope: Scope, basis: Basis, by: Actor, page: int, size: int = ROWS
) -> Page[Entry]:
    """The period's clients, reps, … with the largest sums first. ``page`` counts from 0. Raises NotAllowed.

    Storekeepers and vehicles are known of what was loaded; what has none is one row with an empty name.
    """
    scope = allowed(scope, by=by)
    page = min(page, _LAST)
    found = _named(session, what, _top(session, period, what, scope, basis).offset(page * size).limit(size + 1))
    more = len(found) > size
    return Page(tuple(found[:size]), page, page + 1 + more, more=more)


def entries(session: Session, period: Period, what: By, scope: Scope, *, most: int) -> list[Entry]:
    """What was loaded, as the same list whole, at most ``most`` rows; for a job, as ``sums``."""
    return _named(session, what, _top(session, period, what, scope, Basis.LOADED).limit(most))


def name_of(session: Session, what: By, entry_id: int) -> str:
    """What a client, person, product or warehouse is called; empty for an id that does not exist."""
    key, name = _KEY[what]
    return session.scalar(select(name).where(key == entry_id)) or ""


def conditions(session: Session, period: Period, scope: Scope, basis: Basis) -> list[ColumnElement[bool]]:
    """Which orders count: those that came into that state in the period."""
    moment = _MOMENT[basis]
    begin, end = period.moments(company.get(session).time_zone)
    wanted: list[ColumnElement[bool]] = [moment >= begin, moment < end]
    if basis is Basis.CANCELLED:
        wanted.append(Order.submitted_at.is_not(None))
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
    rows = session.execute(query.where(*wanted).group_by(Order.currency).order_by(Order.currency))
    return tuple(Sums(row[0], *(int(figure or 0) for figure in row[1:])) for row in rows)


def _counted(basis: Basis) -> Any:
    """What is counted: an order that was formed is one, however many back-orders came of it."""
    return case((Order.parent_id.is_(None), Order.id)) if basis is Basis.FORMED else Order.id


def _top(session: Session, period: Period, what: By, scope: Scope, basis: Basis) -> Rows:
    """The list, largest sums first: grouped by ids alone, named afterwards, so that only what is shown is looked up."""
    of_lines = what is By.PRODUCT or scope.product_id is not None
    total, orders = func.sum(Order.total_minor), func.count(_counted(basis))
    if of_lines:
        total, orders = func.sum(OrderLine.total_minor), func.count(_counted(basis).distinct())
    key = _GROUP[what].label("key")
    columns = [key, Order.currency, orders.label("orders"), total.label("total")]
    if what is By.PRODUCT:
        columns.append(func.sum(OrderLine.quantity_milli).label("quantity"))
    query: Rows = select(*columns).select_from(Order).where(*conditions(session, period, scope, basis))
    if of_lines:
        query = query.join(OrderLine).where(OrderLine.kind == "goods")
    if scope.product_id is not None:
        query = query.where(OrderLine.product_id == scope.product_id)
    return query.group_by(key, Order.currency).order_by(total.desc(), key, Order.currency)


def _named(session: Session, what: By, found: Rows) -> list[Entry]:
    """The rows of a list with the names of what they are about."""
    rows = session.execute(found).all()
    if what is By.VEHICLE:
        return [Entry(None, row.key, row.currency, row.orders, int(row.total)) for row in rows]
    key, name = _KEY[what]
    wanted = {row.key for row in rows}
    names = {each[0]: each[1] for each in session.execute(select(key, name).where(key.in_(wanted)))}
    if what is not By.PRODUCT:
        return [Entry(row.key, names.get(row.key, ""), row.currency, row.orders, int(row.total)) for row in rows]
    base = select(Unit.product_id, Unit.code, Unit.decimals).where(
        Unit.product_id.in_(wanted), Unit.factor_milli == 1000
    )
    units = {unit.product_id: (unit.code, unit.decimals) for unit in session.execute(base)}
    return [
        Entry(row.key, names[row.key], row.currency, row.orders, int(row.total), int(row.quantity),
              *units.get(row.key, ("", 3)))
        for row in rows
    ]  # fmt: skip
