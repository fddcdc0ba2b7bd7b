"""What could not leave is listed without its content, and leaves after all when it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db.models.messaging import dead_letter, lane
from db.models.messaging import outbox as table
from db.models.record import AuditEntry
from db.session import Transaction
from services import dead_rows, lanes, outbox
from services.actor import NotAllowed
from services.dead_rows import CannotRetry, NotDead
from services.outbox import Item
from tests.builders import NOON, actor_of, later, make_product
from tests.services.desk import make_desk, make_invoice

LETTER = "mail:7"


def put_and_settle(session: Session, status: str, *, secret: bool = False) -> int:
    """One row that was tried and came to this; its lane is put off for an hour."""
    outbox.put(session, [Item(LETTER, "invoice.mail", {"hush": "canary"}, secret=secret)], now=NOON)
    lanes.claim(session, LETTER, "me", now=NOON)
    [row] = lanes.next_rows(session, LETTER, most=1)
    lanes.count_try(session, row, "550 no such mailbox")
    if status != "pending":
        lanes.settle(session, row, status, now=later(minutes=1), error="550 no such\nmailbox")
    lanes.give_back(session, LETTER, "me", due_at=later(minutes=60))
    return row.id


def rows(session: Session) -> list[tuple[object, ...]]:
    columns = (table.c.status, table.c.attempts, table.c.created_at, table.c.done_at, table.c.last_error)
    return [tuple(row) for row in session.execute(select(*columns).order_by(table.c.id))]


def test_what_is_dead_is_listed_without_its_content(session: Session) -> None:
    row_id = put_and_settle(session, "dead")
    put_and_settle(session, "sent")
    session.execute(
        insert(dead_letter).values(
            source="tg:77", update_id=5, chat_key="tg:77:9", raw={"text": "canary"}, error="KeyError: x", at=NOON
        )
    )

    @contextmanager
    def reading() -> Iterator[Session]:
        yield session

    letter_id = dead_rows.list_letters(session)[0].id
    assert dead_rows.report(reading) == (
        "Could not leave (retry <row> lets one try again):\n"
        f"  {row_id}  2026-03-02 12:01 UTC  invoice.mail  mail:7  550 no such mailbox\n"
        "Updates that failed for good:\n"
        f"  {letter_id}  2026-03-02 12:00 UTC  tg:77  tg:77:9  KeyError: x"
    )


def test_nothing_dead_is_said_so(session: Session) -> None:
    @contextmanager
    def reading() -> Iterator[Session]:
        yield session

    assert dead_rows.report(reading) == "Nothing is dead."


def test_a_dead_row_leaves_as_if_it_had_been_written_now(session: Session) -> None:
    row_id = put_and_settle(session, "dead")

    assert dead_rows.retry(session, row_id, now=later(minutes=5)) == LETTER

    assert rows(session) == [("pending", 0, later(minutes=5), None, "")]
    assert lanes.due(session, now=later(minutes=5)) == [LETTER]
    [waiting] = lanes.next_rows(session, LETTER, most=9)
    assert (waiting.id, waiting.payload) == (row_id, {"hush": "canary"})
    audit = session.scalars(select(AuditEntry)).one()
    assert (audit.action, audit.subject, audit.origin) == ("outbox.retried", f"outbox:{row_id}", "cli")
    assert audit.before == {"status": "dead", "error": "550 no such\nmailbox"}


def test_a_lane_that_is_gone_is_made_again(session: Session) -> None:
    row_id = put_and_settle(session, "dead")
    session.execute(lane.delete())

    dead_rows.retry(session, row_id, now=NOON)

    assert lanes.due(session, now=NOON) == [LETTER]


@pytest.mark.parametrize(
    ("status", "secret", "words"),
    [
        ("pending", False, "is not dead but pending"),
        ("sent", False, "is not dead but sent"),
        ("merged", False, "is not dead but merged"),
        ("dead", True, "held a password or link, which is gone"),
    ],
)
def test_what_cannot_be_tried_again_stays_as_it_was(session: Session, status: str, secret: bool, words: str) -> None:  # noqa: FBT001
    row_id = put_and_settle(session, status, secret=secret)
    before, due = rows(session), session.scalar(select(lane.c.due_at))

    with pytest.raises(CannotRetry, match=words):
        dead_rows.retry_one(opened(session), str(row_id), now=later(minutes=5))

    assert (rows(session), session.scalar(select(lane.c.due_at))) == (before, due)
    assert session.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize(
    ("word", "why"),
    [("", "Say the number"), ("x", "Say"), ("-1", "Say"), ("1.5", "Say"), ("²", "Say"), ("404", "no row")],
)
def test_what_names_no_row_is_refused(session: Session, word: str, why: str) -> None:
    with pytest.raises(CannotRetry, match=why):
        dead_rows.retry_one(opened(session), word, now=NOON)


def opened(session: Session) -> Transaction:
    @contextmanager
    def transaction() -> Iterator[Session]:
        yield session

    return transaction


def test_an_admin_sees_what_a_row_is_about_and_lets_it_go(session: Session) -> None:
    desk = make_desk(session)
    invoice = make_invoice(session, desk, {make_product(session): 1})
    session.execute(table.update().where(table.c.kind == "invoice.draw").values(status="dead", last_error="no fonts"))
    ann = actor_of(desk.ann)
    [row] = dead_rows.list_rows(session)

    assert dead_rows.count(session, by=ann) == 1
    assert dead_rows.find(session, row.id, by=ann).order_id == invoice.order_id
    assert dead_rows.retry(session, row.id, by=ann, now=NOON) == f"pdf:{invoice.id}"
    assert dead_rows.count(session, by=ann) == 0
    assert f"pdf:{invoice.id}" in outbox.lanes_to_kick(session)
    audit = session.scalars(select(AuditEntry).where(AuditEntry.action == "outbox.retried")).one()
    assert (audit.person_id, audit.origin) == (desk.ann.id, ann.origin)


def test_all_of_a_kind_leave_but_for_those_whose_content_is_gone(session: Session) -> None:
    desk = make_desk(session)
    put_and_settle(session, "dead")
    put_and_settle(session, "dead")
    secret = put_and_settle(session, "dead", secret=True)

    assert dead_rows.retry_kind(session, "invoice.mail", by=actor_of(desk.ann), now=NOON) == 2
    assert [row.id for row in dead_rows.list_rows(session)] == [secret]


def test_what_was_put_aside_is_seen_no_more(session: Session) -> None:
    desk = make_desk(session)
    ann = actor_of(desk.ann)
    row_id = put_and_settle(session, "dead")
    letter = insert(dead_letter).values(
        source="tg:77", update_id=5, chat_key="tg:77:9", raw={}, error="KeyError", at=NOON
    )
    letter_id = session.execute(letter.returning(dead_letter.c.id)).scalar_one()

    dead_rows.put_aside(session, row_id, by=ann, now=NOON)
    dead_rows.put_letter_aside(session, letter_id, by=ann, now=NOON)

    assert (dead_rows.count(session, by=ann), dead_rows.list_letters(session)) == (0, [])
    for again in (dead_rows.put_aside, dead_rows.put_letter_aside):
        with pytest.raises(NotDead):
            again(session, 10**6, by=ann, now=NOON)
    with pytest.raises(NotDead):
        dead_rows.find(session, row_id, by=ann)


def test_only_admins_look_at_trouble(session: Session) -> None:
    desk = make_desk(session)
    row_id = put_and_settle(session, "dead")
    before = rows(session)

    for person in (desk.rita, desk.bob):
        by = actor_of(person)
        for deed in (
            lambda by=by: dead_rows.count(session, by=by),
            lambda by=by: dead_rows.find(session, row_id, by=by),
            lambda by=by: dead_rows.retry(session, row_id, by=by, now=NOON),
            lambda by=by: dead_rows.retry_kind(session, "invoice.mail", by=by, now=NOON),
            lambda by=by: dead_rows.put_aside(session, row_id, by=by, now=NOON),
            lambda by=by: dead_rows.put_letter_aside(session, 1, by=by, now=NOON),
        ):
            with pytest.raises(NotAllowed):
                deed()
    assert rows(session) == before
