"""Invoices: numbered without gaps, frozen when issued, drawn once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import Session

from db.models.files import File
from db.models.invoices import Invoice, InvoiceTax, MailRequest
from db.models.messaging import outbox as outbox_rows
from services import announcements, files, invoicing, loading, outbox
from services.announcements import Audience
from services.invoice_document import DocumentLine, DocumentTax, InvoiceDocument, frozen
from tests.builders import NOON, actor_of, later, make_client, make_company, make_person, make_product, unit_of
from tests.services.desk import Desk, make_claimed, make_desk, make_invoice, told, traces

LAST_MOMENT_OF_2026_IN_UTC = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


@pytest.fixture
def desk(session: Session) -> Desk:
    return make_desk(session)


def _confirm(session: Session, desk: Desk, order: Any, now: datetime) -> Invoice:
    return loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=now)


def _pdf(session: Session, name: str = "TB-2026-000001.pdf") -> File:
    return files.record(
        session, sha256="ab" * 32, name=name, content_type="application/pdf", size=9, created_by=None, now=NOON
    )


def test_an_invoice_prints_what_was_sold_at_the_rates_of_each_line(session: Session, desk: Desk) -> None:
    make_company(
        session,
        address="Moscow, Arbat 1",
        email="desk@dom.example",
        director="I. I. Ivanova",
        director_phone="+7 495 000-00-00",
        bank_name="Bank",
        bank_code="044525225",
        bank_account="40702810000000000001",
        correspondent_account="30101810000000000225",
    )
    milk = make_product(session, "Milk", article="M-1", vat_rate=Decimal("0.10"), units=[("box", 12_000, 100_000)])
    cheese = make_product(
        session, "Cheese", article="C-1", price_minor=45_050, base=("kg", 3), vat_rate=Decimal("0.20")
    )
    client = make_client(
        session,
        "Corner",
        legal_name="ООО «Угол»",
        tax_id="7702000000",
        contact="Olga",
        phone="+7 495 111",
        language="es",
    )

    invoice = make_invoice(session, desk, {unit_of(milk, "box"): 2, cheese: 1}, client=client)

    document = frozen(session, invoice.id)
    lines = {line.name: line for line in document.lines}
    assert lines["Milk"] == DocumentLine(
        position=lines["Milk"].position,
        kind="goods",
        article="M-1",
        name="Milk",
        unit_code="box",
        factor_milli=12_000,
        decimals=0,
        quantity_milli=24_000,
        price_minor=100_000,
        vat_rate=Decimal("0.1"),
        net_minor=181_818,
        vat_minor=18_182,
        total_minor=200_000,
    )
    assert (lines["Cheese"].decimals, lines["Cheese"].total_minor) == (3, 45_050)
    assert [line.position for line in document.lines] == [1, 2, 3]
    assert document.lines[-1] == DocumentLine(
        position=3,
        kind="delivery",
        article="",
        name="",
        unit_code="",
        factor_milli=1000,
        decimals=0,
        quantity_milli=1000,
        price_minor=1690,
        vat_rate=Decimal("0.2"),
        net_minor=1408,
        vat_minor=282,
        total_minor=1690,
    )
    assert document == InvoiceDocument(
        label="TB-2026-000001",
        issue_date=date(2026, 3, 2),
        due_date=date(2026, 3, 16),
        delivery_date=date(2026, 3, 3),
        language="es",
        country="RU",
        seller={
            "name": "Molochny Dom",
            "legal_name": "ООО «Молочный дом»",
            "tax_id": "7701234567",
            "tax_reason_code": "",
            "address": "Moscow, Arbat 1",
            "email": "desk@dom.example",
            "director": "I. I. Ivanova",
            "director_phone": "+7 495 000-00-00",
            "accountant": "",
            "bank_name": "Bank",
            "bank_code": "044525225",
            "bank_account": "40702810000000000001",
            "correspondent_account": "30101810000000000225",
            "logo_sha256": "",
        },
        buyer={
            "name": "Corner",
            "legal_name": "ООО «Угол»",
            "tax_id": "7702000000",
            "tax_reason_code": "",
            "country": "RU",
            "address": "Pokrovka 1",
            "contact": "Olga",
            "phone": "+7 495 111",
            "email": "shop@example.com",
        },
        shipment={
            "order_id": invoice.order_id,
            "warehouse": "Main",
            "vehicle": "",
            "driver": "",
            "delivery_window": "",
        },
        delivery_address="Pokrovka 1",
        currency="RUB",
        prices_include_vat=True,
        lines=document.lines,
        taxes=(
            DocumentTax(Decimal("0.1"), net_minor=181_818, vat_minor=18_182),
            DocumentTax(Decimal("0.2"), net_minor=38_950, vat_minor=7790),
        ),
        net_minor=220_768,
        vat_minor=25_972,
        total_minor=246_740,
    )


def test_an_issued_invoice_never_changes(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    client = make_client(session, "Corner")
    invoice = make_invoice(session, desk, {milk: 3}, client=client)
    printed = frozen(session, invoice.id)

    make_company(session, legal_name="Other", bank_account="1", invoice_due_days=1, currency="EUR")
    milk.name, milk.price_minor, client.name, client.language = "Oat", 1, "Changed", "en"
    session.flush()
    session.expire_all()

    assert frozen(session, invoice.id) == printed


def test_numbers_run_within_a_series_and_the_companys_year(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    waiting = [make_claimed(session, desk, {milk: 1}) for _ in range(4)]

    first = _confirm(session, desk, waiting[0], NOON)
    # In Moscow it is already half past two in the morning of the first of January.
    new_year = _confirm(session, desk, waiting[1], LAST_MOMENT_OF_2026_IN_UTC)
    make_company(session, invoice_series="X")
    other = _confirm(session, desk, waiting[2], NOON)
    make_company(session, invoice_series="TB")
    second = _confirm(session, desk, waiting[3], NOON)

    assert [invoice.label for invoice in (first, new_year, other, second)] == [
        "TB-2026-000001",
        "TB-2027-000001",
        "X-2026-000001",
        "TB-2026-000002",
    ]
    assert (new_year.issue_date, new_year.due_date) == (date(2027, 1, 1), date(2027, 1, 15))


def test_the_number_of_a_confirmation_that_is_rolled_back_is_given_again(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    order, other = make_claimed(session, desk, {milk: 1}), make_claimed(session, desk, {milk: 1})
    lost = session.begin_nested()
    assert _confirm(session, desk, order, NOON).number == 1
    lost.rollback()

    assert _confirm(session, desk, other, NOON).number == 1
    assert _confirm(session, desk, order, NOON).number == 2


def test_an_order_is_billed_once_whatever_happens(session: Session, desk: Desk) -> None:
    order = make_claimed(session, desk, {make_product(session): 1})
    _confirm(session, desk, order, NOON)
    before = traces(session, order)

    with pytest.raises(IntegrityError), session.begin_nested():
        invoicing.issue(session, order, now=NOON)

    assert traces(session, order) == before


def test_the_invoice_is_found_by_its_order(session: Session, desk: Desk) -> None:
    milk = make_product(session)
    invoice = make_invoice(session, desk, {milk: 1})
    waiting = make_claimed(session, desk, {milk: 1})

    assert invoicing.find_of_order(session, invoice.order_id) is invoice
    assert invoicing.find_of_order(session, waiting.id) is None


def test_issuing_asks_for_one_drawing(session: Session, desk: Desk) -> None:
    invoice = make_invoice(session, desk, {make_product(session): 1})

    row = session.execute(select(outbox_rows)).one()
    lane = f"pdf:{invoice.id}"
    assert (row.lane, row.kind, row.dedupe, row.payload) == (lane, "invoice.draw", lane, {"invoice_id": invoice.id})


def test_a_drawn_invoice_is_mailed_once(session: Session, desk: Desk) -> None:
    invoice = make_invoice(session, desk, {make_product(session): 1})
    pdf = _pdf(session)
    outbox.lanes_to_kick(session)

    invoicing.attach_pdf(session, invoice.id, pdf.id, now=later(minutes=1))
    invoicing.attach_pdf(session, invoice.id, pdf.id, now=later(minutes=2))

    assert invoice.pdf_file_id == pdf.id
    asked = session.scalars(select(MailRequest)).one()
    assert (asked.invoice_id, asked.address, asked.state, asked.requested_at) == (
        invoice.id,
        "shop@example.com",
        "queued",
        later(minutes=1),
    )
    assert outbox.lanes_to_kick(session) == [f"mail:{asked.id}"]
    assert told(session) == []


def test_the_invoice_of_a_client_without_e_mail_is_kept_and_the_rep_told_once(session: Session, desk: Desk) -> None:
    make_person(session, "Tom")
    shop = make_client(session, "Kiosk", email="")
    invoice = make_invoice(session, desk, {make_product(session): 1}, client=shop)
    pdf = _pdf(session)

    for _ in range(2):
        invoicing.attach_pdf(session, invoice.id, pdf.id, now=NOON)

    (said,) = announcements.waiting(session)
    assert said.file == {"sha256": "ab" * 32, "name": "TB-2026-000001.pdf", "content_type": "application/pdf"}
    assert told(session) == [
        (
            "invoice_kept",
            Audience(person_id=desk.rita.id),
            {"order_id": invoice.order_id, "client": "Kiosk", "invoice": "TB-2026-000001", "note_id": 0},
        )
    ]
    assert session.scalars(select(MailRequest)).all() == []


def test_there_is_no_pdf_of_an_invoice_that_does_not_exist(session: Session, desk: Desk) -> None:
    with pytest.raises(NoResultFound):
        invoicing.attach_pdf(session, 999_999, 1, now=NOON)
    with pytest.raises(NoResultFound):
        frozen(session, 999_999)


def test_the_shipment_and_the_logo_are_copied_and_stay(session: Session, desk: Desk) -> None:
    first = files.record(
        session, sha256="01" * 32, name="logo.png", content_type="image/png", size=9, created_by=None, now=NOON
    )
    make_company(session, logo_file_id=first.id, accountant="O. Belova", tax_reason_code="770101001")
    client = make_client(session, "Kiosk", country="ES", tax_reason_code="")
    order = make_claimed(session, desk, {make_product(session): 1}, client=client)
    order.vehicle, order.driver, order.delivery_window = "A 123 BC", "Oleg", "09:00-13:00"
    invoice = _confirm(session, desk, order, NOON)

    make_company(session, logo_file_id=None, accountant="")
    document = frozen(session, invoice.id)

    assert document.shipment == {
        "order_id": order.id,
        "warehouse": "Main",
        "vehicle": "A 123 BC",
        "driver": "Oleg",
        "delivery_window": "09:00-13:00",
    }
    assert document.seller["logo_sha256"] == "01" * 32
    assert (document.seller["accountant"], document.seller["tax_reason_code"]) == ("O. Belova", "770101001")
    assert document.buyer["country"] == "ES"


def test_a_rate_at_which_nothing_is_billed_is_no_row_of_the_paper(session: Session, desk: Desk) -> None:
    invoice = make_invoice(session, desk, {make_product(session): 1})
    billed = [tax.vat_rate for tax in frozen(session, invoice.id).taxes]
    invoice.taxes.append(InvoiceTax(vat_rate=Decimal("0.0500"), net_minor=0, vat_minor=0))
    session.flush()

    assert [tax.vat_rate for tax in frozen(session, invoice.id).taxes] == billed
