"""What a warehouse lacks of an order, in whole packs and allowed steps; and cutting the order to what is there."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from services import orders, shortages
from services.cart import NotYours
from services.errors import Moved
from services.shortages import NothingThere
from tests.builders import NOON, actor_of, make_draft, make_person, make_product, make_warehouse, receive, unit_of
from tests.services.desk import Desk, make_desk, traces
from tests.services.test_back_orders import quantities


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


@pytest.mark.parametrize(
    ("amounts", "rules"),
    [
        ((30, 36, 24), (0, 0)),
        ((11, 12, 0), (0, 0)),
        ((47, 60, 24), (0, 24_000)),
        ((24, 60, 0), (36_000, 0)),
        ((36, 60, 36), (36_000, 0)),
        ((0, 12, 0), (0, 0)),
    ],
)
def test_what_is_left_is_a_quantity_that_may_be_ordered(
    session: Session, desk: Desk, amounts: tuple[int, int, int], rules: tuple[int, int]
) -> None:
    """In boxes of 12: what is there, is asked for and is left; the rules are minimum and multiple."""
    there, asked, left = amounts
    milk = make_product(session, on_hand=there, units=[("box", 12000, None)])
    box = unit_of(milk, "box")
    order = make_draft(session, desk.rita, {box: asked // 12})
    box.minimum_milli, box.multiple_milli = rules
    session.flush()

    short = shortages.find(session, order)

    assert short is not None
    assert [(line.asked_milli, line.left_milli) for line in short.lines] == [(asked * 1000, left * 1000)]
    assert short.is_total is (left == 0)


def test_two_units_of_one_product_share_what_is_there(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=20, units=[("box", 12000, None)])
    order = make_draft(session, desk.rita, {unit_of(milk, "box"): 1, milk: 10})

    short = shortages.find(session, order)

    assert short is not None
    assert [(line.unit, line.left_milli) for line in short.lines] == [("pcs", 8000)]


def test_sums_of_what_is_there_and_of_the_rest_add_up_to_the_order(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=4, price_minor=10000)
    order = make_draft(session, desk.rita, {milk: 10})

    short = shortages.find(session, order)

    assert short is not None
    assert (short.now_minor, short.later_minor) == (40_000 + order.delivery_minor, 60_000)
    assert short.now_minor + short.later_minor == order.total_minor


def test_another_open_warehouse_that_has_all_of_it_is_named(session: Session, desk: Desk) -> None:
    desk.rita.warehouse_ids = [desk.warehouse.id]
    milk = make_product(session, on_hand=4)
    far, closed = make_warehouse(session, "Far"), make_warehouse(session, "Closed")
    for place in (far, closed):
        receive(session, milk, 10, warehouse=place)
    closed.closed = True
    session.flush()
    order = make_draft(session, desk.rita, {milk: 10})

    short = shortages.find(session, order)

    assert short is not None
    assert short.elsewhere == ("Far",)


def test_an_order_that_is_all_there_is_not_short(session: Session, desk: Desk) -> None:
    order = make_draft(session, desk.rita, {make_product(session, on_hand=4): 4})

    assert shortages.find(session, order) is None
    cut = shortages.cut(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)
    assert quantities(cut) == [("Milk", 4000)]


def test_cutting_takes_out_what_is_not_there_and_submits_nothing(session: Session, desk: Desk) -> None:
    milk, cheese = make_product(session, on_hand=4), make_product(session, "Cheese", on_hand=0)
    order = make_draft(session, desk.rita, {milk: 10, cheese: 2})
    by = actor_of(desk.rita)
    before = traces(session)

    shortages.cut(session, order.id, order.version, by=by, now=NOON)

    assert (order.status, order.shortage, quantities(order)) == ("draft", "cut", [("Milk", 4000)])
    assert traces(session) == before
    assert isinstance(orders.submit(session, order.id, order.version, by=by, now=NOON), orders.Submitted)


def test_a_cut_that_is_stale_foreign_or_leaves_nothing_is_refused(session: Session, desk: Desk) -> None:
    order = make_draft(session, desk.rita, {make_product(session, on_hand=0): 10})
    before = traces(session, order)

    with pytest.raises(Moved):
        shortages.cut(session, order.id, order.version - 1, by=actor_of(desk.rita), now=NOON)
    with pytest.raises(NotYours):
        shortages.cut(session, order.id, order.version, by=actor_of(make_person(session, "Olga")), now=NOON)
    with pytest.raises(NothingThere):
        shortages.cut(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)

    assert traces(session, order) == before
