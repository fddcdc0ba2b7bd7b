from __future__ import annotations

import math
import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from services import logistics, pricing
from services.logistics import DeliveryQuote, Place, Price, Route, Tariff
from tests.builders import make_client, make_company, make_draft, make_person, make_product, make_warehouse, receive

MOSCOW = (55.7558, 37.6173)


@pytest.mark.parametrize(
    ("metres", "rate", "cost"),
    [(0, 1000, 0), (1690, 1000, 1690), (12345, 1000, 12345), (12345, 999, 12333), (500, 1, 1), (499, 1, 0)],
)
def test_cost(metres: int, rate: int, cost: int) -> None:
    assert logistics.cost_minor(metres, rate) == cost


def test_distance_is_measured_on_the_ellipsoid() -> None:
    # Moscow to Saint Petersburg; the sphere gives 633 km.
    assert logistics.distance_m(MOSCOW, (59.9343, 30.3351)) == 634602


def test_the_nearest_warehouse_with_all_goods(session: Session) -> None:
    near = make_warehouse(session, latitude=55.76, longitude=37.62)
    middle = make_warehouse(session, latitude=55.80, longitude=37.62)
    far = make_warehouse(session, latitude=55.90, longitude=37.62)
    milk = make_product(session, on_hand=2, warehouse=near)
    bread = make_product(session, "Bread", on_hand=9, warehouse=near)
    for place in (middle, far):
        receive(session, milk, 5, warehouse=place)
        receive(session, bread, 5, warehouse=place)

    def route(milk_milli: int, **limits: frozenset[int]) -> tuple[int, bool] | None:
        needs = {milk.id: milk_milli, bread.id: 1000}
        found = logistics.nearest_with_goods(session, needs, *MOSCOW, **limits)
        return found and (found.warehouse_id, found.has_all)

    assert route(2000) == (near.id, True)
    assert route(3000) == (middle.id, True)
    assert route(6000) == (near.id, False)
    assert route(3000, warehouse_ids=frozenset({near.id, far.id})) == (far.id, True)
    assert route(3000, warehouse_ids=frozenset({near.id})) == (near.id, False)
    assert route(3000, warehouse_ids=frozenset({999})) is None


def test_reserved_goods_are_not_there(session: Session) -> None:
    near = make_warehouse(session, latitude=55.76, longitude=37.62)
    far = make_warehouse(session, latitude=55.90, longitude=37.62)
    milk = make_product(session, on_hand=5, warehouse=near)
    receive(session, milk, 5, warehouse=far)
    receive(session, milk, 0, warehouse=near).reserved_milli = 1000
    session.flush()

    route = logistics.nearest_with_goods(session, {milk.id: 5000}, *MOSCOW)

    assert route == Route(far.id, 16056, has_all=True)


def test_two_as_near_as_each_other_the_older_one(session: Session) -> None:
    first = make_warehouse(session)
    make_warehouse(session)
    assert logistics.nearest_with_goods(session, {}, *MOSCOW) == Route(first.id, 517, has_all=True)


def test_no_warehouse_no_route(session: Session) -> None:
    assert logistics.nearest_with_goods(session, {}, *MOSCOW) is None


def naive(places: dict[int, Place], goal: Place) -> tuple[int, int]:
    metres, key = min((logistics.distance_m(place, goal), key) for key, place in places.items())
    return key, metres


def drawn(dice: random.Random, number: int) -> tuple[dict[int, Place], Place]:
    """Warehouses and a place: all over the world, around a pole, on both sides of the antimeridian, in one town, far
    away from all of them, on the other side of the globe.
    """
    wide = [(0.0, 0.0, 90.0, 180.0), (90.0, 0.0, 3.0, 180.0), (-90.0, 0.0, 3.0, 180.0), (10.0, 180.0, 20.0, 3.0)]
    wide += [(55.7, 37.6, 0.2, 0.2), (40.0, -3.7, 5.0, 6.0)]
    latitude, longitude, up, side = wide[number % len(wide)]

    def one() -> Place:
        north = latitude + dice.uniform(-up, up)
        east = longitude + dice.uniform(-side, side)
        return max(-90.0, min(90.0, north)), (east + 180) % 360 - 180

    places = {key: one() for key in range(dice.choice((1, 2, 7, 40, 100)))}
    goal = one()
    if number % 7 == 0:
        first = places[0]
        goal = (-first[0] + dice.uniform(-0.3, 0.3), (first[1] + 360) % 360 - 180)
    return places, (max(-90.0, min(90.0, goal[0])), goal[1])


def test_the_nearest_is_exact_in_200_of_200() -> None:
    dice = random.Random(3)  # noqa: S311 - no secret
    cases = [drawn(dice, number) for number in range(200)]
    assert [logistics.nearest(*case) for case in cases] == [naive(*case) for case in cases]


def test_many_that_are_almost_as_near_are_all_measured() -> None:
    """On a circle round the place the sphere's order says nothing: the nearest may be the last of it."""
    goal = (56.0, 38.0)
    places = {turn: (goal[0] + 0.9 * math.cos(turn / 8), goal[1] + 1.6 * math.sin(turn / 8)) for turn in range(50)}
    assert logistics.nearest(places, goal) == naive(places, goal)


coordinates = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@settings(deadline=None, max_examples=60)
@given(st.lists(coordinates, min_size=1, max_size=5), coordinates)
def test_the_nearest_is_the_nearest_on_the_ellipsoid(places: list[Place], goal: Place) -> None:
    known = dict(enumerate(places))
    assert logistics.nearest(known, goal) == naive(known, goal)


def test_a_detour_is_never_shorter_than_the_straight_line() -> None:
    factors = [Decimal("1.3"), Decimal(1), Decimal("0.5")]
    assert [logistics.detour_m(1001, factor) for factor in factors] == [1301, 1001, 1001]


PLAIN = Tariff(base_minor=0, per_km_minor=1000)
FULL = Tariff(
    base_minor=5000, per_km_minor=1000, minimum_minor=9000, free_from_minor=50_000, heavy_from_g=10_000,
    heavy_per_kg_minor=70,
)  # fmt: skip


@pytest.mark.parametrize(
    ("tariff", "metres", "goods", "grams", "outcome"),
    [
        (PLAIN, 12_345, 0, 0, ("parts", 12_345)),
        (PLAIN, 0, 0, 0, ("parts", 0)),
        (PLAIN, 1000, 10**12, 10**9, ("parts", 1000)),
        (FULL, 1000, 0, 0, ("minimum", 9000)),
        (FULL, 4000, 0, 0, ("parts", 9000)),
        (FULL, 4001, 0, 0, ("parts", 9001)),
        (FULL, 4000, 0, 10_000, ("parts", 9000)),
        (FULL, 4000, 0, 10_001, ("parts", 9070)),
        (FULL, 4000, 0, 11_000, ("parts", 9070)),
        (FULL, 4000, 0, 11_001, ("parts", 9140)),
        (FULL, 4000, 49_999, 0, ("parts", 9000)),
        (FULL, 4000, 50_000, 10**6, ("free", 0)),
        (Tariff(0, 0, free_from_minor=0), 4000, 0, 0, ("free", 0)),
        (Tariff(0, 0), 4000, 0, 0, ("parts", 0)),
    ],
)
def test_the_price_of_a_delivery(tariff: Tariff, metres: int, goods: int, grams: int, outcome: tuple[str, int]) -> None:
    found = logistics.price(tariff, distance_m=metres, goods_minor=goods, weight_g=grams)
    assert (found.rule, found.cost_minor) == outcome
    assert Price(**logistics.as_document(found)) == found  # type: ignore[arg-type]


amounts = st.integers(0, 10**7)


@given(
    st.builds(
        Tariff, amounts, amounts, amounts, st.none() | amounts, st.none() | amounts, amounts
    ),
    st.integers(0, 2 * 10**7), amounts, amounts,
)  # fmt: skip
def test_there_is_always_a_price_and_its_parts_explain_it(tariff: Tariff, metres: int, goods: int, grams: int) -> None:
    found = logistics.price(tariff, distance_m=metres, goods_minor=goods, weight_g=grams)
    parts = found.base_minor + found.way_minor + found.heavy_minor
    wanted = {"parts": parts, "minimum": found.minimum_minor, "free": 0}
    assert found.cost_minor == wanted[found.rule] >= 0
    assert found.heavy_minor == found.heavy_kg * found.heavy_per_kg_minor
    assert (found.rule == "free") is (tariff.free_from_minor is not None and goods >= tariff.free_from_minor)
    assert found.rule == "free" or found.cost_minor >= tariff.minimum_minor


@given(
    with_vat=st.booleans(),
    cost=amounts,
    rate=st.sampled_from(["0", "0.04", "0.1", "0.2", "0.21", "0.22"]),
    goods=st.lists(st.tuples(amounts, st.sampled_from(["0", "0.1", "0.21"]), st.integers(1, 10**6)), max_size=5),
)
def test_the_delivery_is_a_line_like_others_in_both_conventions(
    *,
    with_vat: bool,
    cost: int,
    rate: str,
    goods: list[tuple[int, str, int]],
) -> None:
    charges = [pricing.Charge(price, Decimal(vat), quantity) for price, vat, quantity in goods]
    delivery = pricing.Charge(cost, Decimal(rate))
    totals = pricing.price_order(charges, delivery, prices_include_vat=with_vat)
    assert totals.delivery is not None
    brought = totals.delivery
    assert (brought.total_minor if with_vat else brought.net_minor) == cost
    assert brought.net_minor + brought.vat_minor == brought.total_minor == totals.delivery_minor
    assert totals.goods_minor + totals.delivery_minor == totals.total_minor == totals.net_minor + totals.vat_minor
    assert sum(tax.net_minor + tax.vat_minor for tax in totals.taxes) == totals.total_minor
    assert abs(brought.vat_minor - (cost * Decimal(rate) / (1 + Decimal(rate) if with_vat else 1))) <= Decimal("0.5")


def test_quote_explains_what_is_stored(session: Session) -> None:
    make_company(session, rate_per_km_minor=2500, delivery_vat_rate=Decimal("0.10"), prices_include_vat=False)
    make_warehouse(session, "North")
    order = make_draft(session, make_person(session), {make_product(session): 1}, client=make_client(session))

    assert logistics.quote(order) == DeliveryQuote(
        warehouse="North",
        distance_m=1690,
        source="detour",
        price=Price("parts", 4225, 0, 2500, 4225, 0, 0, 0, 0, 0, None),
        cost_minor=4225,
        vat_rate=Decimal("0.10"),
        prices_include_vat=False,
        currency="RUB",
        total_minor=4648,
        has_all=True,
    )


def test_a_draft_without_goods_has_no_quote(session: Session) -> None:
    make_warehouse(session)
    assert logistics.quote(make_draft(session, make_person(session), {})) is None
