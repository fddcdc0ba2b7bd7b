"""The whole story, over the real wire: password, order, loading, and the invoice in the client's mailbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from sandbox.client import Mail
from sandbox.client_chat import Chat
from services.actor import Role
from tests.conftest import BACKENDS
from tests.journeys.house import House
from tests.journeys.houses import MODES, Houses, on
from tests.journeys.scenes import Trade, load_all

NBSP = "\u00a0"
PIN = (55.80, 37.50)
"""9,2 km from the warehouse in Moscow."""
TOTAL = "₽1,249.05"
"""13 × 89,00 for the milk and 92,05 for the delivery, as the English staff reads it."""
PAPER_TOTAL = f"1{NBSP}249,05{NBSP}₽"
"""The same as the Russian client reads it."""
KINDS = [(mode, backend) for mode in MODES for backend in BACKENDS]


@pytest.fixture(params=KINDS, ids=["-".join(kind) for kind in KINDS])
def new_house(request: pytest.FixtureRequest, houses: Houses) -> Iterator[House]:
    """An installation that nobody has been in: the very first order becomes the very first invoice."""
    house = houses.fresh(*request.param)
    yield house
    house.stop()


def first_admin_gets_in(house: House) -> Chat:
    """The password comes from the command line, is typed, and does not stay in the chat."""
    printed = house.run("telbot_polling.py", "admin")
    password = re.search(r"Password: (\S+)", printed)
    assert password is not None
    admin = house.stranger("Ada", "en")
    house.say(admin, "/start")
    assert "+7 495 000-00-00" in admin.last().text
    typed = house.say(admin, password[1].lower())
    assert "Welcome, Ada!" in admin.last().text
    assert typed not in [message.id for message in admin.messages()]
    assert password[1].lower() not in admin.transcript().lower()
    return admin


def access_from(house: House, admin: Chat, name: str, *choices: str) -> tuple[str, str]:
    """The admin issues a password in the chat: what to type, and the link."""
    house.press(admin, "Give access")
    house.say(admin, name)
    for choice in choices:
        house.press(admin, choice)
    house.press(admin, f"Issue for {name}")
    shown = admin.wait_for("Password:").text
    found = re.search(r"Password: (\S+)\s+or the link: https://t\.me/(\w+)\?start=(\S+)", shown)
    assert found is not None, shown
    assert found[2] == house.bot.username
    assert name in shown
    return found[1], found[3]


def rep_builds_the_order(house: House, rep: Chat) -> None:
    """Category, product, steppers and a typed quantity, client, pin, day: one message until something is typed."""
    screen = rep.last().id
    for label in ("New order", "Молочное", "Молоко 3,2"):
        house.press(rep, label)
    house.press(rep, "+10")
    house.press(rep, "+1")
    assert "In the order: 11 pcs" in rep.last().text
    assert rep.last().id == screen, "what was pressed is edited in place"

    typed = house.say(rep, "13")
    below = rep.last()
    assert below.id > typed, "the screen stands below what was typed"
    assert "In the order: 13 pcs" in below.text
    assert "₽1,157.00" in below.text
    assert [message.id for message in rep.messages() if message.labels] == [below.id], "the old one has no buttons"

    house.press(rep, "To the order")
    assert [button.label for button in rep.last().buttons[-1]] == ["🏪 Client"], "what is missing stands alone and last"
    house.press(rep, "Client")
    house.press(rep, "Лавка на Покровке")
    assert "Покровка, 1" in rep.wait_for("Where shall we deliver?").text
    keyboard = rep.keyboard()
    assert keyboard is not None
    assert keyboard[0][0].request == "location"
    rep.send_location(*PIN)
    house.settle()
    assert rep.keyboard() is None
    house.press(rep, rep.last().labels[0])


def review(house: House, rep: Chat) -> None:
    """Everything that will be ordered, and why the delivery costs what it costs."""
    house.press(rep, "Why this price?")
    shown = rep.last().text
    for words in (
        "Лавка на Покровке",
        "13 pcs × ₽89.00 = ₽1,157.00",
        "Goods: ₽1,157.00",
        "Delivery: ₽92.05 (9.2 km)",
        "of which VAT: ₽208.17",
        f"Total: {TOTAL}",
        "From Москва: the nearest warehouse that has all the goods.",
        "9.2 km × ₽10.00 = ₽92.05 (reckoned from the straight line)",
        "VAT 20% is included.",
    ):
        assert words in shown, shown
    assert rep.last().labels[-1].endswith(f"Submit ({TOTAL})")


def storekeeper_loads(house: House, store: Chat) -> None:
    """Notice, card, claim, confirm."""
    notice = store.wait_for("New order No. 1")
    assert "Лавка на Покровке" in notice.text
    assert TOTAL in notice.text
    house.press(store, "Open")
    card = store.last()
    assert "13 pcs · Молоко 3,2 % M-1" in card.text
    assert (
        card.buttons[0][0].url
        == "https://www.openstreetmap.org/?mlat=55.800000&mlon=37.500000#map=17/55.800000/37.500000"
    )
    house.press(store, "I take it")
    assert "The order is yours" in store.last().text
    assert store.last().id == card.id
    load_all(house, store)


def check_the_invoice(mail: Mail, number: str) -> None:
    """The letter and its paper: the client's language, and the same total to the kopeck."""
    assert mail.envelope_to == ["lavka@example.org"]
    assert number in mail.subject
    assert mail.text is not None
    assert PAPER_TOTAL in mail.text
    [pdf] = mail.attachments
    assert (pdf.name, pdf.type) == (f"{number}.pdf", "application/pdf")
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages)
    plain = re.sub(r"\s+", " ", words)
    for expected in (number, "Лавка на Покровке", "Молоко 3,2 %", "1 157,00", "92,05", "208,17", "1 249,05 ₽"):
        assert expected in plain, plain


def test_from_the_first_password_to_the_invoice_in_the_mailbox(new_house: House) -> None:
    house = new_house
    number = f"TB-{datetime.now(ZoneInfo('Europe/Moscow')).year}-000001"
    known = len(house.box.mail("lavka@example.org"))
    admin = first_admin_gets_in(house)
    _, rep_link = access_from(house, admin, "Rita")
    store_password, _ = access_from(house, admin, "Stan", "Storekeeper", "Москва")

    nobody = house.stranger("Nobody", "en")
    house.say(nobody, "hello?")
    assert "No password? Call the director: +7 495 000-00-00" in nobody.last().text
    house.press(nobody, "Ask to be contacted")
    nobody.wait_for("The admins know that you would like to hear from them.")
    assert "Press the button below to share your number." in nobody.last().text
    assert "Nobody has no access and would like to hear from you." in admin.last().text

    rep, store = house.stranger("Rita at home", "en"), house.stranger("Stan at home", "en")
    link = rep.open_link(rep_link)
    house.say(store, store_password)
    assert "Welcome, Rita!" in rep.last().text
    assert "Welcome, Stan!" in store.last().text
    assert link not in [message.id for message in rep.messages()]

    rep_builds_the_order(house, rep)
    review(house, rep)
    house.press(rep, "Submit")
    assert "The order was submitted. The warehouse has been told." in rep.last().text
    storekeeper_loads(house, store)
    assert f"Loading confirmed. Invoice {number} is being made." in store.last().text
    assert "Order No. 1 is being loaded by Stan." in rep.transcript()

    check_the_invoice(house.box.wait_for_mail("lavka@example.org", count=known + 1)[-1], number)
    told = rep.wait_for(f"📧 Invoice {number}: the mail server has accepted it for lavka@example.org.")
    assert f"Order No. 1 is loaded. Invoice {number}, {TOTAL}." in rep.transcript()
    house.say(rep, "/orders")
    house.press(rep, "№ 1 ")
    assert rep.last().id > told.id
    assert f"Total: {TOTAL}" in rep.last().text
    assert "The mail server has accepted the invoice for lavka@example.org." in rep.last().text
    house.stop()
    assert "Traceback" not in house.log()


@on("webhook")
def test_a_client_without_an_address_has_the_invoice_kept(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    order_id = trade.claimed(rep, store, {trade.product(): 1}, trade.client(email=""))
    letters = len(house.box.mail())

    load_all(house, store)

    paper = rep.last()
    assert "is ready. The client has no e-mail, so it is kept here." in paper.words
    assert paper.mime == "application/pdf"
    assert len(house.box.mail()) == letters
    house.say(rep, "/orders")
    house.press(rep, f"№ {order_id} ")
    assert "The client has no e-mail; the invoice is kept." in rep.last().text


@on("webhook")
def test_leaving_an_order_for_the_menu_loses_nothing(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    order_id = trade.review(rep, {trade.product(): 2})
    asked = rep.last()

    house.say(rep, "/cancel")

    assert "You have an order begun: ₽292.05." in rep.last().text
    assert [message.labels for message in rep.messages() if message.id == asked.id] == [[]]
    house.press(rep, "Go on with the order")
    house.press(rep, "Check out (₽292.05)")
    house.press(rep, "Submit (₽292.05)")
    assert trade.status(order_id) == "submitted"


@on("polling")
def test_a_submitted_order_can_be_taken_back_until_somebody_loads_it(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    kefir = trade.product(on_hand=5)
    order_id = trade.submitted(rep, {kefir: 5})

    house.press(rep, "Cancel the order")
    house.press(rep, "Yes, cancel it")

    assert "The order was cancelled." in rep.last().text
    assert f"Order No. {order_id} for Client {trade.number} was cancelled." in store.last().text
    assert trade.status(order_id) == "cancelled"
    trade.submitted(rep, {kefir: 5})
