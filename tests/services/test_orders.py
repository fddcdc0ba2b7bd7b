"""Orders: submitted once, at the prices that the rep saw, and cancelled only before the loading."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.orders import Order
from db.models.people import Person
from db.models.record import AuditEntry
from db.session import Database
from services import announcements, cart, orders, stock
from services.actor import NotAllowed, Role
from services.announcements import Audience
from services.cart import NotYours
from services.catalogue import ProductGone
from services.delivery_days import DeliveryDayUnfit
from services.errors import DomainError, Moved
from services.orders import MOVES, AlreadySubmitted, MoveRefused, OrderIncomplete, Repriced, Short, Status, Submitted
from services.units import NotDivisible
from tests.builders import (
    NOON,
    TOMORROW,
    actor_of,
    later,
    make_client,
    make_draft,
    make_person,
    make_product,
    make_warehouse,
    unit_of,
)
from tests.services.desk import Desk, balance, make_claimed, make_desk, make_submitted, race, told, traces

NOWHERE = 999_999


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def test_a_submitted_order_is_reserved_recorded_and_told_to_its_warehouse(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10, weight_g=1030)
    order = make_draft(session, desk.rita, {milk: 3})
    seen = order.version

    result = orders.submit(session, order.id, seen, by=actor_of(desk.rita), now=later(minutes=5))

    assert result == Submitted(order)
    assert (order.status, order.submitted_at, order.warehouse_id) == ("submitted", later(minutes=5), desk.warehouse.id)
    assert order.version > seen
    assert balance(session, milk, desk.warehouse) == (10_000, 3000)
    assert told(session) == [
        (
            "order_submitted",
            Audience(role=Role.STOREKEEPER, warehouse_id=desk.warehouse.id),
            {
                "order_id": order.id,
                "version": order.version,
                "client": "Corner Shop",
                "address": "Pokrovka 1",
                "warehouse": "Main",
                "delivery_date": "2026-03-03",
                "delivery_window": "",
                "lines": 1,
                "weight_g": 3090,
                "total_minor": 28_390,
                "currency": "RUB",
                "rep": "Rita",
            },
        )
    ]
    (event,) = orders.history(session, order.id)
    assert (event.from_status, event.to_status, event.person_id, event.at) == (
        "draft",
        "submitted",
        desk.rita.id,
        later(minutes=5),
    )
    assert (event.version, event.facts) == (order.version, {"total_minor": 28_390})
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "order.submitted")).one()
    assert (entry.subject, entry.before, entry.after) == (
        f"order:{order.id}",
        {"status": "draft"},
        {"status": "submitted", "total_minor": 28_390},
    )


def test_a_second_tap_submits_nothing(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10)
    order = make_draft(session, desk.rita, {milk: 3})
    seen = order.version
    orders.submit(session, order.id, seen, by=actor_of(desk.rita), now=NOON)
    before = traces(session, order)

    with pytest.raises(AlreadySubmitted) as refused:
        orders.submit(session, order.id, seen, by=actor_of(desk.rita), now=NOON)

    assert refused.value.facts == {"order": order.id}
    assert traces(session, order) == before


def test_a_button_of_an_older_draft_submits_nothing(session: Session, desk: Desk) -> None:
    order = make_draft(session, desk.rita, {make_product(session): 3})
    before = traces(session, order)

    with pytest.raises(Moved):
        orders.submit(session, order.id, order.version - 1, by=actor_of(desk.rita), now=NOON)

    assert traces(session, order) == before


def test_nobody_submits_the_draft_of_another_and_a_guessed_id_looks_the_same(session: Session, desk: Desk) -> None:
    order = make_draft(session, desk.rita, {make_product(session): 3})
    thief = make_person(session, "Tom")
    before = traces(session, order)

    for order_id in (order.id, NOWHERE):
        with pytest.raises(NotYours) as refused:
            orders.submit(session, order_id, order.version, by=actor_of(thief), now=NOON)
        assert refused.value.facts == {}

    assert traces(session, order) == before
    refused.value.record(session, now=NOON)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "refused.order.submit")).one()
    assert (entry.person_id, entry.subject) == (thief.id, f"order:{NOWHERE}")


def test_who_is_no_rep_any_more_submits_nothing(session: Session, desk: Desk) -> None:
    order = make_draft(session, desk.rita, {make_product(session): 3})
    desk.rita.roles = ["storekeeper"]
    before = traces(session, order)

    with pytest.raises(NotAllowed):
        orders.submit(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)

    assert traces(session, order) == before


def test_a_draft_that_lacks_something_says_what(session: Session, desk: Desk) -> None:
    nowhere = make_client(session, "No Place", place=None)
    order = make_draft(session, desk.rita, {}, client=nowhere, place=None, delivery_date=None)
    before = traces(session, order)

    with pytest.raises(OrderIncomplete) as refused:
        orders.submit(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)

    assert refused.value.facts == {"missing": ["goods", "place", "day"]}
    assert traces(session, order) == before


def test_a_delivery_day_that_has_come_is_refused(session: Session, desk: Desk) -> None:
    order = make_draft(session, desk.rita, {make_product(session): 3}, delivery_date=TOMORROW)
    before = traces(session, order)

    with pytest.raises(DeliveryDayUnfit):
        orders.submit(session, order.id, order.version, by=actor_of(desk.rita), now=later(days=1))

    assert traces(session, order) == before


def test_a_product_that_is_not_sold_any_more_is_refused(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    order = make_draft(session, desk.rita, {milk: 3})
    milk.hidden = True
    before = traces(session, order)

    with pytest.raises(ProductGone) as refused, session.begin_nested():
        orders.submit(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)

    assert refused.value.facts == {"product": "Milk"}
    assert traces(session, order) == before


def test_a_unit_that_is_not_sold_in_parts_any_more_is_refused(session: Session, desk: Desk) -> None:
    cheese = make_product(session, "Cheese", on_hand=10, base=("kg", 3))
    order = make_draft(session, desk.rita, {})
    cart.set_quantity(session, order.id, unit_of(cheese).id, 1500, by=actor_of(desk.rita), now=NOON)
    unit_of(cheese).decimals = 0
    before = traces(session, order)

    with pytest.raises(NotDivisible) as refused, session.begin_nested():
        orders.submit(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)

    assert refused.value.facts == {"unit": "kg", "decimals": 0}
    assert traces(session, order) == before


def test_a_changed_price_is_shown_before_anything_is_submitted(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10, price_minor=8900)
    order = make_draft(session, desk.rita, {milk: 3})
    seen = order.version
    milk.price_minor = 9900

    first = orders.submit(session, order.id, seen, by=actor_of(desk.rita), now=NOON)

    assert first == Repriced(order, 28_390, 31_390)
    assert (order.status, order.total_minor) == ("draft", 31_390)
    assert balance(session, milk, desk.warehouse) == (10_000, 0)
    assert told(session) == []
    with pytest.raises(Moved):
        orders.submit(session, order.id, seen, by=actor_of(desk.rita), now=NOON)

    second = orders.submit(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)

    assert second == Submitted(order)
    assert order.total_minor == 31_390


def test_short_stock_is_shown_and_reserves_nothing(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=2)
    order = make_draft(session, desk.rita, {milk: 3})
    before = traces(session)

    result = orders.submit(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)

    assert isinstance(result, Short)
    assert [(line.asked_milli, line.left_milli) for line in result.shortage.lines] == [(3000, 2000)]
    assert order.status == "draft"
    assert traces(session) == before


def test_a_cancelled_draft_is_gone_and_nobody_is_told(session: Session, desk: Desk) -> None:
    order = make_draft(session, desk.rita, {make_product(session): 3})

    orders.cancel(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)

    assert (order.status, order.cancelled_at) == ("cancelled", NOON)
    assert told(session) == []
    for act in (orders.cancel, orders.submit):
        with pytest.raises(Moved):
            act(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)


def test_cancelling_a_submitted_order_frees_its_goods_and_tells_the_warehouse(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10)
    order = make_submitted(session, desk, {milk: 3})

    orders.cancel(session, order.id, order.version, by=actor_of(desk.rita), now=later(hours=1))

    assert (order.status, order.cancelled_at) == ("cancelled", later(hours=1))
    assert balance(session, milk, desk.warehouse) == (10_000, 0)
    assert stock.list_drift(session) == []
    ((name, to, facts),) = told(session)
    assert (name, to) == ("order_cancelled", Audience(role=Role.STOREKEEPER, warehouse_id=desk.warehouse.id))
    assert (facts["order_id"], facts["version"], facts["by"], facts["client"]) == (
        order.id,
        order.version,
        "Rita",
        "Corner Shop",
    )


def test_an_admin_cancels_for_the_rep_who_is_told(session: Session, desk: Desk) -> None:
    order = make_submitted(session, desk, {make_product(session): 3})

    orders.cancel(session, order.id, order.version, by=actor_of(desk.ann), now=NOON)

    assert [(name, to) for name, to, _facts in told(session)] == [
        ("order_cancelled", Audience(role=Role.STOREKEEPER, warehouse_id=desk.warehouse.id)),
        ("order_cancelled", Audience(person_id=desk.rita.id)),
    ]


def test_an_order_that_is_being_loaded_is_not_cancelled(session: Session, desk: Desk) -> None:
    order = make_claimed(session, desk, {make_product(session): 3})
    before = traces(session, order)

    with pytest.raises(MoveRefused) as refused:
        orders.cancel(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)

    assert refused.value.facts == {"order": order.id, "status": "loading", "to": "cancelled"}
    assert traces(session, order) == before


def test_only_its_rep_or_an_admin_cancels_and_only_what_they_saw(session: Session, desk: Desk) -> None:
    order = make_submitted(session, desk, {make_product(session): 3})
    other = make_person(session, "Tom")
    before = traces(session, order)

    def refused(person: Person, order_id: int, version: int, why: type[DomainError]) -> None:
        with pytest.raises(why):
            orders.cancel(session, order_id, version, by=actor_of(person), now=NOON)

    refused(other, order.id, order.version, NotYours)
    refused(desk.bob, order.id, order.version, NotYours)
    refused(desk.ann, NOWHERE, 1, NotYours)
    refused(desk.rita, order.id, order.version - 1, Moved)

    assert traces(session, order) == before


@pytest.mark.parametrize("start", Status)
@pytest.mark.parametrize("end", Status)
@pytest.mark.parametrize("role", Role)
def test_the_table_of_moves_is_the_law(session: Session, desk: Desk, start: Status, end: Status, role: Role) -> None:
    order = make_draft(session, desk.rita, {})
    order.status = start.value
    by = actor_of(make_person(session, "Someone", roles=[role]))
    before = traces(session, order)

    if role in MOVES.get((start, end), ()):
        orders.move(session, order, end, by=by, now=NOON, reason="test")
        assert (order.status, order.version) == (end.value, before["order"][1] + 1)
        assert [event.facts for event in orders.history(session, order.id)] == [{"reason": "test"}]
        return
    with pytest.raises(NotAllowed if (start, end) in MOVES else MoveRefused):
        orders.move(session, order, end, by=by, now=NOON)
    assert traces(session, order) == before


def test_an_order_leaves_loading_one_way_only_and_a_loaded_one_can_only_be_voided_by_an_admin() -> None:
    assert {f"{start} > {end}": {role.value for role in roles} for (start, end), roles in MOVES.items()} == {
        "draft > submitted": {"rep"},
        "draft > waiting": {"rep"},
        "draft > cancelled": {"rep", "admin"},
        "waiting > submitted": {"rep", "storekeeper", "admin"},
        "waiting > cancelled": {"rep", "admin"},
        "submitted > waiting": {"storekeeper", "admin"},
        "submitted > cancelled": {"rep", "admin"},
        "submitted > loading": {"storekeeper"},
        "loading > submitted": {"storekeeper", "admin"},
        "loading > waiting": {"storekeeper"},
        "loading > loaded": {"storekeeper"},
        "loaded > voided": {"admin"},
    }


def test_who_may_see_an_order(session: Session, desk: Desk) -> None:
    order = make_submitted(session, desk, {make_product(session): 3})
    other_place = make_warehouse(session)
    elsewhere = make_person(session, "Sam", roles=[Role.STOREKEEPER], warehouse_ids=[other_place.id])
    everywhere = make_person(session, "Eve", roles=[Role.STOREKEEPER])
    colleague = make_person(session, "Tom")

    for person in (desk.rita, desk.bob, desk.ann, everywhere):
        assert orders.get(session, order.id, by=actor_of(person)) is order
    for person in (elsewhere, colleague):
        with pytest.raises(NotAllowed):
            orders.get(session, order.id, by=actor_of(person))


def test_a_draft_is_nothing_for_the_warehouse_yet(session: Session, desk: Desk) -> None:
    order = make_draft(session, desk.rita, {make_product(session): 3})

    with pytest.raises(NotAllowed):
        orders.get(session, order.id, by=actor_of(desk.bob))


def test_a_guessed_id_gets_the_same_refusal_and_an_audit_row(session: Session, desk: Desk) -> None:
    with pytest.raises(NotAllowed) as refused:
        orders.get(session, NOWHERE, by=actor_of(desk.ann))

    refused.value.record(session, now=NOON)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.person_id, entry.action, entry.subject) == (desk.ann.id, "refused.order.read", f"order:{NOWHERE}")


def test_my_orders_are_mine_the_last_touched_first(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    first = make_submitted(session, desk, {milk: 1})
    second = make_submitted(session, desk, {milk: 2})
    make_draft(session, make_person(session, "Tom"), {milk: 1})
    orders.cancel(session, first.id, first.version, by=actor_of(desk.rita), now=later(hours=1))

    page = orders.list_mine(session, by=actor_of(desk.rita), page=0)
    narrow = orders.list_mine(session, by=actor_of(desk.rita), page=1, size=1)

    assert (page.items, page.pages) == ((first, second), 1)
    assert (narrow.items, narrow.page, narrow.pages) == ((second,), 1, 2)


def test_two_taps_at_once_submit_one_order(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        milk = make_product(session, on_hand=100)
        order = make_draft(session, desk.rita, {milk: 3})
        by, order_id, seen = actor_of(desk.rita), order.id, order.version
        announcements.take(session)

    results = race(database, [lambda session: orders.submit(session, order_id, seen, by=by, now=NOON)] * 4)

    assert sum(isinstance(result, Submitted) for result in results) == 1
    assert sum(isinstance(result, AlreadySubmitted) for result in results) == 3
    with database.reading() as session:
        assert balance(session, milk, desk.warehouse) == (100_000, 3000)
        assert [event.to_status for event in orders.history(session, order_id)] == ["submitted"]
        assert session.get_one(Order, order_id).delivery_date == date(2026, 3, 3)
        assert stock.list_drift(session) == []
