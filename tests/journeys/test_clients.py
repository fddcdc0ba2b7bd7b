"""Clients on a rep's day: found at the counter, written down on the spot, corrected, and never twice."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import func, select

from db.models.clients import Client, Place
from db.models.orders import Order
from db.models.record import AuditEntry
from sandbox.client_chat import Chat
from sandbox.records import ChatMessage
from services import clients
from services.actor import Role
from templates.environment import Texts
from tests.builders import NOON, make_client
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade

pytestmark = on("polling")

_numbers = itertools.count(1)


def tax_id() -> str:
    """One that no other journey has; twelve digits, of an entrepreneur."""
    first = f"77{next(_numbers):08d}"
    eleventh = _check_digit(first, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
    return first + eleventh + _check_digit(first + eleventh, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))


def _check_digit(digits: str, weights: tuple[int, ...]) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return str(total % 11 % 10)


def far_away() -> tuple[float, float]:
    """A place in Siberia with no neighbour."""
    return 61.0 + next(_numbers) * 0.01, 90.0


def known(house: House, name: str, **fields: object) -> int:
    """A client that is in the book already."""
    with house.database.transaction() as session:
        return make_client(session, name, **{"place": None, **fields}).id  # type: ignore[arg-type]


def of_name(house: House, name: str) -> Client:
    with house.database.reading() as session:
        client = session.scalars(select(Client).where(Client.name == name)).one()
        session.expunge(client)
        return client


def count(house: House, name: str) -> int:
    return int(house.scalar(select(func.count()).select_from(Client).where(Client.name == name)))


def screen(rep: Chat) -> ChatMessage:
    """The living screen; what brings up a reply keyboard may stand below it."""
    return [message for message in rep.messages() if message.buttons][-1]


def begin(house: House, rep: Chat, name: str) -> None:
    """The rep opens the book and begins with the name."""
    house.say(rep, "/clients")
    house.press(rep, "New client")
    house.say(rep, name)


def test_a_new_client_is_written_down_at_the_counter_and_gets_an_order(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    name, number, pin = f"Mayak {trade.number}", tax_id(), far_away()
    trade.draft(rep, {trade.product(): 2})
    house.say(rep, "/cart")
    house.press(rep, "Other client")
    house.press(rep, "New client")
    assert "New client · 1 of 7" in screen(rep).text
    house.say(rep, "x" * 4000)
    assert "A client's name has 1 to 200 characters." in screen(rep).text
    house.say(rep, name)

    house.say(rep, number[:-1] + str((int(number[-1]) + 1) % 10))
    assert "its check digits do not add up" in screen(rep).text
    house.say(rep, "77")
    assert "This is no INN: it has 10 digits for a firm and 12 for an entrepreneur." in screen(rep).text
    house.say(rep, f"{number[:4]} {number[4:]}")
    house.say(rep, "Anna Belova")
    house.say(rep, "📞")
    assert "This is no phone number." in screen(rep).text
    house.stop()
    house.start()
    rep.send_contact("+34612345678", first_name="Anna")
    house.settle()
    assert f"New client · {name} · 5 of 7" in screen(rep).text
    house.press(rep, "Back")
    house.press(rep, "Keep")
    house.say(rep, "office")
    assert "This is no e-mail address." in screen(rep).text
    house.press(rep, "Skip")
    house.say(rep, "Lesnaya, 1")
    rep.send_location(*pin)
    house.settle()

    review = screen(rep).text
    for words in (
        name,
        f"INN {number}",
        "Anna Belova",
        "+34 612 34 56 78",
        "no e-mail: invoices are kept",
        "Lesnaya, 1",
    ):
        assert words in review
    house.press(rep, "E-mail")
    house.say(rep, trade.address)
    house.press(rep, "Save the client")

    saved = of_name(house, name)
    assert (saved.tax_id, saved.phone_key, saved.email) == (number, "34612345678", trade.address)
    assert house.scalar(select(Place.latitude).where(Place.client_id == saved.id)) == pytest.approx(pin[0], abs=1e-5)
    assert house.scalar(select(func.max(Order.id)).where(Order.client_id == saved.id)) is not None
    assert house.audits(rep)[-1] == "client.created"
    house.say(rep, "/clients")
    assert screen(rep).labels[0] == f"🕒 {name}", "the client of the last order comes first"


@pytest.mark.parametrize("language", ["ru", "es"])
def test_the_questions_in_the_language_of_the_rep(house: House, texts: Texts, language: str) -> None:
    rep = house.staff("Рита", Role.REP, language)
    name, number = f"Ñandú {language} {next(_numbers)} {house.mode} {id(house)}", tax_id()

    def press(block: str, screen: str = "client_new") -> None:
        house.press(rep, texts.plain(f"messages/{screen}.html", block, language, {}))

    house.say(rep, "/clients")
    press("new_client", "clients")
    house.say(rep, name)
    asked = screen(rep).text
    assert {"ru": "Какой ИНН? 10 цифр", "es": "¿Qué INN? 10 cifras"}[language] in asked
    house.say(rep, "1234567890")
    assert {"ru": "контрольные цифры не сходятся", "es": "las cifras de control no cuadran"}[language] in screen(
        rep
    ).text
    house.say(rep, number)
    for _ in range(3):
        press("skip")
    house.say(rep, "Calle Mayor, 3")
    press("skip")
    assert {"ru": "нет e-mail: счета хранятся у нас", "es": "sin correo: las facturas se guardan"}[language] in (
        screen(rep).text
    )
    press("save")

    saved = of_name(house, name)
    assert (saved.tax_id, saved.address, saved.phone) == (number, "Calle Mayor, 3", "")
    assert {"ru": f"Клиент «{name}» сохранён.", "es": f"{name} está guardado."}[language] in screen(rep).text
    assert {"ru": "Заказов ещё не было.", "es": "Aún no ha pedido nada."}[language] in screen(rep).text


def test_a_client_that_is_known_is_not_written_down_twice(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    number, pin = tax_id(), far_away()
    name = f"Bereg {trade.number}"
    client_id = known(house, name, tax_id=number, place=pin, address="Pier 1")
    begin(house, rep, f"Other {trade.number}")

    house.say(rep, number)

    assert "Do we know this client already?" in screen(rep).text
    assert f"{name}" in screen(rep).text
    assert "The same: INN" in screen(rep).text
    house.press(rep, "It is this one")
    assert name in screen(rep).text
    assert "Nothing was ordered yet." in screen(rep).text
    assert count(house, f"Other {trade.number}") == 0

    begin(house, rep, name.upper())
    assert "The same: name" in screen(rep).text
    house.press(rep, "No, a new one")
    for _ in range(5):
        house.press(rep, "Skip")
    rep.send_location(pin[0] + 0.0003, pin[1])
    house.settle()
    assert "place, to 50 m" in screen(rep).text
    house.press(rep, "No, a new one")
    known(house, f"{name.upper()}!", place=None)  # somebody else is quicker
    house.press(rep, "Save the client")
    assert f"{name.upper()}!" in screen(rep).text
    house.press(rep, "No, a new one")
    save = next(button.data for row in screen(rep).buttons for button in row if "Save" in button.label)
    assert save is not None
    house.press(rep, "Save the client")
    rep.press_data(save)
    house.settle()

    assert "This client was saved before; it was not done twice." in screen(rep).text
    assert count(house, name.upper()) == 1
    assert house.audits(rep).count("client.created") == 1
    assert client_id != of_name(house, name.upper()).id


def test_two_taps_in_one_moment_save_one_client(house: House) -> None:
    rep = house.staff("Rita", Role.REP)
    name = f"Twice {next(_numbers)} {house.database.engine.dialect.name}"
    begin(house, rep, name)
    for _ in range(6):
        house.press(rep, "Skip")
    house.box.hold_updates(house.bot)
    tap = rep.press("Save the client")
    tap.resend()
    house.box.release(house.bot)
    house.settle()

    assert count(house, name) == 1
    assert "it was not done twice" in rep.transcript()


def test_a_client_is_found_by_phone_tax_id_and_place_and_shown_on_the_map(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    number, pin = tax_id(), far_away()
    phone = f"+7 383 {next(_numbers):03d}-{trade.number:02d}-77"
    client_id = known(
        house, f"Kedr {trade.number}", tax_id=number, phone=phone, place=pin, address="Mira 1", email=trade.address
    )
    order_id = trade.submitted(rep, {trade.product(): 2}, client_id)
    for typed in (phone, phone.replace("+7", "8").replace("-", ""), phone[-9:], number[:11], f"kedr {trade.number}"):
        house.say(rep, "/clients")
        house.say(rep, typed)
        assert f"Kedr {trade.number}" in screen(rep).labels[0], typed

    house.press(rep, "Nearest")
    rep.send_location(pin[0] + 0.001, pin[1])
    house.settle()
    assert f"Kedr {trade.number} · 110 m" in screen(rep).text
    house.press(rep, f"Kedr {trade.number}")

    card = screen(rep)
    for words in (f"INN {number}", phone, trade.address, "Mira 1", f"⌛ № {order_id} · "):
        assert words in card.text
    house.press(rep, "On the map")
    assert any(message.venue or message.location for message in rep.messages()[-3:])
    assert f"Kedr {trade.number}" in screen(rep).text
    house.press(rep, f"№ {order_id}")
    assert f"Order No. {order_id}" in screen(rep).text
    house.say(rep, "/clients")
    house.press(rep, f"Kedr {trade.number}")
    house.press(rep, "Order for this client")
    assert f"The order is for Kedr {trade.number}." in screen(rep).text


def test_what_is_known_of_a_client_is_corrected_by_one_at_a_time(house: House) -> None:
    rep, admin, trade = house.staff("Rita", Role.REP), house.staff("Ada", Role.ADMIN), Trade(house)
    client_id = known(house, f"Topol {trade.number}", phone="+7 383 000-00-01")
    house.say(rep, "/clients")
    house.say(rep, f"Topol {trade.number}")
    house.press(rep, f"Topol {trade.number}")
    house.press(rep, "Edit")
    house.press(rep, "E-mail")
    with house.database.transaction() as session:
        clients.change(session, client_id, by=house.actor(admin), now=NOON, contact="Boris")

    house.say(rep, trade.address)

    assert "Somebody else has changed this client meanwhile" in screen(rep).text
    assert "Boris" in screen(rep).text
    assert house.scalar(select(Client.email).where(Client.id == client_id)) == "shop@example.com"
    house.press(rep, "E-mail")
    house.say(rep, trade.address)
    assert "Saved." in screen(rep).text
    house.press(rep, "Language of papers")
    house.press(rep, "Spanish")
    house.press(rep, "Phone")
    house.press(rep, "Take it away")
    house.press(rep, "Pin on the map")
    rep.send_location(61.5, 91.0)
    house.settle()
    with house.database.reading() as session:
        client = session.get_one(Client, client_id)
        assert (client.email, client.language, client.phone_key) == (trade.address, "es", "")
        assert [place.latitude for place in client.places] == [61.5]
        rows = session.scalars(
            select(AuditEntry).where(AuditEntry.subject == f"client:{client_id}").order_by(AuditEntry.id)
        )
        changes = [(row.before, row.after) for row in rows]
    assert changes[1] == ({"email": "shop@example.com"}, {"email": trade.address})
    assert changes[-1] == ({}, {"place": "61.50000, 91.00000"})
    house.say(admin, "/clients")
    house.say(admin, f"Topol {trade.number}")
    house.press(admin, f"Topol {trade.number}")
    assert "Order for this client" not in admin.last().labels


def test_storekeepers_strangers_and_forged_buttons_learn_and_change_nothing(house: House) -> None:
    rep, store = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER)
    client_id = known(house, f"Secret {next(_numbers)}", phone="+7 383 000-00-02")
    before = house.scalar(select(func.count()).select_from(Client))
    for data in (f"client_card.{client_id}.0", f"client_clear.{client_id}-4.1", "client_new.0.0", "client_book.0.0"):
        house.say(store, "/menu")
        with house.refuses(store, "You have no right to do this."):
            store.press_data(data)
        assert "Secret" not in store.last().text
    house.say(rep, "/clients")
    for data, words in {
        "client_card.2147483647.0": "This client is gone.",
        f"client_clear.{client_id}-4.99": "This has changed meanwhile",
        f"client_field.{client_id}-77.0": "This button is out of date.",
        "client_save.5.0": "This button is out of date.",
        "client_question.5-2.0": "This button is out of date.",
        "client_is_new.5.1": "This button is out of date.",
    }.items():
        house.say(rep, "/clients")
        with house.refuses(rep, words):
            rep.press_data(data)

    assert house.scalar(select(func.count()).select_from(Client)) == before
    assert house.scalar(select(Client.phone).where(Client.id == client_id)) == "+7 383 000-00-02"
    assert house.audits(store)[-1] == "refused.screen.clients"
