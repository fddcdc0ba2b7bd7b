"""What becomes of a ticket: a draft of its sure lines, or a sale that is in all figures and in no warehouse."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.orders import Order
from db.models.record import AuditEntry
from db.models.tickets import Ticket
from db.session import Database
from services import (
    cart,
    client_cards,
    draft_list,
    figures_export,
    invoicing,
    loading,
    loading_photos,
    loading_queue,
    order_edits,
    order_oversight,
    orders,
    papers,
    quick_order,
    statistics,
    ticket_facts,
    ticket_matching,
    ticket_orders,
    ticket_settings,
    vehicles,
)  # fmt: skip
from services.actor import NotAllowed
from services.clients import ClientGone
from services.errors import DomainError, Moved
from services.order_states import MoveRefused
from services.paging import Page
from services.periods import Period
from services.statistics import Basis, By, Scope
from services.ticket_facts import DayUnfit
from services.ticket_orders import NeedsReason, TicketIncomplete, UnitsSold
from services.ticket_tags import Tags
from tests.builders import (
    NOON,
    actor_of,
    later,
    make_category,
    make_client,
    make_draft,
    make_product,
    make_reading,
    make_ticket,
)
from tests.services.desk import Desk, make_desk, make_invoice, race

CLIENT = "Corner Shop"
SALE = Tags(amount_minor=150000, client=CLIENT)


def sell(session: Session, desk: Desk, tags: Tags = SALE, **over: Any) -> Order:
    ticket = make_ticket(session, desk.rita, tags=tags)
    given = {"by": actor_of(desk.rita), "now": NOON} | over
    return ticket_orders.record_sale(session, ticket.id, ticket.version, **given)


def orders_there(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Order)) or 0


def test_a_draft_has_the_client_the_note_and_the_sure_lines(session: Session, desk: Desk) -> None:
    dye = make_product(session, "Cherry Dye", article="D-1", price_minor=10000, units=[("box", 12000, 110000)])
    make_product(session, "Cherry Dye 2", article="D-2")
    lines = [
        ("Cherry Dye", 2000, 10000, 20000),
        ("CHERRY DYE", 1000, 10000, 10000),
        ("Cherry Dye", 1000, 110000, 110000),
        ("Cherry Dye", None, None, None),
        ("Cherry Dy 2 ml", 1000, None, None),
        ("Parking", None, None, 5000),
    ]
    said = Tags(client=CLIENT, note="two bags")
    ticket = make_ticket(session, desk.rita, make_reading(*lines, total_minor=1), tags=said)
    by = actor_of(desk.rita)
    ticket_matching.leave_out(session, ticket.id, 5, by=by, now=NOON)

    made = ticket_orders.make_draft(session, ticket.id, ticket.version, by=by, now=NOON)

    assert [(line.name, line.unit_code, line.quantity_milli) for line in made.order.lines if line.kind == "goods"] == [
        ("Cherry Dye", "pcs", 3000),
        ("Cherry Dye", "box", 12000),
    ]
    assert (made.order.status, made.order.client_id, made.order.note) == ("draft", ticket.client_id, "two bags")
    assert [(one.product_id, one.quantity_milli) for one in made.taken] == [(dye.id, 3000), (dye.id, 12000)]
    assert [(one.text, one.reason) for one in made.untaken] == [
        ("Cherry Dye", "no_quantity"),
        ("Cherry Dy 2 ml", "unsure"),
    ]
    assert made.untaken[1].facts["nearest"][0] == ["D-2", "Cherry Dye 2"]
    assert (ticket.status, ticket.order_id, ticket.done_at) == ("drafted", made.order.id, NOON)
    assert cart.current(session, by=by) is made.order


def test_a_draft_is_new_and_leaves_the_one_that_was_begun_alone(session: Session, desk: Desk) -> None:
    begun = make_draft(session, desk.rita, {make_product(session): 1})
    ticket = make_ticket(session, desk.rita, tags=SALE)

    made = ticket_orders.make_draft(session, ticket.id, ticket.version, by=actor_of(desk.rita), now=NOON)

    assert made.order.id != begun.id
    assert (made.order.lines, made.taken, made.untaken) == ([], (), ())
    assert len(begun.lines) == 2


def test_a_draft_is_made_once(session: Session, desk: Desk) -> None:
    ticket = make_ticket(session, desk.rita, tags=SALE)
    version, by = ticket.version, actor_of(desk.rita)
    ticket_orders.make_draft(session, ticket.id, version, by=by, now=NOON)

    for stale in (version, ticket.version):
        with pytest.raises(Moved):
            ticket_orders.make_draft(session, ticket.id, stale, by=by, now=NOON)

    assert orders_there(session) == 1


def test_a_rep_with_too_many_drafts_makes_no_more(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    for number in range(20):
        draft = draft_list.begin(session, by=by, now=NOON)
        cart.set_note(session, draft.id, str(number), by=by, now=NOON)
    ticket = make_ticket(session, desk.rita, tags=SALE)

    with pytest.raises(draft_list.TooManyDrafts):
        ticket_orders.make_draft(session, ticket.id, ticket.version, by=by, now=NOON)


def test_a_sale_is_an_order_that_was_loaded_at_noon_of_its_day(session: Session, desk: Desk) -> None:
    dye, care = make_category(session, "Dye"), make_category(session, "Care")
    for category in (dye, care):
        category.counts_units = True
    said = Tags(amount_minor=150000, client=CLIENT, units_milli=5000, note="cash", day=date(2026, 2, 28))
    ticket = make_ticket(session, desk.rita, tags=said)
    by = actor_of(desk.rita)

    order = ticket_orders.record_sale(session, ticket.id, ticket.version, by=by, now=NOON)

    noon = datetime(2026, 2, 28, 9, tzinfo=UTC)  # noon in Moscow
    assert (order.kind, order.status, order.rep_id, order.client_id) == (
        "sale",
        "loaded",
        by.person_id,
        ticket.client_id,
    )
    assert (order.submitted_at, order.loaded_at, order.created_at, order.touched_at) == (noon, noon, NOON, NOON)
    assert (order.goods_minor, order.net_minor, order.vat_minor, order.delivery_minor) == (150000, 150000, 0, 0)
    assert (order.total_minor, order.currency, order.note, order.lines) == (150000, "RUB", "cash", [])
    assert (order.warehouse_id, order.claimed_by, order.delivery_date) == (None, None, None)
    assert ticket_orders.units_of(session, order.id) == [UnitsSold(dye.id, "Dye", 5000)]
    assert (ticket.status, ticket.order_id, ticket.review, ticket.reason) == ("recorded", order.id, "", "")
    history = [(one.from_status, one.to_status) for one in orders.history(session, order.id)]
    assert history == [("", "loaded")]
    traces = select(AuditEntry.action).where(AuditEntry.subject == f"order:{order.id}")
    assert list(session.scalars(traces)) == ["order.loaded"]


@pytest.mark.parametrize(
    ("day", "now", "sold_at"),
    [
        (None, NOON, NOON),
        (date(2026, 3, 2), NOON, datetime(2026, 3, 2, 9, tzinfo=UTC)),
        (date(2026, 3, 2), later(hours=-6), later(hours=-6)),  # nine in the morning in Moscow
        (date(2026, 3, 3), later(hours=9.5), later(hours=9.5)),  # half past midnight in Moscow
    ],
)
def test_no_sale_is_in_the_future(
    session: Session, desk: Desk, day: date | None, now: datetime, sold_at: datetime
) -> None:
    order = sell(session, desk, Tags(amount_minor=100, client=CLIENT, day=day), now=now)

    assert (order.submitted_at, order.loaded_at) == (sold_at, sold_at)


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2025, 3, 1)])
def test_a_day_that_was_typed_and_cannot_be_is_refused(session: Session, desk: Desk, day: date) -> None:
    with pytest.raises(DayUnfit):
        sell(session, desk, Tags(amount_minor=100, client=CLIENT, day=day))

    assert orders_there(session) == 0


@pytest.mark.parametrize(
    ("tags", "missing"),
    [(Tags(), ["client", "amount"]), (Tags(amount_minor=5), ["client"]), (Tags(client=CLIENT), ["amount"])],
)
def test_a_sale_needs_client_and_amount(session: Session, desk: Desk, tags: Tags, missing: list[str]) -> None:
    with pytest.raises(TicketIncomplete) as refused:
        sell(session, desk, tags)

    assert (refused.value.facts, orders_there(session)) == ({"missing": missing}, 0)


@pytest.mark.parametrize("pressed", ["the old version", "the new version"])
def test_a_sale_is_recorded_once(session: Session, desk: Desk, pressed: str) -> None:
    ticket = make_ticket(session, desk.rita, tags=SALE)
    version, by = ticket.version, actor_of(desk.rita)
    ticket_orders.record_sale(session, ticket.id, version, by=by, now=NOON)

    again = version if pressed == "the old version" else ticket.version
    with pytest.raises(Moved):
        ticket_orders.record_sale(session, ticket.id, again, by=by, now=NOON)

    assert orders_there(session) == 1


def test_two_taps_at_once_record_one_sale(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        by = actor_of(desk.rita)
        ticket = make_ticket(session, desk.rita, tags=SALE)
        ticket_id, version = ticket.id, ticket.version

    def press(session: Session) -> int:
        return ticket_orders.record_sale(session, ticket_id, version, by=by, now=NOON).id

    results = race(database, [press] * 4)

    assert sorted(isinstance(result, Moved) for result in results) == [False, True, True, True]
    with database.transaction() as session:
        assert orders_there(session) == 1
        assert session.get_one(Ticket, ticket_id).status == "recorded"


def test_what_is_not_as_it_was_read_takes_a_reason_and_is_reviewed(session: Session, desk: Desk) -> None:
    said = Tags(amount_minor=150000, client=CLIENT)
    ticket = make_ticket(session, desk.rita, make_reading(total_minor=100000), tags=said)
    by, version = actor_of(desk.rita), ticket.version

    for nothing in ("", "  "):
        with pytest.raises(NeedsReason) as refused:
            ticket_orders.record_sale(session, ticket.id, version, reason=nothing, by=by, now=NOON)
    assert refused.value.facts == {"ticket": ticket.id, "amount": True, "units": False}
    with pytest.raises(cart.TextTooLong):
        ticket_orders.record_sale(session, ticket.id, version, reason="x" * 501, by=by, now=NOON)
    assert (ticket.status, ticket.version, orders_there(session)) == ("read", version, 0)

    order = ticket_orders.record_sale(session, ticket.id, version, reason=" two tickets ", by=by, now=NOON)

    assert (order.total_minor, ticket.reason, ticket.review) == (150000, "two tickets", "wanted")


def test_units_that_differ_take_a_reason_too(session: Session, desk: Desk) -> None:
    dye = make_category(session, "Dye")
    ticket_settings.count_units(session, dye.id, "tube", by=actor_of(desk.ann), now=NOON)
    said = Tags(client=CLIENT, units_milli=5000)
    reading = make_reading(("red tube", 4000, 25000, 100000), total_minor=100000)
    ticket = make_ticket(session, desk.rita, reading, tags=said)

    with pytest.raises(NeedsReason) as refused:
        ticket_orders.record_sale(session, ticket.id, ticket.version, by=actor_of(desk.rita), now=NOON)

    assert refused.value.facts == {"ticket": ticket.id, "amount": False, "units": True}


def test_within_the_tolerance_nobody_asks(session: Session, desk: Desk) -> None:
    ticket = make_ticket(
        session, desk.rita, make_reading(total_minor=100000), tags=Tags(amount_minor=104000, client=CLIENT)
    )

    order = ticket_orders.record_sale(
        session, ticket.id, ticket.version, reason="no need", by=actor_of(desk.rita), now=NOON
    )

    assert (order.total_minor, ticket.review, ticket.reason) == (104000, "", "no need")


def test_a_sale_counts_in_all_figures_beside_the_orders(session: Session, desk: Desk) -> None:
    make_client(session, "Stall")
    milk = make_product(session, price_minor=5000)
    make_invoice(session, desk, {milk: 2})
    order = session.scalars(select(Order)).one()
    sell(session, desk)
    sell(session, desk, Tags(amount_minor=7000, client="Stall"))
    sell(session, desk, Tags(amount_minor=999, client="Stall", day=date(2026, 3, 1)))
    day = Period(date(2026, 3, 2), date(2026, 3, 2))
    ann = actor_of(desk.ann)

    seen = statistics.figures(session, day, scope=Scope(), by=ann)

    for sums in (seen.formed, seen.loaded):
        assert [(one.orders, one.total_minor) for one in sums] == [(3, order.total_minor + 157000)]
        assert [(one.vat_minor, one.net_minor) for one in sums] == [(order.vat_minor, order.net_minor + 157000)]
    mine = statistics.figures(session, day, scope=Scope(rep_id=desk.rita.id), by=actor_of(desk.rita))
    assert mine == seen

    def top(what: By) -> list[tuple[str, int, int]]:
        page: Page[statistics.Entry] = statistics.top(
            session, day, what, scope=Scope(), basis=Basis.LOADED, by=ann, page=0
        )
        return [(row.name, row.orders, row.total_minor) for row in page.items]

    assert top(By.CLIENT) == [(CLIENT, 2, 150000 + order.total_minor), ("Stall", 1, 7000)]
    assert top(By.REP) == [("Rita", 3, 157000 + order.total_minor)]
    assert top(By.STOREKEEPER) == [("Bob", 1, order.total_minor)]
    assert top(By.WAREHOUSE) == [("Main", 1, order.total_minor)]
    assert top(By.VEHICLE) == [("", 1, order.total_minor)]
    assert top(By.PRODUCT) == [("Milk", 1, order.goods_minor)]
    wanted = figures_export.Request(day, Scope(), desk.ann.id, "x", "en", "Europe/Moscow")
    rows = list(figures_export.orders_in(session, wanted, Basis.LOADED))
    assert sorted((row.status, row.total_minor) for row in rows) == [
        ("loaded", order.total_minor),
        ("sale", 7000),
        ("sale", 150000),
    ]
    assert all(row.warehouse is None for row in rows if row.status == "sale")
    assert {row.order_id for row in figures_export.lines_in(session, wanted)} == {order.id}


def test_a_sale_is_listed_where_orders_are(session: Session, desk: Desk) -> None:
    by, ann = actor_of(desk.rita), actor_of(desk.ann)
    order = sell(session, desk)

    assert orders.list_mine(session, by=by, page=0).items == (order,)
    assert orders.list_mine(session, by=by, page=0, only="loaded").items == (order,)
    assert orders.list_mine(session, by=by, page=0, only="open").items == ()
    assert orders.find_mine(session, order.id, by=by) is order
    assert order_oversight.list_orders(session, by=ann, page=0).items == (order,)
    assert order_oversight.list_orders(session, by=ann, page=0, status="loaded", query=CLIENT).items == (order,)
    assert [deed.what for deed in order_oversight.history(session, order.id, by=ann, page=0).items] == ["state"]
    card = client_cards.card(session, order.client_id or 0, by=by)
    assert [(one.order_id, one.total_minor) for one in card.last_orders] == [(order.id, 150000)]


def test_a_sale_is_no_business_of_any_warehouse(session: Session, desk: Desk) -> None:
    order = sell(session, desk)
    desk.bob.warehouse_ids = []  # works with all of them
    session.flush()
    bob = actor_of(desk.bob)

    queue = loading_queue.find(session, loading_queue.Filter(), by=bob, now=NOON)
    assert (queue.page.items, loading_queue.count_waiting(session, by=bob)) == ((), 0)
    assert not loading_queue.is_in(session, order.id, by=bob)
    assert vehicles.list_recent(session, order.warehouse_id) == []
    tries = (
        lambda: orders.get(session, order.id, by=bob),
        lambda: loading.claim(session, order.id, order.version, by=bob, now=NOON),
        lambda: loading.confirm(session, order.id, order.version, by=bob, now=NOON),
        lambda: loading_photos.request(session, order.id, "ref", chat_key="x", by=bob, now=NOON),
        lambda: loading_photos.find(session, order.id, 0, by=bob),
    )
    for attempt in tries:
        with pytest.raises(NotAllowed):
            attempt()
    assert (order.status, order.version) == ("loaded", 1)


def test_a_sale_has_no_papers_and_is_neither_changed_nor_cancelled_nor_repeated(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    order = sell(session, desk)
    draft = make_draft(session, desk.rita, {make_product(session): 1})

    refusals: list[tuple[type[DomainError], Any]] = [
        (invoicing.NotBilledYet, lambda: papers.of_order(session, order.id, by=by)),
        (invoicing.NotBilledYet, lambda: papers.send(session, order.id, 0, "a@example.com", by=by, now=NOON)),
        (order_edits.TooLateToChange, lambda: order_edits.begin(session, order.id, by=by, now=NOON)),
        (MoveRefused, lambda: orders.cancel(session, order.id, order.version, by=by, now=NOON)),
        (cart.NotYours, lambda: quick_order.repeat(session, draft.id, order.id, by=by, now=NOON)),
        (orders.AlreadySubmitted, lambda: orders.submit(session, order.id, order.version, by=by, now=NOON)),
        (cart.NoLongerDraft, lambda: cart.set_note(session, order.id, "x", by=by, now=NOON)),
        (cart.NoLongerDraft, lambda: draft_list.delete(session, order.id, order.version, by=by, now=NOON)),
    ]
    for refusal, attempt in refusals:
        with pytest.raises(refusal):
            attempt()
    assert (order.status, order.version, order.lines) == ("loaded", 1, [])
    assert quick_order.find_last(session, order.client_id or 0, by=by) is None


def test_a_client_who_is_gone_is_refused(session: Session, desk: Desk) -> None:
    ticket = make_ticket(session, desk.rita, tags=SALE)

    with pytest.raises(ClientGone):
        ticket_facts.choose_client(session, ticket.id, 4711, by=actor_of(desk.rita), now=NOON)

    assert ticket.client is not None
