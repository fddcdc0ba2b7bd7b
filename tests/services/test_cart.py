from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.orders import Order, OrderLine, OrderTax
from db.models.record import AuditEntry
from db.session import Database
from services import cart, delivery
from services.actor import NotAllowed, Role
from services.cart import NoLongerDraft, NotYours, TextTooLong
from services.catalogue import ProductGone
from services.clients import ClientGone
from services.errors import DomainError, Moved
from services.units import NotDivisible, QuantityUnfit
from tests.builders import (
    NOON,
    TOMORROW,
    actor_of,
    later,
    make_client,
    make_company,
    make_draft,
    make_person,
    make_product,
    make_warehouse,
    receive,
    unit_of,
)


def state_of(session: Session, order: Order) -> tuple[Any, ...]:
    """All that is stored of an order, read from the database again."""
    session.flush()
    session.expire_all()
    lines = [
        (
            line.position,
            line.kind,
            line.unit_id,
            line.name,
            line.quantity_milli,
            line.price_minor,
            line.net_minor,
            line.vat_minor,
            line.total_minor,
        )
        for line in order.lines
    ]
    taxes = [(tax.vat_rate, tax.net_minor, tax.vat_minor) for tax in order.taxes]
    head = (order.version, order.touched_at, order.client_id, order.warehouse_id, order.address, order.latitude)
    money = (order.goods_minor, order.delivery_minor, order.net_minor, order.vat_minor, order.total_minor)
    return (head, (order.longitude, order.delivery_date, order.note, order.status), money, lines, taxes)


def assert_adds_up(session: Session, order: Order) -> None:
    """The lines, the taxes and the stored totals are the same money."""
    session.expire_all()
    assert sum(line.total_minor for line in order.lines) == order.total_minor
    assert sum(tax.net_minor + tax.vat_minor for tax in order.taxes) == order.total_minor
    assert order.goods_minor + order.delivery_minor == order.net_minor + order.vat_minor == order.total_minor
    assert [line.position for line in order.lines] == list(range(1, len(order.lines) + 1))
    assert "delivery" not in [line.kind for line in order.lines[:-1]]


def test_a_whole_draft(session: Session) -> None:
    warehouse = make_warehouse(session)
    milk = make_product(session, units=[("box", 12000, 99900)], weight_g=1030)
    cheese = make_product(
        session, "Cheese", price_minor=45990, vat_rate=Decimal("0.10"), base=("kg", 3), on_hand=20, weight_g=1000
    )
    rep, client = make_person(session), make_client(session)
    order = make_draft(session, rep, {milk: 3, unit_of(milk, "box"): 2}, client=client)
    cart.set_quantity(session, order.id, unit_of(cheese).id, 1255, by=actor_of(rep), now=later(minutes=5))

    head, rest, money, lines, taxes = state_of(session, order)

    assert head == (7, later(minutes=5), client.id, warehouse.id, "Pokrovka 1", 55.7601)
    assert rest == (37.6402, TOMORROW, "", "draft")
    assert lines == [
        (1, "goods", unit_of(milk).id, "Milk", 3000, 8900, 22250, 4450, 26700),
        (2, "goods", unit_of(milk, "box").id, "Milk", 24000, 99900, 166500, 33300, 199800),
        (3, "goods", unit_of(cheese).id, "Cheese", 1255, 45990, 52470, 5247, 57717),
        (4, "delivery", None, "", 1000, 1690, 1408, 282, 1690),
    ]
    assert taxes == [(Decimal("0.1"), 52470, 5247), (Decimal("0.2"), 190158, 38032)]
    assert money == (284217, 1690, 242628, 43279, 285907)
    assert (order.distance_m, order.distance_source, order.rate_per_km_minor) == (1690, "detour", 1000)
    assert [line.weight_g for line in order.lines] == [3090, 24720, 1255, 0]
    assert cart.missing(order) == []
    assert_adds_up(session, order)


def test_prices_without_vat(session: Session) -> None:
    make_company(session, prices_include_vat=False, currency="EUR")
    order = make_draft(session, make_person(session), {make_product(session): 3})

    assert (order.currency, order.goods_minor, order.delivery_minor) == ("EUR", 32040, 2028)
    assert (order.net_minor, order.vat_minor, order.total_minor) == (28390, 5678, 34068)


def test_open_draft_is_the_one_touched_last(session: Session) -> None:
    make_company(session)
    by, other = actor_of(make_person(session)), actor_of(make_person(session, "Olga"))
    assert cart.current(session, by=by) is None

    first = cart.open_draft(session, by=by, now=NOON)
    assert (first.status, first.currency, first.prices_include_vat, first.version) == ("draft", "RUB", True, 1)
    assert cart.missing(first) == ["goods", "client", "place", "day"]
    assert cart.open_draft(session, by=by, now=later(days=30)) is first
    assert cart.open_draft(session, by=other, now=NOON) is not first

    first.status = "submitted"
    second = cart.open_draft(session, by=by, now=later(minutes=1))
    first.status = "draft"
    assert cart.current(session, by=by) is second
    cart.set_note(session, first.id, "ring twice", by=by, now=later(minutes=2))
    assert cart.current(session, by=by) is first


def test_only_a_rep_opens_a_draft(session: Session) -> None:
    make_company(session)
    with pytest.raises(NotAllowed):
        cart.open_draft(session, by=actor_of(make_person(session, roles=[Role.STOREKEEPER])), now=NOON)
    assert session.scalars(select(Order)).all() == []


def test_two_devices_open_one_draft(database: Database) -> None:
    with database.transaction() as session:
        make_company(session)
        by = actor_of(make_person(session))
    opened: list[int] = []
    together = threading.Barrier(4)

    def open_one() -> None:
        together.wait()
        with database.transaction() as session:
            opened.append(cart.open_draft(session, by=by, now=NOON).id)

    threads = [threading.Thread(target=open_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(opened) == 4
    assert len(set(opened)) == 1


def test_a_change_waits_for_the_one_before_and_sees_it(database: Database) -> None:
    with database.transaction() as session:
        rep = make_person(session)
        goods = [make_product(session, name, price_minor=100) for name in ("Milk", "Bread")]
        order_id, by = make_draft(session, rep, {}).id, actor_of(rep)
        first, second = (unit_of(product).id for product in goods)

    def change() -> None:
        with database.transaction() as session:
            # read before the lock, as a screen does: the change must not trust it
            seen = session.get_one(Order, order_id)
            assert len(seen.lines) <= 2
            cart.set_quantity(session, order_id, second, 1000, by=by, now=NOON)

    other = threading.Thread(target=change)
    with database.transaction() as session:
        cart.set_quantity(session, order_id, first, 1000, by=by, now=NOON)
        other.start()
        other.join(0.3)
        assert other.is_alive()
    other.join()

    with database.transaction() as session:
        order = session.get_one(Order, order_id)
        assert (order.goods_minor, order.total_minor, len(order.lines), order.version) == (200, 1890, 3, 6)
        assert_adds_up(session, order)


def test_a_quantity_is_set_not_added(session: Session) -> None:
    rep, milk = make_person(session), make_product(session)
    order = make_draft(session, rep, {milk: 3})
    for _ in range(2):
        cart.set_quantity(session, order.id, unit_of(milk).id, 13000, by=actor_of(rep), now=NOON)

    assert [line.quantity_milli for line in order.lines] == [13000, 1000]
    assert order.goods_minor == 115700


def test_zero_takes_the_line_and_the_last_one_the_delivery(session: Session) -> None:
    rep, milk, bread = make_person(session), make_product(session), make_product(session, "Bread")
    order = make_draft(session, rep, {milk: 3, bread: 1})

    cart.set_quantity(session, order.id, unit_of(milk).id, 0, by=actor_of(rep), now=NOON)
    assert [(line.position, line.name) for line in order.lines] == [(1, "Bread"), (2, "")]
    cart.set_quantity(session, order.id, unit_of(bread).id, 0, by=actor_of(rep), now=NOON)
    cart.set_quantity(session, order.id, unit_of(bread).id, 0, by=actor_of(rep), now=NOON)

    assert (order.total_minor, order.lines, order.taxes, order.warehouse, order.distance_m) == (0, [], [], None, None)
    assert cart.missing(order) == ["goods"]
    assert session.scalars(select(OrderLine)).all() == session.scalars(select(OrderTax)).all() == []
    cart.set_quantity(session, order.id, unit_of(milk).id, 1000, by=actor_of(rep), now=NOON)
    assert order.total_minor == 10590


@pytest.mark.parametrize(
    ("unit", "quantity", "refusal", "facts"),
    [
        ("box", 18000, NotDivisible, {"unit": "box", "decimals": 0}),
        ("pcs", 1500, NotDivisible, {"unit": "pcs", "decimals": 0}),
        ("pcs", -1000, QuantityUnfit, {"unit": "pcs", "largest": 1000000}),
        ("pcs", 10**9 + 1000, QuantityUnfit, {"unit": "pcs", "largest": 1000000}),
        ("box", 10**9 + 1, QuantityUnfit, {"unit": "box", "largest": 83333}),
    ],
)
def test_an_unfit_quantity_changes_nothing(
    session: Session, unit: str, quantity: int, refusal: type[DomainError], facts: dict[str, Any]
) -> None:
    rep, milk = make_person(session), make_product(session, units=[("box", 12000, None)])
    order = make_draft(session, rep, {milk: 3})
    before = state_of(session, order)

    with pytest.raises(refusal) as refused:
        cart.set_quantity(session, order.id, unit_of(milk, unit).id, quantity, by=actor_of(rep), now=later(days=1))

    assert refused.value.facts == facts
    assert state_of(session, order) == before


def test_a_hidden_product_can_be_taken_out_but_not_changed(session: Session) -> None:
    rep, milk, bread = make_person(session), make_product(session), make_product(session, "Bread", price_minor=5000)
    order = make_draft(session, rep, {milk: 3, bread: 2})
    milk.hidden, milk.price_minor = True, 1
    before = state_of(session, order)

    for unit_id, name in ((unit_of(milk).id, "Milk"), (999_999, "")):
        with pytest.raises(ProductGone) as refused:
            cart.set_quantity(session, order.id, unit_id, 1000, by=actor_of(rep), now=NOON)
        assert refused.value.facts == {"product": name}
    assert state_of(session, order) == before
    assert [line.name for line in cart.list_gone(session, order)] == ["Milk"]
    with pytest.raises(ProductGone):
        cart.check_goods(session, order)

    cart.set_quantity(session, order.id, unit_of(bread).id, 1000, by=actor_of(rep), now=NOON)
    assert order.goods_minor == 31700  # milk keeps its last price
    cart.set_quantity(session, order.id, unit_of(milk).id, 0, by=actor_of(rep), now=NOON)
    assert order.goods_minor == 5000
    cart.check_goods(session, order)


def test_a_pack_that_holds_another_number_by_now(session: Session) -> None:
    rep, milk = make_person(session), make_product(session, units=[("box", 12000, None)])
    order = make_draft(session, rep, {unit_of(milk, "box"): 2})
    unit_of(milk, "box").factor_milli = 10000

    assert cart.refresh(session, order.id, by=actor_of(rep), now=NOON)

    with pytest.raises(NotDivisible) as refused:
        cart.check_goods(session, order)
    assert refused.value.facts == {"unit": "box", "decimals": 0}


def change_everything(session: Session, order_id: int, by: Any) -> list[Any]:
    """Every changing function, ready to be called for this order."""
    milk, client = make_product(session, "Kefir"), make_client(session, "Other")
    return [
        lambda: cart.set_quantity(session, order_id, unit_of(milk).id, 1000, by=by, now=NOON),
        lambda: cart.choose_client(session, order_id, client.id, by=by, now=NOON),
        lambda: delivery.set_place(session, order_id, 55.0, 37.0, address="x", by=by, now=NOON),
        lambda: delivery.set_delivery_date(session, order_id, date(2026, 3, 10), by=by, now=NOON),
        lambda: cart.set_note(session, order_id, "x", by=by, now=NOON),
        lambda: cart.clear(session, order_id, by=by, now=NOON),
        lambda: cart.refresh(session, order_id, by=by, now=NOON),
    ]


def test_another_reps_draft_and_none_are_refused_alike_and_written_down(session: Session) -> None:
    order = make_draft(session, make_person(session), {make_product(session): 3})
    stranger = actor_of(make_person(session, "Olga"))
    before = state_of(session, order)

    for order_id in (order.id, order.id + 1000):
        for change in change_everything(session, order_id, stranger):
            with pytest.raises(NotYours) as refused:
                change()
            assert refused.value.facts == {}
            refused.value.record(session, now=NOON)

    assert state_of(session, order) == before
    rows = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"order:{order.id}")).all()
    assert {row.person_id for row in rows} == {stranger.person_id}
    assert [row.action for row in rows][:2] == ["refused.cart.set_quantity", "refused.cart.choose_client"]


def test_who_is_no_rep_any_more_changes_nothing(session: Session) -> None:
    rep = make_person(session)
    order = make_draft(session, rep, {make_product(session): 3})
    before = state_of(session, order)
    rep.roles = [Role.STOREKEEPER.value]

    for change in change_everything(session, order.id, actor_of(rep)):
        with pytest.raises(NotAllowed):
            change()
    assert state_of(session, order) == before


def test_a_submitted_order_is_no_draft(session: Session) -> None:
    rep = make_person(session)
    order = make_draft(session, rep, {make_product(session): 3})
    order.status = "submitted"
    before = state_of(session, order)

    for change in change_everything(session, order.id, actor_of(rep)):
        with pytest.raises(NoLongerDraft) as refused:
            change()
        assert refused.value.facts == {"order": order.id, "status": "submitted"}
    assert state_of(session, order) == before


def test_a_client_brings_the_first_place(session: Session) -> None:
    rep = make_person(session)
    by, make = actor_of(rep), make_draft
    order = make(session, rep, {make_product(session): 3}, client=make_client(session), place=None)
    assert (order.address, order.latitude, order.longitude) == ("Pokrovka 1", 55.7601, 37.6402)

    elsewhere = make_client(session, "Far", place=(56.0, 38.0), address="Far street")
    cart.choose_client(session, order.id, elsewhere.id, by=by, now=NOON)
    assert (order.address, order.latitude, order.client) == ("Far street", 56.0, elsewhere)

    delivery.set_place(session, order.id, 55.5, 37.5, address="Back door", by=by, now=NOON)
    cart.choose_client(session, order.id, elsewhere.id, by=by, now=NOON)
    assert (order.address, order.latitude) == ("Back door", 55.5)

    nowhere = make_client(session, "New", place=None, address="Only an address")
    cart.choose_client(session, order.id, nowhere.id, by=by, now=NOON)
    assert (order.address, order.latitude, order.longitude) == ("Only an address", None, None)
    assert (order.delivery_minor, order.warehouse, cart.missing(order)) == (0, None, ["place"])


def test_a_place_that_the_rep_sent_first_stays(session: Session) -> None:
    make_company(session)
    by = actor_of(make_person(session))
    order = cart.open_draft(session, by=by, now=NOON)
    delivery.set_place(session, order.id, 55.5, 37.5, address=" Counter ", by=by, now=NOON)
    cart.choose_client(session, order.id, make_client(session).id, by=by, now=NOON)

    assert (order.address, order.latitude) == ("Counter", 55.5)


def test_unknown_client_changes_nothing(session: Session) -> None:
    rep = make_person(session)
    order = make_draft(session, rep, {make_product(session): 3})
    before = state_of(session, order)
    with pytest.raises(ClientGone):
        cart.choose_client(session, order.id, 999_999, by=actor_of(rep), now=NOON)
    assert state_of(session, order) == before


def test_long_texts_are_refused_and_odd_signs_dropped(session: Session) -> None:
    rep = make_person(session)
    by, order = actor_of(rep), make_draft(session, rep, {make_product(session): 3})
    before = state_of(session, order)
    with pytest.raises(TextTooLong) as refused:
        delivery.set_place(session, order.id, 55.0, 37.0, address="x" * 501, by=by, now=NOON)
    assert refused.value.facts == {"largest": 500}
    with pytest.raises(TextTooLong) as refused:
        cart.set_note(session, order.id, "x" * 1001, by=by, now=NOON)
    assert refused.value.facts == {"largest": 1000}
    assert state_of(session, order) == before

    cart.set_note(session, order.id, " ring\x00 twice\n", by=by, now=NOON)
    assert order.note == "ring twice"


def test_a_day_that_passed_is_missing_again(session: Session) -> None:
    rep = make_person(session)
    order = make_draft(session, rep, {make_product(session): 3})

    assert not cart.refresh(session, order.id, by=actor_of(rep), now=later(days=1))

    assert (order.delivery_date, cart.missing(order)) == (None, ["day"])


def test_refresh_tells_whether_an_amount_changed(session: Session) -> None:
    company = make_company(session)
    rep, milk = make_person(session), make_product(session)
    by, order = actor_of(rep), make_draft(session, rep, {milk: 3})
    assert not cart.refresh(session, order.id, by=by, now=NOON)
    assert (order.version, order.total_minor) == (6, 28390)

    milk.price_minor = 9000
    assert cart.refresh(session, order.id, by=by, now=NOON)
    assert order.total_minor == 28690
    company.rate_per_km_minor = 2000
    assert cart.refresh(session, order.id, by=by, now=NOON)
    assert order.total_minor == 30380
    milk.vat_rate = Decimal("0.10")
    assert cart.refresh(session, order.id, by=by, now=NOON)
    assert order.total_minor == 30380
    milk.name = "Kefir"
    assert not cart.refresh(session, order.id, by=by, now=NOON)
    assert order.lines[0].name == "Kefir"
    assert_adds_up(session, order)


def test_the_warehouse_follows_the_goods(session: Session) -> None:
    near, far = make_warehouse(session, "Near"), make_warehouse(session, "Far", latitude=55.9)
    rep, milk = make_person(session), make_product(session, on_hand=5, warehouse=near)
    receive(session, milk, 50, warehouse=far)
    order = make_draft(session, rep, {milk: 5})
    assert (order.warehouse, order.delivery_minor) == (near, 1690)

    cart.set_quantity(session, order.id, unit_of(milk).id, 6000, by=actor_of(rep), now=NOON)
    assert (order.warehouse, order.delivery_minor, order.total_minor) == (far, 15636, 69036)
    cart.set_quantity(session, order.id, unit_of(milk).id, 60000, by=actor_of(rep), now=NOON)
    assert (order.warehouse, order.delivery_minor) == (near, 1690)

    rep.warehouse_ids = [far.id]
    cart.refresh(session, order.id, by=actor_of(rep), now=NOON)
    assert order.warehouse == far


def test_packs_and_pieces_are_one_need(session: Session) -> None:
    near, far = make_warehouse(session), make_warehouse(session, latitude=55.9)
    milk = make_product(session, on_hand=13, warehouse=near, units=[("box", 12000, None)])
    receive(session, milk, 14, warehouse=far)

    order = make_draft(session, make_person(session), {milk: 2, unit_of(milk, "box"): 1})

    assert order.warehouse == far


def test_clear(session: Session) -> None:
    rep = make_person(session)
    by, order = actor_of(rep), make_draft(session, rep, {make_product(session): 3})
    seen = order.version
    cart.set_note(session, order.id, "ring twice", by=by, now=NOON)
    before = state_of(session, order)
    with pytest.raises(Moved):
        cart.clear(session, order.id, version=seen, by=by, now=NOON)
    assert state_of(session, order) == before

    cart.clear(session, order.id, version=seen + 1, by=by, now=later(minutes=1))

    head, rest, money, lines, taxes = state_of(session, order)
    assert head == (seen + 2, later(minutes=1), None, None, "", None)
    assert rest == (None, None, "", "draft")
    assert (money, lines, taxes) == ((0, 0, 0, 0, 0), [], [])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 7)), max_size=12), include=st.booleans())
def test_after_any_steps_the_draft_is_what_was_set_last_and_adds_up(
    session: Session,
    steps: list[tuple[int, int]],
    include: bool,  # noqa: FBT001
) -> None:
    with session.begin_nested() as savepoint:
        make_company(session, prices_include_vat=include)
        rates = ("0", "0.10", "0.20", "0.055", "0.20")
        goods = [
            make_product(session, f"P{number}", price_minor=333 * number + 1, vat_rate=Decimal(rate))
            for number, rate in enumerate(rates)
        ]
        rep = make_person(session)
        order = make_draft(session, rep, {})
        expected: dict[int, int] = {}
        for which, count in steps:
            unit_id = unit_of(goods[which]).id
            cart.set_quantity(session, order.id, unit_id, count * 1000, by=actor_of(rep), now=NOON)
            expected[unit_id] = count * 1000
        assert_adds_up(session, order)
        held = {line.unit_id: line.quantity_milli for line in order.lines if line.kind == "goods"}
        assert held == {unit_id: quantity for unit_id, quantity in expected.items() if quantity}
        savepoint.rollback()
    session.expunge_all()
