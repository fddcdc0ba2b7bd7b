"""Invoice mails: sent means that the mail server took it, and every state is told once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from db.models.invoices import Invoice, MailRequest
from db.models.messaging import outbox as outbox_rows
from db.models.record import AuditEntry
from services import files, invoicing, mailing
from services.announcements import Audience
from services.invoice_document import frozen
from services.mailing import Letter, MailState, MailStatus
from tests.builders import NOON, later, make_client, make_company, make_draft, make_product
from tests.services.desk import Desk, make_desk, make_invoice, told


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


@pytest.fixture
def invoice(session: Session, desk: Desk) -> Invoice:
    return make_invoice(session, desk, {make_product(session): 3})


@pytest.fixture
def asked(session: Session, invoice: Invoice) -> MailRequest:
    return mailing.request(session, invoice, "shop@example.com", by=None, now=NOON)


def _facts(invoice: Invoice, **more: Any) -> dict[str, Any]:
    billed = {"order_id": invoice.order_id, "invoice": "TB-2026-000001", "note_id": 0}
    return {**billed, "address": "shop@example.com", **more}


def test_each_request_has_a_lane_and_a_message_id_of_its_own(session: Session, invoice: Invoice) -> None:
    first = mailing.request(session, invoice, "shop@example.com", by=None, now=NOON)
    again = mailing.request(session, invoice, "new@example.com", by=None, now=later(hours=1))

    assert first.message_id != again.message_id
    rows = session.execute(
        select(outbox_rows).where(outbox_rows.c.kind == "invoice.mail").order_by(outbox_rows.c.id)
    ).all()
    assert [(row.lane, row.payload) for row in rows] == [
        (f"mail:{first.id}", {"request_id": first.id}),
        (f"mail:{again.id}", {"request_id": again.id}),
    ]


@pytest.mark.parametrize(
    ("company_email", "domain"),
    [
        ("desk@dom.example", "dom.example"),
        ("Desk <desk@Dom.Example", "dom.example"),
        ("", "telbot.invalid"),
        ("desk@дом.example", "telbot.invalid"),
        ("desk@dom.example>\r\nBcc: x", "telbot.invalid"),
        ("desk@", "telbot.invalid"),
    ],
)
def test_the_message_id_has_the_companys_domain_where_it_fits(
    session: Session, desk: Desk, company_email: str, domain: str
) -> None:
    make_company(session, email=company_email)
    invoice = make_invoice(session, desk, {make_product(session): 1})

    asked = mailing.request(session, invoice, "shop@example.com", by=None, now=NOON)

    assert re.fullmatch(rf"<[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}@{re.escape(domain)}>", asked.message_id)


def test_a_letter_holds_all_that_the_sender_needs(session: Session, desk: Desk) -> None:
    make_company(session, email="desk@dom.example")
    client = make_client(session, "Kiosk", language="es")
    invoice = make_invoice(session, desk, {make_product(session): 3}, client=client)
    pdf = files.record(
        session, sha256="ab" * 32, name="TB.pdf", content_type="application/pdf", size=9, created_by=None, now=NOON
    )
    invoicing.attach_pdf(session, invoice.id, pdf.id, now=NOON)
    asked = session.scalars(select(MailRequest)).one()

    assert mailing.letter(session, asked.id) == Letter(
        message_id=asked.message_id,
        to="shop@example.com",
        copy_to="",
        reply_to="desk@dom.example",
        language="es",
        document=frozen(session, invoice.id),
        pdf_sha256="ab" * 32,
        pdf_name="TB.pdf",
    )


def test_there_is_no_letter_before_the_pdf(session: Session, asked: MailRequest) -> None:
    with pytest.raises(NoResultFound):
        mailing.letter(session, asked.id)


def test_the_rep_is_told_of_a_delay_once(session: Session, desk: Desk, invoice: Invoice, asked: MailRequest) -> None:
    mailing.note_delayed(session, asked.id, "450 busy\r\nlater", now=later(minutes=1))
    mailing.note_delayed(session, asked.id, "451 greylisted", now=later(minutes=2))

    assert told(session) == [
        ("mail_delayed", Audience(person_id=desk.rita.id), _facts(invoice, reason="450 busy later"))
    ]
    state = mailing.mail_state(session, invoice.order_id)
    assert state == MailState(MailStatus.DELAYED, "shop@example.com", "451 greylisted")
    assert asked.settled_at is None


def test_an_accepted_letter_is_settled_and_told_once(
    session: Session, desk: Desk, invoice: Invoice, asked: MailRequest
) -> None:
    mailing.note_delayed(session, asked.id, "450 busy", now=NOON)
    told(session)

    mailing.note_accepted(session, asked.id, now=later(minutes=5))
    mailing.note_accepted(session, asked.id, now=later(minutes=6))
    mailing.note_delayed(session, asked.id, "450 busy", now=later(minutes=7))
    mailing.note_refused(session, asked.id, "550 no such user", now=later(minutes=8))

    assert told(session) == [("mail_accepted", Audience(person_id=desk.rita.id), _facts(invoice))]
    assert (asked.state, asked.reason, asked.settled_at) == ("accepted", "", later(minutes=5))
    assert mailing.mail_state(session, invoice.order_id) == MailState(MailStatus.ACCEPTED, "shop@example.com")
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.subject == f"mail:{asked.id}").order_by(AuditEntry.id)
    )
    assert [(entry.action, entry.person_id, entry.origin) for entry in entries] == [
        ("mail.delayed", None, "internal"),
        ("mail.accepted", None, "internal"),
    ]


def test_a_refused_letter_is_settled_and_told_once_with_the_reason(
    session: Session, desk: Desk, invoice: Invoice, asked: MailRequest
) -> None:
    mailing.note_refused(session, asked.id, "550 no such user " + "x" * 600, now=later(minutes=5))
    mailing.note_refused(session, asked.id, "551", now=later(minutes=6))
    mailing.note_delayed(session, asked.id, "450 busy", now=later(minutes=7))

    ((name, to, facts),) = told(session)
    assert (name, to, len(facts["reason"])) == ("mail_refused", Audience(person_id=desk.rita.id), 500)
    assert (asked.state, asked.settled_at) == ("refused", later(minutes=5))
    assert mailing.mail_state(session, invoice.order_id).status is MailStatus.REFUSED


def test_a_refused_letter_may_be_taken_after_an_admins_retry(session: Session, asked: MailRequest) -> None:
    mailing.note_refused(session, asked.id, "550", now=NOON)

    mailing.note_accepted(session, asked.id, now=later(hours=1))

    assert (asked.state, asked.reason, asked.settled_at) == ("accepted", "", later(hours=1))
    assert [name for name, _to, _facts_told in told(session)] == ["mail_refused", "mail_accepted"]


def test_the_state_of_the_mail_from_the_order_on(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    order = make_draft(session, desk.rita, {milk: 1})
    assert mailing.mail_state(session, order.id) == MailState(MailStatus.NONE)

    kiosk = make_client(session, "Kiosk", email="")
    kept = make_invoice(session, desk, {milk: 1}, client=kiosk)
    assert mailing.mail_state(session, kept.order_id) == MailState(MailStatus.NO_ADDRESS)

    shop = make_client(session, "Shop", email="shop@example.com")
    billed = make_invoice(session, desk, {milk: 1}, client=shop)
    assert mailing.mail_state(session, billed.order_id) == MailState(MailStatus.QUEUED, "shop@example.com")


def test_a_resend_to_another_address_is_what_the_state_speaks_of(
    session: Session, invoice: Invoice, asked: MailRequest
) -> None:
    mailing.note_refused(session, asked.id, "550", now=NOON)

    mailing.request(session, invoice, "right@example.com", by=None, now=later(hours=1))

    assert mailing.mail_state(session, invoice.order_id) == MailState(MailStatus.QUEUED, "right@example.com")
