"""What a journey finds when it begins: goods, clients, an order as far as it has come.

What leads up to the scene is arranged by the services; what the journey is about goes over the wire.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import Select, func, select

from db.models.catalogue import Category, Product
from db.models.clients import Client
from db.models.company import Warehouse
from db.models.orders import Order
from db.models.people import Person
from sandbox.client_chat import Chat
from services import cart, delivery, people
from services.actor import Role
from services.announcements import Audience
from tests.builders import make_client, make_product, unit_of
from tests.journeys.house import House

NEAR_MOSCOW = (55.80, 37.50)
_numbers = itertools.count(1)


@dataclass
class Trade:
    """Somebody's business in a house: goods and clients of its own, so that journeys do not meet."""

    house: House
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def address(self) -> str:
        """Where the client of this business gets mail."""
        return f"client{self.number}@example.org"

    def product(self, name: str = "Kefir", *, price_minor: int = 10000, on_hand: int = 100) -> int:
        """A product in the Moscow warehouse; returns its id."""
        with self.house.database.transaction() as session:
            moscow = session.scalars(select(Warehouse).where(Warehouse.name == "Москва")).one()
            dairy = session.scalars(select(Category).where(Category.name == "Молочное")).one()
            return make_product(
                session, f"{name} {self.number}", price_minor=price_minor, on_hand=on_hand, warehouse=moscow,
                category=dairy, article=f"T-{self.number}-{next(_numbers)}",
            ).id  # fmt: skip

    def client(self, *, email: str | None = None, language: str = "en") -> int:
        """A client, with this business's address unless said; returns its id."""
        address = self.address if email is None else email
        with self.house.database.transaction() as session:
            return make_client(session, f"Client {self.number}", email=address, language=language).id

    def draft(self, rep: Chat, goods: Mapping[int, int], client_id: int | None = None) -> int:
        """A draft that lacks nothing: whole base units of products to a place 9,2 km from the warehouse."""
        client_id = client_id or self.client()
        by, now = self.house.actor(rep), datetime.now(UTC)
        with self.house.database.transaction() as session:
            order = cart.open_draft(session, by=by, now=now)
            for product_id, count in goods.items():
                unit = unit_of(session.get_one(Product, product_id))
                cart.set_quantity(session, order.id, unit.id, count * 1000, by=by, now=now)
            cart.choose_client(session, order.id, client_id, by=by, now=now)
            delivery.set_place(session, order.id, *NEAR_MOSCOW, by=by, now=now)
            day = delivery.list_delivery_days(session, now=now)[0]
            delivery.set_delivery_date(session, order.id, day, by=by, now=now)
            return order.id

    def review(self, rep: Chat, goods: Mapping[int, int], client_id: int | None = None) -> int:
        """The rep looks such an order over and could submit it; returns its id."""
        order_id = self.draft(rep, goods, client_id)
        self.house.say(rep, "/cart")
        self.house.press(rep, "Check out")
        assert "Submit" in rep.last().labels[-1]
        return order_id

    def submitted(self, rep: Chat, goods: Mapping[int, int], client_id: int | None = None) -> int:
        """The rep has submitted such an order; returns its id."""
        order_id = self.review(rep, goods, client_id)
        self.house.press(rep, "Submit")
        assert self.status(order_id) == "submitted"
        return order_id

    def claimed(self, rep: Chat, store: Chat, goods: Mapping[int, int], client_id: int | None = None) -> int:
        """The storekeeper has such an order in hand; returns its id."""
        order_id = self.submitted(rep, goods, client_id)
        open_card(self.house, store, order_id)
        self.house.press(store, "I take it")
        assert self.status(order_id) == "loading"
        return order_id

    def status(self, order_id: int) -> str:
        """Where an order stands."""
        return str(self.house.scalar(select(Order.status).where(Order.id == order_id)))

    def client_name(self, client_id: int) -> str:
        """What a client is called."""
        return str(self.house.scalar(select(Client.name).where(Client.id == client_id)))

    def change_product(self, product_id: int, **changes: object) -> None:
        """Change the catalogue, as an import would."""
        with self.house.database.transaction() as session:
            product = session.get_one(Product, product_id)
            for name, value in changes.items():
                setattr(product, name, value)

    def day(self) -> date:
        """The first day that is delivered on."""
        with self.house.database.reading() as session:
            return delivery.list_delivery_days(session, now=datetime.now(UTC))[0]


def open_card(house: House, store: Chat, order_id: int) -> None:
    """The storekeeper opens an order from its notice."""
    notice = store.wait_for(f"New order No. {order_id}\n")
    store.press("Open", message_id=notice.id)
    house.settle()


def load_all(house: House, store: Chat) -> None:
    """The storekeeper has it all on the vehicle, says nothing of that and confirms the order that he has in hand."""
    house.press(store, "All is loaded")
    house.press(store, "Confirm the loading")


def only(house: House, role: Role, *chats: Chat) -> None:
    """Let nobody else have this role any more, as if the others had left the company."""
    keep = {house.actor(chat).person_id for chat in chats}
    with house.database.transaction() as session:
        for reader in people.chats_of(session, Audience(role=role)):
            if reader.person_id not in keep:
                session.get_one(Person, reader.person_id).revoked_at = datetime.now(UTC)


def newest_order() -> Select[tuple[int]]:
    """The id of the order that was begun last."""
    return select(func.max(Order.id))
