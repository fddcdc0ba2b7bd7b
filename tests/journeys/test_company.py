"""An admin writes down what the company is: details, bank, logo, calendar, warehouses; and meets what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update

from db.models.catalogue import Product
from db.models.company import Company, Warehouse
from db.models.orders import Order
from db.models.record import AuditEntry
from sandbox.client_chat import Chat
from sandbox.pictures import png
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade

pytestmark = on("polling")

BIK, CORRESPONDENT, ACCOUNT = "044525225", "30101810400000000225", "40702810500000001234"
IBAN = "ES91 2100 0418 4502 0005 1332"


@pytest.fixture
def company(house: House) -> Iterator[None]:
    """Whatever is changed of the company and its warehouses is as it was for the journeys that follow."""
    tables = (Company.__table__, Warehouse.__table__)
    with house.database.reading() as session:
        before = [(table, row._asdict()) for table in tables for row in session.execute(select(table))]
    yield
    with house.database.transaction() as session:
        for table, row in before:
            session.execute(update(table).where(table.c.id == row["id"]).values(**row))


def article_of(house: House, product_id: int) -> str:
    return str(house.scalar(select(Product.article).where(Product.id == product_id)))


def of_company(house: House, field: str) -> Any:
    return house.scalar(select(getattr(Company, field)))


def walk(house: House, admin: Chat, *labels: str) -> None:
    """The admin goes from the menu through these buttons."""
    house.say(admin, "/menu")
    for label in labels:
        house.press(admin, label)


def field(house: House, admin: Chat, section: str, label: str) -> None:
    """The admin goes from home to a field: three presses."""
    walk(house, admin, "Company", section, label)
    assert any("Now:" in message.text for message in admin.messages()[-2:]), "a prompt may stand below"


def test_the_details_of_the_company(house: House, company: None) -> None:
    admin = house.staff("Ada", Role.ADMIN)
    field(house, admin, "Details", "Legal name")

    house.say(admin, "ООО «Новый дом»")

    assert "✅ Legal name: ООО «Молочный дом» → ООО «Новый дом»" in admin.last().text
    house.press(admin, "INN")
    house.say(admin, "7707083894")
    assert "INN 7707083894 is mistyped: its check digits do not add up." in admin.last().text
    assert of_company(house, "tax_id") == "7701234567"
    house.say(admin, "7707083893")
    assert "✅ INN: 7701234567 → 7707083893" in admin.last().text
    field(house, admin, "Director", "Director's phone")
    house.say(admin, "no phone")
    assert of_company(house, "director_phone") == "+7 495 000-00-00"
    admin.send_contact("+7 916 555 44 33")
    house.settle()
    assert "Director's phone: +7 495 000-00-00 → +7 916 555-44-33" in admin.last().text
    stranger = house.stranger("Nina", "en")
    house.say(stranger, "/start")
    assert "Call the director: +7 916 555-44-33" in stranger.last().text
    changes = select(AuditEntry.before, AuditEntry.after).where(AuditEntry.origin == house.chat_key(admin))
    with house.database.reading() as session:
        written = session.execute(changes.order_by(AuditEntry.id.desc())).first()
    assert written is not None
    assert (written.before["director_phone"], written.after["director_phone"]) == (
        "+7 495 000-00-00",
        "+7 916 555-44-33",
    )


def test_prices_with_vat_are_asked_twice_and_submitted_orders_keep(house: House, company: None) -> None:
    admin, rep, trade = house.staff("Ada", Role.ADMIN), house.staff("Rita", Role.REP), Trade(house)
    house.staff("Stan", Role.STOREKEEPER)
    order_id = trade.submitted(rep, {trade.product(): 1})
    field(house, admin, "Prices and delivery", "VAT in prices")

    house.press(admin, "VAT comes on top")

    assert "submitted orders keep what was agreed" in admin.last().text
    assert of_company(house, "prices_include_vat") is True
    house.press(admin, "No")
    house.press(admin, "VAT comes on top")
    house.press(admin, "Yes, change it")
    assert "VAT in prices: prices include VAT → VAT comes on top" in admin.last().text
    assert of_company(house, "prices_include_vat") is False
    trade.draft(rep, {trade.product(): 1})
    house.say(rep, "/cart")
    house.press(rep, "Check out")
    assert trade.status(order_id) == "submitted"
    field(house, admin, "Country and currency", "Currency")
    with house.refuses(admin, "The currency stays RUB."):
        admin.press("EUR")
    assert of_company(house, "currency") == "RUB"


def test_bank_details_are_one_form(house: House, company: None) -> None:
    admin = house.staff("Ada", Role.ADMIN)
    walk(house, admin, "Company", "Bank details")

    house.say(admin, "what a day")
    assert "I found no bank details in this" in admin.last().text
    house.say(admin, f"Получатель ИНН 7707083893\nр/с {ACCOUNT[:-1]}5\nБИК {BIK} к/с {CORRESPONDENT}")

    shown = admin.last()
    assert f"✅ BIK: {BIK}" in shown.text
    assert f"⚠️ Account {ACCOUNT[:-1]}5: a typing error: the check digits are wrong." in shown.text
    assert "Nothing is saved yet." in shown.text
    assert not any("Save" in label for label in shown.labels)
    assert of_company(house, "bank_code") == ""
    house.say(admin, ACCOUNT)
    assert "⬜ Bank: still missing" in admin.last().text
    house.say(admin, "ПАО Сбербанк, г. Москва")
    assert admin.last().labels[-1] == "✅ Save the bank details"
    first = admin.press("Save the bank details")
    house.settle()
    assert "The bank details are saved." in admin.last().text
    assert (of_company(house, "bank_account"), of_company(house, "bank_code")) == (ACCOUNT, BIK)
    assert of_company(house, "correspondent_account") == CORRESPONDENT
    assert of_company(house, "bank_name") == "ПАО Сбербанк, г. Москва"
    with house.refuses(admin, "This button is out of date."):
        first.resend()

    field(house, admin, "Country and currency", "Country")
    house.say(admin, "Испания")
    walk(house, admin, "Company", "Bank details")
    assert "These are not the details of a bank of your country." in admin.last().text
    house.say(admin, f"IBAN {IBAN} BIC CAIXESBBXXX CaixaBank")
    house.press(admin, "Save the bank details")
    assert of_company(house, "bank_account") == IBAN.replace(" ", "")
    assert (of_company(house, "correspondent_account"), of_company(house, "bank_name")) == ("", "CaixaBank")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "ru",
            (
                "Компания",
                "Банк",
                "⚠️ Расчётный счёт {0}: опечатка: не сходится контрольное число.",
                "Корр. счёт: пока не хватает",
            ),
        ),
        ("es", ("Empresa", "Datos bancarios", "⚠️ Cuenta {0}: hay una errata", "Cuenta corresponsal: falta todavía")),
    ],
)
def test_bank_details_in_the_language_of_the_admin(
    house: House, company: None, language: str, words: tuple[str, ...]
) -> None:
    admin = house.staff("Ада", Role.ADMIN, language)
    wrong = f"{ACCOUNT[:-1]}5"
    walk(house, admin, *words[:2])

    house.say(admin, f"{wrong} {BIK}")

    assert words[2].format(wrong) in admin.last().text
    assert words[3] in admin.last().text


def test_the_logo_is_fetched_shown_and_taken_away(house: House, company: None) -> None:
    admin = house.staff("Ada", Role.ADMIN)
    walk(house, admin, "Company", "Logo")

    admin.send_file(b"MZ no picture", "logo.png", "image/png")
    house.settle()
    assert of_company(house, "logo_file_id") is None
    assert "This is the logo of your papers now." not in admin.transcript()
    walk(house, admin, "Company", "Logo")
    admin.send_file(png(), "logo.png", "image/png")
    house.settle()

    assert "This is the logo of your papers now." in admin.transcript()
    assert of_company(house, "logo_file_id") is not None
    house.press(admin, "Company")
    assert "Papers have a logo." in admin.last().text
    house.press(admin, "Logo")
    house.press(admin, "Show it")
    house.press(admin, "Take it away")
    assert "The logo is taken away." in admin.last().text
    assert of_company(house, "logo_file_id") is None


def test_when_the_company_delivers(house: House, company: None) -> None:
    admin, rep, trade = house.staff("Ada", Role.ADMIN), house.staff("Rita", Role.REP), Trade(house)
    walk(house, admin, "Company", "Working days")

    house.press(admin, "Sun")
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat"):
        house.press(admin, f"✅ {day}")
    assert of_company(house, "working_days") == [6]
    with house.refuses(admin, "One working day has to stay"):
        admin.press("✅ Sun")
    assert trade.day().weekday() == 6
    house.press(admin, "Days off")
    house.say(admin, "soon")
    assert "I do not understand these days." in admin.last().text
    house.say(admin, trade.day().strftime("%d.%m.%Y"))
    assert "1 day off was added." in admin.last().text
    assert trade.day().isoformat() not in of_company(house, "days_off")
    house.press(admin, "❌")
    assert of_company(house, "days_off") == []
    house.press(admin, "Back")
    house.press(admin, "Delivery windows")
    house.say(admin, "9-13, 12-18")
    assert "nothing was saved" in admin.last().text
    house.say(admin, "13-18, 9-13")
    assert "Delivery windows: the whole day → 09:00-13:00, 13:00-18:00" in admin.last().text
    house.press(admin, "Cut-off time")
    house.press(admin, "16:00")
    assert "Cut-off time: until midnight → 16:00" in admin.last().text
    assert (of_company(house, "cut_off_minutes"), len(of_company(house, "delivery_windows"))) == (960, 2)
    with house.refuses(rep, "You have no right to do this."):
        rep.press_data("working_day.0-1.0")


def submit_at(house: House, rep: Chat, change: str) -> None:
    """The rep submits, and is shown what it costs now instead."""
    house.press(rep, "Submit")
    assert f"{change}. Nothing was submitted" in rep.last().text


def test_what_an_admin_sets_counts_for_reps_at_once(house: House, company: None) -> None:
    admin, rep, trade = house.staff("Ada", Role.ADMIN), house.staff("Rita", Role.REP), Trade(house)
    house.staff("Stan", Role.STOREKEEPER)
    walk(house, admin, "Company", "Working days", "Sun")
    kefir = trade.product()
    order_id, tomorrow = trade.review(rep, {kefir: 10}), trade.day()
    assert rep.last().labels[-1] == "✅ Submit (₽1,092.05)"

    field(house, admin, "Prices and delivery", "VAT in prices")
    house.press(admin, "VAT comes on top")
    house.press(admin, "Yes, change it")
    submit_at(house, rep, "₽1,092.05 is now ₽1,310.46")
    house.press(admin, "VAT on delivery")
    house.press(admin, "22 %")
    submit_at(house, rep, "₽1,310.46 is now ₽1,312.30")
    walk(house, admin, "Company", "Warehouses", "Москва", "Base price")
    house.say(admin, "150")
    submit_at(house, rep, "₽1,312.30 is now ₽1,495.30")
    house.press(admin, "Free from")
    house.say(admin, "1000")
    submit_at(house, rep, "₽1,495.30 is now ₽1,200.00")
    walk(house, admin, "Products", "Several prices")
    house.say(admin, f"{article_of(house, kefir)} 110,50")
    submit_at(house, rep, "₽1,200.00 is now ₽1,326.00")

    walk(house, admin, "Company", "Working days", "Cut-off time")
    house.say(admin, "0:00")
    with house.refuses(rep, "We do not deliver on that day."):
        rep.press("Submit")
    assert trade.day() > tomorrow
    house.press(admin, "Days off")
    house.say(admin, f"{trade.day():%d.%m.%Y}")
    with house.refuses(rep, f"The earliest day is {trade.day():%b} {trade.day().day}, {trade.day().year}"):
        rep.press("Submit")
    house.press(admin, "Back")
    house.press(admin, "Delivery windows")
    house.say(admin, "9-13, 13-18")
    rep.press_data(f"day.{trade.day().toordinal()}.0")
    house.settle()
    house.press(rep, "13:00-18:00")
    house.press(rep, "Submit")

    agreed = select(Order.status, Order.total_minor, Order.delivery_minor, Order.delivery_date, Order.delivery_window)
    with house.database.reading() as session:
        assert tuple(session.execute(agreed.where(Order.id == order_id)).one()) == (
            "submitted", 132_600, 0, trade.day(), "13:00-18:00",
        )  # fmt: skip


def test_a_warehouse_from_its_pin_to_its_tariff(house: House, company: None) -> None:
    admin, trade = house.staff("Ada", Role.ADMIN), Trade(house)
    name = f"Vladivostok {trade.number} {house.bot.id}"
    walk(house, admin, "Company", "Warehouses", "New warehouse")

    house.say(admin, "москва")
    assert "Another warehouse is called “москва”." in admin.last().text
    house.say(admin, name)
    house.say(admin, "somewhere")
    assert "These are no coordinates." in admin.last().text
    admin.send_location(43.1155, 131.8855)
    house.settle()

    assert f"{name} is open." in admin.last().text
    assert "10 km = ₽100.00, 50 km = ₽500.00" in admin.last().text
    house.press(admin, "Rate per km")
    house.say(admin, "20")
    house.press(admin, "Base price")
    house.say(admin, "1️⃣5️⃣0️⃣")
    assert "This is no amount." in admin.last().text
    house.say(admin, "150")
    assert "Base price: ₽0.00 → ₽150.00" in admin.last().text
    assert "10 km = ₽350.00, 50 km = ₽1,150.00" in admin.last().text
    tap = admin.press("Close")
    house.settle()
    tap.resend()
    house.settle()
    assert "Closed: nothing new is loaded here." in admin.last().text
    row = select(Warehouse.closed, Warehouse.tariff_base_minor, Warehouse.tariff_per_km_minor)
    with house.database.reading() as session:
        assert tuple(session.execute(row.where(Warehouse.name == name)).one()) == (True, 15000, 2000)
    made = select(func.count()).select_from(Warehouse).where(Warehouse.name == name)
    assert house.scalar(made) == 1
    house.press(admin, "Back")
    assert "Vladivostok" in admin.last().text
