"""What a rep wants to know of a client at the counter: who it is, where, and what was ordered last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.clients import Client, Place
from db.models.orders import Order
from services import clients, company, countries, orders
from services.actor import Actor, Role, require
from services.countries import Country

LAST_ORDERS: Final = 5
PLACES_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class LastOrder:
    """One of a client's last orders. Amounts: minor units of its currency, VAT included."""

    order_id: int
    status: str
    day: date
    """When it was submitted, in the company's time zone."""
    total_minor: int
    currency: str
    may_open: bool
    """Whether the actor may see it whole."""


@dataclass(frozen=True, slots=True)
class ClientCard:
    """A client with its places and last orders, the newest first."""

    client: Client
    country: Country
    is_abroad: bool
    """The client is of another country than the company."""
    places: tuple[Place, ...]
    """At most five; ``more_places`` says how many are left out."""
    more_places: int
    last_orders: tuple[LastOrder, ...]


def card(session: Session, client_id: int, *, by: Actor) -> ClientCard:
    """The card of one client. For reps and admins; raises NotAllowed or clients.ClientGone."""
    require(by, Role.REP, Role.ADMIN, action="client.read", subject=f"client:{client_id}")
    client = clients.get(session, client_id)
    home = company.get(session).country
    code = client.country or home
    return ClientCard(
        client=client,
        country=countries.profile(code),
        is_abroad=code != home,
        places=tuple(client.places[:PLACES_SHOWN]),
        more_places=max(0, len(client.places) - PLACES_SHOWN),
        last_orders=_last_orders(session, client_id, by),
    )


def _last_orders(session: Session, client_id: int, by: Actor) -> tuple[LastOrder, ...]:
    """Read along the index of a client's orders; drafts are nobody's business but their rep's."""
    profile = company.get(session)
    query = (
        select(Order)
        .where(Order.client_id == client_id, Order.submitted_at.is_not(None))
        .order_by(Order.submitted_at.desc(), Order.id.desc())
        .limit(LAST_ORDERS)
    )
    return tuple(
        LastOrder(
            order_id=order.id,
            status=order.status,
            day=company.today(profile, order.submitted_at),
            total_minor=order.total_minor,
            currency=order.currency,
            may_open=orders.may_see(order, by),
        )
        for order in session.scalars(query)
        if order.submitted_at is not None
    )
