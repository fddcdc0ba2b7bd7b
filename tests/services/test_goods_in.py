"""Receipts, counts and corrections: booked once, by whom they concern, and promises that no longer fit give way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.orders import Order
from db.models.stock import Reservation, StockMovement
from services import announcements, goods_in, loading, shelf, stock, stock_levels
from services.actor import NotAllowed, Role
from services.announcements import Audience
from services.cart import TextTooLong
from services.catalogue import ProductGone
from services.errors import DomainError, Moved
from services.goods_in import NothingToBook, Receipt, TooMuchToBook
from services.quick_order import ListLine, Reading, Wanted
from services.shelf import BeingLoaded, Cause, NotSoMuch, Reason
from tests.builders import NOON, actor_of, later, make_person, make_product, make_warehouse, unit_of
from tests.services.desk import Desk, balance, make_claimed, make_desk, make_submitted, told, traces


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def test_several_receipts_are_booked_with_their_paper(session: Session, desk: Desk) -> None:
    milk, cheese = make_product(session, on_hand=1), make_product(session, "Cheese", on_hand=0)
    stamp = stock_levels.stamp(session, desk.warehouse.id, [milk.id, cheese.id])
    receipts = [Receipt(cheese.id, 2500), Receipt(milk.id, 12_000)]
    bob = actor_of(desk.bob)

    goods_in.receive(session, desk.warehouse.id, receipts, paper=" TTN  7 ", stamp=stamp, by=bob, now=later(hours=1))

    assert balance(session, milk, desk.warehouse) == (13_000, 0)
    assert balance(session, cheese, desk.warehouse) == (2500, 0)
    notes = session.scalars(select(StockMovement.note).where(StockMovement.at == later(hours=1))).all()
    assert notes == ["TTN 7", "TTN 7"]
    with pytest.raises(Moved):
        goods_in.receive(session, desk.warehouse.id, receipts, stamp=stamp, by=bob, now=NOON)
    assert stock.list_drift(session) == []


def test_what_cannot_be_received_changes_nothing(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    elsewhere = make_person(session, "Sam", roles=[Role.STOREKEEPER], warehouse_ids=[make_warehouse(session).id])
    place, one = desk.warehouse.id, [Receipt(milk.id, 1000)]
    before = traces(session)

    def refused(why: type[DomainError], receipts: list[Receipt], who: object = desk.bob, **other: str) -> None:
        with pytest.raises(why):
            goods_in.receive(session, place, receipts, by=actor_of(who), now=NOON, **other)  # type: ignore[arg-type]

    refused(NotAllowed, one, desk.rita)
    refused(NotAllowed, one, elsewhere)
    refused(NothingToBook, [])
    refused(NothingToBook, [Receipt(milk.id, 0)])
    refused(TooMuchToBook, [Receipt(milk.id, goods_in.LARGEST_MILLI)])
    refused(ProductGone, [Receipt(999_999, 1000)])
    refused(TextTooLong, one, paper="x" * 501)
    with pytest.raises(Moved):
        goods_in.receive(session, 999_999, one, by=actor_of(desk.ann), now=NOON)
    assert traces(session) == before


def test_only_much_more_than_lies_there_is_unusual(session: Session, desk: Desk) -> None:
    milk, cheese = make_product(session, on_hand=2), make_product(session, "Cheese", on_hand=0)

    def unusual(product_id: int, milli: int) -> bool:
        return goods_in.is_unusual(session, desk.warehouse.id, product_id, milli)

    assert [unusual(milk.id, 20_000), unusual(milk.id, 20_001), unusual(cheese.id, 10**9)] == [False, True, False]


def test_a_count_writes_the_difference_and_agreeing_writes_no_movement(session: Session, desk: Desk) -> None:
    milk, bread = make_product(session, on_hand=10), make_product(session, "Bread", on_hand=0)
    bob, place = actor_of(desk.bob), desk.warehouse.id

    assert goods_in.count(session, place, milk.id, 7500, note="by hand", by=bob, now=later(hours=1)) == -2500
    assert goods_in.count(session, place, milk.id, 7500, by=bob, now=later(hours=1)) == 0
    assert goods_in.count(session, place, bread.id, 3000, by=bob, now=later(hours=1)) == 3000

    moved = session.execute(
        select(StockMovement.product_id, StockMovement.delta_milli, StockMovement.cause, StockMovement.note)
        .where(StockMovement.at == later(hours=1))
        .order_by(StockMovement.id)
    ).all()
    assert [tuple(row) for row in moved] == [(milk.id, -2500, "count", "by hand"), (bread.id, 3000, "count", "")]
    assert stock.list_drift(session) == []
    with pytest.raises(TooMuchToBook):
        goods_in.count(session, place, milk.id, goods_in.LARGEST_MILLI + 1, by=bob, now=NOON)


def test_what_was_found_or_spoilt(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10)
    bob, place = actor_of(desk.bob), desk.warehouse.id
    goods_in.change(session, place, milk.id, 2000, reason=Reason(Cause.FOUND), by=bob, now=NOON)
    goods_in.change(session, place, milk.id, -12_000, reason=Reason(Cause.LOST), by=bob, now=NOON)
    assert balance(session, milk, desk.warehouse) == (0, 0)

    with pytest.raises(NotSoMuch) as refused:
        goods_in.change(session, place, milk.id, -1000, reason=Reason(Cause.DAMAGED), by=bob, now=NOON)
    assert refused.value.facts == {"product": "Milk", "left": 0, "unit": "pcs", "decimals": 0}
    with pytest.raises(NothingToBook):
        goods_in.change(session, place, milk.id, 0, reason=Reason(Cause.FOUND), by=bob, now=NOON)
    with pytest.raises(NotAllowed):
        goods_in.change(session, place, milk.id, 1000, reason=Reason(Cause.FOUND), by=actor_of(desk.rita), now=NOON)


def test_the_newest_promises_give_way_whole_and_the_oldest_keep_theirs(session: Session, desk: Desk) -> None:
    milk, bread = make_product(session, on_hand=9), make_product(session, "Bread", on_hand=2)
    oldest = make_submitted(session, desk, {milk: 3})
    middle = make_submitted(session, desk, {milk: 3})
    newest = make_submitted(session, desk, {milk: 3, bread: 2})

    goods_in.count(session, desk.warehouse.id, milk.id, 8000, by=actor_of(desk.bob), now=NOON)

    assert [order.status for order in (oldest, middle, newest)] == ["submitted", "submitted", "waiting"]
    assert balance(session, milk, desk.warehouse) == (8000, 6000)
    assert balance(session, bread, desk.warehouse) == (2000, 0)
    told_to = [(name, to, facts["product"]) for name, to, facts in told(session) if name == "order_displaced"]
    assert told_to == [("order_displaced", Audience(person_id=desk.rita.id), "Milk")]
    assert stock.list_drift(session) == []
    goods_in.count(session, desk.warehouse.id, milk.id, 2000, by=actor_of(desk.bob), now=NOON)
    assert [order.status for order in (oldest, middle, newest)] == ["waiting"] * 3
    assert session.scalars(select(Reservation)).all() == []


def test_what_comes_in_goes_to_whoever_waited(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=3)
    order = make_submitted(session, desk, {milk: 3})
    goods_in.count(session, desk.warehouse.id, milk.id, 0, by=actor_of(desk.bob), now=NOON)
    assert order.status == "waiting"
    announcements.take(session)

    goods_in.receive(session, desk.warehouse.id, [Receipt(milk.id, 3000)], by=actor_of(desk.bob), now=NOON)

    assert session.get_one(Order, order.id).status == "submitted"
    assert balance(session, milk, desk.warehouse) == (3000, 3000)
    assert "back_order_ready" in [name for name, _to, _facts in told(session)]


def test_what_is_being_loaded_is_not_written_off(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=5)
    order = make_claimed(session, desk, {milk: 4})
    before = traces(session, order)

    with pytest.raises(BeingLoaded) as refused, session.begin_nested():
        goods_in.count(session, desk.warehouse.id, milk.id, 3000, by=actor_of(desk.bob), now=NOON)

    assert refused.value.facts == {"product": "Milk", "held": 4000, "unit": "pcs", "decimals": 0}
    assert traces(session, order) == before
    loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)
    assert balance(session, milk, desk.warehouse) == (1000, 0)


def test_an_order_that_holds_what_was_not_locked_does_not_give_way(session: Session, desk: Desk) -> None:
    """It was promised more between the reading and the locking: the next newest gives way instead."""
    milk, bread = make_product(session, on_hand=6), make_product(session, "Bread", on_hand=2)
    older, newest = make_submitted(session, desk, {milk: 3}), make_submitted(session, desk, {milk: 3, bread: 2})
    locked = shelf.lock(session, desk.warehouse.id, [milk.id])
    del locked.rows[bread.id]

    shelf.correct(session, locked, milk.id, -1000, reason=Reason(Cause.DAMAGED), by=actor_of(desk.bob), now=NOON)

    assert (older.status, newest.status) == ("waiting", "submitted")


def test_a_typed_list_becomes_receipts(session: Session) -> None:
    make_warehouse(session)
    milk = make_product(session, units=[("box", 12000, None)])
    unit_of(milk, "box")

    def line(text: str, amount: str | None, word: str = "", codes: frozenset[str] = frozenset()) -> Wanted:
        reading = Reading("A", Decimal(amount) if amount else None, word, codes)
        return Wanted(text, reading, milk)

    lines = [
        line("a", "2", "кор", frozenset({"box"})),
        line("b", "3"),
        line("c", None),
        line("d", "1", "pallet", frozenset({"pallet"})),
        line("e", "1.5"),
        Wanted("g", Reading("NONE", Decimal(1), "", frozenset())),
        Wanted(ListLine("f", ()).text),
    ]

    found = goods_in.read_list(lines)

    assert found.receipts == (Receipt(milk.id, 27_000),)
    assert [(one.text, one.reason) for one in found.unread] == [
        ("c", "no_quantity"),
        ("d", "unit_not_sold"),
        ("e", "not_divisible"),
        ("g", "unknown_article"),
        ("f", "unclear"),
    ]
    assert found.unread[1].facts == {"asked": "pallet", "units": ["pcs", "box"]}
