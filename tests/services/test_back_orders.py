"""What was short waits for stock: the oldest is served first, and nobody gets what an older one is short of."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.orders import Order, OrderEvent, OrderRevision
from db.models.people import Person
from services import back_orders, goods_in, loading, orders, stock
from services.actor import Role
from services.announcements import Audience
from services.errors import Moved
from services.goods_in import Receipt
from services.orders import MoveRefused, Submitted
from tests.builders import NOON, actor_of, later, make_draft, make_person, make_product, make_warehouse, receive
from tests.services.desk import Desk, balance, make_desk, make_submitted, told


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def submit_short(session: Session, rep: Person, goods: dict[Product | Unit, int], *, minutes: int = 0) -> Submitted:
    """Submit more than there is, and let the rest wait."""
    order = make_draft(session, rep, goods, now=later(minutes=minutes))
    result = orders.submit(
        session, order.id, order.version, by=actor_of(rep), now=later(minutes=minutes), back_order=True
    )
    assert isinstance(result, Submitted)
    return result


def quantities(order: Order) -> list[tuple[str, int]]:
    return [(line.name, line.quantity_milli) for line in order.lines if line.kind == "goods"]


def test_the_rest_of_a_short_order_waits_with_the_prices_of_its_parent(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=4, price_minor=10000, weight_g=1000)
    cheese = make_product(session, "Cheese", on_hand=10, price_minor=50000)

    result = submit_short(session, desk.rita, {milk: 10, cheese: 2})

    child = result.child
    assert child is not None
    assert (result.order.status, child.status, child.parent_id) == ("submitted", "waiting", result.order.id)
    assert quantities(result.order) == [("Milk", 4000), ("Cheese", 2000)]
    assert quantities(child) == [("Milk", 6000)]
    assert (result.order.goods_minor, child.goods_minor) == (140_000, 60_000)
    assert result.order.delivery_minor > 0
    assert (child.delivery_minor, child.total_minor) == (0, 60_000)
    assert (result.order.weight_g, child.weight_g) == (4000, 6000)
    assert sum(tax.net_minor + tax.vat_minor for tax in child.taxes) == 60_000
    same = ("rep_id", "client_id", "warehouse_id", "address", "delivery_date", "delivery_window", "note", "currency")
    assert [getattr(child, name) for name in same] == [getattr(result.order, name) for name in same]
    assert balance(session, milk, desk.warehouse) == (4000, 4000)
    assert [name for name, _, _ in told(session)] == ["order_submitted"]
    event = session.scalars(select(OrderEvent).where(OrderEvent.order_id == child.id)).one()
    assert (event.from_status, event.to_status, event.facts) == ("", "waiting", {"parent": result.order.id})
    revision = session.scalars(select(OrderRevision).where(OrderRevision.order_id == child.id)).one()
    assert (revision.revision, revision.difference) == (1, {})


def test_where_nothing_is_there_the_whole_order_waits_and_the_warehouse_hears_nothing(
    session: Session, desk: Desk
) -> None:
    milk = make_product(session, on_hand=0)
    result = submit_short(session, desk.rita, {milk: 10})

    assert result.child is None
    assert (result.order.status, result.order.revision) == ("waiting", 1)
    assert result.order.delivery_minor > 0
    assert told(session) == []


def test_a_back_order_needs_goods(session: Session, desk: Desk) -> None:
    order = make_submitted(session, desk, {make_product(session): 1})

    with pytest.raises(ValueError, match="needs goods"):
        back_orders.open_child(session, order, {}, by=actor_of(desk.rita), now=NOON)


def test_a_receipt_serves_who_waits_and_tells_rep_and_warehouse(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=0)
    waiting = submit_short(session, desk.rita, {milk: 10}).order
    receive(session, milk, 12)

    served = back_orders.serve(session, desk.warehouse.id, [milk.id], by=actor_of(desk.bob), now=later(minutes=5))

    assert served == [waiting]
    assert (waiting.status, waiting.has_all_goods) == ("submitted", True)
    assert balance(session, milk, desk.warehouse) == (12_000, 10_000)
    warehouse = Audience(role=Role.STOREKEEPER, warehouse_id=desk.warehouse.id)
    said = [(name, to) for name, to, _ in told(session)]
    assert said == [("order_submitted", warehouse), ("back_order_ready", Audience(person_id=desk.rita.id))]
    assert back_orders.serve(session, desk.warehouse.id, [milk.id], by=actor_of(desk.bob), now=NOON) == []


def test_the_oldest_goes_first_and_keeps_what_it_is_short_of_from_younger_ones(session: Session, desk: Desk) -> None:
    milk, cheese = make_product(session, on_hand=0), make_product(session, "Cheese", on_hand=0)
    big = submit_short(session, desk.rita, {milk: 10, cheese: 2}).order
    small = submit_short(session, desk.rita, {milk: 3}, minutes=1).order
    other = submit_short(session, desk.rita, {cheese: 1}, minutes=2).order
    by = actor_of(desk.bob)
    receive(session, milk, 5)
    receive(session, cheese, 5)

    served = back_orders.serve(session, desk.warehouse.id, [milk.id, cheese.id], by=by, now=later(hours=1))

    assert served == [other]
    assert (big.status, small.status) == ("waiting", "waiting")
    receive(session, milk, 8)
    assert back_orders.serve(session, desk.warehouse.id, [milk.id], by=by, now=later(hours=2)) == [big, small]
    assert balance(session, milk, desk.warehouse) == (13_000, 13_000)


def test_an_older_one_that_waits_for_another_product_blocks_only_that_product(session: Session, desk: Desk) -> None:
    milk, cheese = make_product(session, on_hand=0), make_product(session, "Cheese", on_hand=0)
    older = submit_short(session, desk.rita, {cheese: 9}).order
    younger = submit_short(session, desk.rita, {milk: 1, cheese: 1}, minutes=1).order
    receive(session, milk, 5)
    receive(session, cheese, 1)

    served = back_orders.serve(session, desk.warehouse.id, [milk.id], by=actor_of(desk.bob), now=later(hours=1))

    assert (served, older.status, younger.status) == ([], "waiting", "waiting")


def test_stock_of_another_warehouse_serves_nobody(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=0)
    submit_short(session, desk.rita, {milk: 10})
    far = make_warehouse(session, "Far", latitude=43.1, longitude=131.9)
    receive(session, milk, 50, warehouse=far)

    assert back_orders.serve(session, far.id, [milk.id], by=actor_of(desk.bob), now=NOON) == []


def test_a_day_that_passed_while_it_waited_becomes_the_next_one(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=0)
    waiting = submit_short(session, desk.rita, {milk: 1}).order
    waiting.delivery_window = "03:00-04:00"
    receive(session, milk, 1)

    back_orders.serve(session, desk.warehouse.id, [milk.id], by=actor_of(desk.bob), now=later(days=3))

    assert (waiting.delivery_date, waiting.delivery_window) == (date(2026, 3, 6), "")


def test_what_is_cancelled_goes_to_who_waits(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=5)
    first = make_submitted(session, desk, {milk: 5})
    waiting = submit_short(session, desk.rita, {milk: 4}).order
    told(session)

    orders.cancel(session, first.id, first.version, by=actor_of(desk.rita), now=later(hours=1), reason=" Closed ")

    assert (first.status, waiting.status) == ("cancelled", "submitted")
    assert balance(session, milk, desk.warehouse) == (5000, 4000)
    said = told(session)
    assert [name for name, _, _ in said] == ["order_cancelled", "order_submitted", "back_order_ready"]
    assert said[0][2]["reason"] == "Closed"
    assert orders.history(session, first.id)[-1].facts == {"reason": "Closed"}
    assert stock.list_drift(session) == []


def test_a_waiting_order_is_cancelled_by_its_rep_without_noise(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=4)
    result = submit_short(session, desk.rita, {milk: 10})
    child = result.child
    assert child is not None
    told(session)

    orders.cancel(session, child.id, child.version, by=actor_of(desk.rita), now=NOON)

    assert (child.status, told(session)) == ("cancelled", [])
    assert balance(session, milk, desk.warehouse) == (4000, 4000)


def test_who_was_kept_waiting_by_an_older_order_goes_when_that_is_cancelled(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=0)
    big = submit_short(session, desk.rita, {milk: 10}).order
    small = submit_short(session, desk.rita, {milk: 3}, minutes=1).order
    receive(session, milk, 5)
    by = actor_of(desk.bob)
    assert back_orders.serve(session, desk.warehouse.id, [milk.id], by=by, now=later(minutes=2)) == []
    told(session)

    orders.cancel(session, big.id, big.version, by=actor_of(desk.rita), now=later(minutes=3))

    assert (big.status, small.status) == ("cancelled", "submitted")
    assert balance(session, milk, desk.warehouse) == (5000, 3000)
    assert [name for name, _, _ in told(session)] == ["order_submitted", "back_order_ready"]


def test_the_rest_of_an_order_keeps_the_turn_of_its_parent(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=4)
    parent = make_submitted(session, desk, {milk: 4})
    younger = submit_short(session, desk.rita, {milk: 2}, minutes=5).order
    goods = {line.id: 2000 for line in parent.lines if line.kind == "goods"}
    rest = back_orders.open_child(session, parent, goods, by=actor_of(desk.bob), now=later(hours=1))
    receive(session, milk, 3)

    served = back_orders.serve(session, desk.warehouse.id, [milk.id], by=actor_of(desk.bob), now=later(hours=2))

    assert rest.submitted_at == parent.submitted_at
    assert (served, younger.status) == ([rest], "waiting")


def test_the_delivery_of_a_cancelled_parent_is_charged_with_its_rest(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=4, price_minor=10000)
    result = submit_short(session, desk.rita, {milk: 10})
    parent, child = result.order, result.child
    assert child is not None
    delivery = parent.delivery_minor

    orders.cancel(session, parent.id, parent.version, by=actor_of(desk.ann), now=NOON)

    assert delivery > 0
    # what the parent had reserved was not enough for the rest
    assert (child.status, child.delivery_minor, child.total_minor) == ("waiting", delivery, 60_000 + delivery)
    orders.cancel(session, child.id, child.version, by=actor_of(desk.ann), now=NOON)
    assert child.status == "cancelled"


def test_the_delivery_is_charged_with_a_rest_that_is_just_being_loaded(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=4, price_minor=10000)
    bob = actor_of(desk.bob)
    result = submit_short(session, desk.rita, {milk: 10})
    parent, child, delivery = result.order, result.child, result.order.delivery_minor
    assert child is not None
    goods_in.receive(session, desk.warehouse.id, [Receipt(milk.id, 6000)], by=bob, now=NOON)
    shown = loading.claim(session, child.id, child.version, by=bob, now=NOON).version

    orders.cancel(session, parent.id, parent.version, by=actor_of(desk.rita), now=NOON)

    assert delivery > 0
    assert (child.status, child.delivery_minor, child.total_minor) == ("loading", delivery, 60_000 + delivery)
    with pytest.raises(Moved):
        loading.confirm(session, child.id, shown, by=bob, now=NOON)
    assert loading.confirm(session, child.id, child.version, by=bob, now=NOON).total_minor == 60_000 + delivery


def test_a_waiting_order_cannot_be_loaded_or_sent_by_hand(session: Session, desk: Desk) -> None:
    waiting = submit_short(session, desk.rita, {make_product(session, on_hand=0): 1}).order

    with pytest.raises(MoveRefused):
        orders.move(session, waiting, orders.Status.LOADING, by=actor_of(desk.bob), now=NOON)
    assert orders.may_see(waiting, actor_of(desk.bob))
    assert not orders.may_see(waiting, actor_of(make_person(session, "Olga")))


def test_children_are_found_from_their_parent(session: Session, desk: Desk) -> None:
    result = submit_short(session, desk.rita, {make_product(session, on_hand=1): 3})

    assert back_orders.children_of(session, result.order.id) == [result.child]
