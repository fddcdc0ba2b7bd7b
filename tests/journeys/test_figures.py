"""A rep and an admin look at what was ordered and loaded, closer and closer, and take it away as a spreadsheet."""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook

from sandbox.client_chat import Chat
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


def press_of(chat: Chat, label: str, *, row_of: str) -> None:
    """Press the number of the place in a list that has this name."""
    place = next(line.partition(".")[0] for line in chat.last().text.splitlines() if row_of in line)
    assert label == "", "the places are numbers"
    chat.press(place)


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
    while name not in admin.last().text:
        house.press(admin, "➡️")
    press_of(admin, "", row_of=name)
    house.settle()

    text = admin.last().text
    assert f"👤 {name}" in text
    assert "2 orders formed: ₽684.00" in text
    assert "1 loading: ₽392.00" in text
    assert "Goods: ₽300.00" in text
    house.press(admin, "Clients")
    assert f"1. Client {trade.number}" in admin.last().text
    house.press(admin, "What was submitted")
    assert "₽684.00 · 2 orders" in admin.last().text
    house.press(admin, "Back")
    house.press(admin, "As a spreadsheet")
    file = next(message for message in reversed(admin.messages()) if message.document_name)
    assert file.document_name.endswith(".xlsx")
    book = load_workbook(BytesIO(admin.download(file)))
    rows = [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]
    assert any(name in row for row in rows)
