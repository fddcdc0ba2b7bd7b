"""Sales that are not as their photo says wait for an admin, who accepts them or asks the rep."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from db.models.tickets import Ticket
from services import announcements, cart, ticket_orders, ticket_reviews
from services.actor import NotAllowed
from services.announcements import Audience
from services.errors import Moved
from services.ticket_tags import Tags
from tests.builders import NOON, actor_of, later, make_reading, make_ticket
from tests.services.desk import Desk, told


def make_doubtful(session: Session, desk: Desk, **when: float) -> Ticket:
    tags = Tags(amount_minor=150000, client="Corner Shop")
    ticket = make_ticket(session, desk.rita, make_reading(total_minor=100000), tags=tags)
    ticket_orders.record_sale(
        session, ticket.id, ticket.version, reason="two of them", by=actor_of(desk.rita), now=later(**when)
    )
    announcements.take(session)
    return ticket


def test_the_queue_holds_what_nobody_has_looked_at(session: Session, desk: Desk) -> None:
    ann = actor_of(desk.ann)
    second, first = make_doubtful(session, desk, minutes=2), make_doubtful(session, desk, minutes=1)
    make_ticket(session, desk.rita)

    assert ticket_reviews.list_wanted(session, by=ann, page=0).items == (first, second)
    assert ticket_reviews.count_wanted(session, by=ann) == 2

    ticket_reviews.accept(session, first.id, first.version, by=ann, now=later(hours=1))

    assert ticket_reviews.list_wanted(session, by=ann, page=0).items == (second,)
    assert (first.review, first.reviewed_by, first.reviewed_at) == ("accepted", ann.person_id, later(hours=1))
    assert told(session) == []


def test_a_question_goes_to_the_rep(session: Session, desk: Desk) -> None:
    ticket, ann = make_doubtful(session, desk), actor_of(desk.ann)

    ticket_reviews.question(session, ticket.id, ticket.version, " where is the other? ", by=ann, now=NOON)

    assert (ticket.review, ticket.review_words, ticket.status) == ("questioned", "where is the other?", "recorded")
    facts = {
        "ticket_id": ticket.id,
        "order_id": ticket.order_id,
        "client": "Corner Shop",
        "amount_minor": 150000,
        "currency": "RUB",
        "by": "Ann",
        "words": "where is the other?",
    }
    assert told(session) == [("ticket_questioned", Audience(person_id=desk.rita.id), facts)]
    assert ticket_reviews.count_wanted(session, by=ann) == 0


def test_two_admins_decide_once(session: Session, desk: Desk) -> None:
    ticket, ann = make_doubtful(session, desk), actor_of(desk.ann)
    version = ticket.version
    ticket_reviews.accept(session, ticket.id, version, by=ann, now=NOON)

    for stale in (version, ticket.version):
        with pytest.raises(Moved):
            ticket_reviews.question(session, ticket.id, stale, "why?", by=ann, now=NOON)

    assert (ticket.review, told(session)) == ("accepted", [])


def test_only_admins_review_and_a_question_takes_words(session: Session, desk: Desk) -> None:
    ticket, ann = make_doubtful(session, desk), actor_of(desk.ann)

    for person in (desk.rita, desk.bob):
        by = actor_of(person)
        with pytest.raises(NotAllowed):
            ticket_reviews.list_wanted(session, by=by, page=0)
        with pytest.raises(NotAllowed):
            ticket_reviews.count_wanted(session, by=by)
        with pytest.raises(NotAllowed):
            ticket_reviews.accept(session, ticket.id, ticket.version, by=by, now=NOON)
        with pytest.raises(NotAllowed):
            ticket_reviews.question(session, ticket.id, ticket.version, "why?", by=by, now=NOON)
    with pytest.raises(NotAllowed):
        ticket_reviews.accept(session, 4711, 1, by=ann, now=NOON)
    with pytest.raises(ticket_reviews.NothingAsked):
        ticket_reviews.question(session, ticket.id, ticket.version, " ", by=ann, now=NOON)
    with pytest.raises(cart.TextTooLong):
        ticket_reviews.question(session, ticket.id, ticket.version, "x" * 501, by=ann, now=NOON)

    assert (ticket.review, told(session)) == ("wanted", [])
