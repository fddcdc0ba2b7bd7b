"""What lies where, what has moved, and who is told when it runs low."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from services import announcements, goods_in, orders, stock, stock_levels
from services.actor import NotAllowed, Role
from services.announcements import Audience
from services.catalogue import ProductGone
from services.goods_in import Receipt
from services.shelf import Cause, Reason
from tests.builders import NOON, actor_of, later, make_draft, make_person, make_product, make_warehouse, receive
from tests.services.desk import Desk, make_claimed, make_desk, make_submitted, told


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def low(session: Session) -> list[list[str]]:
    """The products of each notice that they run low."""
    return [[one["product"] for one in facts["products"]] for name, _to, facts in told(session) if name == "stock_low"]


def submit(session: Session, desk: Desk, goods: dict[object, int]) -> object:
    announcements.take(session)
    order = make_draft(session, desk.rita, goods)  # type: ignore[arg-type]
    orders.submit(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)
    return order


def test_one_notice_lists_all_that_falls_below_its_limit_and_is_not_repeated(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10, low_stock_milli=5000)
    bread = make_product(session, "Bread", on_hand=10, low_stock_milli=5000)
    salt = make_product(session, "Salt", on_hand=10)

    submit(session, desk, {milk: 6, bread: 6, salt: 10})
    facts = next(said for said in told(session) if said[0] == "stock_low")
    assert facts[1] == Audience(role=Role.ADMIN)
    assert facts[2]["products"][0] == {
        "product_id": milk.id,
        "product": "Milk",
        "article": milk.article,
        "warehouse": "Main",
        "left": 4000,
        "limit": 5000,
        "unit": "pcs",
        "decimals": 0,
    }
    assert [one["product"] for one in facts[2]["products"]] == ["Milk", "Bread"]
    submit(session, desk, {milk: 1, bread: 1})
    assert low(session) == []


def test_what_has_recovered_is_told_again(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10, low_stock_milli=5000)
    submit(session, desk, {milk: 6})
    assert low(session) == [["Milk"]]
    goods_in.receive(session, desk.warehouse.id, [Receipt(milk.id, 10_000)], by=actor_of(desk.bob), now=NOON)
    assert not stock_levels.level(session, desk.warehouse.id, milk.id).is_low
    session.info.pop("recovered_stock")  # another transaction

    goods_in.change(
        session, desk.warehouse.id, milk.id, -10_000, reason=Reason(Cause.LOST), by=actor_of(desk.bob), now=NOON
    )

    assert low(session) == [["Milk"]]


def test_what_is_released_and_reserved_anew_has_not_recovered(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10, low_stock_milli=5000)
    order = make_submitted(session, desk, {milk: 6})

    stock.release(session, order)
    assert not stock_levels.level(session, desk.warehouse.id, milk.id).is_low
    stock.reserve(session, order, now=later(days=1))

    assert low(session) == []
    row = stock_levels.find(session, "", by=actor_of(desk.ann), low_only=True)
    assert [item.name for item in row.items] == ["Milk"]


def test_levels_are_those_of_the_readers_warehouses(session: Session, desk: Desk) -> None:
    north = make_warehouse(session, "North")
    milk = make_product(session, on_hand=10, warehouse=desk.warehouse)
    receive(session, milk, 4, warehouse=north)
    make_claimed(session, desk, {milk: 3})
    ann, bob = actor_of(desk.ann), actor_of(desk.bob)

    seen = stock_levels.levels(session, milk.id, by=ann).items
    assert [(one.warehouse, one.on_hand_milli, one.reserved_milli, one.available_milli) for one in seen] == [
        ("Main", 10_000, 3000, 7000),
        ("North", 4000, 0, 4000),
    ]
    assert [one.warehouse for one in stock_levels.levels(session, milk.id, by=bob).items] == ["Main"]
    assert [house.name for house in stock_levels.warehouses_of(session, by=bob)] == ["Main"]
    (item,) = stock_levels.find(session, "", by=bob).items
    assert (item.on_hand_milli, item.available_milli) == (10_000, 7000)
    (item,) = stock_levels.find(session, "", by=ann).items
    assert item.on_hand_milli == 14_000
    assert stock_levels.level(session, 999_999, milk.id).on_hand_milli == 0
    for read in (
        lambda: stock_levels.find(session, "", by=actor_of(desk.rita)),
        lambda: stock_levels.list_movements(session, milk.id, north.id, by=bob),
    ):
        with pytest.raises(NotAllowed):
            read()
    with pytest.raises(ProductGone):
        stock_levels.product(session, 999_999, by=bob)


def test_movements_carry_what_lay_there_after_them(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10)
    bob, place = actor_of(desk.bob), desk.warehouse.id
    goods_in.receive(session, place, [Receipt(milk.id, 5000)], paper="TTN 1", by=bob, now=later(hours=1))
    goods_in.count(session, place, milk.id, 12_000, by=bob, now=later(hours=2))

    first = stock_levels.list_movements(session, milk.id, place, by=bob, size=2)
    second = stock_levels.list_movements(session, milk.id, place, by=bob, page=1, size=2)

    assert [
        (one.delta_milli, one.balance_milli, one.reason, one.cause, one.note, one.person) for one in first.items
    ] == [
        (-3000, 12_000, "adjustment", "count", "", "Bob"),
        (5000, 15_000, "receipt", "", "TTN 1", "Bob"),
    ]
    assert [(one.delta_milli, one.balance_milli, one.person) for one in second.items] == [(10_000, 10_000, "")]
    somebody = make_person(session, "Kim", roles=[Role.STOREKEEPER], warehouse_ids=[make_warehouse(session).id])
    assert stock_levels.find(session, "", by=actor_of(somebody)).items == ()
