"""Admins look at all orders, at one order's whole history, and at what is stuck; and let it go on."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from db.models.messaging import outbox
from sandbox.client_chat import Chat
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, load_all, open_card


@on("polling", "webhook")
def test_every_order_is_found_by_state_and_tells_its_history(house: House) -> None:
    trade = Trade(house)
    admin, rep = house.staff("Ada", Role.ADMIN), house.staff(f"Rita {trade.number}", Role.REP)
    store = house.staff("Stan", Role.STOREKEEPER)
    loaded, waiting = (trade.submitted(rep, {trade.product(): 1}) for _ in range(2))
    open_card(house, store, loaded)
    house.press(store, "I take it")
    load_all(house, store)

    house.say(admin, "/menu")
    house.press(admin, "All orders")
    house.press(admin, "Loaded")
    assert f"№ {loaded} " in admin.last().text
    assert f"№ {waiting} " not in admin.last().text
    house.say(admin, f"Rita {trade.number}")
    assert {f"№ {loaded} ", f"№ {waiting} "} <= set(re.findall(r"№ \d+ ", admin.last().text))
    house.say(admin, str(waiting))
    house.press(admin, f"№ {waiting}")
    assert f"Order No. {waiting}" in admin.last().text

    house.say(admin, "/menu")
    house.press(admin, "All orders")
    house.say(admin, str(loaded))
    house.press(admin, f"№ {loaded}")
    house.press(admin, "History")
    history = admin.last().text
    while "➡️" in admin.last().labels:
        house.press(admin, "➡️")
        history += admin.last().text
    for what in (
        "waits for the warehouse",
        "is being loaded",
        "loaded",
        "Invoice TB-",
        f"{trade.address}: accepted by the mail server",
        f"Kefir {trade.number}: −1",
    ):
        assert what in history, f"{what!r} is not in:\n{history}"
    assert "Stan" in history
    assert f"Rita {trade.number}" in history


TROUBLE = {
    "en": ("Figures", "As a spreadsheet", "Trouble (", "🔄 Try again", "1 row is on its way again.", "Put aside"),
    "ru": ("Показатели", "Таблицей", "Сбои (", "🔄 Повторить", "1 строка снова в пути.", "Отложить"),
    "es": ("Cifras", "En una hoja", "Incidencias (", "🔄 Reintentar", "1 fila vuelve a salir.", "Apartar"),
}
"""By language: the figures, their file, what is stuck, trying again and what is said then, putting aside."""


@on("webhook")
@pytest.mark.parametrize("language", TROUBLE)
def test_what_could_not_leave_is_tried_again_or_put_aside(house: House, language: str) -> None:
    figures, as_file, trouble, again, on_its_way, aside = TROUBLE[language]
    admin = house.staff("Ann", Role.ADMIN, language)
    house.say(admin, "/menu")
    house.press(admin, figures)
    house.press(admin, as_file)
    row_id = given_up(house, house.scalar(select(func.max(outbox.c.id)).where(outbox.c.kind == "chat.notice")))
    open_row(house, admin, row_id, trouble)
    assert "413 too large" in admin.last().text

    house.press(admin, again)

    assert on_its_way in admin.transcript()
    assert len([message for message in admin.messages() if message.file_name]) == 2
    house.say(admin, "/menu")
    with house.refuses(admin, ""):
        admin.press_data(f"trouble_retry.{row_id}.0")
    given_up(house, row_id)
    open_row(house, admin, row_id, trouble)
    house.press(admin, aside)
    assert house.scalar(select(outbox.c.status).where(outbox.c.id == row_id)) == "aside"
    assert not any(label.endswith(f"· {row_id}") for label in admin.last().labels)


def given_up(house: House, row_id: int) -> int:
    """As if the row had been refused for good."""
    dead = {"status": "dead", "done_at": datetime.now(UTC), "last_error": "413 too large"}
    with house.database.transaction() as session:
        session.execute(update(outbox).where(outbox.c.id == row_id).values(dead))
    return row_id


def open_row(house: House, admin: Chat, row_id: int, trouble: str) -> None:
    """The admin goes from the menu to one of the rows."""
    house.say(admin, "/menu")
    house.press(admin, trouble)
    while not any(label.endswith(f"· {row_id}") for label in admin.last().labels):
        house.press(admin, "➡️")
    house.press(admin, f"· {row_id}")
