"""Stock: received, reserved, released, shipped, and never more than there is."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models.catalogue import Unit
from db.models.orders import Order, OrderLine
from db.models.record import AuditEntry
from db.models.stock import Reservation, Stock, StockMovement
from db.session import Database
from services import announcements, orders, stock
from services.actor import Actor, NotAllowed, Role
from services.stock import Drift, StockShort
from tests.builders import NOON, actor_of, later, make_draft, make_person, make_product, make_warehouse, unit_of
from tests.services.desk import Desk, balance, make_claimed, make_desk, make_submitted, race, traces


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def test_received_goods_lie_on_the_shelf_and_leave_a_movement_and_an_audit_row(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=0)

    stock.receive(session, desk.warehouse.id, milk.id, 2500, by=actor_of(desk.bob), now=NOON)
    row = stock.receive(session, desk.warehouse.id, milk.id, 500, by=actor_of(desk.ann), now=later(hours=1))

    assert (row.on_hand_milli, row.reserved_milli) == (3000, 0)
    movements = session.execute(
        select(StockMovement.delta_milli, StockMovement.reason, StockMovement.person_id, StockMovement.at).order_by(
            StockMovement.id
        )
    ).all()
    assert [tuple(movement) for movement in movements] == [
        (2500, "receipt", desk.bob.id, NOON),
        (500, "receipt", desk.ann.id, later(hours=1)),
    ]
    subject = f"stock:{desk.warehouse.id}:{milk.id}"
    written = session.execute(select(AuditEntry.action, AuditEntry.after).where(AuditEntry.subject == subject)).all()
    assert [tuple(entry) for entry in written] == [
        ("stock.receipt", {"delta_milli": 2500}),
        ("stock.receipt", {"delta_milli": 500}),
    ]
    assert stock.list_drift(session) == []


def test_what_the_session_remembers_of_a_shelf_is_renewed(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=1)
    seen = session.get_one(Stock, (desk.warehouse.id, milk.id))

    stock.receive(session, desk.warehouse.id, milk.id, 4000, by=actor_of(desk.bob), now=NOON)

    assert seen.on_hand_milli == 5000


@pytest.mark.parametrize("milli", [0, -1000])
def test_only_a_positive_quantity_is_received(session: Session, desk: Desk, milli: int) -> None:
    milk = make_product(session, on_hand=1)

    with pytest.raises(ValueError, match="positive"):
        stock.receive(session, desk.warehouse.id, milk.id, milli, by=actor_of(desk.bob), now=NOON)

    assert balance(session, milk, desk.warehouse) == (1000, 0)


def test_a_rep_and_a_storekeeper_of_another_warehouse_receive_nothing(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=1)
    other = make_warehouse(session)
    stranger = make_person(session, "Sam", roles=[Role.STOREKEEPER], warehouse_ids=[other.id])
    before = traces(session)

    for person in (desk.rita, stranger):
        with pytest.raises(NotAllowed):
            stock.receive(session, desk.warehouse.id, milk.id, 1000, by=actor_of(person), now=NOON)

    assert traces(session) == before


def test_available_is_on_hand_less_reserved_over_the_named_warehouses(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10)
    south, empty = make_warehouse(session), make_warehouse(session)
    stock.receive(session, south.id, milk.id, 1500, by=actor_of(desk.ann), now=NOON)
    make_submitted(session, desk, {milk: 4})

    def available(*warehouse_ids: int) -> int:
        return stock.available_milli(session, milk.id, warehouse_ids)

    assert available(desk.warehouse.id) == 6000
    assert available(desk.warehouse.id, south.id) == 7500
    assert available(empty.id) == 0
    assert available() == 7500


def test_a_product_in_two_units_is_reserved_line_by_line_from_one_shelf(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=30, units=[("box", 12_000, None)])

    order = make_submitted(session, desk, {milk: 5, unit_of(milk, "box"): 2})

    assert balance(session, milk, desk.warehouse) == (30_000, 29_000)
    assert _reserved_by_unit(session, order) == {"pcs": 5000, "box": 24_000}
    assert stock.list_drift(session) == []


def test_two_units_together_may_be_more_than_there_is(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=28, units=[("box", 12_000, None)])
    order = make_draft(session, desk.rita, {milk: 5, unit_of(milk, "box"): 2})

    with pytest.raises(StockShort) as refused:
        stock.reserve(session, order, now=NOON)

    assert refused.value.facts == {"product": "Milk", "asked": 29_000, "left": 28_000, "unit": "pcs", "decimals": 0}
    assert balance(session, milk, desk.warehouse) == (28_000, 0)


def test_short_stock_of_one_product_reserves_nothing_of_any(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10)
    cheese = make_product(session, "Cheese", on_hand=2, base=("kg", 3))
    order = make_draft(session, desk.rita, {milk: 1, cheese: 3})
    before = traces(session, order)

    with pytest.raises(StockShort) as refused:
        stock.reserve(session, order, now=NOON)

    assert refused.value.facts == {"product": "Cheese", "asked": 3000, "left": 2000, "unit": "kg", "decimals": 3}
    assert traces(session, order) == before
    assert balance(session, milk, desk.warehouse) == (10_000, 0)


def test_a_product_that_never_lay_in_the_warehouse_is_short(session: Session, desk: Desk) -> None:
    order = make_draft(session, desk.rita, {make_product(session, on_hand=0): 1})

    with pytest.raises(StockShort) as refused:
        stock.reserve(session, order, now=NOON)

    assert refused.value.facts["left"] == 0


def test_released_goods_are_free_again_and_a_second_release_does_nothing(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10)
    order = make_submitted(session, desk, {milk: 4})
    kept = make_submitted(session, desk, {milk: 3})

    stock.release(session, order)
    stock.release(session, order)

    assert balance(session, milk, desk.warehouse) == (10_000, 3000)
    assert _reserved_by_unit(session, kept) == {"pcs": 3000}
    assert stock.list_drift(session) == []


def test_shipped_goods_leave_the_shelf_with_one_movement_per_product(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=30, units=[("box", 12_000, None)])
    order = make_claimed(session, desk, {milk: 5, unit_of(milk, "box"): 2})
    _load(order.lines)

    stock.ship(session, order, order.lines, by=actor_of(desk.bob), now=later(hours=2))

    assert balance(session, milk, desk.warehouse) == (1000, 0)
    shipped = session.scalars(select(StockMovement).where(StockMovement.reason == "shipment")).one()
    assert (shipped.delta_milli, shipped.order_id, shipped.person_id, shipped.at) == (
        -29_000,
        order.id,
        desk.bob.id,
        later(hours=2),
    )
    assert session.scalars(select(Reservation)).all() == []
    assert stock.list_drift(session) == []


def test_what_was_promised_and_not_loaded_becomes_free(session: Session, desk: Desk) -> None:
    milk, cheese = make_product(session, on_hand=10), make_product(session, "Cheese", on_hand=10)
    order = make_claimed(session, desk, {milk: 4, cheese: 2})
    for line in order.lines:
        line.loaded_milli = 1000 if line.product_id == milk.id else 0

    stock.ship(session, order, order.lines, by=actor_of(desk.bob), now=NOON)

    assert balance(session, milk, desk.warehouse) == (9000, 0)
    assert balance(session, cheese, desk.warehouse) == (10_000, 0)
    shipped = session.scalars(select(StockMovement).where(StockMovement.reason == "shipment")).all()
    assert [(row.product_id, row.delta_milli) for row in shipped] == [(milk.id, -1000)]
    assert stock.list_drift(session) == []


def test_goods_that_are_promised_to_others_cannot_be_shipped(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10)
    order = make_claimed(session, desk, {milk: 4})
    make_submitted(session, desk, {milk: 5})
    order.lines[0].loaded_milli = 6000
    before = traces(session, order)

    with pytest.raises(StockShort):
        stock.ship(session, order, order.lines, by=actor_of(desk.bob), now=NOON)

    assert traces(session, order) == before


def test_drift_is_seen(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10)
    make_submitted(session, desk, {milk: 4})

    session.execute(update(Stock).values(on_hand_milli=9000, reserved_milli=3000))

    assert stock.list_drift(session) == [Drift(desk.warehouse.id, milk.id, 9000, 10_000, 3000, 4000)]


def test_sixteen_reps_race_for_ten_units_and_ten_are_sold(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        milk = make_product(session, on_hand=10)
        drafts = []
        for number in range(16):
            rep = make_person(session, f"Rep {number}")
            drafts.append((actor_of(rep), make_draft(session, rep, {milk: 1})))
        asked = [(by, order.id, order.version) for by, order in drafts]
        announcements.take(session)

    results = race(
        database,
        [lambda session, one=one: orders.submit(session, one[1], one[2], by=one[0], now=NOON) for one in asked],
    )

    assert sum(isinstance(result, orders.Submitted) for result in results) == 10
    short = [result.shortage.lines for result in results if isinstance(result, orders.Short)]
    assert [(line.asked_milli, line.left_milli) for (line,) in short] == [(1000, 0)] * 6
    with database.reading() as session:
        assert balance(session, milk, desk.warehouse) == (10_000, 10_000)
        assert stock.list_drift(session) == []


def test_orders_of_the_same_goods_in_opposite_order_do_not_lock_each_other_out(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        goods = [make_product(session, name, on_hand=100) for name in ("Milk", "Cheese", "Cream")]
        drafts = []
        for number in range(12):
            rep = make_person(session, f"Rep {number}")
            wanted = goods if number % 2 else goods[::-1]
            drafts.append((actor_of(rep), make_draft(session, rep, dict.fromkeys(wanted, 1))))
        asked = [(by, order.id, order.version) for by, order in drafts]

    def submit_and_cancel(session: Session, by: Actor, order_id: int, version: int) -> None:
        result = orders.submit(session, order_id, version, by=by, now=NOON)
        if order_id % 3 == 0:
            orders.cancel(session, order_id, result.order.version, by=by, now=NOON)

    results = race(database, [lambda session, one=one: submit_and_cancel(session, *one) for one in asked])

    assert results == [None] * 12
    with database.reading() as session:
        assert [balance(session, product, desk.warehouse) for product in goods] == [(100_000, 8000)] * 3
        assert stock.list_drift(session) == []


def _load(lines: Iterable[OrderLine]) -> None:
    for line in lines:
        line.loaded_milli = line.quantity_milli


def _reserved_by_unit(session: Session, order: Order) -> dict[str, int]:
    units = {line.id: session.get_one(Unit, line.unit_id).code for line in order.lines if line.unit_id}
    rows = session.scalars(select(Reservation).where(Reservation.order_line_id.in_(units)))
    return {units[row.order_line_id]: row.quantity_milli for row in rows}
