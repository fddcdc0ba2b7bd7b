"""Photos that cannot be read, and trouble while they are: a clear answer each, nothing lost, nobody kept waiting."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from db.models.messaging import dead_letter, outbox
from db.models.orders import Order
from db.models.tickets import Ticket, TicketPhoto
from services.actor import Role
from services.jobs import Job
from templates.environment import Texts
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.receipts import Goods, bomb, cat, dark, receipt
from tests.journeys.scenes import Trade

pytestmark = on("polling")

GOOD = receipt([Goods("Kefir", 2, 10000), Goods("Bread", 3, 5000)])
BAD = {
    "pdf": (b"%PDF-1.7 nothing else", "ticket.pdf", "application/pdf", "This is a PDF."),
    "heic": (b"\0\0\0\x18ftypheic" + b"\0" * 500, "ticket.heic", "image/heic", "I cannot open HEIC."),
    "bomb": (bomb(), "ticket.png", "image/png", "The file is too large."),
    "20 MB": (GOOD + b"\0" * 20 * 1024 * 1024, "ticket.jpg", "image/jpeg", "The file is too large."),
    "broken": (GOOD[:3000], "ticket.jpg", "image/jpeg", "The file is damaged."),
    "text": (b"just words", "ticket.jpg", "image/jpeg", "This is no picture that I can open."),
    "cat": (cat(), "ticket.jpg", "image/jpeg", "I find no text on it."),
    "dark": (dark(GOOD), "ticket.jpg", "image/jpeg", "in good light."),
}
NEWEST = select(func.max(Ticket.id))


@pytest.mark.parametrize("what", sorted(BAD))
def test_what_cannot_be_read_is_said_and_goes_on_by_hand(house: House, what: str) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    content, name, kind, words = BAD[what]

    rep.send_file(content, name, kind, caption=f"@client {trade.client_name(trade.client())}")
    house.settle(timeout=60)

    assert words in rep.last().text, rep.transcript()
    house.press(rep, "Sum")
    house.say(rep, "1 499,90")
    house.press(rep, "Record sale ₽1,499.90")
    with house.database.reading() as session:
        known = session.get_one(Ticket, session.scalar(NEWEST))
        kept = session.scalar(select(func.count()).where(TicketPhoto.ticket_id == known.id))
        assert (known.status, known.amount_minor, known.review) == ("recorded", 149_990, "")
        assert session.get_one(Order, known.order_id).total_minor == 149_990
    assert kept == (0 if what == "20 MB" else 1), "what came stays on file"
    assert house.scalar(select(func.count()).select_from(dead_letter)) == 0


@pytest.mark.parametrize("language", ["ru", "es"])
def test_a_refusal_is_told_in_the_reader_s_language(house: House, language: str, texts: Texts) -> None:
    rep = house.staff("Rita", Role.REP, language)
    rep.send_file(b"%PDF-1.7", "ticket.pdf", "application/pdf")
    house.settle()

    assert {"ru": "Это PDF.", "es": "Esto es un PDF."}[language] in rep.last().text


def test_a_file_that_can_be_no_photo_is_no_ticket(house: House) -> None:
    rep, before = house.staff("Rita", Role.REP), house.scalar(NEWEST)
    rep.send_file(b"PK", "prices.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    house.settle()

    assert "I cannot use files here." in rep.last().text
    assert house.scalar(NEWEST) == before


def test_tags_that_nobody_understands_are_named_back(house: House) -> None:
    rep, since = house.staff("Rita", Role.REP), house.now()
    rep.send_photo(GOOD, "@amount lots @juan @units 2")
    house.settle()

    said = " ".join(house.told(rep, since))
    assert "I do not know: <b>@juan</b>. I do not understand what stands after: <b>@amount</b>." in said


def test_a_sale_that_lacks_something_is_not_recorded(house: House) -> None:
    rep = house.staff("Rita", Role.REP)
    house.say(rep, "@amount 100")
    known = house.scalar(NEWEST)
    orders = house.scalar(select(func.count()).select_from(Order))

    version = house.scalar(select(Ticket.version).where(Ticket.id == known))
    rep.press_data(f"ticket_record.{known}.{version}")
    house.settle()

    assert "Nothing was recorded. Still missing: the client" in rep.last().text
    assert house.scalar(select(func.count()).select_from(Order)) == orders


def test_a_day_that_is_too_long_ago_is_refused_and_can_be_corrected(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    house.say(rep, f"@amount 100 @client {trade.client_name(trade.client())} @date 01.01.2020")
    house.press(rep, "Record sale")
    assert "A sale is recorded for a day from" in rep.last().text
    house.press(rep, "Day")
    house.press(rep, "Yesterday")
    house.press(rep, "Record sale")

    assert house.scalar(select(Ticket.status).where(Ticket.id == NEWEST.scalar_subquery())) == "recorded"


def test_another_rep_s_ticket_cannot_be_touched(house: House) -> None:
    rep, other = house.staff("Rita", Role.REP), house.staff("Rob", Role.REP)
    house.say(rep, "@amount 100")
    known = house.scalar(NEWEST)
    for verb in ("ticket", "ticket_discard", "ticket_amount", "ticket_draft", "ticket_record", "ticket_join"):
        answer = other.press_data(f"{verb}.{known}.2").answer()
        assert answer is not None
        assert "You have no right to do this." in answer["text"]

    assert house.scalar(select(Ticket.status).where(Ticket.id == known)) == "read"


def test_killed_while_it_reads_a_ticket_is_read_once_after_the_restart(house: House) -> None:
    rep = house.staff("Rita", Role.REP)
    photos = [receipt([Goods("Kefir", 2, 10000)], number=700 + one) for one in range(4)]
    first = house.scalar(NEWEST) or 0
    for photo in photos:
        rep.send_photo(photo)
    reading = select(func.count()).select_from(Ticket).where(Ticket.id > first, Ticket.status == "reading")
    house.wait_until(lambda: house.scalar(reading))
    house.kill()
    house.start()
    house.settle(timeout=60)

    with house.database.reading() as session:
        known = session.scalars(select(Ticket).where(Ticket.id > first)).all()
        assert [(one.status, one.read_minor) for one in known] == [("read", 20000)] * len(photos)
        jobs = select(func.count()).where(outbox.c.kind == Job.READ_TICKET, outbox.c.status == "dead")
        assert session.scalar(jobs) == 0
