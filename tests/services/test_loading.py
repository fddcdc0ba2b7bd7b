"""Loading: one storekeeper at a time, and a confirmed loading ships, bills and tells in one go."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.invoices import Invoice
from db.models.orders import Order
from db.models.people import Person
from db.session import Database
from services import announcements, loading, loading_queue, orders, outbox, staff, stock
from services.actor import NotAllowed, Role
from services.announcements import Audience
from services.cart import NotYours
from services.claims import AlreadyLoaded
from services.errors import DomainError, Moved
from services.loading import AlreadyClaimed, AlreadyWaiting, AlreadyYours
from services.loading_queue import Filter
from services.people import LastAdmin
from tests.builders import (
    NOON,
    actor_of,
    later,
    make_client,
    make_draft,
    make_person,
    make_product,
    make_warehouse,
    receive,
)
from tests.services import earning
from tests.services.desk import Desk, balance, make_claimed, make_desk, make_submitted, race, told, traces


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


@pytest.fixture
def joe(session: Session, desk: Desk) -> Person:
    """Another storekeeper of the same warehouse."""
    return make_person(session, "Joe", roles=[Role.STOREKEEPER], warehouse_ids=[desk.warehouse.id])


def test_the_queue_shows_what_waits_and_what_i_load_the_earliest_delivery_first(
    session: Session, desk: Desk, joe: Person
) -> None:
    milk = make_product(session)
    friday = make_submitted(session, desk, {milk: 1}, delivery_date=date(2026, 3, 6))
    tuesday = make_submitted(session, desk, {milk: 1})
    mine = make_claimed(session, desk, {milk: 1}, delivery_date=date(2026, 3, 5))
    make_draft(session, desk.rita, {milk: 1})

    def queue(person: Person) -> tuple[object, ...]:
        return loading_queue.find(session, Filter(), by=actor_of(person), now=NOON, page=0).page.items

    assert queue(desk.bob) == (tuesday, mine, friday)
    assert queue(joe) == (tuesday, friday)


def test_the_queue_holds_only_the_storekeepers_warehouses_page_by_page(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    submitted = [make_submitted(session, desk, {milk: 1}) for _ in range(7)]
    elsewhere = make_person(session, "Sam", roles=[Role.STOREKEEPER], warehouse_ids=[make_warehouse(session).id])
    everywhere = make_person(session, "Eve", roles=[Role.STOREKEEPER])

    assert loading_queue.find(session, Filter(), by=actor_of(elsewhere), now=NOON, page=0).page.items == ()
    first = loading_queue.find(session, Filter(), by=actor_of(everywhere), now=NOON, page=0).page
    second = loading_queue.find(session, Filter(), by=actor_of(everywhere), now=NOON, page=1).page
    assert (first.items, first.pages) == (tuple(submitted[:6]), 2)
    assert second.items == (submitted[6],)
    with pytest.raises(NotAllowed):
        loading_queue.find(session, Filter(), by=actor_of(desk.rita), now=NOON)


def test_what_waits_is_counted_until_somebody_claims_it(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    make_submitted(session, desk, {milk: 1})
    make_submitted(session, desk, {milk: 1})
    make_claimed(session, desk, {milk: 1})
    make_draft(session, desk.rita, {milk: 1})
    elsewhere = make_person(session, "Sam", roles=[Role.STOREKEEPER], warehouse_ids=[make_warehouse(session).id])

    assert loading_queue.count_waiting(session, by=actor_of(desk.bob)) == 2
    assert loading_queue.count_waiting(session, by=actor_of(elsewhere)) == 0
    with pytest.raises(NotAllowed):
        loading_queue.count_waiting(session, by=actor_of(desk.rita))


def test_a_claimed_order_is_mine_to_load_and_its_rep_is_told(session: Session, desk: Desk) -> None:
    order = make_submitted(session, desk, {make_product(session): 3})

    loading.claim(session, order.id, order.version, by=actor_of(desk.bob), now=later(hours=1))

    assert (order.status, order.claimed_by, order.claimed_at) == ("loading", desk.bob.id, later(hours=1))
    assert told(session) == [
        (
            "order_claimed",
            Audience(person_id=desk.rita.id),
            {"order_id": order.id, "client": "Corner Shop", "storekeeper": "Bob"},
        )
    ]


def test_an_order_that_is_claimed_is_not_claimed_again(session: Session, desk: Desk, joe: Person) -> None:
    order = make_claimed(session, desk, {make_product(session): 3})
    before = traces(session, order)

    with pytest.raises(AlreadyClaimed) as refused:
        loading.claim(session, order.id, order.version, by=actor_of(joe), now=NOON)
    with pytest.raises(Moved):
        loading.claim(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)

    assert refused.value.facts == {"order": order.id, "name": "Bob"}
    assert traces(session, order) == before


def test_only_a_storekeeper_of_the_warehouse_claims_and_only_what_was_submitted(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    order = make_submitted(session, desk, {milk: 3})
    draft = make_draft(session, desk.rita, {milk: 1})
    elsewhere = make_person(session, "Sam", roles=[Role.STOREKEEPER], warehouse_ids=[make_warehouse(session).id])
    before = traces(session, order)

    def refused(person: Person, order_id: int, version: int, why: type[DomainError]) -> None:
        with pytest.raises(why):
            loading.claim(session, order_id, version, by=actor_of(person), now=NOON)

    refused(elsewhere, order.id, order.version, NotAllowed)
    refused(desk.rita, order.id, order.version, NotAllowed)
    refused(desk.ann, order.id, order.version, NotAllowed)
    refused(desk.bob, draft.id, draft.version, NotAllowed)
    refused(desk.bob, 999_999, 1, NotAllowed)
    refused(desk.bob, order.id, order.version - 1, Moved)

    assert traces(session, order) == before


def test_a_cancelled_order_is_not_claimed(session: Session, desk: Desk) -> None:
    order = make_submitted(session, desk, {make_product(session): 3})
    orders.cancel(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)
    before = traces(session, order)

    with pytest.raises(Moved):
        loading.claim(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)

    assert traces(session, order) == before


def test_a_released_order_waits_again_with_its_goods_reserved(session: Session, desk: Desk, joe: Person) -> None:
    milk = make_product(session, on_hand=10)
    order = make_claimed(session, desk, {milk: 3})

    loading.release(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)

    assert (order.status, order.claimed_by, order.claimed_at) == ("submitted", None, None)
    assert balance(session, milk, desk.warehouse) == (10_000, 3000)
    loading.claim(session, order.id, order.version, by=actor_of(joe), now=NOON)
    assert order.claimed_by == joe.id


def test_only_the_claimer_releases_or_confirms_and_only_what_was_seen(
    session: Session, desk: Desk, joe: Person
) -> None:
    order = make_claimed(session, desk, {make_product(session): 3})
    waiting = make_submitted(session, desk, {make_product(session, "Cheese"): 3})
    before = traces(session, order)

    for act in (loading.release, loading.confirm):
        with pytest.raises(NotYours):
            act(session, order.id, order.version, by=actor_of(joe), now=NOON)
        with pytest.raises(NotAllowed):
            act(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)
        with pytest.raises(Moved):
            act(session, order.id, order.version - 1, by=actor_of(desk.bob), now=NOON)
        with pytest.raises(Moved):
            act(session, waiting.id, waiting.version, by=actor_of(desk.bob), now=NOON)

    assert traces(session, order) == before


def test_a_confirmed_loading_ships_bills_and_tells(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=10)
    order = make_claimed(session, desk, {milk: 3})
    outbox.lanes_to_kick(session)

    invoice = loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=later(hours=2))

    assert (order.status, order.loaded_at) == ("loaded", later(hours=2))
    assert [line.loaded_milli == line.quantity_milli for line in order.lines] == [True, True]
    assert balance(session, milk, desk.warehouse) == (7000, 0)
    assert stock.list_drift(session) == []
    assert (invoice.order_id, invoice.label, invoice.total_minor) == (order.id, "TB-2026-000001", 28_390)
    assert told(session) == [
        (
            "order_loaded",
            Audience(person_id=desk.rita.id),
            {
                "order_id": order.id,
                "version": order.version,
                "client": "Corner Shop",
                "invoice": "TB-2026-000001",
                "total_minor": 28_390,
                "currency": "RUB",
                "mail": "queued",
                "address": "shop@example.com",
                "commission_minor": 0,
                "commission": [],
            },
        )
    ]
    assert outbox.lanes_to_kick(session) == [f"pdf:{invoice.id}"]
    assert [event.to_status for event in orders.history(session, order.id)] == ["submitted", "loading", "loaded"]


def test_the_rep_is_told_what_the_loading_earned_and_not_what_others_did(session: Session, desk: Desk) -> None:
    for terms in (earning.SHARE, earning.LOADING):
        earning.make_rule(session, desk, terms)
    order = make_claimed(session, desk, {make_product(session): 3})

    loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)

    [facts] = [facts for name, _, facts in told(session) if name == "order_loaded"]
    assert facts["commission_minor"] == 1113
    assert facts["commission"] == [{"kind": "percent", "scope": "all", "net_minor": 22250, "rate": "0.05"}]


def test_the_rep_is_told_that_a_client_without_e_mail_gets_no_letter(session: Session, desk: Desk) -> None:
    shop = make_client(session, "Kiosk", email="")
    order = make_claimed(session, desk, {make_product(session): 3}, client=shop)

    loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)

    ((_name, _to, facts),) = told(session)
    assert (facts["mail"], facts["address"]) == ("no_address", "")


def test_a_loading_is_confirmed_once(session: Session, desk: Desk) -> None:
    order = make_claimed(session, desk, {make_product(session): 3})
    seen = order.version
    loading.confirm(session, order.id, seen, by=actor_of(desk.bob), now=NOON)
    before = traces(session, order)

    with pytest.raises(AlreadyLoaded) as refused:
        loading.confirm(session, order.id, seen, by=actor_of(desk.bob), now=NOON)

    assert refused.value.facts == {"order": order.id}
    assert traces(session, order) == before


def test_two_storekeepers_claim_at_once_and_one_gets_it(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        keepers = [actor_of(make_person(session, name, roles=[Role.STOREKEEPER])) for name in ("Joe", "Jim", "Jon")]
        order = make_submitted(session, desk, {make_product(session): 3})
        order_id, seen = order.id, order.version

    results = race(
        database, [lambda session, by=by: loading.claim(session, order_id, seen, by=by, now=NOON) for by in keepers]
    )

    refusals = [result for result in results if isinstance(result, AlreadyClaimed)]
    assert len(refusals) == 2
    with database.reading() as session:
        winner = next(by for by, result in zip(keepers, results, strict=True) if not isinstance(result, AlreadyClaimed))
        assert [refusal.facts["name"] for refusal in refusals] == [winner.name] * 2
        events = orders.history(session, order_id)
        assert [(event.to_status, event.person_id) for event in events[1:]] == [("loading", winner.person_id)]


def test_an_order_that_is_claimed_and_cancelled_at_once_is_only_one_of_both(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        milk = make_product(session, on_hand=3)
        order = make_submitted(session, desk, {milk: 3})
        order_id, seen = order.id, order.version
        bob, rita = actor_of(desk.bob), actor_of(desk.rita)

    claimed, cancelled = race(
        database,
        [
            lambda session: loading.claim(session, order_id, seen, by=bob, now=NOON),
            lambda session: orders.cancel(session, order_id, seen, by=rita, now=NOON),
        ],
    )

    assert sorted(isinstance(result, Moved) for result in (claimed, cancelled)) == [False, True]
    with database.reading() as session:
        kept = session.get_one(Order, order_id)
        assert kept.status == ("cancelled" if isinstance(claimed, Moved) else "loading")
        held = 0 if isinstance(claimed, Moved) else 3000
        assert (kept.claimed_by is None, balance(session, milk, desk.warehouse)) == (not held, (3000, held))


def test_loadings_confirmed_at_once_are_numbered_without_gaps(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        milk, cheese = make_product(session, on_hand=0), make_product(session, "Cheese", on_hand=0)
        for product in (milk, cheese):
            receive(session, product, 100)
        claimed = []
        for number in range(10):
            goods = {milk: 1, cheese: 2} if number % 2 else {cheese: 2, milk: 1}
            order = make_claimed(session, desk, goods)
            claimed.append((order.id, order.version))
        bob = actor_of(desk.bob)
        announcements.take(session)

    results = race(
        database,
        [lambda session, one=one: loading.confirm(session, *one, by=bob, now=NOON).number for one in claimed]
        + [lambda session, one=one: loading.confirm(session, *one, by=bob, now=NOON) for one in claimed[:3]],
    )

    assert sum(isinstance(result, AlreadyLoaded) for result in results) == 3
    with database.reading() as session:
        billed = session.execute(select(Invoice.number, Invoice.order_id).order_by(Invoice.number)).all()
        assert [row.number for row in billed] == list(range(1, 11))
        assert sorted(row.order_id for row in billed) == [order_id for order_id, _version in claimed]
        assert balance(session, milk, desk.warehouse) == (90_000, 0)
        assert balance(session, cheese, desk.warehouse) == (80_000, 0)
        assert stock.list_drift(session) == []
        assert outbox.count_pending(session) == 10


def test_whoever_leaves_gives_back_what_they_were_loading(session: Session, desk: Desk, joe: Person) -> None:
    milk = make_product(session, on_hand=10)
    first, second = (make_claimed(session, desk, {milk: count}) for count in (3, 2))
    waiting = make_submitted(session, desk, {milk: 1})
    seen = (first.version, waiting.version)

    staff.dismiss(session, desk.bob.id, by=actor_of(desk.ann), now=later(hours=1))

    assert desk.bob.revoked_at == later(hours=1)
    assert [(order.status, order.claimed_by, order.claimed_at) for order in (first, second)] == [
        ("submitted", None, None)
    ] * 2
    assert (first.version, waiting.version) == (seen[0] + 1, seen[1])
    assert balance(session, milk, desk.warehouse) == (10_000, 6000)
    assert told(session) == [
        (
            "order_released",
            Audience(person_id=desk.rita.id),
            {"order_id": order.id, "client": "Corner Shop", "storekeeper": "Ann"},
        )
        for order in (first, second)
    ]
    last = orders.history(session, first.id)[-1]
    assert (last.from_status, last.to_status, last.person_id) == ("loading", "submitted", desk.ann.id)
    loading.claim(session, first.id, first.version, by=actor_of(joe), now=NOON)
    assert first.claimed_by == joe.id


def test_whoever_may_not_dismiss_gives_nothing_back(session: Session, desk: Desk) -> None:
    order = make_claimed(session, desk, {make_product(session): 3})
    before = traces(session, order)

    with pytest.raises(NotAllowed):
        staff.dismiss(session, desk.bob.id, by=actor_of(desk.rita), now=NOON)
    with pytest.raises(LastAdmin):
        staff.dismiss(session, desk.ann.id, by=actor_of(desk.ann), now=NOON)

    assert desk.bob.revoked_at is None
    assert traces(session, order) == before


def test_an_order_whose_claimer_is_gone_waits_and_can_be_claimed(session: Session, desk: Desk, joe: Person) -> None:
    """As when a claim and a dismissal cross each other."""
    milk = make_product(session, on_hand=10)
    order = make_claimed(session, desk, {milk: 3})
    desk.bob.revoked_at = NOON
    session.flush()

    assert loading_queue.count_waiting(session, by=actor_of(joe)) == 1
    assert loading_queue.find(session, Filter(), by=actor_of(joe), now=NOON, page=0).page.items == (order,)
    assert loading.can_be_claimed(session, order)
    with pytest.raises(Moved):
        loading.claim(session, order.id, order.version - 1, by=actor_of(joe), now=NOON)
    loading.claim(session, order.id, order.version, by=actor_of(joe), now=later(hours=1))

    assert (order.status, order.claimed_by, order.claimed_at) == ("loading", joe.id, later(hours=1))
    assert balance(session, milk, desk.warehouse) == (10_000, 3000)
    assert [event.to_status for event in orders.history(session, order.id)] == [
        "submitted", "loading", "submitted", "loading",
    ]  # fmt: skip
    assert not loading.can_be_claimed(session, order)


def test_whoever_repeats_a_tap_is_told_how_it_stands(session: Session, desk: Desk) -> None:
    order = make_submitted(session, desk, {make_product(session): 3})
    seen, bob = order.version, actor_of(desk.bob)
    loading.claim(session, order.id, seen, by=bob, now=NOON)
    claimed = traces(session, order)

    with pytest.raises(AlreadyYours) as mine:
        loading.claim(session, order.id, seen, by=bob, now=NOON)

    assert mine.value.facts == {"order": order.id}
    assert traces(session, order) == claimed
    seen = order.version
    loading.release(session, order.id, seen, by=bob, now=NOON)
    released = traces(session, order)

    with pytest.raises(AlreadyWaiting) as waits:
        loading.release(session, order.id, seen, by=bob, now=NOON)

    assert waits.value.facts == {"order": order.id}
    assert traces(session, order) == released


@pytest.mark.parametrize("roles", [[Role.REP, Role.STOREKEEPER], [Role.ADMIN, Role.STOREKEEPER], list(Role)])
def test_the_warehouse_sees_only_what_has_come_to_it(session: Session, desk: Desk, roles: list[Role]) -> None:
    """However many roles somebody has: their own draft and another warehouse's orders are not to load."""
    both = make_person(session, "Max", roles=roles, warehouse_ids=[desk.warehouse.id])
    order = make_submitted(session, desk, {make_product(session, "Cheese"): 1})
    draft = make_draft(session, both if Role.REP in roles else desk.rita, {make_product(session): 1})
    elsewhere = make_person(session, "Sam", roles=roles, warehouse_ids=[make_warehouse(session).id])

    assert loading.get(session, order.id, by=actor_of(both)) is order
    for order_id, by in ((draft.id, both), (order.id, elsewhere), (999_999, both)):
        with pytest.raises(NotAllowed):
            loading.get(session, order_id, by=actor_of(by))
