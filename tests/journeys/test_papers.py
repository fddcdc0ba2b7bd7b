"""The papers of an order over the real wire: the PDF in the chat, a wrong address mended, a copy for the company."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from db.models.clients import Client
from db.models.company import Company
from db.models.invoices import Invoice, MailRequest
from db.models.orders import Order
from sandbox.client_chat import Chat
from sandbox.records import ChatMessage
from services.actor import Role
from templates.environment import Texts
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, load_all

pytestmark = on("polling")

OFFICE = "office@example.org"


def loaded(house: House, trade: Trade, *, email: str | None = None, language: str = "en") -> tuple[Chat, int]:
    """An order is loaded and billed; returns its rep and its id."""
    rep, store = house.staff("Rita", Role.REP, language), house.staff("Stan", Role.STOREKEEPER)
    order_id = trade.claimed(house.staff("Rex", Role.REP) if language != "en" else rep, store, {trade.product(): 2},
                             trade.client(email=email, language=language))  # fmt: skip
    if language != "en":
        with house.database.transaction() as session:
            session.get_one(Order, order_id).rep_id = house.actor(rep).person_id
    load_all(house, store)
    house.settle()
    return rep, order_id


def files(chat: Chat) -> list[ChatMessage]:
    """The files in a chat, the oldest first."""
    return [message for message in chat.messages() if message.file_id]


def letters(house: House, order_id: int) -> list[tuple[str, str]]:
    """Where the invoice was to go and what became of it, the oldest first."""
    query = (
        select(MailRequest.address, MailRequest.state)
        .join(Invoice, Invoice.id == MailRequest.invoice_id)
        .where(Invoice.order_id == order_id)
        .order_by(MailRequest.id)
    )
    with house.database.reading() as session:
        return [(row.address, row.state) for row in session.execute(query)]


def email_of(house: House, order_id: int) -> str:
    """What the client's card says."""
    query = select(Client.email).join(Order, Order.client_id == Client.id).where(Order.id == order_id)
    return str(house.scalar(query))


def test_a_refused_address_is_corrected_and_the_invoice_goes_out(house: House) -> None:
    trade = Trade(house)
    right = f"right{trade.number}@example.org"
    house.box.mail_fault("refuse", code=550, text="5.1.1 no such mailbox", to=trade.address)
    rep, order_id = loaded(house, trade)
    notice = rep.wait_for(f"could not be mailed to {trade.address}:")
    rep.press("Correct the address", message_id=notice.id)
    house.settle()
    assert "Type the e-mail address" in rep.last().text

    for nonsense in ("the baker", "📧", "a@b", "x" * 4000 + "@example.org"):
        with house.refuses(rep, "This is no e-mail address."):
            rep.say(nonsense)
    house.say(rep, f"  {right} ")
    assert f"Send the invoice to {right}?" in rep.last().text
    assert letters(house, order_id) == [(trade.address, "refused")], "nothing leaves before it is confirmed"
    pressed = rep.press("Send, keep for the client")
    pressed.resend()
    house.settle()

    [mail] = house.box.wait_for_mail(right)
    house.settle()
    assert letters(house, order_id) == [(trade.address, "refused"), (right, "accepted")]
    assert email_of(house, order_id) == right
    assert len(house.box.mail(right)) == 1
    rep.wait_for(f"the mail server has accepted it for {right}.")
    with house.refuses(rep, f"on its way to {right} already"):
        rep.press_data(f"mail_again.{order_id}.1")

    rep.press_data(f"order.{order_id}.0")
    house.settle()
    house.press(rep, "Papers")
    assert trade.address in rep.last().text.partition("Before:")[2]
    house.press(rep, "PDF into this chat")
    [paper] = files(rep)
    assert paper.file_id is not None
    assert rep.download(paper.file_id) == mail.attachments[0].content
    assert paper.file_name == mail.attachments[0].name
    assert (paper.caption or "").startswith("📄 Invoice TB-")
    assert rep.last().id > paper.id, "the screen stands below the paper"
    house.press(rep, "Send again")
    house.box.wait_for_mail(right, count=2)
    house.settle()
    assert [state for _, state in letters(house, order_id)] == ["refused", "accepted", "accepted"]


def test_without_an_address_the_rep_gets_the_paper_and_may_mail_it_later(house: House) -> None:
    trade = Trade(house)
    rep, order_id = loaded(house, trade, email="")
    house.wait_until(lambda: files(rep))
    [paper] = files(rep)
    assert "The client has no e-mail, so it is kept here." in (paper.caption or "")
    assert paper.file_id is not None
    assert "Invoice No. TB-" in PdfReader(BytesIO(rep.download(paper.file_id))).pages[0].extract_text()

    rep.press("Mail it", message_id=paper.id)
    house.settle()
    house.say(rep, trade.address)
    house.press(rep, "Another address")
    house.say(rep, f"<{trade.address}>")
    house.press(rep, "Send this once")

    [mail] = house.box.wait_for_mail(trade.address)
    house.settle()
    assert mail.attachments[0].content == rep.download(paper.file_id)
    assert (letters(house, order_id), email_of(house, order_id)) == ([(trade.address, "accepted")], "")

    other, admin = house.staff("Rob", Role.REP), house.staff("Ann", Role.ADMIN)
    for verb in ("paper_pdf", "mail_again"):
        house.say(other, "/menu")
        with house.refuses(other, "You have no right to do this."):
            other.press_data(f"{verb}.{order_id}.1")
    with house.refuses(rep, "This button is out of date."):
        rep.press_data(f"mail_once.{order_id}.1")
    admin.press_data(f"paper_pdf.{order_id}.0")
    house.wait_until(lambda: files(admin))
    house.settle()
    house.press(admin, "Send again")
    house.box.wait_for_mail(trade.address, count=2)
    house.settle()


@contextmanager
def copies(house: House) -> Iterator[None]:
    """The company wants a copy of each letter, for a while."""
    for wanted in (True, False):
        with house.database.transaction() as session:
            session.get_one(Company, 1).mail_copy = wanted
        if wanted:
            yield


def test_the_company_gets_its_copy_once_and_a_refused_one_harms_nobody(house: House) -> None:
    first, second = Trade(house), Trade(house)
    with copies(house):
        house.box.mail_fault("refuse", code=451, text="4.7.1 greylisted", to=first.address, count=1)
        rep, order_id = loaded(house, first)
        [mail] = house.box.wait_for_mail(first.address)
        house.settle()
        assert mail.envelope_to == [first.address, OFFICE]
        assert OFFICE not in mail.to
        assert len([each for each in house.box.mail(OFFICE) if first.address in each.envelope_to]) == 1
        assert letters(house, order_id) == [(first.address, "accepted")]

        house.box.mail_fault("refuse", code=550, text="5.1.1 gone", to=OFFICE, count=1)
        rep, order_id = loaded(house, second)
        [mail] = house.box.wait_for_mail(second.address)
        house.settle()
        assert mail.envelope_to == [second.address]
        rep.press_data(f"papers.{order_id}.0")
        house.settle()
        assert "The company's copy was not taken:" in rep.last().text
        assert "accepted the invoice" in rep.last().text


@pytest.mark.parametrize("language", ["ru", "es"])
def test_the_papers_in_the_readers_language(house: House, texts: Texts, language: str) -> None:
    trade = Trade(house)
    rep, order_id = loaded(house, trade, language=language)
    title = {"ru": "Счёт на оплату № TB-", "es": "Factura n.º TB-"}[language]
    words = {"ru": (" рубля ", "Счёт TB-"), "es": ("rublos", "Factura TB-")}[language]

    rep.press_data(f"papers.{order_id}.0")
    house.settle()
    assert words[1] in rep.last().text
    house.press(rep, texts.plain("messages/papers.html", "pdf", language, {}))
    [paper] = files(rep)
    assert paper.file_id is not None
    page = PdfReader(BytesIO(rep.download(paper.file_id))).pages[0].extract_text().replace("\xa0", " ")
    assert title in page
    assert words[0] in page
    [mail] = house.box.mail(trade.address)
    assert (mail.text or "").startswith(texts.plain("mail/invoice.html", "greeting", language, {"buyer": ""})[:4])
