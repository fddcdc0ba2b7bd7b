"""Tickets: photos join what they belong to, are read once they are all there, and nothing that was sent is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.files import File
from db.models.messaging import lane, outbox
from db.models.record import AuditEntry
from db.models.tickets import Ticket, TicketPhoto
from db.session import Database
from services import company, draft_list, ticket_facts, ticket_matching, ticket_orders, ticket_states, tickets
from services.actor import Actor, NotAllowed
from services.errors import Moved
from services.ticket_states import MOVES, Status, TicketMoveRefused
from services.ticket_tags import Tags
from services.tickets import TooManyTicketPhotos
from tests.builders import (
    NOON,
    actor_of,
    later,
    make_category,
    make_client,
    make_file,
    make_person,
    make_reading,
    make_ticket,
)
from tests.services.desk import Desk, make_desk, race

CHAT = "tg:1:77"


def send(
    session: Session, by: Actor, ref: str, *, album: str = "", chat: str = CHAT, tags: Tags | None = None,
    caption: str = "", **when: float,
) -> Ticket:  # fmt: skip
    return tickets.take_photo(
        session, ref, album=album, caption=caption, tags=tags or Tags(), chat_key=chat, message_ref=ref,
        name="photo.jpg", by=by, now=later(**when),
    )  # fmt: skip


def fetched(session: Session, ticket: Ticket, by: Actor, content: str, **when: float) -> File:
    file = make_file(session, content)
    tickets.attach(session, file, ticket.id, by.person_id, origin=by.origin, now=later(**when))
    return file


def jobs(session: Session) -> list[dict[str, Any]]:
    query = select(outbox.c.payload).where(outbox.c.kind == "ticket.read").order_by(outbox.c.id)
    return list(session.scalars(query))


def state(ticket: Ticket) -> tuple[str, int, int, int]:
    return ticket.status, ticket.revision, ticket.awaited, len(ticket.photos)


def test_a_photo_is_fetched_for_its_ticket_and_read_at_once(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)

    ticket = send(session, by, "photo-1", caption="  hello\x00 ")

    asked = session.execute(select(outbox.c.kind, outbox.c.payload)).one()
    assert (asked.kind, asked.payload["purpose"], asked.payload["file_ref"]) == ("file.fetch", "ticket", "photo-1")
    assert asked.payload["facts"] == {"ticket_id": ticket.id}
    assert (state(ticket), ticket.caption, ticket.currency) == (("collecting", 1, 1, 0), "hello", "RUB")

    file = fetched(session, ticket, by, "one", seconds=1)

    assert state(ticket) == ("reading", 1, 0, 1)
    facts = {"ticket_id": ticket.id, "revision": 1, "person_id": by.person_id, "chat_key": CHAT}
    assert jobs(session) == [facts]
    wanted = tickets.to_read(session, ticket.id, 1, now=later(seconds=1))
    assert wanted == tickets.ToRead(((file.id, file.sha256),), ("ru", "en"), "RUB", 0.0)


def test_an_album_is_one_ticket_and_waits_for_its_last_photo(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    first = send(session, by, "a", album="g1")
    second = send(session, by, "b", album="g1", seconds=1, caption="both", tags=Tags(amount_minor=500))
    other = send(session, by, "c", album="g2", seconds=1)

    fetched(session, first, by, "one", seconds=1)
    assert jobs(session) == []
    fetched(session, first, by, "two", seconds=1.5)

    assert (second.id, other.id != first.id) == (first.id, True)
    assert (state(first), first.amount_minor) == (("collecting", 2, 0, 2), 500)
    assert [job["revision"] for job in jobs(session)] == [2]
    waits = tickets.to_read(session, first.id, 2, now=later(seconds=1.5))
    assert waits is not None
    assert (waits.wait_seconds, len(waits.files)) == (1.5, 2)
    due = tickets.to_read(session, first.id, 2, now=later(seconds=3))
    assert due is not None
    assert due.wait_seconds == 0
    assert tickets.to_read(session, first.id, 1, now=later(seconds=3)) is None


def test_done_reads_an_album_at_once_and_once(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    ticket = send(session, by, "a", album="g")
    fetched(session, ticket, by, "one", seconds=1)
    session.execute(lane.update().where(lane.c.key == f"ocr:{ticket.id}").values(due_at=later(seconds=2)))

    tickets.done_collecting(session, ticket.id, by=by, now=later(seconds=1))
    tickets.done_collecting(session, ticket.id, by=by, now=later(seconds=1))

    assert ticket.status == "reading"
    assert len(jobs(session)) == 1
    assert session.scalar(select(lane.c.due_at).where(lane.c.key == f"ocr:{ticket.id}")) == later(seconds=1)
    wanted = tickets.to_read(session, ticket.id, 1, now=later(seconds=1))
    assert wanted is not None
    assert wanted.wait_seconds == 0
    with pytest.raises(NotAllowed):
        tickets.done_collecting(session, ticket.id, by=actor_of(make_person(session, "Rob")), now=NOON)


def test_done_waits_for_the_photos_that_are_on_their_way(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    ticket = send(session, by, "a", album="g")
    send(session, by, "b", album="g")
    fetched(session, ticket, by, "one")

    tickets.done_collecting(session, ticket.id, by=by, now=NOON)
    assert (ticket.status, jobs(session)) == ("collecting", [])

    fetched(session, ticket, by, "two")
    assert (ticket.status, [job["revision"] for job in jobs(session)]) == ("reading", [2])


def test_the_same_file_is_kept_once(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    ticket = send(session, by, "a")
    fetched(session, ticket, by, "one")
    fetched(session, ticket, by, "one")

    assert state(ticket) == ("reading", 1, 0, 1)
    assert len(jobs(session)) == 1


def test_the_next_photo_joins_the_ticket_that_asked_for_it(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    ticket = make_ticket(session, desk.rita, make_reading(total_minor=100))
    other = make_ticket(session, desk.rita, make_reading(total_minor=200))
    tickets.join_next(session, other.id, by=by, now=NOON)
    tickets.join_next(session, ticket.id, by=by, now=NOON)

    joined = send(session, by, "b", album="g", chat=by.origin, minutes=5)
    more = send(session, by, "c", album="g", chat=by.origin, minutes=5)
    alone = send(session, by, "d", chat=by.origin, minutes=5)

    assert (joined.id, more.id, joined.status, joined.revision) == (ticket.id, ticket.id, "collecting", 3)
    assert alone.id not in {ticket.id, other.id}


def test_a_wish_for_another_photo_ends_after_a_while_and_stays_in_its_chat(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    ticket = make_ticket(session, desk.rita, make_reading())
    tickets.join_next(session, ticket.id, by=by, now=NOON)

    elsewhere = send(session, by, "a", chat="tg:1:999", minutes=1)
    late = send(session, by, "b", chat=by.origin, minutes=10, seconds=1)

    assert ticket.id not in {elsewhere.id, late.id}


def test_a_ticket_has_room_for_ten_photos(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    for number in range(10):
        ticket = send(session, by, f"p{number}", album="g")

    with pytest.raises(TooManyTicketPhotos) as refused:
        send(session, by, "p10", album="g")
    assert (refused.value.facts, ticket.revision) == ({"most": 10}, 10)
    with pytest.raises(TooManyTicketPhotos):
        tickets.join_next(session, ticket.id, by=by, now=NOON)


@pytest.mark.parametrize(("others", "status"), [(0, "read"), (1, "reading")])
def test_a_photo_that_cannot_be_had_stops_nothing(session: Session, desk: Desk, others: int, status: str) -> None:
    by = actor_of(desk.rita)
    ticket = send(session, by, "a", album="g")
    for number in range(others):
        send(session, by, f"b{number}", album="g")
        fetched(session, ticket, by, f"content {number}")

    tickets.not_fetched(session, ticket.id, "too_large", now=later(seconds=5))

    assert (ticket.status, ticket.trouble, ticket.awaited) == (status, "too_large", 0)
    assert len(jobs(session)) == others
    assert tickets.not_fetched(session, 4711, "gone", now=NOON) is None


def test_what_was_typed_alone_is_a_ticket_too(session: Session, desk: Desk) -> None:
    client = make_client(session, "Juan Pérez")
    day = date(2026, 3, 1)
    tags = Tags(amount_minor=150000, units_milli=5000, client="juan perez", note=" two bags ", day=day)

    ticket = tickets.take_text(
        session, tags, "@monto 1500 @cliente juan perez", chat_key=CHAT, message_ref="m", by=actor_of(desk.rita),
        now=NOON,
    )  # fmt: skip

    assert (ticket.status, ticket.amount_minor, ticket.typed_minor) == ("read", 150000, 150000)
    assert (ticket.client_id, ticket.client_text, ticket.sold_on) == (client.id, "juan perez", day)
    assert (ticket.note, ticket.caption) == (" two bags ", "@monto 1500 @cliente juan perez")
    assert (ticket.units, jobs(session), ticket.photos) == ([], [], [])


def test_a_client_is_found_only_where_there_is_no_doubt(session: Session, desk: Desk) -> None:
    one = make_client(session, "Salon Rosa")
    make_client(session, "Barber Shop North")
    make_client(session, "Barber Shop South")

    def client_of(name: str) -> int | None:
        return make_ticket(session, desk.rita, tags=Tags(client=name)).client_id

    assert client_of("Rosa") == one.id
    assert client_of("barber shop") is None
    assert client_of("nobody") is None


def test_units_that_were_typed_are_of_the_first_counted_category(session: Session, desk: Desk) -> None:
    dye = make_category(session, "Dye")
    dye.counts_units = True
    make_category(session, "Care").counts_units = True

    ticket = make_ticket(session, desk.rita, tags=Tags(units_milli=5000))

    assert [(row.category_id, row.typed_milli, row.counts_milli) for row in ticket.units] == [(dye.id, 5000, 5000)]


def test_what_was_read_is_learnt_once_and_only_of_the_newest_photos(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    ticket = send(session, by, "a", album="g")
    fetched(session, ticket, by, "one")
    send(session, by, "b", album="g")

    assert tickets.learn(session, ticket.id, 1, make_reading(total_minor=100), [], now=NOON) is None
    assert tickets.learn(session, 4711, 1, make_reading(), [], now=NOON) is None
    assert (ticket.reading, ticket.read_minor, ticket.status) == ({}, None, "collecting")

    fetched(session, ticket, by, "two")
    reading = make_reading(total_minor=250000, shop="Salon", fiscal_id="1:2:3", sold_on="2026-03-01")
    assert tickets.learn(session, ticket.id, 2, reading, [], now=later(seconds=9)) is ticket
    seen = (ticket.status, ticket.amount_minor, ticket.shop, ticket.fiscal_id, ticket.sold_on, ticket.version)
    assert seen[:5] == ("read", 250000, "Salon", "1:2:3", date(2026, 3, 1))
    assert tickets.learn(session, ticket.id, 2, make_reading(total_minor=1), [], now=later(seconds=10)) is None
    assert (ticket.amount_minor, ticket.version, ticket.reading) == (250000, seen[5], reading)
    assert tickets.to_read(session, ticket.id, 2, now=later(seconds=10)) is None


def test_what_was_typed_counts_and_what_is_not_sure_does_not(session: Session, desk: Desk) -> None:
    typed = make_ticket(session, desk.rita, make_reading(total_minor=100000), tags=Tags(amount_minor=99000))
    unsure = make_ticket(session, desk.rita, make_reading(total_minor=100000, confident=False))
    foreign = make_ticket(session, desk.rita, make_reading(total_minor=100000, currency="EUR"))
    unknown = make_ticket(session, desk.rita, make_reading(total_minor=100000, currency=None))
    future = make_ticket(session, desk.rita, make_reading(sold_on="2027-01-01"))
    old = make_ticket(session, desk.rita, make_reading(sold_on="2001-01-01"))

    assert (typed.amount_minor, typed.read_minor) == (99000, 100000)
    assert (unsure.amount_minor, unsure.read_minor) == (None, None)
    assert (foreign.amount_minor, unknown.amount_minor) == (None, 100000)
    assert (future.sold_on, old.sold_on) == (None, None)


def test_money_is_read_in_the_minor_units_of_the_currency(session: Session, desk: Desk) -> None:
    company.get(session).currency = "JPY"
    reading = make_reading(("Dye", 1000, 150050, 150050), total_minor=150050, currency="JPY")

    ticket = make_ticket(session, desk.rita, reading)

    assert (ticket.currency, ticket.amount_minor) == ("JPY", 1501)


def test_trouble_leaves_the_ticket_to_go_on_by_hand(session: Session, desk: Desk) -> None:
    ticket = make_ticket(session, desk.rita, make_reading(trouble="heic", confident=False, source="none"))

    ticket_facts.correct_amount(session, ticket.id, 5000, by=actor_of(desk.rita), now=NOON)

    assert (ticket.status, ticket.trouble, ticket.amount_minor) == ("read", "heic", 5000)


def test_a_reading_that_comes_too_late_changes_nothing_but_is_kept(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    make_client(session, "Salon")
    ticket = send(session, by, "a", tags=Tags(amount_minor=100000, client="Salon"))
    fetched(session, ticket, by, "one")
    order = ticket_orders.record_sale(session, ticket.id, ticket.version, by=by, now=NOON)
    gone = send(session, by, "b")
    fetched(session, gone, by, "two")
    tickets.discard(session, gone.id, gone.version, by=by, now=NOON)

    tickets.learn(session, ticket.id, 1, make_reading(total_minor=200000), [], now=later(seconds=5))
    tickets.learn(session, gone.id, 1, make_reading(total_minor=7), [], now=later(seconds=5))

    assert (ticket.status, ticket.amount_minor, ticket.read_minor) == ("recorded", 100000, 200000)
    assert (ticket.review, order.total_minor) == ("wanted", 100000)
    assert (gone.status, gone.reading["total_minor"], gone.amount_minor) == ("discarded", 7, None)
    assert tickets.to_read(session, gone.id, 1, now=NOON) is None


def test_whatever_a_code_holds_can_be_kept(session: Session, desk: Desk) -> None:
    line = {"text": "a\x00b", "article": "\ud800", "name": "x\x00", "quantity_milli": 10**30, "price_minor": 10**30,
            "sum_minor": -(10**30)}  # fmt: skip
    hostile = make_reading(
        total_minor=10**30, text="\x00" * 10 + "y" * 30_000, fiscal_id="1" * 300, barcodes=["\x00\udfff5"],
        shop="\x00" * 3 + "s" * 500, payment_code="ST\x00", lines=[line] * 300,
    )  # fmt: skip

    ticket = make_ticket(session, desk.rita, hostile)
    session.expire(ticket)

    assert (ticket.status, ticket.read_minor, ticket.units, len(ticket.shop)) == ("read", None, [], 200)
    assert (ticket.reading["text"], ticket.reading["barcodes"]) == ("y" * 20_000, ["5"])
    assert len(ticket.fiscal_id) == 128
    assert len(ticket_matching.match(session, ticket)) == 100
    assert ticket_facts.compare(session, ticket).arithmetic is not None


def test_a_job_that_was_given_up_leaves_a_ticket_that_goes_on(session: Session, desk: Desk) -> None:
    ticket = make_ticket(session, desk.rita, {"trouble": "took_too_long"}, tags=Tags(amount_minor=500))

    assert (ticket.status, ticket.trouble, ticket.amount_minor) == ("read", "took_too_long", 500)


def test_words_about_a_ticket_that_is_there_are_corrections(session: Session, desk: Desk) -> None:
    make_client(session, "Salon")
    dye, care = make_category(session, "Dye"), make_category(session, "Care")
    for category, words in ((dye, "tubos"), (care, "botes")):
        category.counts_units, category.unit_words = True, words
    by = actor_of(desk.rita)
    ticket = make_ticket(session, desk.rita, make_reading(total_minor=9000), tags=Tags(note="cash"))
    said = Tags(amount_minor=5000, units_milli=3000, units_word="bote", client="salon", day=date(2026, 3, 1))

    tickets.apply(session, ticket.id, said, "@total 50 @botes 3", by=by, now=NOON)

    kept = {one.field: (one.before, one.after) for one in ticket_facts.list_corrections(session, ticket)}
    assert kept == {
        "amount": ("9000", "5000"),
        "day": (None, "2026-03-01"),
        "client": (None, str(ticket.client_id)),
        f"units:{care.id}": (None, "3000"),
    }
    assert (ticket.amount_minor, ticket.note, ticket.client_text) == (5000, "cash", "salon")
    assert ticket.caption == "@total 50 @botes 3"
    assert tickets.find(session, ticket.id) is ticket
    tickets.discard(session, ticket.id, ticket.version, by=by, now=NOON)
    with pytest.raises(Moved):
        tickets.apply(session, ticket.id, said, "", by=by, now=NOON)
    with pytest.raises(NotAllowed):
        tickets.apply(session, ticket.id, said, "", by=actor_of(desk.ann), now=NOON)


@pytest.mark.parametrize(("word", "name"), [("tubos", "Dye"), ("bote", "Care"), ("cajas", "Dye"), ("", "Dye")])
def test_the_tags_word_says_whose_units_are_meant(session: Session, desk: Desk, word: str, name: str) -> None:
    for called, words in (("Dye", "tubos"), ("Care", "botes")):
        category = make_category(session, called)
        category.counts_units, category.unit_words = True, words

    ticket = make_ticket(session, desk.rita, tags=Tags(units_milli=3000, units_word=word))

    compared = ticket_facts.compare(session, ticket).units
    assert [(one.name, one.units.typed) for one in compared if one.units.typed] == [(name, 3000)]


def test_the_own_tickets_the_last_touched_first(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    assert tickets.current(session, by=by) is None
    first = make_ticket(session, desk.rita, now=later(minutes=1))
    second = make_ticket(session, desk.rita, now=later(minutes=2))
    make_ticket(session, make_person(session, "Rob"), now=later(minutes=3))
    gone = make_ticket(session, desk.rita, now=later(minutes=4))
    tickets.discard(session, gone.id, gone.version, by=by, now=later(minutes=4))

    assert [one.id for one in tickets.list_mine(session, by=by, page=0).items] == [second.id, first.id]
    assert tickets.current(session, by=by) is second
    ticket_facts.correct_amount(session, first.id, 100, by=by, now=later(minutes=5))
    assert tickets.current(session, by=by) is first


def test_a_ticket_is_its_reps_and_the_admins(session: Session, desk: Desk) -> None:
    ticket = make_ticket(session, desk.rita, make_reading(), content="one")

    assert tickets.get(session, ticket.id, by=actor_of(desk.rita)) is ticket
    assert tickets.get(session, ticket.id, by=actor_of(desk.ann)) is ticket
    assert tickets.photo(session, ticket.id, 0, by=actor_of(desk.ann)).sha256 == make_file(session, "one").sha256
    for stranger in (desk.bob, make_person(session, "Rob")):
        with pytest.raises(NotAllowed):
            tickets.get(session, ticket.id, by=actor_of(stranger))
        with pytest.raises(NotAllowed):
            tickets.photo(session, ticket.id, 0, by=actor_of(stranger))
    with pytest.raises(NotAllowed):
        tickets.get(session, 4711, by=actor_of(desk.ann))
    with pytest.raises(Moved):
        tickets.photo(session, ticket.id, 1, by=actor_of(desk.rita))


CHANGES: list[Callable[[Session, Ticket, Actor], Any]] = [
    lambda session, ticket, by: tickets.discard(session, ticket.id, ticket.version, by=by, now=NOON),
    lambda session, ticket, by: tickets.join_next(session, ticket.id, by=by, now=NOON),
    lambda session, ticket, by: ticket_facts.correct_amount(session, ticket.id, 5, by=by, now=NOON),
    lambda session, ticket, by: ticket_facts.correct_day(session, ticket.id, NOON.date(), by=by, now=NOON),
    lambda session, ticket, by: ticket_facts.correct_note(session, ticket.id, "x", by=by, now=NOON),
    lambda session, ticket, by: ticket_orders.make_draft(session, ticket.id, ticket.version, by=by, now=NOON),
    lambda session, ticket, by: ticket_orders.record_sale(session, ticket.id, ticket.version, by=by, now=NOON),
]


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_else_changes_a_ticket_and_nobody_one_that_has_ended(
    session: Session, desk: Desk, change: Callable[[Session, Ticket, Actor], Any]
) -> None:
    ticket = make_ticket(session, desk.rita, tags=Tags(amount_minor=100))
    before = (ticket.version, ticket.status, ticket.amount_minor, ticket.note, ticket.join_until)

    for stranger in (desk.bob, desk.ann, make_person(session, "Rob")):
        with pytest.raises(NotAllowed):
            change(session, ticket, actor_of(stranger))
    assert (ticket.version, ticket.status, ticket.amount_minor, ticket.note, ticket.join_until) == before

    tickets.discard(session, ticket.id, ticket.version, by=actor_of(desk.rita), now=NOON)
    ended = ticket.version
    with pytest.raises(Moved):
        change(session, ticket, actor_of(desk.rita))
    assert (ticket.version, ticket.status) == (ended, "discarded")


def test_only_reps_send_tickets(session: Session, desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        send(session, actor_of(desk.bob), "a")
    with pytest.raises(NotAllowed):
        make_ticket(session, desk.ann)
    assert session.scalars(select(Ticket)).all() == []


def test_who_was_let_go_meanwhile_attaches_nothing(session: Session, desk: Desk) -> None:
    by, rob = actor_of(desk.rita), make_person(session, "Rob")
    ticket = send(session, by, "a")
    file = make_file(session)

    with pytest.raises(NotAllowed):
        tickets.attach(session, file, ticket.id, rob.id, origin="x", now=NOON)
    desk.rita.revoked_at = NOON
    session.flush()
    with pytest.raises(NotAllowed):
        tickets.attach(session, file, ticket.id, desk.rita.id, origin="x", now=NOON)
    assert session.scalars(select(TicketPhoto)).all() == []


def test_every_move_is_in_the_table_and_leaves_a_trace(session: Session, desk: Desk) -> None:
    ticket = make_ticket(session, desk.rita)
    ticket_states.move(session, ticket, Status.RECORDED, by=actor_of(desk.rita), now=NOON)
    version = ticket.version

    with pytest.raises(TicketMoveRefused) as refused:
        ticket_states.move(session, ticket, Status.READ, by=None, now=NOON)

    assert refused.value.facts == {"ticket": ticket.id, "status": "recorded", "to": "read"}
    assert (ticket.status, ticket.version) == ("recorded", version)
    assert {to for moves in MOVES.values() for to in moves} | set(MOVES) == set(Status)
    traces = select(AuditEntry.action).where(AuditEntry.subject == f"ticket:{ticket.id}").order_by(AuditEntry.id)
    assert list(session.scalars(traces)) == ["ticket.taken", "ticket.read", "ticket.recorded"]


@pytest.mark.parametrize("how", ["deleted", "cancelled"])
def test_a_ticket_whose_draft_was_thrown_away_is_worked_on_again(session: Session, desk: Desk, how: str) -> None:
    by = actor_of(desk.rita)
    make_client(session, "Salon")
    ticket = make_ticket(session, desk.rita, tags=Tags(amount_minor=5000, client="Salon"))
    draft = ticket_orders.make_draft(session, ticket.id, ticket.version, by=by, now=NOON).order
    with pytest.raises(Moved):
        ticket_facts.correct_amount(session, ticket.id, 1, by=by, now=NOON)
    if how == "deleted":
        draft_list.delete(session, draft.id, draft.version, by=by, now=NOON)
    else:
        draft.status = "cancelled"
    session.flush()

    ticket_facts.correct_amount(session, ticket.id, 6000, by=by, now=NOON)
    sale = ticket_orders.record_sale(session, ticket.id, ticket.version, by=by, now=NOON)

    assert (ticket.status, ticket.order_id, sale.total_minor) == ("recorded", sale.id, 6000)


def test_photos_of_one_album_that_come_at_once_are_one_ticket(database: Database) -> None:
    with database.transaction() as session:
        by = actor_of(make_desk(session).rita)
        ticket_id = send(session, by, "p0", album="g").id

    def job(number: int) -> Callable[[Session], int]:
        return lambda session: send(session, by, f"p{number}", album="g").id

    assert race(database, [job(number) for number in range(1, 6)]) == [ticket_id] * 5
    with database.transaction() as session:
        files = [make_file(session, f"content {number}").id for number in range(6)]

    def attach(file_id: int) -> Callable[[Session], Any]:
        return lambda session: tickets.attach(
            session, session.get_one(File, file_id), ticket_id, by.person_id, origin=CHAT, now=later(seconds=3)
        )

    race(database, [attach(file_id) for file_id in files])
    with database.transaction() as session:
        ticket = session.get_one(Ticket, ticket_id)
        assert state(ticket) == ("reading", 6, 0, 6)
        assert sorted(photo.position for photo in ticket.photos) == [0, 1, 2, 3, 4, 5]
        assert [job["revision"] for job in jobs(session)] == [6]
