"""What waits to be loaded, the earliest delivery first: filtered, searched, and added up by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from db.models.clients import Client
from db.models.company import Warehouse
from db.models.orders import TO_LOAD, Order, OrderLine
from db.models.people import Person
from services import company, orders
from services.actor import Actor, Role, require
from services.order_states import Status
from services.paging import PAGE_SIZE, Page, page_of
from services.search_index import words_of

WAITING = or_(
    Order.status == Status.SUBMITTED.value,
    Order.claimed_by.in_(select(Person.id).where(Person.revoked_at.is_not(None))),
)
"""Of the orders to load: nobody has claimed it, or somebody who is no longer with us."""
_LARGEST_ID = 2**31 - 1


class Day(IntEnum):
    """Which days' deliveries are looked at. The number travels in buttons."""

    ALL = 0
    TODAY = 1
    """And what is late."""
    TOMORROW = 2
    LATER = 3


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the queue is looked at. ``warehouse_id`` 0: all that the reader works with."""

    day: Day = Day.ALL
    mine: bool = False
    warehouse_id: int = 0
    words: str = ""
    """An order's number, or part of a client's name; empty: no search."""


@dataclass(frozen=True, slots=True)
class DayLoad:
    """What a day brings, of what the filter lets through."""

    day: date
    orders: int
    weight_g: int


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue, and the whole load of each day that it shows something of."""

    page: Page[Order]
    days: dict[date, DayLoad]


def find(session: Session, wanted: Filter, *, by: Actor, now: datetime, page: int = 0, size: int = PAGE_SIZE) -> Queue:
    """What the actor's warehouses have to load, or the actor is loading, as far as the filter lets it through.

    For storekeepers; raises NotAllowed. ``page`` counts from 0.
    """
    require(by, Role.STOREKEEPER, action="loading.queue", subject="order")
    conditions = _conditions(wanted, by, company.today(company.get(session), now))
    query = (
        select(Order)
        .where(*conditions)
        .order_by(Order.delivery_date, Order.delivery_window, Order.id)
        .options(joinedload(Order.client))
    )
    found = orders.orders_of(page_of(session, query, page=page, size=size))
    return Queue(
        found, _days(session, conditions, {order.delivery_date for order in found.items if order.delivery_date})
    )


def count_by_day(session: Session, wanted: Filter, *, by: Actor, now: datetime) -> dict[Day, int]:
    """How many orders each choice of the day would show, the rest of the filter being as it is; for storekeepers."""
    require(by, Role.STOREKEEPER, action="loading.queue", subject="order")
    today = company.today(company.get(session), now)
    everything = Filter(Day.ALL, wanted.mine, wanted.warehouse_id, wanted.words)
    query = (
        select(Order.delivery_date, func.count())
        .where(*_conditions(everything, by, today))
        .group_by(Order.delivery_date)
    )
    counts = dict.fromkeys(Day, 0)
    for day, count in session.execute(query):
        counts[Day.ALL] += count
        counts[_day_of(day, today)] += count
    return counts


def count_waiting(session: Session, *, by: Actor) -> int:
    """How many orders wait in the actor's warehouses for somebody to claim them; for storekeepers."""
    require(by, Role.STOREKEEPER, action="loading.queue", subject="order")
    waiting = select(func.count()).select_from(Order).where(TO_LOAD, WAITING)
    if by.warehouse_ids:
        waiting = waiting.where(Order.warehouse_id.in_(by.warehouse_ids))
    return session.scalar(waiting) or 0


def read_number(words: str) -> int:
    """The order's number in ``12``, ``№ 12`` or ``#12``; 0 where it is none."""
    figure = words.strip().lstrip("№#").strip()
    number = int(figure) if figure.isascii() and figure.isdigit() and len(figure) < 11 else 0
    return number if number <= _LARGEST_ID else 0


def is_in(session: Session, order_id: int, *, by: Actor) -> bool:
    """Tell whether the actor's queue has that order; for storekeepers."""
    require(by, Role.STOREKEEPER, action="loading.queue", subject="order")
    query = select(Order.id).where(Order.id == order_id, _visible(Filter(), by))
    if by.warehouse_ids:
        query = query.where(Order.warehouse_id.in_(by.warehouse_ids))
    return session.scalar(query) is not None


def list_warehouses(session: Session, *, by: Actor) -> list[Warehouse]:
    """The warehouses that the actor works with, by name."""
    query = select(Warehouse).order_by(Warehouse.name, Warehouse.id)
    if by.warehouse_ids:
        query = query.where(Warehouse.id.in_(by.warehouse_ids))
    return list(session.scalars(query))


def _conditions(wanted: Filter, by: Actor, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_visible(wanted, by)]
    if by.warehouse_ids:
        conditions.append(Order.warehouse_id.in_(by.warehouse_ids))
    if wanted.warehouse_id:
        conditions.append(Order.warehouse_id == wanted.warehouse_id)
    if wanted.words:
        conditions.append(_matches(wanted.words))
    tomorrow = today + timedelta(days=1)
    if wanted.day is Day.TODAY:
        conditions.append(Order.delivery_date <= today)
    elif wanted.day is Day.TOMORROW:
        conditions.append(Order.delivery_date == tomorrow)
    elif wanted.day is Day.LATER:
        conditions.append(Order.delivery_date > tomorrow)
    return conditions


def _visible(wanted: Filter, by: Actor) -> ColumnElement[bool]:
    if wanted.mine:
        return and_(TO_LOAD, Order.status == Status.LOADING.value, Order.claimed_by == by.person_id)
    return and_(TO_LOAD, or_(WAITING, Order.claimed_by == by.person_id))


def _matches(words: str) -> ColumnElement[bool]:
    """The order of that number, where it is one, and those of the clients whose name holds the words.

    Looked up from the queue, which is short, and not from all clients that are called so, who may be many.
    """
    number = read_number(words)
    holds = [Client.search_key.contains(word, autoescape=True) for word in words_of(words)]
    by_client = exists().where(Client.id == Order.client_id, *holds) if holds else false()
    return or_(Order.id == number, by_client) if number else by_client


def _days(session: Session, conditions: list[ColumnElement[bool]], days: set[date]) -> dict[date, DayLoad]:
    if not days:
        return {}
    weight = (
        select(func.coalesce(func.sum(OrderLine.weight_g), 0))
        .where(OrderLine.order_id == Order.id, OrderLine.kind == "goods")
        .correlate(Order)
        .scalar_subquery()
    )
    per_order = (
        select(Order.delivery_date.label("day"), weight.label("weight_g"))
        .where(*conditions, Order.delivery_date.in_(days))
        .subquery()
    )
    rows = session.execute(
        select(per_order.c.day, func.count(), func.sum(per_order.c.weight_g)).group_by(per_order.c.day)
    )
    return {day: DayLoad(day, count, int(sum_g or 0)) for day, count, sum_g in rows}


def _day_of(day: date | None, today: date) -> Day:
    if day is None or day > today + timedelta(days=1):
        return Day.LATER
    return Day.TOMORROW if day > today else Day.TODAY
