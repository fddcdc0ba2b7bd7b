"""Tickets that were sent before are warned of: same file, same picture, same fiscal id, same sale."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.models.tickets import Ticket
from services import ticket_duplicates, ticket_facts, ticket_orders, tickets
from services.ticket_duplicates import Duplicate
from services.ticket_tags import Tags
from tests.builders import (
    NOON,
    actor_of,
    later,
    make_client,
    make_file,
    make_person,
    make_product,
    make_reading,
    make_ticket,
)
from tests.services.desk import Desk, make_submitted

TODAY = date(2026, 3, 2)
HASH = "0f0f0f0f12345678"


def found(session: Session, ticket: Ticket) -> list[tuple[tuple[str, ...], int | None, int | None, str, date]]:
    return [
        (one.reasons, one.ticket_id, one.order_id, one.rep, one.day) for one in ticket_duplicates.find(session, ticket)
    ]


def test_the_same_file_is_known_by_its_bytes_whoever_sent_it(session: Session, desk: Desk) -> None:
    rob = make_person(session, "Rob")
    first = make_ticket(session, rob, make_reading(sold_on="2026-03-01"), content="same")
    second = make_ticket(session, desk.rita, make_reading(), content="other")
    again = make_file(session, "same", name="IMG_2.jpg")
    tickets.attach(session, again, second.id, desk.rita.id, origin="x", now=NOON)

    assert found(session, second) == [(("same_file",), first.id, None, "Rob", date(2026, 3, 1))]
    assert found(session, make_ticket(session, desk.rita, make_reading())) == []


@pytest.mark.parametrize(
    ("other", "is_found"),
    [
        (HASH, 1),
        ("0f0f0f0f12345647", 1),  # six bits
        ("0f0f0f0f12345607", 0),  # seven
        ("f0f0f0f0edcba987", 0),
        (None, 0),
    ],
)
def test_the_same_picture_is_known_within_six_bits(
    session: Session, desk: Desk, other: str | None, is_found: int
) -> None:
    first = make_ticket(session, desk.rita, make_reading(), picture_hash=HASH)
    second = make_ticket(session, desk.rita, make_reading(), picture_hash=other)

    assert found(session, second) == [(("same_picture",), first.id, None, "Rita", TODAY)] * is_found
    assert len(found(session, first)) == is_found


def test_pictures_without_any_content_are_not_alike(session: Session, desk: Desk) -> None:
    make_ticket(session, desk.rita, make_reading(), picture_hash="0" * 16)

    assert found(session, make_ticket(session, desk.rita, make_reading(), picture_hash="0" * 16)) == []


def test_the_same_fiscal_id_is_the_same_ticket(session: Session, desk: Desk) -> None:
    first = make_ticket(session, desk.rita, make_reading(fiscal_id="1:2:3"))
    make_ticket(session, desk.rita, make_reading(fiscal_id="1:2:4"))
    make_ticket(session, desk.rita, make_reading())

    second = make_ticket(session, desk.rita, make_reading(fiscal_id="1:2:3"))

    assert found(session, second) == [(("same_fiscal_id",), first.id, None, "Rita", TODAY)]


@pytest.mark.parametrize(
    ("over", "is_found"),
    [({}, 1), ({"amount_minor": 5001}, 0), ({"client": "Stall"}, 0), ({"day": date(2026, 3, 1)}, 0)],
)
def test_the_same_client_sum_and_day_are_the_same_sale(
    session: Session, desk: Desk, over: dict[str, Any], is_found: int
) -> None:
    make_client(session, "Salon")
    make_client(session, "Stall")
    said = {"amount_minor": 5000, "client": "Salon", "day": TODAY}
    first = make_ticket(session, desk.rita, tags=Tags(**said))

    second = make_ticket(session, desk.rita, tags=Tags(**said | over))

    assert found(session, second) == [(("same_sale",), first.id, None, "Rita", TODAY)] * is_found


def test_a_recorded_sale_is_named_once_and_an_order_without_a_ticket_too(session: Session, desk: Desk) -> None:
    milk = make_product(session, price_minor=5000)
    order = make_submitted(session, desk, {milk: 1}, place=None)
    said = Tags(amount_minor=order.total_minor, client="Corner Shop")
    first = make_ticket(session, desk.rita, tags=said)
    sale = ticket_orders.record_sale(session, first.id, first.version, by=actor_of(desk.rita), now=NOON)

    second = make_ticket(session, desk.rita, tags=said)

    assert ticket_duplicates.find(session, second) == (
        Duplicate(("same_sale",), first.id, sale.id, "Rita", TODAY),
        Duplicate(("same_sale",), None, order.id, "Rita", TODAY),
    )
    assert found(session, first) == [
        (("same_sale",), second.id, None, "Rita", TODAY),
        (("same_sale",), None, order.id, "Rita", TODAY),
    ]


def test_days_are_the_companys(session: Session, desk: Desk) -> None:
    make_client(session, "Salon")
    said = Tags(amount_minor=5000, client="Salon")
    first = make_ticket(session, desk.rita, tags=said, now=later(hours=8.9))
    sale = ticket_orders.record_sale(session, first.id, first.version, by=actor_of(desk.rita), now=later(hours=8.9))

    same_day = make_ticket(session, desk.rita, tags=said, now=later(hours=0))
    next_day = make_ticket(session, desk.rita, tags=said, now=later(hours=9.1))

    assert [one.order_id for one in ticket_duplicates.find(session, same_day)] == [sale.id]
    assert ticket_duplicates.find(session, next_day) == ()


def test_what_was_discarded_warns_nobody_and_all_reasons_are_told(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    make_client(session, "Salon")
    said = Tags(amount_minor=5000, client="Salon")
    reading = make_reading(fiscal_id="1:2:3")
    first = make_ticket(session, desk.rita, reading, tags=said, content="same", picture_hash=HASH)
    second = make_ticket(session, desk.rita, reading, tags=said, content="same", picture_hash=HASH)

    reasons = ("same_file", "same_fiscal_id", "same_picture", "same_sale")
    assert found(session, second) == [(reasons, first.id, None, "Rita", TODAY)]
    tickets.discard(session, first.id, first.version, by=by, now=NOON)
    assert found(session, second) == []
    ticket_facts.correct_note(session, second.id, "still open", by=by, now=NOON)


def test_no_more_are_named_than_anybody_reads(session: Session, desk: Desk) -> None:
    for _ in range(7):
        ticket = make_ticket(session, desk.rita, make_reading(fiscal_id="1:2:3"))

    assert len(ticket_duplicates.find(session, ticket)) == 5
