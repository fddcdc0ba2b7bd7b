"""One ledger: the chat, the paper, its bank code and the letter all say the same sum, to the cent."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.orders import Order
from delivery import bank_qr, invoice_pdf, letters
from services import announcements, loading
from services.invoice_document import InvoiceDocument, frozen
from services.mailing import Letter
from templates import text_filters
from templates.environment import Texts
from tests.builders import NOON, actor_of, make_client, make_company, make_product
from tests.services.desk import make_claimed, make_desk

TEXTS = Texts.load()
FONTS = Path(__file__).resolve().parents[2] / "fonts"
RUSSIA = {
    "country": "RU",
    "currency": "RUB",
    "tax_id": "7707083893",
    "bank_name": "Банк",
    "bank_code": "044030790",
    "bank_account": "40702810300000012345",
    "correspondent_account": "30101810900000000790",
}
SPAIN = {
    "country": "ES",
    "currency": "EUR",
    "tax_id": "B12345674",
    "bank_name": "CaixaBank",
    "bank_code": "CAIXESBBXXX",
    "bank_account": "ES9121000418450200051332",
    "correspondent_account": "",
}
RATES = st.sampled_from([Decimal(0), Decimal("0.04"), Decimal("0.1"), Decimal("0.2"), Decimal("0.21")])
GOODS = st.lists(st.tuples(st.integers(1, 999_999), RATES, st.integers(1, 400)), min_size=1, max_size=8)


def billed(session: Session, goods: list[tuple[int, Decimal, int]], **company: Any) -> tuple[InvoiceDocument, Any]:
    """Sell and load such goods: what is billed, and what the rep is told."""
    desk = make_desk(session)
    make_company(session, **company)
    client = make_client(session, "Corner", language="en")
    products: dict[Product | Unit, int] = {
        make_product(session, f"Goods {n}", price_minor=price, vat_rate=rate, on_hand=1000): count
        for n, (price, rate, count) in enumerate(goods)
    }
    order = make_claimed(session, desk, products, client=client)
    invoice = loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)
    told = next(said for said in announcements.take(session) if said.name == "order_loaded")
    assert session.get_one(Order, order.id).total_minor == invoice.total_minor
    return frozen(session, invoice.id), told.facts


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(goods=GOODS, include_vat=st.booleans(), country=st.sampled_from(["RU", "ES"]))
def test_every_paper_says_the_same_sum(
    session: Session, goods: list[tuple[int, Decimal, int]], *, include_vat: bool, country: str
) -> None:
    savepoint = session.begin_nested()
    profile = RUSSIA if country == "RU" else SPAIN
    document, told = billed(session, goods, prices_include_vat=include_vat, **profile)
    savepoint.rollback()
    session.expunge_all()

    assert sum(line.net_minor for line in document.lines) == document.net_minor
    assert sum(line.total_minor for line in document.lines) == document.total_minor
    assert sum(tax.vat_minor for tax in document.taxes) == document.vat_minor
    assert document.net_minor + document.vat_minor == document.total_minor
    total = plain(text_filters.money(document.total_minor, document.currency, locale="en"))

    chat = TEXTS.block("messages/notices.html", "order_loaded", "en", {**told, "in_their_place": False})
    assert total in plain(chat)

    pages = PdfReader(BytesIO(invoice_pdf.draw(document, TEXTS, FONTS))).pages
    paper = plain("\n".join(page.extract_text() for page in pages))
    assert paper.count(total) == 3, "in the band, in the totals, with the count of lines"
    for line in document.lines:
        amount = line.total_minor if include_vat else line.net_minor
        shown = text_filters.amount(amount, document.currency, locale="en")
        assert re.search(rf"^{line.position} .*{re.escape(plain(shown))}$", paper, re.MULTILINE), line

    code = bank_qr.payload(document, "Invoice")
    assert code is not None
    whole, cents = divmod(document.total_minor, 100)
    assert (f"|Sum={document.total_minor}|" if country == "RU" else f"\nEUR{whole}.{cents:02d}\n") in code

    letter = Letter("<1@x>", "shop@example.com", "", "", "en", document, "0" * 64, "TB.pdf")
    message = letters.build(letter, b"%PDF", TEXTS, sender="desk@example.org", now=datetime(2026, 3, 2, tzinfo=UTC))
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        assert plain(part.get_content()).count(f"Total to pay: {total}") == 2


def test_the_sums_of_a_known_order(session: Session) -> None:
    """The same with literals: 3 × 33.33 with 20 % in it, 7 × 0.99 with 10 %, and the delivery."""
    document, _ = billed(session, [(3333, Decimal("0.2"), 3), (99, Decimal("0.1"), 7)], **RUSSIA)

    sums = [(line.net_minor, line.vat_minor, line.total_minor) for line in document.lines]
    assert sums == [(8332, 1667, 9999), (630, 63, 693), (1408, 282, 1690)]
    assert (document.net_minor, document.vat_minor, document.total_minor) == (10370, 2012, 12382)
