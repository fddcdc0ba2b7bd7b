"""What was sold is taken back over the real wire: an invoice by lines and then whole, and a sale that was none."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from db.models.credit_notes import CreditNote
from db.models.invoices import Invoice
from db.models.stock import StockMovement
from sandbox.client_chat import Chat
from services import ticket_orders, tickets
from services.actor import Role
from services.ticket_tags import Tags
from templates.environment import Texts
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, load_all

LEGAL = {
    "en": ("Credit note No. CN-", "Total credited"),
    "ru": ("Кредит-нота № CN-", "Итого по кредит-ноте"),
    "es": ("Nota de crédito n.º CN-", "Total a su favor"),
}
"""By the client's language: how the paper is called, and its sum. The house is no Spanish one."""


def billed(house: House, trade: Trade, rep: Chat, language: str = "en") -> tuple[int, str]:
    """Three of a product for 100 each were brought for 92.05 and billed; the order's id and the invoice's number."""
    store = house.staff("Stan", Role.STOREKEEPER)
    order_id = trade.claimed(rep, store, {trade.product(): 3}, trade.client(language=language))
    load_all(house, store)
    house.box.wait_for_mail(trade.address)
    house.settle()
    with house.database.reading() as session:
        invoice = session.scalars(select(Invoice).where(Invoice.order_id == order_id)).one()
        return order_id, invoice.label


def label(texts: Texts, language: str, block: str, template: str = "credit") -> str:
    """What a button says, without its emoji."""
    return texts.plain(f"messages/{template}.html", block, language, {}).split(" ", 1)[-1]


def returned(house: House, order_id: int) -> int:
    """What has come back to the shelf, in thousandths."""
    moved = select(func.coalesce(func.sum(StockMovement.delta_milli), 0))
    return int(house.scalar(moved.where(StockMovement.order_id == order_id, StockMovement.reason == "return")))


def notes(house: House, order_id: int) -> list[tuple[int, bool]]:
    """The order's credit notes: total and whether it is the last."""
    query = select(CreditNote.total_minor, CreditNote.whole).where(CreditNote.order_id == order_id)
    with house.database.reading() as session:
        return [(row.total_minor, row.whole) for row in session.execute(query.order_by(CreditNote.id))]


@on("polling")
def test_an_invoice_is_credited_by_lines_and_then_whole(house: House) -> None:
    trade = Trade(house)
    rep, admin = house.staff("Rita", Role.REP), house.staff("Ada", Role.ADMIN)
    order_id, invoice = billed(house, trade, rep)
    house.say(admin, "/menu")
    house.press(admin, "All orders")
    house.say(admin, invoice.lower())
    house.press(admin, f"№ {order_id}")
    house.press(admin, "Credit…")
    house.press(admin, "1. Kefir")
    type_nonsense(house, admin)
    choose_two(house, admin)
    pressed = admin.press("Issue the credit note")
    pressed.resend()
    house.settle()

    assert notes(house, order_id) == [(20000, False)]
    assert returned(house, order_id) == 2000
    notice = rep.wait_for(f"A part of invoice {invoice} was credited")
    assert "Two came back & <unopened>" in notice.text
    [_, letter] = house.box.wait_for_mail(trade.address, count=2)
    house.settle()
    assert letter.subject.strip().startswith("Credit note CN-")
    assert f"It corrects invoice {invoice}" in " ".join((letter.text or "").split())
    look_as_rep(house, rep, order_id)

    credit_the_rest(house, admin, order_id)
    assert notes(house, order_id) == [(20000, False), (19205, True)]
    assert returned(house, order_id) == 2000, "what is written off does not come back"
    house.box.wait_for_mail(trade.address, count=3)
    house.settle()
    assert bring_first_note(house, admin, order_id) == letter.attachments[0].content
    admin.press_data(f"credit.{order_id}.0")
    house.settle()
    assert "Nothing of this invoice stands any more." in admin.last().text
    house.say(admin, "/figures")
    assert "credit note" in admin.last().text
    assert "Turnover" in admin.last().text


def type_nonsense(house: House, admin: Chat) -> None:
    """What is no quantity, or more than stands, gets a clear answer."""
    for nonsense in ("1️⃣", "-1", "many", "1 kg", "<b>1</b>"):
        with house.refuses(admin, "I do not understand this quantity."):
            admin.say(nonsense)
    for refused, words in (("1,5", "pcs"), ("4", "at most 3 pcs"), ("999999999", "")):
        with house.refuses(admin, words):
            admin.say(refused)


def choose_two(house: House, admin: Chat) -> None:
    """Two of three, by typing, and why."""
    house.say(admin, "1")
    house.press(admin, "Write off: 1 pcs")
    house.press(admin, "1. Kefir")
    house.say(admin, "0")
    house.press(admin, "1. Kefir")
    house.say(admin, "2 pcs")
    house.press(admin, "To the shelf: 2 pcs")
    assert "Credit note: ₽200.00" in admin.last().text
    assert not any("Issue" in button for button in admin.last().labels), "first the reason"
    house.say(admin, "Two came back & <unopened>")


def look_as_rep(house: House, rep: Chat, order_id: int) -> None:
    """The rep sees what stands, and cannot credit."""
    rep.wait_for("the mail server has accepted it")
    rep.press_data(f"order.{order_id}.0")
    house.settle()
    assert "Of the invoice stands: ₽192.05" in rep.last().text
    assert not any("Credit…" in button for button in rep.last().labels)
    with house.refuses(rep, "You have no right to do this."):
        rep.press_data(f"credit.{order_id}.0")


def credit_the_rest(house: House, admin: Chat, order_id: int) -> None:
    """All that stands, the goods written off."""
    admin.press_data(f"credit.{order_id}.0")
    house.settle()
    house.press(admin, "All, written off")
    house.say(admin, "The rest was sour")
    house.press(admin, "Issue the credit note")


def bring_first_note(house: House, admin: Chat, order_id: int) -> bytes:
    """The PDF of the first credit note, from the papers."""
    admin.press_data(f"papers.{order_id}.0")
    house.settle()
    house.press(admin, next(button for button in admin.last().labels if "CN-" in button))
    house.press(admin, "PDF into this chat")
    file = next(message for message in reversed(admin.messages()) if message.file_id)
    return admin.download(file.file_id or "")


@on("polling")
@pytest.mark.parametrize("language", LEGAL)
def test_in_the_readers_language_with_paper_and_letter(house: House, texts: Texts, language: str) -> None:
    trade = Trade(house)
    rep, admin = house.staff("Rita", Role.REP), house.staff("Ada", Role.ADMIN, language)
    order_id, invoice = billed(house, trade, rep, language)
    admin.press_data(f"credit.{order_id}.0")
    house.settle()
    house.press(admin, label(texts, language, "all_to_shelf"))
    house.say(admin, "Вернули: todo malo")
    house.press(admin, label(texts, language, "issue"))
    [_, letter] = house.box.wait_for_mail(trade.address, count=2)
    house.settle()

    title, total = LEGAL[language]
    page = PdfReader(BytesIO(letter.attachments[0].content)).pages[0].extract_text().replace("\xa0", " ")
    for words in (title, total, invoice, "Вернули: todo malo"):
        assert words in page
    assert total in (letter.text or "")
    assert re.search(r"39205|392[.,]05", letter.text or "")
    assert notes(house, order_id) == [(39205, True)]


def recorded(house: House, trade: Trade, rep: Chat) -> int:
    """The rep has recorded a sale of 1500; returns its id."""
    by, now = house.actor(rep), datetime.now(UTC)
    client_id = trade.client()
    tags = Tags(amount_minor=150_000, client=trade.client_name(client_id))
    with house.database.transaction() as session:
        ticket = tickets.take_text(
            session, tags, "typed", chat_key=by.origin, message_ref=f"v{trade.number}", by=by, now=now
        )
        ticket.client_id = client_id
        sale = ticket_orders.record_sale(session, ticket.id, ticket.version, by=by, now=now)
        session.info.pop("announcements", None)
        return sale.id


@on("webhook")
def test_a_sale_that_was_none_is_voided_once(house: House) -> None:
    trade = Trade(house)
    rep, admin = house.staff("Rita", Role.REP), house.staff("Ada", Role.ADMIN)
    sale = recorded(house, trade, rep)
    admin.press_data(f"order.{sale}.0")
    house.settle()
    house.press(admin, "Void the sale…")
    assert not any("Yes" in button for button in admin.last().labels), "first the reason"
    with house.refuses(admin, "This text is too long"):
        admin.say("x" * 400)
    house.say(admin, "Typed twice")
    pressed = admin.press("Yes, void it")
    pressed.resend()
    house.settle()

    assert trade.status(sale) == "voided"
    rep.wait_for(f"Sale No. {sale} for Client {trade.number}, ₽1,500.00, was voided.")
    rep.press_data(f"order.{sale}.0")
    house.settle()
    assert "recorded sale, voided" in rep.last().text
    assert "Typed twice" in rep.last().text
    with house.refuses(rep, "You have no right to do this."):
        rep.press_data(f"void_sale.{sale}.2")
