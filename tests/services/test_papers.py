"""An order's papers: who may have them, and another letter that is asked for once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.files import File
from db.models.invoices import Invoice, MailRequest
from db.models.messaging import outbox as outbox_rows
from db.models.orders import Order
from db.models.record import AuditEntry
from db.session import Database
from services import announcements, files, invoicing, mailing, papers
from services.actor import Actor, NotAllowed, Role
from services.emails import EmailUnclear
from services.invoicing import NotBilledYet
from services.mailing import MailState, MailStatus
from services.papers import LetterAsked, PdfNotReady
from tests.builders import NOON, actor_of, later, make_client, make_company, make_person, make_product
from tests.services.desk import Desk, make_desk, make_invoice, make_submitted, race, traces


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


@pytest.fixture
def invoice(session: Session, desk: Desk) -> Invoice:
    return make_invoice(session, desk, {make_product(session): 3})


@pytest.fixture
def rita(desk: Desk) -> Actor:
    return actor_of(desk.rita)


def draw(session: Session, invoice: Invoice) -> File:
    """What the drawing job does when it is done."""
    pdf = files.record(
        session, sha256="ab" * 32, name="TB.pdf", content_type="application/pdf", size=9, created_by=None, now=NOON
    )
    invoicing.attach_pdf(session, invoice.id, pdf.id, now=NOON)
    announcements.take(session)
    return pdf


def letters(session: Session) -> list[tuple[str, str]]:
    """Address and state of every letter, the oldest first."""
    rows = session.scalars(select(MailRequest).order_by(MailRequest.id))
    return [(row.address, row.state) for row in rows]


def test_the_rep_and_admins_see_what_there_is(session: Session, desk: Desk, invoice: Invoice, rita: Actor) -> None:
    before = papers.of_order(session, invoice.order_id, by=rita)
    assert (before.pdf, before.letters, before.version) == (None, [], 0)
    assert before.next_address == "shop@example.com"

    pdf = draw(session, invoice)

    found = papers.of_order(session, invoice.order_id, by=actor_of(desk.ann))
    assert (found.invoice, found.pdf, found.version) == (invoice, pdf, 1)
    assert found.letters == [MailState(MailStatus.QUEUED, "shop@example.com")]
    assert papers.pdf_of(session, invoice.order_id, by=rita) == pdf


def ask(session: Session, order_id: int, by: Actor) -> None:
    papers.of_order(session, order_id, by=by)


def fetch(session: Session, order_id: int, by: Actor) -> None:
    papers.pdf_of(session, order_id, by=by)


def send(session: Session, order_id: int, by: Actor) -> None:
    papers.send(session, order_id, 0, "a@example.com", by=by, now=NOON)


@pytest.mark.parametrize("deed", [ask, fetch, send])
def test_nobody_else_gets_them(
    session: Session, desk: Desk, invoice: Invoice, deed: Callable[[Session, int, Actor], None]
) -> None:
    other = actor_of(make_person(session, "Rob"))
    admin = actor_of(desk.ann)
    before = traces(session)

    for by, order_id in ((other, invoice.order_id), (actor_of(desk.bob), invoice.order_id), (admin, 999_999)):
        with pytest.raises(NotAllowed):
            deed(session, order_id, by)

    assert traces(session) == before
    assert letters(session) == []


def test_a_storekeeper_who_is_also_a_rep_has_no_right_to_others_papers(session: Session, invoice: Invoice) -> None:
    both = actor_of(make_person(session, "Bea", roles=[Role.REP, Role.STOREKEEPER]))

    with pytest.raises(NotAllowed):
        papers.of_order(session, invoice.order_id, by=both)


def test_an_order_that_is_not_billed_has_none(session: Session, desk: Desk, rita: Actor) -> None:
    order = make_submitted(session, desk, {make_product(session): 1})

    for deed in (ask, send):
        with pytest.raises(NotBilledYet) as refused:
            deed(session, order.id, rita)
        assert refused.value.facts == {"order": order.id}


def test_before_it_is_drawn_there_is_nothing_to_send(session: Session, invoice: Invoice, rita: Actor) -> None:
    for deed in (fetch, send):
        with pytest.raises(PdfNotReady) as refused:
            deed(session, invoice.order_id, rita)
        assert refused.value.facts == {"invoice": "TB-2026-000001"}
    assert letters(session) == []


def test_a_refused_letter_goes_to_the_right_address_as_a_new_one(
    session: Session, desk: Desk, invoice: Invoice, rita: Actor
) -> None:
    draw(session, invoice)
    first = session.scalars(select(MailRequest)).one()
    mailing.note_refused(session, first.id, "550 no such user", now=NOON)

    asked = papers.send(session, invoice.order_id, 1, " right@Example.com ", by=rita, now=later(hours=1), keep=True)

    assert letters(session) == [("shop@example.com", "refused"), ("right@example.com", "queued")]
    assert asked.message_id != first.message_id
    assert asked.requested_by == desk.rita.id
    lane = select(outbox_rows.c.payload).where(outbox_rows.c.lane == f"mail:{asked.id}")
    assert session.execute(lane).scalars().all() == [{"request_id": asked.id}]
    assert papers.of_order(session, invoice.order_id, by=rita).client_email == "right@example.com"
    assert invoice.buyer["email"] == "shop@example.com", "the invoice never changes"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "mail.requested")).one()
    assert (entry.person_id, entry.after) == (
        desk.rita.id,
        {"invoice": "TB-2026-000001", "address": "right@example.com"},
    )


def test_after_a_refusal_the_next_letter_goes_where_the_clients_card_says(
    session: Session, invoice: Invoice, rita: Actor
) -> None:
    draw(session, invoice)
    client = session.get_one(Order, invoice.order_id).client
    assert client is not None
    client.email = "right@example.com"
    assert papers.of_order(session, invoice.order_id, by=rita).next_address == "shop@example.com", "it is on its way"

    mailing.note_refused(session, session.scalars(select(MailRequest)).one().id, "550", now=NOON)

    assert papers.of_order(session, invoice.order_id, by=rita).next_address == "right@example.com"
    client.email = ""
    assert papers.of_order(session, invoice.order_id, by=rita).next_address == "shop@example.com"


def test_two_taps_ask_for_one_letter(session: Session, invoice: Invoice, rita: Actor) -> None:
    draw(session, invoice)
    papers.send(session, invoice.order_id, 1, "new@example.com", by=rita, now=NOON)
    before = traces(session)

    with pytest.raises(LetterAsked) as refused:
        papers.send(session, invoice.order_id, 1, "new@example.com", by=rita, now=NOON)

    assert refused.value.facts == {"address": "new@example.com"}
    assert traces(session) == before
    assert len(letters(session)) == 2


def test_an_accepted_invoice_is_sent_once_more_on_wish(session: Session, invoice: Invoice, rita: Actor) -> None:
    draw(session, invoice)
    first = session.scalars(select(MailRequest)).one()
    mailing.note_accepted(session, first.id, now=NOON)

    papers.send(session, invoice.order_id, 1, "shop@example.com", by=rita, now=NOON)

    assert letters(session) == [("shop@example.com", "accepted"), ("shop@example.com", "queued")]
    announcements.take(session)


def test_a_letter_that_has_not_left_is_withdrawn_for_the_new_one(
    session: Session, invoice: Invoice, rita: Actor
) -> None:
    draw(session, invoice)
    first = session.scalars(select(MailRequest)).one()
    mailing.note_delayed(session, first.id, "450 busy", now=NOON)
    announcements.take(session)

    papers.send(session, invoice.order_id, 1, "right@example.com", by=rita, now=NOON)

    assert letters(session) == [("shop@example.com", "withdrawn"), ("right@example.com", "queued")]
    assert mailing.letter(session, first.id) is None
    mailing.note_refused(session, first.id, "550", now=NOON)
    mailing.note_delayed(session, first.id, "450", now=NOON)
    assert announcements.take(session) == []
    mailing.note_accepted(session, first.id, now=NOON)
    assert [said.name for said in announcements.take(session)] == ["mail_accepted"], "it was on the wire already"


@pytest.mark.parametrize("typed", ["", "nobody", "📧", "a@b", "a b@example.com", "x" * 5000 + "@example.com"])
def test_what_is_no_address_sends_nothing(session: Session, invoice: Invoice, rita: Actor, typed: str) -> None:
    draw(session, invoice)

    with pytest.raises(EmailUnclear):
        papers.send(session, invoice.order_id, 1, typed, by=rita, now=NOON)

    assert letters(session) == [("shop@example.com", "queued")]


def test_a_client_without_an_address_gets_the_invoice_when_there_is_one(
    session: Session, desk: Desk, rita: Actor
) -> None:
    client = make_client(session, "Kiosk", email="")
    invoice = make_invoice(session, desk, {make_product(session): 1}, client=client)
    draw(session, invoice)
    assert papers.of_order(session, invoice.order_id, by=rita).next_address == ""

    papers.send(session, invoice.order_id, 0, "kiosk@example.com", by=rita, now=NOON, keep=True)

    assert letters(session) == [("kiosk@example.com", "queued")]
    assert client.email == "kiosk@example.com"


@pytest.mark.parametrize(
    ("email", "wanted", "copy_to"),
    [
        ("office@example.com", True, "office@example.com"),
        ("office@example.com", False, ""),
        ("", True, ""),
        ("Shop@Example.com", True, ""),
    ],
)
def test_the_company_gets_a_copy_where_it_wants_one(
    session: Session, desk: Desk, *, email: str, wanted: bool, copy_to: str
) -> None:
    make_company(session, email=email, mail_copy=wanted)
    invoice = make_invoice(session, desk, {make_product(session): 1})
    draw(session, invoice)

    asked = session.scalars(select(MailRequest)).one()

    assert asked.copy_to == copy_to
    letter = mailing.letter(session, asked.id)
    assert letter is not None
    assert letter.copy_to == copy_to


def test_a_refused_copy_is_told_but_spoils_nothing(session: Session, invoice: Invoice, rita: Actor) -> None:
    draw(session, invoice)
    asked = session.scalars(select(MailRequest)).one()

    mailing.note_accepted(session, asked.id, now=NOON, copy_refused="copy refused: 550 no such user")

    announcements.take(session)
    (state,) = papers.of_order(session, invoice.order_id, by=rita).letters
    assert (state.status, state.reason) == (MailStatus.ACCEPTED, "copy refused: 550 no such user")


def test_two_taps_at_once_ask_for_one_letter(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        invoice = make_invoice(session, desk, {make_product(session): 1})
        draw(session, invoice)
        order_id, by = invoice.order_id, actor_of(desk.rita)

    def tap(session: Session) -> MailRequest:
        return papers.send(session, order_id, 1, "new@example.com", by=by, now=NOON)

    results = race(database, [tap] * 4)

    assert sorted(type(result).__name__ for result in results) == ["LetterAsked"] * 3 + ["MailRequest"]
    with database.reading() as session:
        assert letters(session) == [("shop@example.com", "withdrawn"), ("new@example.com", "queued")]
