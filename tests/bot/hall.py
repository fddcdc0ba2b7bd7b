"""A furnished company with everybody in it, and an order of Rita's in each state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from db.models.catalogue import Category, Product
from db.models.clients import Client
from db.models.company import Warehouse
from db.models.orders import Order
from db.models.people import Person
from services import announcements, orders
from services.actor import Role
from services.orders import Status
from tests.builders import (
    NOON,
    TOMORROW,
    actor_of,
    make_category,
    make_client,
    make_draft,
    make_person,
    make_product,
    make_reading,
    make_ticket,
    make_warehouse,
    unit_of,
)
from tests.services.desk import Desk, make_claimed, make_desk, make_invoice, make_submitted

STRANGER = 990_099


@dataclass(frozen=True)
class Hall:
    """Who is there, what is sold, and how it stands."""

    desk: Desk
    """Main's: Rita the rep, Bob the storekeeper, Ann the admin."""
    rob: Person
    """Another rep, who works with Kazan only."""
    boris: Person
    """Kazan's storekeeper."""
    rex: Person
    """Was a rep with all roles, and has no access any more."""
    kazan: Warehouse
    milk: Product
    category: Category
    client: Client
    orders: dict[str, tuple[int, int]]
    """Rita's orders: id and version by state."""
    lines: dict[int, int]
    """By order, the id of its first line."""
    ticket_id: int
    """A ticket of Rita's that was read: two lines, one of them milk."""
    day: date = TOMORROW

    @property
    def people(self) -> dict[str, int]:
        """Everybody's chat, by name."""
        staff = {"rita": self.desk.rita, "bob": self.desk.bob, "ann": self.desk.ann}
        others = {"rob": self.rob, "boris": self.boris, "rex": self.rex}
        return {name: person.id for name, person in (staff | others).items()} | {"stranger": STRANGER}

    @property
    def unit_ids(self) -> tuple[int, int]:
        """The milk's units: pieces and boxes."""
        return unit_of(self.milk).id, unit_of(self.milk, "box").id


def furnish(session: Session, *, name: str = "Milk") -> Hall:
    """Put everybody and everything in. ``name`` is part of every name that a screen may show."""
    desk = make_desk(session)
    kazan = make_warehouse(session, "Kazan", latitude=55.7963, longitude=49.1088)
    category = make_category(session, name)
    make_category(session, f"{name} below", parent=category)
    milk = make_product(
        session, name, warehouse=desk.warehouse, category=category, units=[("box", 12000, 100000)], on_hand=1000
    )
    client = make_client(session, f"{name} shop")
    found = {
        Status.LOADED: make_invoice(session, desk, {milk: 2}, client=client),
        Status.LOADING: make_claimed(session, desk, {milk: 3}, client=client),
        Status.SUBMITTED: make_submitted(session, desk, {milk: 4}, client=client),
        Status.CANCELLED: _cancelled(session, desk, milk, client),
        Status.DRAFT: make_draft(session, desk.rita, {milk: 5}, client=client),
    }
    rex = make_person(session, "Rex", roles=list(Role), revoked_at=NOON)
    hall = Hall(
        desk=desk,
        rob=make_person(session, "Rob", warehouse_ids=[kazan.id]),
        boris=make_person(session, "Boris", roles=[Role.STOREKEEPER], warehouse_ids=[kazan.id]),
        rex=rex,
        kazan=kazan,
        milk=milk,
        category=category,
        client=client,
        orders={},
        lines={},
        ticket_id=_ticket(session, desk, name),
    )
    for status, row in found.items():
        order = row if isinstance(row, Order) else session.get_one(Order, row.order_id)
        hall.orders[status.value] = (order.id, order.version)
        hall.lines[order.id] = order.lines[0].id
    announcements.take(session)
    return hall


def _ticket(session: Session, desk: Desk, name: str) -> int:
    lines = ((name, 2000, 8900, 17800), (f"{name} & something", 1000, 100, 100))
    return make_ticket(session, desk.rita, make_reading(*lines, total_minor=17900)).id


def _cancelled(session: Session, desk: Desk, milk: Product, client: Client) -> Order:
    order = make_submitted(session, desk, {milk: 1}, client=client)
    return orders.cancel(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)
