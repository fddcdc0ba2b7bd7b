"""While photos arrive and are read, a rep's press counts as long as what it goes by has not changed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from db.models.tickets import Ticket
from services import ticket_orders, tickets
from services.errors import Moved
from services.ticket_tags import Tags
from tests.builders import NOON, actor_of, later, make_category, make_client, make_file, make_reading
from tests.services.desk import Desk

TYPED = Tags(amount_minor=100000, client="Salon", day=date(2026, 3, 1))


def sent(session: Session, desk: Desk, ref: str, tags: Tags = TYPED) -> Ticket:
    return tickets.take_photo(
        session, ref, album="", caption="", tags=tags, chat_key="tg:1:77", message_ref=ref, name="photo.jpg",
        by=actor_of(desk.rita), now=NOON,
    )  # fmt: skip


def arrived(session: Session, desk: Desk, ticket: Ticket, content: str) -> None:
    file = make_file(session, content)
    tickets.attach(session, file, ticket.id, desk.rita.id, origin="tg:1:77", now=later(seconds=1))


def test_a_sale_is_recorded_by_a_press_from_before_its_photo_arrived_and_was_read(session: Session, desk: Desk) -> None:
    make_client(session, "Salon")
    ticket = sent(session, desk, "a")
    shown = ticket.version

    arrived(session, desk, ticket, "one")
    reading = make_reading(("Dye", 5000, 20000, 100000), total_minor=101000, sold_on="2026-03-01")
    tickets.learn(session, ticket.id, 1, reading, [], now=later(seconds=3))

    assert (ticket.status, ticket.version) == ("read", shown)
    order = ticket_orders.record_sale(session, ticket.id, shown, by=actor_of(desk.rita), now=later(seconds=4))
    assert order.total_minor == 100000


@pytest.mark.parametrize(
    ("tags", "reading"),
    [
        (Tags(client="Salon", day=TYPED.day), make_reading(total_minor=100000)),
        (Tags(client="Salon", amount_minor=100000), make_reading(sold_on="2026-03-01")),
        (TYPED, make_reading(("Tube of dye", 5000, 20000, 100000))),
    ],
    ids=["the sum", "the day", "the units"],
)
def test_a_press_from_before_is_old_once_something_that_counts_was_read(
    session: Session, desk: Desk, tags: Tags, reading: dict[str, object]
) -> None:
    make_client(session, "Salon")
    dye = make_category(session, "Dye")
    dye.counts_units, dye.unit_words = True, "tube"
    ticket = sent(session, desk, "a", tags)
    shown = ticket.version
    arrived(session, desk, ticket, "one")
    assert ticket.version == shown

    tickets.learn(session, ticket.id, 1, reading, [], now=later(seconds=3))

    assert ticket.version == shown + 1
    with pytest.raises(Moved):
        ticket_orders.record_sale(session, ticket.id, shown, by=actor_of(desk.rita), now=later(seconds=4))
    assert (ticket.status, ticket.order_id) == ("read", None)


def test_a_press_from_before_is_old_once_the_same_photo_is_known(session: Session, desk: Desk) -> None:
    make_client(session, "Salon")
    arrived(session, desk, sent(session, desk, "a", Tags()), "the same")
    again = sent(session, desk, "b")
    shown = again.version

    arrived(session, desk, again, "the same")

    assert again.version == shown + 1
