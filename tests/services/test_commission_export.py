"""Asking for the file with commissions: one's own for everybody, others' for admins, once per press."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models.people import Account
from services import commission_export, outbox
from services.actor import NotAllowed
from services.periods import Period
from tests.builders import NOON, actor_of
from tests.services.desk import make_desk, told

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def test_the_same_button_gives_one_file(session: Session) -> None:
    rita = make_desk(session).rita

    for press in (5, 5, 6):
        commission_export.request(session, MARCH, rita.id, press=press, by=actor_of(rita), now=NOON)

    assert outbox.count_pending(session) == 2


@pytest.mark.parametrize("whose", ["bob", None])
def test_others_earnings_are_for_admins(session: Session, whose: str | None) -> None:
    desk = make_desk(session)
    of_person = getattr(desk, whose).id if whose else None

    with pytest.raises(NotAllowed):
        commission_export.request(session, MARCH, of_person, press=1, by=actor_of(desk.rita), now=NOON)

    assert outbox.count_pending(session) == 0
    commission_export.request(session, MARCH, of_person, press=1, by=actor_of(desk.ann), now=NOON)
    assert outbox.count_pending(session) == 1


def test_what_was_asked_for_comes_back_from_the_job(session: Session) -> None:
    payload = {
        "first": MARCH.first.toordinal(), "last": MARCH.last.toordinal(), "of_person": None, "person_id": 3,
        "language": "es", "chat_key": "tg:1:3",
    }  # fmt: skip

    assert commission_export.read_request(payload) == commission_export.Request(MARCH, None, 3, "tg:1:3", "es")


@pytest.mark.parametrize("lost", ["nothing", "access", "role", "chat"])
def test_the_file_goes_to_whoever_may_still_have_it_where_it_was_asked_for(session: Session, lost: str) -> None:
    desk = make_desk(session)
    facts = {
        "first": MARCH.first.toordinal(), "last": MARCH.last.toordinal(), "of_person": None, "person_id": desk.ann.id,
        "chat_key": actor_of(desk.ann).origin, "sha256": "0" * 64, "name": "march.xlsx", "content_type": "x", "size": 1,
    }  # fmt: skip
    match lost:
        case "access":
            desk.ann.revoked_at = NOON
        case "role":
            desk.ann.roles = ["rep"]
        case "chat":
            session.execute(update(Account).where(Account.person_id == desk.ann.id).values(person_id=desk.bob.id))
    session.flush()

    commission_export.deliver(session, facts, now=NOON)

    assert [name for name, _, _ in told(session)] == (["commission_ready"] if lost == "nothing" else [])
