"""Several drafts: the one chosen or changed last is the current one, and each can be thrown away."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.orders import Order, OrderLine
from db.models.record import AuditEntry
from services import cart, draft_lines, draft_list, order_edits
from services.actor import NotAllowed
from services.cart import LineGone, NoLongerDraft, NotYours, TextTooLong
from services.draft_list import MOST, TooManyDrafts
from services.errors import Moved
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
    unit_of,
)
from tests.services.desk import Desk, make_desk, make_submitted


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def test_the_draft_that_was_chosen_last_is_the_current_one(session: Session, desk: Desk) -> None:
    by, milk = actor_of(desk.rita), make_product(session)
    first = make_draft(session, desk.rita, {milk: 1})
    second = draft_list.begin(session, by=by, now=NOON)
    cart.set_quantity(session, second.id, unit_of(milk).id, 1000, by=by, now=NOON)
    assert draft_list.list_mine(session, by=by, page=0).items == (second, first)

    draft_list.choose(session, first.id, by=by, now=NOON)  # in the same moment, as far as the clock can tell

    assert cart.current(session, by=by) is first
    cart.set_quantity(session, first.id, unit_of(milk).id, 2000, by=by, now=NOON)
    assert cart.open_draft(session, by=by, now=NOON) is first
    cart.refresh(session, second.id, by=by, now=later(minutes=1))
    assert draft_list.list_mine(session, by=by, page=0).items == (second, first)
    assert draft_list.count(session, by=by) == 2


def test_an_empty_draft_is_begun_once(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    make_draft(session, desk.rita, {make_product(session): 1})
    empty = draft_list.begin(session, by=by, now=NOON)

    assert draft_list.begin(session, by=by, now=later(minutes=5)) is empty
    assert cart.current(session, by=by) is empty


def test_there_are_at_most_twenty_and_an_edit_counts_too(session: Session, desk: Desk) -> None:
    by, milk = actor_of(desk.rita), make_product(session, on_hand=100)
    order = make_submitted(session, desk, {milk: 1})
    for _ in range(MOST):
        draft = draft_list.begin(session, by=by, now=NOON)
        cart.set_note(session, draft.id, "mine", by=by, now=NOON)

    for refused in (draft_list.begin, order_edits.begin):
        with pytest.raises(TooManyDrafts) as refusal:
            refused(session, *([order.id] if refused is order_edits.begin else []), by=by, now=NOON)
        assert refusal.value.facts == {"most": 20}

    assert draft_list.count(session, by=by) == MOST
    assert draft_list.list_mine(session, by=by, page=3).pages == 4


def test_a_deleted_draft_is_gone_with_its_lines_and_recorded(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    draft = make_draft(session, desk.rita, {make_product(session): 1})
    total = draft.total_minor
    with pytest.raises(Moved):
        draft_list.delete(session, draft.id, draft.version - 1, by=by, now=NOON)

    draft_list.delete(session, draft.id, draft.version, by=by, now=NOON)

    assert [session.scalar(select(func.count()).select_from(one)) for one in (Order, OrderLine)] == [0, 0]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "order.draft_deleted")).one()
    assert entry.before["total_minor"] == total
    with pytest.raises(NotYours):
        draft_list.delete(session, draft.id, draft.version, by=by, now=NOON)


def test_what_is_anothers_or_no_draft_is_refused(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    order, draft = make_submitted(session, desk, {milk: 1}), make_draft(session, desk.rita, {milk: 1})
    olga = make_person(session, "Olga")

    with pytest.raises(NotYours):
        draft_list.choose(session, draft.id, by=actor_of(olga), now=NOON)
    with pytest.raises(NotYours):
        draft_list.delete(session, draft.id, draft.version, by=actor_of(olga), now=NOON)
    with pytest.raises(NoLongerDraft):
        draft_list.delete(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)
    with pytest.raises(NotAllowed):
        draft_list.begin(session, by=actor_of(desk.bob), now=NOON)

    assert session.get(Order, draft.id) is draft
    assert draft_list.list_mine(session, by=actor_of(olga), page=0).items == ()


def test_lines_are_stepped_through_in_their_order(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    goods = [make_product(session, name, on_hand=7) for name in ("Milk", "Cheese", "Cream")]
    draft = make_draft(session, desk.rita, dict.fromkeys(goods, 1))
    units = [unit_of(one).id for one in goods]

    cards = [draft_lines.card(session, draft, unit, by=by) for unit in units]

    assert [(card.line.name, card.number, card.count) for card in cards] == [
        ("Milk", 1, 3), ("Cheese", 2, 3), ("Cream", 3, 3),
    ]  # fmt: skip
    assert [card.previous_unit_id for card in cards] == [None, *units[:2]]
    assert [card.next_unit_id for card in cards] == [*units[1:], None]
    assert [card.available_milli for card in cards] == [7000] * 3
    with pytest.raises(LineGone):
        draft_lines.card(session, draft, 999_999, by=by)


def test_of_a_changed_order_available_is_what_its_own_warehouse_has_for_it(session: Session, desk: Desk) -> None:
    milk = make_product(session, on_hand=7)
    order = make_submitted(session, desk, {milk: 5})
    receive(session, milk, 50, warehouse=make_warehouse(session, "Far", latitude=43.1, longitude=131.9))
    draft = order_edits.begin(session, order.id, by=actor_of(desk.rita), now=NOON)

    assert draft_lines.card(session, draft, unit_of(milk).id, by=actor_of(desk.rita)).available_milli == 7000


def test_a_line_has_a_note_that_can_be_taken_away(session: Session, desk: Desk) -> None:
    by, milk = actor_of(desk.rita), make_product(session)
    draft, unit = make_draft(session, desk.rita, {milk: 1}), unit_of(milk).id

    cart.set_line_note(session, draft.id, unit, "  the fresh one\x00 ", by=by, now=NOON)
    assert draft.lines[0].note == "the fresh one"
    cart.set_line_note(session, draft.id, unit, "", by=by, now=NOON)
    assert draft.lines[0].note == ""

    with pytest.raises(TextTooLong):
        cart.set_line_note(session, draft.id, unit, "x" * 201, by=by, now=NOON)
    with pytest.raises(LineGone):
        cart.set_line_note(session, draft.id, 999_999, "x", by=by, now=NOON)


def test_a_line_that_was_taken_out_is_put_back_where_it_stood(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    goods = [make_product(session, name) for name in ("Milk", "Cheese", "Cream")]
    draft = make_draft(session, desk.rita, dict.fromkeys(goods, 1), client=make_client(session))
    unit = unit_of(goods[1]).id
    cart.set_quantity(session, draft.id, unit, 0, by=by, now=NOON)

    for _tap in (1, 2):
        cart.put_back(session, draft.id, unit, 1000, position=1, note="cold", by=by, now=NOON)
    with pytest.raises(LineGone):
        cart.put_back(session, draft.id, unit, 0, position=1, note="", by=by, now=NOON)

    session.expire_all()
    assert [(line.name, line.note) for line in draft.lines][:3] == [("Milk", ""), ("Cheese", "cold"), ("Cream", "")]
    assert [line.position for line in draft.lines] == [1, 2, 3, 4]
