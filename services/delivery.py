"""Where and when a draft goes. A place is degrees (WGS 84); days are those of the company's time zone.

Every change locks the draft and prices it anew, as in ``cart``.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from db.models.company import Company
from db.models.orders import Order
from services import cart, company, delivery_days, delivery_pricing, drafts, logistics, roads
from services.actor import Actor
from services.delivery_pricing import Outlook
from services.errors import DomainError
from services.logistics import Route

SAME_DOOR_M = 150
"""Metres: a pin so near to a known place means that place."""
LONGEST_ADDRESS = 500


class PlaceUnclear(DomainError):
    """These are no coordinates of a place to deliver to. No facts."""


class PlaceTooFar(DomainError):
    """Nothing is delivered so far away. Facts: distance_m, warehouse (the nearest), longest_km."""


def set_place(
    session: Session,
    order_id: int,
    latitude: float,
    longitude: float,
    *,
    address: str = "",
    by: Actor,
    now: datetime,
) -> Order:
    """Deliver to this place (degrees, WGS 84), with what the driver reads as the address.

    A pin without an address gets that of the client's known place at the same door, else its coordinates.
    Raises NotYours, NoLongerDraft, PlaceUnclear (outside the globe, or 0/0: a broken receiver), PlaceTooFar or
    TextTooLong.
    """
    order = cart.lock_draft(session, order_id, by=by, action="set_place")
    check_place(session, order, latitude, longitude)
    order.address = cart.kept_text(address, LONGEST_ADDRESS) or _address_of_pin(order, latitude, longitude)
    order.latitude, order.longitude = latitude, longitude
    cart.reprice(session, order, now=now)
    return order


def set_delivery_date(
    session: Session, order_id: int, day: date, *, window: str = "", by: Actor, now: datetime
) -> Order:
    """Deliver on this day of the company's time zone, in this one of its windows (empty: at any time of the day).

    Raises NotYours, NoLongerDraft, DeliveryDayUnfit, NoDeliveryDays or DeliveryWindowUnfit.
    """
    order = cart.lock_draft(session, order_id, by=by, action="set_delivery_date")
    profile = company.get(session)
    delivery_days.check(profile, day, now=now)
    delivery_days.check_window(profile, window)
    order.delivery_date, order.delivery_window = day, window
    cart.reprice(session, order, now=now)
    return order


def outlook(session: Session, order: Order, latitude: float, longitude: float, *, now: datetime) -> Outlook | None:
    """What bringing the draft to a place would mean, without changing it; None where there is no warehouse."""
    return delivery_pricing.preview(session, order, company.get(session), (latitude, longitude), now=now)


def learn_road(session: Session, order_id: int, key: str, distance_m: int | None, *, now: datetime) -> bool:
    """Remember what the router said (None: nothing), and price the draft anew that it was asked for.

    True if that changed its distance. An order that was submitted meanwhile stays as it is. Locks the order.
    """
    roads.learn(session, key, distance_m, now=now)
    order = drafts.lock(session, order_id)
    if order is None or order.status != drafts.DRAFT or distance_m is None:
        return False
    before = (order.distance_m, order.distance_source)
    cart.reprice(session, order, now=now)
    return before != (order.distance_m, order.distance_source)


def check_delivery(session: Session, order: Order, *, now: datetime) -> None:
    """Check once more, when it is submitted, that an order can be brought to its place, on its day, in its window.

    Raises PlaceTooFar, DeliveryDayUnfit, NoDeliveryDays or DeliveryWindowUnfit. What it lacks passes.
    """
    profile = company.get(session)
    if order.latitude is not None and order.longitude is not None:
        check_place(session, order, order.latitude, order.longitude)
    if order.delivery_date is not None:
        delivery_days.check(profile, order.delivery_date, now=now)
        delivery_days.check_window(profile, order.delivery_window)


def list_delivery_days(session: Session, *, now: datetime, most: int | None = None) -> list[date]:
    """The days that can be chosen now, the earliest first."""
    return delivery_days.list_days(company.get(session), now=now, most=most)


def check_place(session: Session, order: Order, latitude: float, longitude: float) -> None:
    """Raise PlaceUnclear for what no receiver on this globe can have sent, and PlaceTooFar for what lies farther from
    the nearest of its rep's warehouses, by road or about, than the company delivers.
    """
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180) or (latitude == 0 and longitude == 0):
        raise PlaceUnclear
    profile = company.get(session)
    route, metres = _way_to(session, order, profile, latitude, longitude)
    if route is not None and metres > profile.longest_way_km * 1000:
        warehouse = company.find_warehouse(session, route.warehouse_id)
        facts = {"distance_m": metres, "longest_km": profile.longest_way_km}
        raise PlaceTooFar(warehouse=warehouse.name if warehouse else "", **facts)


def about_m(session: Session, order: Order, latitude: float, longitude: float) -> int:
    """About how many metres of road a place is from the nearest of its rep's warehouses; 0 where there is none."""
    return _way_to(session, order, company.get(session), latitude, longitude)[1]


def _way_to(
    session: Session, order: Order, profile: Company, latitude: float, longitude: float
) -> tuple[Route | None, int]:
    own = frozenset(order.rep.warehouse_ids)
    route = logistics.nearest_with_goods(session, {}, latitude, longitude, warehouse_ids=own)
    return route, logistics.detour_m(route.distance_m, profile.detour_factor) if route else 0


def _address_of_pin(order: Order, latitude: float, longitude: float) -> str:
    pin = (latitude, longitude)
    for place in order.client.places if order.client else ():
        if place.address and logistics.distance_m(pin, (place.latitude, place.longitude)) <= SAME_DOOR_M:
            return place.address
    return f"{latitude:.5f}, {longitude:.5f}"
