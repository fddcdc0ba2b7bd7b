"""An order is changed in a draft of its own, and saved in one go or not at all, until somebody claims it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.orders import Order, OrderRevision
from db.session import Database
from services import (
    announcements,
    back_orders,
    cart,
    delivery,
    draft_list,
    goods_in,
    loading,
    order_edits,
    order_story,
    orders,
    stock,
)
from services.actor import NotAllowed, Role
from services.announcements import Audience
from services.cart import ClientFixed, NoLongerDraft, NotYours
from services.errors import DomainError, Moved
from services.goods_in import Receipt
from services.order_edits import NotAnEdit, Saved, TooLateToChange
from services.orders import EditsAnOrder, OrderIncomplete, Repriced, Short
from services.shortages import NothingThere
from tests.builders import (
    NOON,
    actor_of,
    later,
    make_client,
    make_company,
    make_person,
    make_product,
    make_warehouse,
    receive,
    unit_of,
)
from tests.services.desk import Desk, balance, make_claimed, make_desk, make_submitted, race, told, traces
from tests.services.test_back_orders import quantities, submit_short


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def begin(session: Session, desk: Desk, order: Order) -> Order:
    return order_edits.begin(session, order.id, by=actor_of(desk.rita), now=NOON)


def put(session: Session, desk: Desk, draft: Order, product: object, count: int) -> None:
    unit = unit_of(product)  # type: ignore[arg-type]
    cart.set_quantity(session, draft.id, unit.id, count * 1000, by=actor_of(desk.rita), now=NOON)


def save(session: Session, desk: Desk, draft: Order, **how: bool) -> object:
    return order_edits.save(session, draft.id, draft.version, by=actor_of(desk.rita), now=later(minutes=9), **how)


def test_saving_releases_writes_and_reserves_in_one_go(session: Session, desk: Desk) -> None:
    milk, cheese, cream = (make_product(session, name, on_hand=20) for name in ("Milk", "Cheese", "Cream"))
    order = make_submitted(session, desk, {milk: 12, cheese: 3})
    before = order.version
    draft = begin(session, desk, order)
    assert (draft.edits_id, draft.total_minor, quantities(draft)) == (order.id, order.total_minor, quantities(order))
    assert (order.status, order.version) == ("submitted", before)
    put(session, desk, draft, milk, 10)
    put(session, desk, draft, cheese, 0)
    put(session, desk, draft, cream, 6)
    cart.set_note(session, draft.id, "Ring twice", by=actor_of(desk.rita), now=NOON)
    delivery.set_delivery_date(session, draft.id, date(2026, 3, 5), by=actor_of(desk.rita), now=NOON)
    cart.set_line_note(session, draft.id, unit_of(cream).id, "cold", by=actor_of(desk.rita), now=NOON)
    assert balance(session, milk, desk.warehouse) == (20_000, 12_000)
    total = draft.total_minor

    saved = save(session, desk, draft)

    assert isinstance(saved, Saved)
    assert quantities(order) == [("Milk", 10_000), ("Cream", 6000)]
    assert (order.revision, order.total_minor, order.note) == (2, total, "Ring twice")
    assert order.version > before
    assert [balance(session, one, desk.warehouse)[1] for one in (milk, cheese, cream)] == [10_000, 0, 6000]
    assert stock.list_drift(session) == []
    assert session.get(Order, draft.id) is None
    ((name, to, facts),) = told(session)
    assert (name, to) == ("order_changed", Audience(role=Role.STOREKEEPER, warehouse_id=desk.warehouse.id))
    changed = facts["difference"]
    assert [(line["name"], line["was"], line["now"]) for line in changed["lines"]] == [
        ("Milk", 12_000, 10_000),
        ("Cheese", 3000, 0),
        ("Cream", 0, 6000),
    ]
    assert changed["lines"][2]["note"] == ["", "cold"]
    assert changed["delivery_date"] == ["2026-03-03", "2026-03-05"]
    assert changed["note"] == ["", "Ring twice"]
    assert changed["total_minor"][1] == total
    assert "address" not in changed
    rows = session.scalars(select(OrderRevision).where(OrderRevision.order_id == order.id)).all()
    assert [row.difference for row in rows] == [{}, changed]
    assert [deed.what for deed in order_story.tell(session, order)] == ["submitted", "changed"]


def test_kept_lines_keep_the_price_they_were_ordered_at_and_new_ones_take_todays(session: Session, desk: Desk) -> None:
    milk, cheese = (make_product(session, name, on_hand=20, price_minor=10000) for name in ("Milk", "Cheese"))
    order = make_submitted(session, desk, {milk: 2})
    milk.price_minor = cheese.price_minor = 90000
    session.flush()
    draft = begin(session, desk, order)
    put(session, desk, draft, milk, 3)
    put(session, desk, draft, cheese, 1)

    save(session, desk, draft)

    assert [line.price_minor for line in order.lines if line.kind == "goods"] == [10000, 90000]
    assert order.goods_minor == 120_000


def test_an_order_may_keep_what_is_sold_no_more_and_stays_with_its_warehouse(session: Session, desk: Desk) -> None:
    near = make_warehouse(session, "Nearer", latitude=55.7601, longitude=37.6402)
    milk = make_product(session, on_hand=5, warehouse=desk.warehouse)
    order = make_submitted(session, desk, {milk: 5})
    receive(session, milk, 50, warehouse=near)
    milk.hidden = True
    session.flush()
    draft = begin(session, desk, order)
    cart.set_note(session, draft.id, "Later", by=actor_of(desk.rita), now=NOON)

    saved = save(session, desk, draft)

    assert isinstance(saved, Saved)
    assert (order.warehouse_id, order.note, quantities(order)) == (desk.warehouse.id, "Later", [("Milk", 5000)])
    assert cart.list_gone(session, order) != []  # as an ordinary draft it would have to go


def test_there_is_one_draft_for_an_order_and_it_follows_a_newer_content(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=20)
    order = make_submitted(session, desk, {milk: 2})
    draft = begin(session, desk, order)
    other = draft_list.begin(session, by=actor_of(desk.rita), now=later(minutes=1))
    assert cart.current(session, by=actor_of(desk.rita)) is other

    again = begin(session, desk, order)

    assert again is draft
    assert cart.current(session, by=actor_of(desk.rita)) is draft
    order.revision += 1
    session.flush()
    assert begin(session, desk, order).id != draft.id
    edits = select(func.count()).select_from(Order).where(Order.edits_id == order.id)
    assert session.scalar(edits) == 1


@pytest.mark.parametrize("end", ["claimed", "cancelled", "changed"])
def test_what_has_moved_on_is_not_changed_and_the_draft_stays(session: Session, desk: Desk, end: str) -> None:
    milk = make_product(session, on_hand=20)
    order = make_submitted(session, desk, {milk: 2})
    draft = begin(session, desk, order)
    put(session, desk, draft, milk, 3)
    if end == "claimed":
        loading.claim(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)
    elif end == "cancelled":
        orders.cancel(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)
    else:
        order.revision += 1
        session.flush()
    before = traces(session, order)

    with pytest.raises(TooLateToChange) as refused:
        save(session, desk, draft)

    assert refused.value.facts == {"order": order.id, "status": order.status}
    assert traces(session, order) == before
    assert not order_edits.can_be_saved(draft, order)
    fresh = order_edits.detach(session, draft.id, draft.version, by=actor_of(desk.rita), now=NOON)
    assert (fresh.edits_id, fresh.revision) == (None, 0)
    sent = orders.submit(session, fresh.id, fresh.version, by=actor_of(desk.rita), now=NOON)
    assert isinstance(sent, orders.Submitted)


def test_an_order_that_was_put_back_into_the_queue_can_still_be_saved(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=20)
    order = make_submitted(session, desk, {milk: 2})
    draft = begin(session, desk, order)
    put(session, desk, draft, milk, 3)
    loading.claim(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)
    loading.release(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)

    assert isinstance(save(session, desk, draft), Saved)
    assert balance(session, milk, desk.warehouse) == (20_000, 3000)


def test_what_is_not_there_is_shown_and_what_the_order_holds_counts_as_there(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=12)
    order = make_submitted(session, desk, {milk: 10})
    draft = begin(session, desk, order)
    assert draft.has_all_goods
    put(session, desk, draft, milk, 15)
    before = traces(session, order)

    result = save(session, desk, draft)

    assert isinstance(result, Short)
    assert [line.left_milli for line in result.shortage.lines] == [12_000]
    assert traces(session, order) == before
    saved = save(session, desk, draft, back_order=True)
    assert isinstance(saved, Saved)
    assert saved.child is not None
    assert (quantities(order), quantities(saved.child)) == ([("Milk", 12_000)], [("Milk", 3000)])
    assert (saved.child.parent_id, saved.child.status) == (order.id, "waiting")
    assert balance(session, milk, desk.warehouse) == (12_000, 12_000)


def test_an_order_cannot_be_changed_into_nothing(session: Session, desk: Desk) -> None:
    milk, cheese = make_product(session, on_hand=5), make_product(session, "Cheese", on_hand=0)
    order = make_submitted(session, desk, {milk: 5})
    draft = begin(session, desk, order)
    put(session, desk, draft, cheese, 1)
    put(session, desk, draft, milk, 0)

    with pytest.raises(NothingThere), session.begin_nested():
        save(session, desk, draft, back_order=True)
    put(session, desk, draft, cheese, 0)
    with pytest.raises(OrderIncomplete):
        save(session, desk, draft)

    assert quantities(order) == [("Milk", 5000)]


def test_a_tariff_that_changed_is_shown_before_anything_is_saved(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=20)
    order = make_submitted(session, desk, {milk: 2})
    draft = begin(session, desk, order)
    put(session, desk, draft, milk, 3)
    make_company(session, rate_per_km_minor=5000)

    result = save(session, desk, draft)

    assert isinstance(result, Repriced)
    assert quantities(order) == [("Milk", 2000)]
    assert isinstance(save(session, desk, draft), Saved)


def test_goods_that_a_change_frees_go_to_who_waits(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10)
    order = make_submitted(session, desk, {milk: 10})
    waiting = submit_short(session, desk.rita, {milk: 4}).order
    draft = begin(session, desk, order)
    put(session, desk, draft, milk, 5)

    save(session, desk, draft)

    assert waiting.status == "submitted"
    assert balance(session, milk, desk.warehouse) == (10_000, 9000)


def test_a_waiting_order_is_changed_without_noise_and_served_if_all_is_there_now(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=5)
    make_submitted(session, desk, {milk: 3})
    waiting = submit_short(session, desk.rita, {milk: 9}).child
    assert waiting is not None
    told(session)
    draft = begin(session, desk, waiting)
    assert draft.delivery_minor == 0
    put(session, desk, draft, milk, 8)

    saved = save(session, desk, draft)

    assert isinstance(saved, Saved)
    assert (waiting.status, waiting.revision, quantities(waiting), told(session)) == (
        "waiting", 2, [("Milk", 8000)], [],
    )  # fmt: skip
    receive(session, milk, 4)
    draft = begin(session, desk, waiting)
    put(session, desk, draft, milk, 4)
    save(session, desk, draft)
    assert (waiting.status, waiting.delivery_minor) == ("submitted", 0)
    assert [name for name, _, _ in told(session)] == ["order_submitted", "back_order_ready"]


def test_what_a_waiting_order_asks_for_no_more_goes_to_who_waits_behind_it(session: Session, desk: Desk) -> None:
    milk, cheese = make_product(session, on_hand=0), make_product(session, "Cheese", on_hand=0)
    older = submit_short(session, desk.rita, {milk: 10, cheese: 1}).order
    younger = submit_short(session, desk.rita, {milk: 3}, minutes=1).order
    receive(session, milk, 5)
    draft = begin(session, desk, older)
    put(session, desk, draft, milk, 0)

    save(session, desk, draft)

    assert (older.status, quantities(older), younger.status) == ("waiting", [("Cheese", 1000)], "submitted")
    assert balance(session, milk, desk.warehouse) == (5000, 3000)


def test_changes_are_dropped_and_the_order_stays(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=20)
    order = make_submitted(session, desk, {milk: 2})
    draft = begin(session, desk, order)
    put(session, desk, draft, milk, 3)
    with pytest.raises(Moved):
        order_edits.drop(session, draft.id, draft.version - 1, by=actor_of(desk.rita), now=NOON)

    assert order_edits.drop(session, draft.id, draft.version, by=actor_of(desk.rita), now=NOON) is order

    assert (quantities(order), order_edits.find_draft(session, order)) == ([("Milk", 2000)], None)
    with pytest.raises(NotYours):
        save(session, desk, draft)


def test_who_may_not_and_what_cannot_be_changed_is_refused(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=30)
    order, claimed = make_submitted(session, desk, {milk: 2}), make_claimed(session, desk, {milk: 2})
    olga = make_person(session, "Olga")
    plain = draft_list.begin(session, by=actor_of(desk.rita), now=NOON)
    draft = begin(session, desk, order)
    before = traces(session, order)

    for who, what, refusal in (
        (olga, order, NotYours),
        (desk.ann, order, NotAllowed),
        (desk.bob, order, NotAllowed),
        (desk.rita, claimed, TooLateToChange),
    ):
        with pytest.raises(refusal):
            order_edits.begin(session, what.id, by=actor_of(who), now=NOON)
    with pytest.raises(NotYours):
        order_edits.save(session, draft.id, draft.version, by=actor_of(olga), now=NOON)
    with pytest.raises(NotAnEdit):
        order_edits.save(session, plain.id, plain.version, by=actor_of(desk.rita), now=NOON)
    with pytest.raises(NoLongerDraft):
        order_edits.drop(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)
    with pytest.raises(EditsAnOrder):
        orders.submit(session, draft.id, draft.version, by=actor_of(desk.rita), now=NOON)
    other = make_client(session, "Other")
    with pytest.raises(ClientFixed):
        cart.choose_client(session, draft.id, other.id, by=actor_of(desk.rita), now=NOON)
    with pytest.raises(ClientFixed):
        cart.clear(session, draft.id, by=actor_of(desk.rita), now=NOON)

    assert traces(session, order) == before
    assert order_edits.find_edited(session, plain) is None
    assert order_edits.find_edited(session, draft) is order


def test_a_change_saved_while_the_order_is_claimed_has_exactly_one_winner(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        milk = make_product(session, on_hand=100)
        pairs = []
        for order in [make_submitted(session, desk, {milk: 3}) for _ in range(6)]:
            draft = begin(session, desk, order)
            put(session, desk, draft, milk, 5)
            pairs.append((order.id, order.version, draft.id, draft.version))
        rita, bob = actor_of(desk.rita), actor_of(desk.bob)
        announcements.take(session)

    for order_id, version, draft_id, seen in pairs:
        saves = partial(order_edits.save, draft_id=draft_id, version=seen, by=rita, now=NOON)
        claims = partial(loading.claim, order_id=order_id, version=version, by=bob, now=NOON)
        saved, claimed = race(database, [saves, claims])
        lost = [isinstance(saved, DomainError), isinstance(claimed, DomainError)]
        assert sorted(lost) == [False, True], (saved, claimed)
        with database.reading() as session:
            order = session.get_one(Order, order_id)
            expected = ("loading", 3000) if lost[0] else ("submitted", 5000)
            assert (order.status, order.lines[0].quantity_milli) == expected
    with database.reading() as session:
        assert stock.list_drift(session) == []


def test_two_devices_make_one_draft_of_an_order_and_save_it_once(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        milk = make_product(session, on_hand=100)
        order_id = make_submitted(session, desk, {milk: 3}).id
        rita, unit_id = actor_of(desk.rita), unit_of(milk).id

    begun = race(database, [partial(order_edits.begin, order_id=order_id, by=rita, now=NOON)] * 2)

    assert begun[0].id == begun[1].id
    with database.transaction() as session:
        draft = cart.set_quantity(session, begun[0].id, unit_id, 5000, by=rita, now=NOON)
        seen = draft.version
    saves = [partial(order_edits.save, draft_id=draft.id, version=seen, by=rita, now=NOON)] * 2
    results = race(database, saves)
    assert sorted(type(result) for result in results if isinstance(result, Saved)) == [Saved]
    with database.reading() as session:
        order = session.get_one(Order, order_id)
        assert (order.revision, order.lines[0].quantity_milli) == (2, 5000)
        assert stock.list_drift(session) == []


def test_whoever_cancels_changes_and_receives_at_once_locks_in_one_order(database: Database) -> None:
    """All of them touch the queue for the same goods; PostgreSQL would end one of two that wait for each other."""
    with database.transaction() as session:
        desk = make_desk(session)
        milk, cheese = (make_product(session, name, on_hand=4) for name in ("Milk", "Cheese"))
        by, bob, house = actor_of(desk.rita), actor_of(desk.bob), desk.warehouse.id
        make_submitted(session, desk, {milk: 2})
        parent, *waiting = [
            submit_short(session, desk.rita, {milk: 6, cheese: 3}, minutes=one).order for one in range(7)
        ]
        jobs: list[Callable[[Session], object]] = [
            partial(orders.cancel, order_id=one.id, version=one.version, by=by, now=NOON)
            for one in (parent, *waiting[::-2])
        ]
        for one in waiting[-2::-2]:
            draft = begin(session, desk, one)
            put(session, desk, draft, cheese, 1)
            jobs.append(partial(order_edits.save, draft_id=draft.id, version=draft.version, by=by, now=NOON))
        for product in (cheese, milk):
            receipt = [Receipt(product.id, 1000)]
            jobs.append(partial(goods_in.receive, warehouse_id=house, receipts=receipt, by=bob, now=NOON))
        announcements.take(session)

    race(database, jobs)

    with database.reading() as session:
        assert stock.list_drift(session) == []
        assert back_orders.serve(session, house, [milk.id, cheese.id], by=bob, now=NOON) == []
