"""Line by line: what is marked stays, what is short is billed as loaded, the rest waits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.orders import Order
from db.models.people import Person
from db.models.stock import StockMovement
from db.session import Database
from services import announcements, goods_in, loading, orders, picking, shelf, stock, vehicles
from services.actor import NotAllowed, Role
from services.announcements import Audience
from services.cart import NotYours, TextTooLong
from services.claims import AlreadyLoaded
from services.errors import DomainError, Moved
from services.goods_in import Receipt
from services.picking import LinesUnmarked, MoreThanOrdered, NothingLoaded, ShortCause
from services.units import NotDivisible, QuantityUnfit
from tests.builders import NOON, actor_of, later, make_draft, make_person, make_product, unit_of
from tests.services.desk import Desk, balance, make_claimed, make_desk, make_submitted, race, told, traces


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def mark(
    session: Session, desk: Desk, order: Order, index: int, milli: int, *, cause: ShortCause = ShortCause.MISSING
) -> None:
    line = picking.goods_of(order)[index]
    picking.mark(session, order.id, line.id, milli, cause=cause, by=actor_of(desk.bob), now=NOON)


def confirm(session: Session, desk: Desk, order: Order) -> None:
    loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=later(hours=1))


def test_a_mark_sets_and_may_come_twice(session: Session, desk: Desk) -> None:
    order = make_claimed(session, desk, {make_product(session): 3})
    seen = order.version

    mark(session, desk, order, 0, 2000)
    once = order.version
    mark(session, desk, order, 0, 2000)

    line = picking.goods_of(order)[0]
    assert (line.loaded_milli, line.short_cause) == (2000, "missing")
    assert (once, order.version) == (seen + 1, seen + 1)
    mark(session, desk, order, 0, 3000)
    assert (line.loaded_milli, line.short_cause) == (3000, "")
    picking.unmark(session, order.id, line.id, by=actor_of(desk.bob), now=NOON)
    assert picking.count_marked(order) == 0


def test_what_cannot_be_marked_changes_nothing(session: Session, desk: Desk) -> None:
    milk = make_product(session, units=[("box", 12000, None)])
    order = make_claimed(session, desk, {unit_of(milk, "box"): 2})
    line = picking.goods_of(order)[0]
    joe = make_person(session, "Joe", roles=[Role.STOREKEEPER], warehouse_ids=[desk.warehouse.id])
    before = traces(session, order)

    def refused(why: type[DomainError], milli: int, line_id: int = line.id, who: object = desk.bob) -> None:
        with pytest.raises(why):
            picking.mark(session, order.id, line_id, milli, by=actor_of(who), now=NOON)  # type: ignore[arg-type]

    refused(MoreThanOrdered, 36_000)
    refused(NotDivisible, 18_000)
    refused(QuantityUnfit, 10**10)
    refused(NotAllowed, 12_000, 999_999)
    refused(NotYours, 12_000, line.id, joe)
    refused(NotAllowed, 12_000, line.id, desk.rita)
    assert line.loaded_milli is None
    assert traces(session, order) == before


def test_only_an_order_that_is_being_loaded_is_marked(session: Session, desk: Desk) -> None:
    order = make_submitted(session, desk, {make_product(session): 3})
    with pytest.raises(Moved):
        mark(session, desk, order, 0, 1000)
    loading.claim(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)
    confirm(session, desk, order)
    with pytest.raises(AlreadyLoaded):
        mark(session, desk, order, 0, 1000)


def test_what_is_put_back_is_unmarked_and_has_no_vehicle(session: Session, desk: Desk) -> None:
    order = make_claimed(session, desk, {make_product(session): 3})
    mark(session, desk, order, 0, 1000)
    vehicles.set_for(session, order.id, " a 1 ", "Ivan  P", by=actor_of(desk.bob), now=NOON)
    assert (order.vehicle, order.driver) == ("a 1", "Ivan P")

    loading.release(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)

    line = picking.goods_of(order)[0]
    assert (line.loaded_milli, line.short_cause, order.vehicle, order.driver) == (None, "", "", "")


def test_half_marked_or_empty_is_not_confirmed(session: Session, desk: Desk) -> None:
    order = make_claimed(session, desk, {make_product(session): 3, make_product(session, "Cheese"): 2})
    mark(session, desk, order, 0, 0)
    before = traces(session, order)

    with pytest.raises(LinesUnmarked) as refused:
        confirm(session, desk, order)
    assert refused.value.facts == {"order": order.id, "count": 1}
    assert traces(session, order) == before
    mark(session, desk, order, 1, 0)
    before = traces(session, order)
    with pytest.raises(NothingLoaded):
        confirm(session, desk, order)
    assert traces(session, order) == before


def test_short_lines_are_billed_as_loaded_at_the_prices_they_were_ordered_at(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=100, units=[("box", 12000, 100_000)], weight_g=1000)
    cheese = make_product(session, "Cheese", price_minor=50_000, vat_rate=Decimal("0.10"), base=("kg", 3))
    gone = make_product(session, "Bread", price_minor=7000, vat_rate=Decimal("0.05"))
    order = make_claimed(session, desk, {unit_of(milk, "box"): 5, cheese: 2, gone: 4})
    delivery = order.delivery_minor
    milk.units[1].price_minor, cheese.price_minor = 1, 1
    session.flush()
    for index, milli in ((0, 36_000), (1, 1500), (2, 0)):
        mark(session, desk, order, index, milli)

    confirm(session, desk, order)

    boxes, kilos, nothing = picking.goods_of(order)
    assert [(line.ordered_milli, line.quantity_milli, line.loaded_milli) for line in (boxes, kilos, nothing)] == [
        (60_000, 36_000, 36_000),
        (2000, 1500, 1500),
        (4000, 0, 0),
    ]
    assert (boxes.total_minor, kilos.total_minor, nothing.total_minor) == (300_000, 75_000, 0)
    assert (boxes.weight_g, order.weight_g) == (36_000, 36_000)
    assert (order.goods_minor, order.delivery_minor) == (375_000, delivery)
    assert order.total_minor == 375_000 + delivery
    assert [tax.vat_rate for tax in order.taxes] == [Decimal("0.1"), Decimal("0.2")]
    assert sum(tax.net_minor + tax.vat_minor for tax in order.taxes) == order.total_minor
    child = session.scalars(select(Order).where(Order.parent_id == order.id)).one()
    assert [(line.quantity_milli, line.total_minor) for line in picking.goods_of(child)] == [
        (24_000, 200_000),
        (500, 25_000),
        (4000, 28_000),
    ]
    assert (child.status, child.delivery_minor) == ("waiting", 0)
    assert stock.list_drift(session) == []
    short = next(facts for name, _to, facts in told(session) if name == "order_short")
    assert (short["child_id"], [line["loaded"] for line in short["lines"]]) == (child.id, [36_000, 1500, 0])


def test_a_shelf_that_has_less_is_corrected_and_what_stays_behind_is_not(session: Session, desk: Desk) -> None:
    milk, cheese = make_product(session, on_hand=10), make_product(session, "Cheese", on_hand=10)
    order = make_claimed(session, desk, {milk: 8, cheese: 8})
    mark(session, desk, order, 0, 5000)
    mark(session, desk, order, 1, 5000, cause=ShortCause.LEFT)

    confirm(session, desk, order)

    assert balance(session, milk, desk.warehouse) == (0, 0)
    assert balance(session, cheese, desk.warehouse) == (5000, 0)
    moved = session.execute(
        select(StockMovement.product_id, StockMovement.delta_milli, StockMovement.order_id).where(
            StockMovement.cause == "short_pick"
        )
    ).all()
    assert [tuple(row) for row in moved] == [(milk.id, -5000, order.id)]


def test_what_counted_on_an_empty_shelf_waits_and_what_it_held_beside_is_free(session: Session, desk: Desk) -> None:
    milk, cheese = make_product(session, on_hand=10), make_product(session, "Cheese", on_hand=4)
    order = make_claimed(session, desk, {milk: 4})
    relying = [make_submitted(session, desk, {milk: 3}), make_submitted(session, desk, {milk: 3, cheese: 3})]
    loaded_now = make_claimed(session, desk, {cheese: 1})
    waits = make_draft(session, desk.rita, {cheese: 2})
    orders.submit(session, waits.id, waits.version, by=actor_of(desk.rita), now=NOON, back_order=True)
    mark(session, desk, order, 0, 1000)
    assert shelf.count_relying(session, desk.warehouse.id, [milk.id]) == 2
    told(session)

    confirm(session, desk, order)

    assert [one.status for one in (*relying, loaded_now, waits)] == ["waiting", "waiting", "loading", "submitted"]
    assert balance(session, milk, desk.warehouse) == (0, 0)
    assert balance(session, cheese, desk.warehouse) == (4000, 3000)
    heard = [(name, facts["order_id"]) for name, _to, facts in told(session)]
    assert heard == [
        ("order_displaced", relying[1].id),
        ("order_displaced", relying[0].id),
        ("order_submitted", waits.id),
        ("back_order_ready", waits.id),
        ("order_short", order.id),
        ("order_loaded", order.id),
    ]
    assert stock.list_drift(session) == []


def test_an_order_of_which_nothing_is_there_waits_as_a_whole(session: Session, desk: Desk) -> None:
    milk, cheese = make_product(session, on_hand=5), make_product(session, "Cheese", on_hand=5)
    order = make_claimed(session, desk, {milk: 3, cheese: 2})
    vehicles.set_for(session, order.id, "A1", "Ivan", by=actor_of(desk.bob), now=NOON)
    older_rest = make_submitted(session, desk, {milk: 2})
    total = order.total_minor

    def refused(why: type[DomainError], who: Person = desk.bob, version: int | None = None) -> None:
        before = traces(session, order)
        with pytest.raises(why):
            loading.let_wait(session, order.id, version or order.version, by=actor_of(who), now=NOON)
        assert traces(session, order) == before

    refused(Moved)
    mark(session, desk, order, 0, 0)
    refused(Moved)
    mark(session, desk, order, 1, 0, cause=ShortCause.LEFT)
    refused(Moved, version=order.version - 1)
    refused(NotYours, make_person(session, "Joe", roles=[Role.STOREKEEPER], warehouse_ids=[desk.warehouse.id]))
    refused(NotAllowed, desk.rita)
    told(session)

    loading.let_wait(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)

    assert (order.status, order.claimed_by, order.vehicle, picking.count_marked(order)) == ("waiting", None, "", 0)
    assert (order.total_minor, older_rest.status) == (total, "waiting")
    assert [balance(session, one, desk.warehouse) for one in (milk, cheese)] == [(0, 0), (5000, 0)]
    rita = Audience(person_id=desk.rita.id)
    assert [(name, to, facts["order_id"], facts["product"]) for name, to, facts in told(session)] == [
        ("order_displaced", rita, order.id, "Milk"),
        ("order_displaced", rita, older_rest.id, "Milk"),
    ]
    goods_in.receive(session, desk.warehouse.id, [Receipt(milk.id, 3000)], by=actor_of(desk.bob), now=NOON)
    assert (order.status, older_rest.status) == ("submitted", "waiting")


def test_what_is_only_left_behind_is_put_back(session: Session, desk: Desk) -> None:
    order = make_claimed(session, desk, {make_product(session): 3})
    mark(session, desk, order, 0, 0, cause=ShortCause.LEFT)
    before = traces(session, order)

    with pytest.raises(Moved):
        loading.let_wait(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)
    assert traces(session, order) == before


def test_what_is_being_loaded_elsewhere_limits_the_correction(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10)
    order, other = make_claimed(session, desk, {milk: 4}), make_claimed(session, desk, {milk: 6})
    mark(session, desk, order, 0, 1000)

    confirm(session, desk, order)

    assert other.status == "loading"
    assert balance(session, milk, desk.warehouse) == (9000 - 3000, 6000)
    mark(session, desk, other, 0, 2000)
    confirm(session, desk, other)
    assert balance(session, milk, desk.warehouse) == (0, 0)
    assert stock.list_drift(session) == []


def test_vehicles_come_back_the_last_one_first_and_once(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=100)
    bob = actor_of(desk.bob)
    loaded = []
    for vehicle, driver in (("A1", "Ivan"), ("B2", ""), ("A1", "Ivan"), ("", "")):
        order = make_claimed(session, desk, {milk: 1})
        vehicles.set_for(session, order.id, vehicle, driver, by=bob, now=NOON)
        confirm(session, desk, order)
        loaded.append(order)

    found = vehicles.list_recent(session, desk.warehouse.id)

    assert [(trip.vehicle, trip.driver) for trip in found] == [("A1", "Ivan"), ("B2", "")]
    order = make_claimed(session, desk, {milk: 1})
    vehicles.set_like(session, order.id, loaded[0].id, by=bob, now=NOON)
    assert (order.vehicle, order.driver) == ("A1", "Ivan")
    for unfit in (order.id, 999_999):
        with pytest.raises(Moved):
            vehicles.set_like(session, order.id, unfit, by=bob, now=NOON)
    with pytest.raises(TextTooLong):
        vehicles.set_for(session, order.id, "A" * 33, "", by=bob, now=NOON)
    seen = order.version
    vehicles.set_for(session, order.id, "A1", "Ivan", by=bob, now=NOON)
    assert order.version == seen


def test_two_short_loadings_at_once_leave_true_books(database: Database) -> None:
    """Both find less than the books say, of the same two products in opposite order; all promises give way once."""
    with database.transaction() as session:
        desk = make_desk(session)
        goods = [make_product(session, name, on_hand=20) for name in ("Milk", "Cheese")]
        claimed = [make_claimed(session, desk, dict.fromkeys(pair, 5)) for pair in (goods, goods[::-1])]
        promised = [make_submitted(session, desk, dict.fromkeys(goods, 5)) for _ in range(2)]
        bob = actor_of(desk.bob)
        for order in claimed:
            for line in picking.goods_of(order):
                picking.mark(session, order.id, line.id, 1000, by=bob, now=NOON)
        asked = [(order.id, order.version) for order in claimed]
        waiting_ids = [order.id for order in promised]
        announcements.take(session)

    results = race(
        database,
        [lambda session, one=one: loading.confirm(session, *one, by=bob, now=NOON).number for one in asked]
        + [lambda session, one=one: loading.confirm(session, *one, by=bob, now=NOON).number for one in asked],
    )

    assert sorted(result for result in results if isinstance(result, int)) == [1, 2]
    assert sum(isinstance(result, AlreadyLoaded) for result in results) == 2
    with database.reading() as session:
        assert stock.list_drift(session) == []
        assert [balance(session, product, desk.warehouse) for product in goods] == [(0, 0)] * 2
        assert [session.get_one(Order, one).status for one in waiting_ids] == ["waiting"] * 2
        assert len(orders.history(session, asked[0][0])) == 3


def test_an_order_that_is_claimed_while_its_shelf_turns_out_empty_keeps_its_goods_or_waits(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        milk = make_product(session, on_hand=10)
        short, other = make_claimed(session, desk, {milk: 4}), make_submitted(session, desk, {milk: 3})
        bob = actor_of(desk.bob)
        picking.mark(session, short.id, picking.goods_of(short)[0].id, 1000, by=bob, now=NOON)
        (short_id, short_version), (other_id, other_version) = ((one.id, one.version) for one in (short, other))
        announcements.take(session)

    confirmed, claimed = race(
        database,
        [
            lambda session: loading.confirm(session, short_id, short_version, by=bob, now=NOON).number,
            lambda session: loading.claim(session, other_id, other_version, by=bob, now=NOON).id,
        ],
    )

    assert confirmed == 1
    with database.reading() as session:
        waits = isinstance(claimed, Moved)
        assert session.get_one(Order, other_id).status == ("waiting" if waits else "loading")
        assert balance(session, milk, desk.warehouse) == ((0, 0) if waits else (3000, 3000))
        assert stock.list_drift(session) == []


def test_everybody_is_told_once(session: Session, desk: Desk) -> None:
    order = make_claimed(session, desk, {make_product(session, on_hand=3): 3})
    mark(session, desk, order, 0, 1000)

    confirm(session, desk, order)

    names = [(name, to) for name, to, _facts in told(session)]
    rita = Audience(person_id=desk.rita.id)
    assert names == [("order_short", rita), ("order_loaded", rita)]
