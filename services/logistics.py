"""From which warehouse an order is brought, how far that is and what it costs.

Distances: metres; as the crow flies they are those along the ellipsoid WGS 84 (geopy.distance.geodesic, the method of
C. Karney, 2013). Money: minor units of the order's currency, in the VAT convention of its prices.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction

from geopy.distance import geodesic
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.company import Company, Warehouse
from db.models.orders import Order
from db.models.stock import Stock
from services import money

DETOUR, ROUTER = "detour", "router"
"""The sources of a distance: as the crow flies times the company's detour factor; by road."""

Place = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84."""

_SPREAD = 1.0102
"""What a way on the ellipsoid is to the same way on a sphere lies between the least and the largest radius of its
curvature (6 335.4 and 6 399.6 km) over the sphere's; so the nearest is at most this much farther on the sphere."""
_SLACK = 1e-9
"""Radians, 6 mm: the rounding of floats."""


@dataclass(frozen=True, slots=True)
class Route:
    """From where, and how far as the crow flies."""

    warehouse_id: int
    distance_m: int
    has_all: bool
    """Whether all the goods are available there."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a warehouse charges for a delivery; None: there is no such rule."""

    base_minor: int
    per_km_minor: int
    minimum_minor: int = 0
    free_from_minor: int | None = None
    heavy_from_g: int | None = None
    heavy_per_kg_minor: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """What a delivery costs, each part of it, and the rule that decided: ``parts`` (their sum), ``minimum`` (the sum
    was less) or ``free`` (the goods are worth enough). An order keeps it as JSON.
    """

    rule: str
    cost_minor: int
    base_minor: int
    per_km_minor: int
    way_minor: int
    """For the kilometres."""
    heavy_from_g: int
    heavy_kg: int
    """Started kilograms above ``heavy_from_g``."""
    heavy_per_kg_minor: int
    heavy_minor: int
    minimum_minor: int
    free_from_minor: int | None


@dataclass(frozen=True, slots=True)
class DeliveryQuote:
    """Why the delivery costs what it costs. The cost and the tariff are with or without VAT as the order says."""

    warehouse: str
    distance_m: int
    source: str
    has_all: bool
    """Whether that warehouse has all the goods; else it is only the nearest."""
    price: Price
    cost_minor: int
    vat_rate: Decimal
    prices_include_vat: bool
    currency: str
    total_minor: int
    """VAT included."""


def tariff_of(warehouse: Warehouse, profile: Company) -> Tariff:
    """The warehouse's tariff; where it has no rate per kilometre of its own, with the company's."""
    own = warehouse.tariff_per_km_minor
    return Tariff(
        base_minor=warehouse.tariff_base_minor,
        per_km_minor=profile.rate_per_km_minor if own is None else own,
        minimum_minor=warehouse.tariff_minimum_minor,
        free_from_minor=warehouse.tariff_free_from_minor,
        heavy_from_g=warehouse.tariff_heavy_from_g,
        heavy_per_kg_minor=warehouse.tariff_heavy_per_kg_minor,
    )


def price(tariff: Tariff, *, distance_m: int, goods_minor: int, weight_g: int) -> Price:
    """What a delivery costs: base + kilometres + surcharge for weight, at least the minimum; nothing where the goods
    are worth enough. Always an answer.

    ``goods_minor``: the sum of the goods in the convention of the prices, that is with VAT where prices include it
    and without where they do not; so is ``free_from_minor`` meant. The kilometres are computed exactly and rounded
    once; each further started kilogram counts whole.
    """
    way = cost_minor(distance_m, tariff.per_km_minor)
    heavy_kg = 0 if tariff.heavy_from_g is None else max(0, -(-(weight_g - tariff.heavy_from_g) // 1000))
    heavy = heavy_kg * tariff.heavy_per_kg_minor
    parts = tariff.base_minor + way + heavy
    if tariff.free_from_minor is not None and goods_minor >= tariff.free_from_minor:
        rule, cost = "free", 0
    elif parts < tariff.minimum_minor:
        rule, cost = "minimum", tariff.minimum_minor
    else:
        rule, cost = "parts", parts
    return Price(
        rule=rule,
        cost_minor=cost,
        base_minor=tariff.base_minor,
        per_km_minor=tariff.per_km_minor,
        way_minor=way,
        heavy_from_g=tariff.heavy_from_g or 0,
        heavy_kg=heavy_kg,
        heavy_per_kg_minor=tariff.heavy_per_kg_minor,
        heavy_minor=heavy,
        minimum_minor=tariff.minimum_minor,
        free_from_minor=tariff.free_from_minor,
    )


def as_document(known: Price) -> dict[str, object]:
    """A price as an order keeps it."""
    return asdict(known)


def cost_minor(distance_m: int, rate_per_km_minor: int) -> int:
    """What the way costs: kilometres times the tariff, computed exactly and rounded once."""
    return money.round_half_up(Fraction(distance_m * rate_per_km_minor, 1000))


def distance_m(start: Place, end: Place) -> int:
    """Metres between two places along the ellipsoid."""
    return money.round_half_up(Decimal(str(geodesic(start, end).meters)))


def detour_m(crow_m: int, factor: Decimal) -> int:
    """About how long the road is where nobody has said it; ``factor``: road per crow's way, at least 1."""
    return money.round_half_up(crow_m * max(factor, Decimal(1)))


def nearest_with_goods(
    session: Session,
    needs: Mapping[int, int],
    latitude: float,
    longitude: float,
    *,
    warehouse_ids: frozenset[int] = frozenset(),
    even_closed: bool = False,
) -> Route | None:
    """The nearest open warehouse where all of ``needs`` (product id: thousandths of the base unit) is available.

    Where none has it all, the nearest at all, with ``has_all`` False; None where there is no warehouse.
    ``warehouse_ids`` limits the choice, empty means all. Equal distances: the older warehouse. ``even_closed``: for
    what was ordered from a warehouse before it closed.
    """
    query = select(Warehouse.id, Warehouse.latitude, Warehouse.longitude)
    if not even_closed:
        query = query.where(Warehouse.closed.is_(False))
    if warehouse_ids:
        query = query.where(Warehouse.id.in_(warehouse_ids))
    places = {row.id: (row.latitude, row.longitude) for row in session.execute(query)}
    if not places:
        return None
    complete = _stocked(session, needs, places) if needs else list(places)
    warehouse_id, metres = nearest({key: places[key] for key in complete or places}, (latitude, longitude))
    return Route(warehouse_id, metres, has_all=bool(complete))


def quote(order: Order) -> DeliveryQuote | None:
    """Explain the delivery of an order from what is stored on it; None while it has no delivery."""
    line = next((line for line in order.lines if line.kind == "delivery"), None)
    if line is None or order.warehouse is None or order.distance_m is None or not order.tariff:
        return None
    return DeliveryQuote(
        warehouse=order.warehouse.name,
        distance_m=order.distance_m,
        source=order.distance_source,
        has_all=order.has_all_goods,
        price=Price(**order.tariff),
        cost_minor=line.price_minor,
        vat_rate=line.vat_rate,
        prices_include_vat=order.prices_include_vat,
        currency=order.currency,
        total_minor=line.total_minor,
    )


def nearest(places: Mapping[int, Place], goal: Place) -> tuple[int, int]:
    """Which of some places (by id, at least one) is the nearest to ``goal``, and how many metres it is away.

    Exact on the ellipsoid: all that can be nearest by their distance on a sphere are measured. As near as each other
    to the metre: the lower id.
    """
    x, y, z = _vector(goal)
    squares = []
    for place_id, place in places.items():
        a, b, c = _vector(place)
        squares.append(((a - x) ** 2 + (b - y) ** 2 + (c - z) ** 2, place_id))
    angle = 2 * math.asin(min(1.0, math.sqrt(min(squares)[0]) / 2)) * _SPREAD + _SLACK
    within = 4.0 if angle >= math.pi else (2 * math.sin(angle / 2)) ** 2
    metres, place_id = min((distance_m(places[key], goal), key) for square, key in squares if square <= within)
    return place_id, metres


def _vector(place: Place) -> tuple[float, float, float]:
    """Where a place lies on the sphere of radius 1."""
    latitude, longitude = math.radians(place[0]), math.radians(place[1])
    level = math.cos(latitude)
    return level * math.cos(longitude), level * math.sin(longitude), math.sin(latitude)


def _stocked(session: Session, needs: Mapping[int, int], warehouse_ids: Iterable[int]) -> list[int]:
    available: defaultdict[int, dict[int, int]] = defaultdict(dict)
    rows = session.execute(
        select(Stock.warehouse_id, Stock.product_id, Stock.on_hand_milli - Stock.reserved_milli).where(
            Stock.product_id.in_(needs)
        )
    )
    for warehouse_id, product_id, free in rows:
        available[warehouse_id][product_id] = free
    return [
        warehouse_id
        for warehouse_id in warehouse_ids
        if all(available[warehouse_id].get(product_id, 0) >= need for product_id, need in needs.items())
    ]
