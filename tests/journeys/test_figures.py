"""A rep and an admin look at what was ordered and loaded, closer and closer, and take it away as a spreadsheet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from db.models.orders import Order
from sandbox.client_chat import Chat
from services import company
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, load_all, open_card


def loaded_order(house: House, trade: Trade, rep: Chat, store: Chat) -> int:
    """The rep has sold three of a product for 100 each, to be delivered for 92, and it was loaded."""
    order_id = trade.submitted(rep, {trade.product(): 3})
    open_card(house, store, order_id)
    house.press(store, "I take it")
    load_all(house, store)
    assert trade.status(order_id) == "loaded"
    return order_id


def press_place(house: House, chat: Chat, name: str) -> None:
    """Press the number of the place that this name has in a list."""
    while name not in chat.last().text:
        house.press(chat, "➡️")
    house.press(chat, next(line.partition(".")[0] for line in chat.last().text.splitlines() if name in line))


def sheets_of(chat: Chat) -> dict[str, list[tuple[object, ...]]]:
    """The newest spreadsheet in a chat: by sheet, its rows."""
    file = next(message for message in reversed(chat.messages()) if (message.file_name or "").endswith(".xlsx"))
    book = load_workbook(BytesIO(chat.download(file.file_id or "")))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


@on("polling", "webhook")
def test_an_admin_looks_closer_until_one_reps_spreadsheet(house: House) -> None:
    trade = Trade(house)
    name = f"Rita of {trade.number}"
    admin, rep = house.staff("Ada", Role.ADMIN), house.staff(name, Role.REP)
    store = house.staff("Stan", Role.STOREKEEPER)
    loaded_order(house, trade, rep, store)
    trade.submitted(rep, {trade.product("Cheese", price_minor=20000): 1})

    house.say(admin, "/menu")
    house.press(admin, "Figures")
    house.press(admin, "Reps")
    press_place(house, admin, name)

    text = admin.last().text
    assert f"👤 {name}" in text
    assert "2 orders formed: ₽684.10" in text
    assert "1 loading: ₽392.05" in text
    assert "Goods: ₽300.00\nDelivery: ₽92.05" in text
    house.press(admin, "Month")
    assert "2 orders formed: ₽684.10" in admin.last().text, "still of the rep"
    house.press(admin, "Clients")
    assert "₽392.05 · 1 order" in admin.last().text
    house.press(admin, "What was submitted")
    assert "₽392.05 · 1 order" in admin.last().text
    assert "₽292.05 · 1 order" in admin.last().text
    house.press(admin, "Back")
    house.press(admin, "As a spreadsheet")
    rows = [row for sheet in sheets_of(admin).values() for row in sheet]
    assert any(name in row for row in rows)
    assert any(392.05 in row for row in rows), "an amount is a number"
    assert not any("Rita" in str(cell) and cell != name for row in rows for cell in row), "nobody else's"


@on("webhook")
def test_a_rep_sees_the_own_figures_and_nobody_elses(house: House) -> None:
    trade = Trade(house)
    rita, rob = (house.staff(f"{name} {trade.number}", Role.REP) for name in ("Rita", "Rob"))
    store = house.staff("Stan", Role.STOREKEEPER)
    trade.submitted(rita, {trade.product(): 1})
    trade.submitted(rob, {trade.product(): 5})

    house.say(rita, "/figures")

    assert "My figures" in rita.last().text
    assert "1 order formed: ₽192.05" in rita.last().text
    house.press(rita, "Reps")
    house.press(rita, "What was submitted")
    assert f"1. Rita {trade.number}" in rita.last().text
    assert f"Rob {trade.number}" not in rita.last().text
    with house.refuses(rita, "You have no right to do this."):
        rita.press_data(f"figures.0-0-2-{house.actor(rob).person_id}.0")
    with house.refuses(store, "You have no right to do this."):
        store.press_data("figures..0")


DATES = {
    "en": ("My figures", "From … to …", "1 order formed", "Please press one of the days."),
    "ru": ("Мои показатели", "С … по …", "1 заказ", "Нажмите один из дней."),
    "es": ("Mis cifras", "De … a …", "1 pedido", "Pulse uno de los días."),
}
"""By language: the figures, choosing two dates, what is found then, and what is said to a typed text."""


@on("webhook")
@pytest.mark.parametrize("language", DATES)
def test_any_two_dates_by_the_calendar(house: House, language: str) -> None:
    figures, two_dates, formed, nonsense = DATES[language]
    trade = Trade(house)
    house.staff("Stan", Role.STOREKEEPER)
    rep = house.staff("Rita", Role.REP, language)
    with house.database.reading() as session:
        today = company.today(company.get(session), datetime.now(UTC))
    order_id = trade.draft(rep, {trade.product(): 1})
    with house.database.transaction() as session:
        order = session.get_one(Order, order_id)
        order.status, order.submitted_at = "submitted", datetime.now(UTC) - timedelta(days=40)
    house.say(rep, "/menu")
    house.press(rep, figures)
    assert formed not in rep.last().text
    house.press(rep, two_dates)
    house.say(rep, "yesterday")
    assert nonsense in rep.last().text

    house.press(rep, "⬅️")
    house.press(rep, "⬅️")
    house.press(rep, "1")
    house.press(rep, "➡️")
    house.press(rep, "➡️")
    house.press(rep, str(today.day))

    assert formed in rep.last().text
    with house.refuses(rep, ""):
        rep.press_data(f"figures.{today.toordinal()}-{(today - timedelta(days=3)).toordinal()}.0")
