from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.messaging import outbox
from db.models.orders import Order
from services import cart, delivery, orders, roads
from services import outbox as queue
from services.delivery import PlaceTooFar, PlaceUnclear
from services.delivery_days import DeliveryDayUnfit, DeliveryWindowUnfit
from services.delivery_pricing import Outlook
from services.logistics import Price
from tests.builders import (
    NOON,
    TOMORROW,
    actor_of,
    later,
    make_company,
    make_draft,
    make_person,
    make_product,
    make_warehouse,
    receive,
    unit_of,
)

FAR = (59.9343, 30.3351)
"""Saint Petersburg, 634 km from the warehouse."""


def state_of(session: Session, order: Order) -> tuple[Any, ...]:
    """All of an order that a place or a day may change, read from the database again."""
    session.flush()
    session.expire_all()
    return (
        order.version, order.address, order.latitude, order.longitude, order.delivery_date, order.delivery_window,
        order.warehouse_id, order.distance_m, order.tariff, order.total_minor,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(0.0, 0.0), (90.1, 0.0), (-90.1, 0.0), (55.0, 180.1), (55.0, -181.0), (float("nan"), 37.0), (55.0, float("inf"))],
)
def test_an_unclear_place_changes_nothing(session: Session, latitude: float, longitude: float) -> None:
    rep = make_person(session)
    order = make_draft(session, rep, {make_product(session): 3})
    before = state_of(session, order)
    with pytest.raises(PlaceUnclear):
        delivery.set_place(session, order.id, latitude, longitude, by=actor_of(rep), now=NOON)
    assert state_of(session, order) == before


def test_delivery_days_are_of_the_companys_time_zone(session: Session) -> None:
    make_company(session)
    evening = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)  # Tuesday, half past midnight in Moscow

    assert delivery.list_delivery_days(session, now=NOON)[0] == date(2026, 3, 3)
    days = delivery.list_delivery_days(session, now=evening, most=12)

    assert (days[0], days[-1], len(days)) == (date(2026, 3, 4), date(2026, 3, 17), 12)
    assert date(2026, 3, 8) not in days


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2026, 3, 7), date(2026, 5, 1)])
def test_fit_delivery_days(session: Session, day: date) -> None:
    rep = make_person(session)
    order = make_draft(session, rep, {}, delivery_date=day)
    assert order.delivery_date == day


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2020, 1, 1), date(2026, 3, 8), date(2026, 5, 2)])
def test_an_unfit_delivery_day_changes_nothing(session: Session, day: date) -> None:
    rep = make_person(session)
    order = make_draft(session, rep, {make_product(session): 3})
    before = state_of(session, order)
    with pytest.raises(DeliveryDayUnfit) as refused:
        delivery.set_delivery_date(session, order.id, day, by=actor_of(rep), now=NOON)
    assert refused.value.facts == {"earliest": "2026-03-03", "latest": "2026-05-01"}
    assert state_of(session, order) == before


def test_a_day_is_set_with_its_window(session: Session) -> None:
    make_company(session, delivery_windows=["09:00-13:00"])
    rep = make_person(session)
    by, order = actor_of(rep), make_draft(session, rep, {make_product(session): 3})

    delivery.set_delivery_date(session, order.id, TOMORROW, window="09:00-13:00", by=by, now=NOON)
    assert (order.delivery_date, order.delivery_window) == (TOMORROW, "09:00-13:00")

    before = state_of(session, order)
    with pytest.raises(DeliveryWindowUnfit):
        delivery.set_delivery_date(session, order.id, TOMORROW, window="10:00-11:00", by=by, now=NOON)
    assert state_of(session, order) == before

    cart.refresh(session, order.id, by=by, now=later(days=1))
    assert (order.delivery_date, order.delivery_window) == (None, "")


def test_what_has_become_unfit_since_is_refused_at_submit(session: Session) -> None:
    profile = make_company(session, delivery_windows=["09:00-13:00"])
    make_warehouse(session)
    rep = make_person(session)
    by, order = actor_of(rep), make_draft(session, rep, {make_product(session): 3})
    delivery.set_delivery_date(session, order.id, TOMORROW, window="09:00-13:00", by=by, now=NOON)

    profile.cut_off_minutes = 15 * 60
    with pytest.raises(DeliveryDayUnfit) as refused:
        orders.submit(session, order.id, order.version, by=by, now=later(minutes=1))
    assert refused.value.facts == {"earliest": "2026-03-04", "latest": "2026-05-01"}
    profile.cut_off_minutes, profile.delivery_windows = None, []
    with pytest.raises(DeliveryWindowUnfit) as gone:
        orders.submit(session, order.id, order.version, by=by, now=NOON)
    assert gone.value.facts == {"windows": ""}
    profile.delivery_windows, profile.longest_way_km = ["09:00-13:00"], 1
    with pytest.raises(PlaceTooFar):
        orders.submit(session, order.id, order.version, by=by, now=NOON)
    assert order.status == "draft"


def test_a_place_that_is_too_far_changes_nothing(session: Session) -> None:
    make_company(session, longest_way_km=800, detour_factor=Decimal("1.3"))
    make_warehouse(session, "North")
    rep = make_person(session)
    order = make_draft(session, rep, {make_product(session): 3})
    before = state_of(session, order)

    with pytest.raises(PlaceTooFar) as refused:
        delivery.set_place(session, order.id, *FAR, by=actor_of(rep), now=NOON)
    assert refused.value.facts == {"distance_m": 825551, "longest_km": 800, "warehouse": "North"}
    assert state_of(session, order) == before

    make_company(session, longest_way_km=826)
    delivery.set_place(session, order.id, *FAR, by=actor_of(rep), now=NOON)
    assert order.distance_m == 825551


def test_without_a_warehouse_nothing_is_too_far(session: Session) -> None:
    rep = make_person(session)
    order = make_draft(session, rep, {})
    delivery.set_place(session, order.id, *FAR, by=actor_of(rep), now=NOON)
    assert delivery.outlook(session, order, *FAR, now=NOON) is None
    assert delivery.about_m(session, order, *FAR) == 0


def test_too_far_is_measured_from_the_reps_own_open_warehouses(session: Session) -> None:
    make_company(session, longest_way_km=100)
    south = make_warehouse(session)
    north = make_warehouse(session, latitude=FAR[0], longitude=FAR[1])
    rep = make_person(session, warehouse_ids=[south.id])
    free = make_person(session, "Olga")
    milk = make_product(session, warehouse=south)
    with pytest.raises(PlaceTooFar):
        delivery.set_place(session, make_draft(session, rep, {milk: 1}).id, *FAR, by=actor_of(rep), now=NOON)
    order = make_draft(session, free, {milk: 1})
    delivery.set_place(session, order.id, *FAR, by=actor_of(free), now=NOON)
    north.closed = True
    session.flush()
    with pytest.raises(PlaceTooFar):
        delivery.set_place(session, order.id, *FAR, by=actor_of(free), now=NOON)


def test_every_change_prices_the_delivery_anew_by_the_warehouses_tariff(session: Session) -> None:
    make_company(session, detour_factor=Decimal("1.3"))
    warehouse = make_warehouse(session)
    warehouse.tariff_base_minor, warehouse.tariff_per_km_minor, warehouse.tariff_minimum_minor = 10000, 2000, 20000
    warehouse.tariff_free_from_minor, warehouse.tariff_heavy_from_g = 100_000, 5000
    warehouse.tariff_heavy_per_kg_minor = 300
    rep, milk = make_person(session), make_product(session, weight_g=1030)
    by, order = actor_of(rep), make_draft(session, rep, {milk: 3})

    assert (order.distance_m, order.distance_source, order.weight_g) == (2197, "detour", 3090)
    assert Price(**order.tariff) == Price(
        rule="minimum", cost_minor=20000, base_minor=10000, per_km_minor=2000, way_minor=4394, heavy_from_g=5000,
        heavy_kg=0, heavy_per_kg_minor=300, heavy_minor=0, minimum_minor=20000, free_from_minor=100_000,
    )  # fmt: skip
    assert (order.delivery_minor, order.rate_per_km_minor) == (20000, 2000)

    delivery.set_place(session, order.id, 55.90, 37.6184, by=by, now=NOON)
    assert (order.distance_m, order.tariff["rule"], order.delivery_minor) == (21537, "parts", 53074)
    cart.set_quantity(session, order.id, unit_of(milk).id, 11000, by=by, now=NOON)
    assert (order.weight_g, order.tariff["heavy_kg"], order.delivery_minor) == (11330, 7, 55174)
    cart.set_quantity(session, order.id, unit_of(milk).id, 12000, by=by, now=NOON)
    assert (order.goods_minor, order.tariff["rule"], order.delivery_minor) == (106800, "free", 0)
    assert [line.kind for line in order.lines] == ["goods", "delivery"]
    warehouse.tariff_free_from_minor = None
    assert cart.refresh(session, order.id, by=by, now=NOON)
    assert (order.tariff["rule"], order.delivery_minor) == ("parts", 55474)


@pytest.mark.parametrize(("with_vat", "free"), [(True, True), (False, False)])
def test_free_from_is_meant_as_the_prices_are(session: Session, *, with_vat: bool, free: bool) -> None:
    make_company(session, prices_include_vat=with_vat)
    warehouse = make_warehouse(session)
    warehouse.tariff_free_from_minor = 30000
    order = make_draft(session, make_person(session), {make_product(session, price_minor=10000): 3 if with_vat else 2})

    # without VAT 200 and with it 240: only the price as it stands in the list counts
    assert order.goods_minor == (30000 if with_vat else 24000)
    assert (order.delivery_minor == 0) is free


def test_an_outlook_changes_nothing_and_is_what_the_place_then_costs(session: Session) -> None:
    make_company(session, prices_include_vat=False, detour_factor=Decimal("1.3"))
    warehouse = make_warehouse(session, "North")
    rep = make_person(session)
    order = make_draft(session, rep, {make_product(session): 3})
    before = state_of(session, order)

    seen = delivery.outlook(session, order, 55.90, 37.6184, now=NOON)
    assert seen == Outlook("North", 21537, "detour", 25844, "RUB")
    assert state_of(session, order) == before
    delivery.set_place(session, order.id, 55.90, 37.6184, by=actor_of(rep), now=NOON)
    assert (order.distance_m, order.delivery_minor) == (21537, 25844)

    key = roads.key_of((warehouse.latitude, warehouse.longitude), (55.95, 37.6184))
    roads.learn(session, key, 30_000, now=NOON)
    assert delivery.outlook(session, order, 55.95, 37.6184, now=NOON) == Outlook("North", 30000, "router", 36000, "RUB")
    empty = cart.clear(session, order.id, by=actor_of(rep), now=NOON)
    assert delivery.outlook(session, empty, 55.90, 37.6184, now=NOON) == Outlook("North", 21537, "detour", None, "RUB")


def questions(session: Session) -> list[dict[str, Any]]:
    rows = session.execute(select(outbox.c.payload).where(outbox.c.kind == "geo.route").order_by(outbox.c.id))
    return [row.payload for row in rows]


def test_the_router_is_asked_once_and_its_answer_prices_the_draft_anew(session: Session) -> None:
    session.info[roads.HAS_ROUTER] = True
    make_company(session, detour_factor=Decimal("1.3"))
    make_warehouse(session)
    rep = make_person(session)
    order = make_draft(session, rep, {make_product(session): 3})
    key = "55.7512,37.6184;55.7601,37.6402"
    assert (order.distance_m, order.distance_source) == (2197, "detour")
    assert questions(session) == [
        {"key": key, "start": [55.7512, 37.6184], "end": [55.7601, 37.6402], "order_id": order.id, "person_id": rep.id}
    ]

    version = order.version
    assert delivery.learn_road(session, order.id, key, 3100, now=NOON)
    assert (order.distance_m, order.distance_source, order.delivery_minor) == (3100, "router", 3100)
    assert order.version == version + 1
    assert not delivery.learn_road(session, order.id, key, 3100, now=NOON)
    cart.refresh(session, order.id, by=actor_of(rep), now=later(days=180))
    assert (order.distance_source, len(questions(session))) == ("router", 1)
    cart.refresh(session, order.id, by=actor_of(rep), now=later(days=181))
    assert order.distance_source == "detour"


def test_a_router_that_does_not_say_is_left_alone_for_an_hour(session: Session) -> None:
    session.info[roads.HAS_ROUTER] = True
    make_company(session)
    make_warehouse(session)
    rep = make_person(session)
    order = make_draft(session, rep, {make_product(session): 3})
    before = order.total_minor
    session.execute(outbox.delete())

    assert not delivery.learn_road(session, order.id, questions_key(order), None, now=NOON)
    cart.refresh(session, order.id, by=actor_of(rep), now=later(minutes=59))
    assert (questions(session), order.total_minor, order.distance_source) == ([], before, "detour")
    cart.refresh(session, order.id, by=actor_of(rep), now=later(minutes=61))
    assert len(questions(session)) == 1
    assert queue.count_pending(session, f"road:{questions_key(order)}") == 1


def questions_key(order: Order) -> str:
    assert order.warehouse is not None
    return roads.key_of(
        (order.warehouse.latitude, order.warehouse.longitude), (order.latitude or 0, order.longitude or 0)
    )


def test_a_submitted_order_keeps_its_price_whatever_the_road_is(session: Session) -> None:
    make_warehouse(session)
    rep = make_person(session)
    order = make_draft(session, rep, {make_product(session): 3})
    orders.submit(session, order.id, order.version, by=actor_of(rep), now=NOON)
    before = state_of(session, order)

    assert not delivery.learn_road(session, order.id, questions_key(order), 99_000, now=NOON)
    assert not delivery.learn_road(session, 999_999, questions_key(order), 99_000, now=NOON)
    assert state_of(session, order) == before


def test_a_closed_warehouse_brings_nothing_new(session: Session) -> None:
    near = make_warehouse(session)
    far = make_warehouse(session, latitude=55.95)
    milk = make_product(session, warehouse=near)
    receive(session, milk, 5, warehouse=far)
    rep = make_person(session)
    order = make_draft(session, rep, {milk: 1})
    assert order.warehouse_id == near.id
    near.closed = True
    session.flush()
    cart.refresh(session, order.id, by=actor_of(rep), now=NOON + timedelta(minutes=1))
    assert order.warehouse_id == far.id
