"""A submitted order is changed until somebody loads it: the storekeeper reads what is different."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from db.models.orders import Order, OrderLine, OrderRevision
from db.models.stock import Stock
from services.actor import Role
from templates.environment import Texts
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, open_card

pytestmark = on("polling")


def lines(house: House, order_id: int) -> list[tuple[str, int]]:
    query = select(OrderLine.name, OrderLine.quantity_milli).where(
        OrderLine.order_id == order_id, OrderLine.kind == "goods"
    )
    with house.database.reading() as session:
        return [tuple(row) for row in session.execute(query.order_by(OrderLine.position))]


def reserved(house: House, product_id: int) -> int:
    return int(house.scalar(select(Stock.reserved_milli).where(Stock.product_id == product_id)))


def test_a_rep_changes_a_submitted_order_and_the_warehouse_reads_the_difference(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    milk, cheese = trade.product("Milk", on_hand=12), trade.product("Cheese")
    name = f"Milk {trade.number}"
    order_id = trade.submitted(rep, {milk: 12, cheese: 1})
    house.press(rep, "Change")
    assert f"Changing order No. {order_id}" in rep.last().text
    assert not [label for label in rep.last().labels if "client" in label.lower()]
    house.say(rep, "/menu")
    assert f"Changing order No. {order_id}: ₽" in rep.last().text
    house.press(rep, "Go on with the order")
    house.press(rep, name)
    assert "1 of 2" in rep.last().labels
    house.say(rep, "10")
    house.press(rep, "Note")
    house.say(rep, "the fresh one")
    house.press(rep, "➡️")
    assert f"Cheese {trade.number}" in rep.last().text
    house.press(rep, "Take out")
    assert f"Put back: Cheese {trade.number}" in rep.transcript()
    house.press(rep, "Go on")
    house.say(rep, "Ring twice")
    assert "What changes:" in rep.last().text
    assert f"{name}: 12 → 10 pcs" in rep.last().text
    assert lines(house, order_id) == [(name, 12_000), (f"Cheese {trade.number}", 1000)]
    assert reserved(house, milk) == 12_000

    house.press(rep, "Save")

    assert "The changes are saved. The warehouse has been told." in rep.last().text
    assert lines(house, order_id) == [(name, 10_000)]
    assert (reserved(house, milk), reserved(house, cheese)) == (10_000, 0)
    told = store.last().text
    assert f"Order No. {order_id} was changed" in told
    assert f"{name}: 12 → 10 pcs" in told
    assert f"Cheese {trade.number} (1 pcs)" in told
    assert "the fresh one" in told
    assert "— → Ring twice" in told
    assert house.scalar(select(func.count()).select_from(OrderRevision).where(OrderRevision.order_id == order_id)) == 2
    assert house.scalar(select(func.count()).select_from(Order).where(Order.edits_id == order_id)) == 0
    house.press(rep, "History")
    assert "✏️ changed · Rita" in rep.last().text
    assert f"{name}: 12 → 10 pcs" in rep.last().text
    house.press(store, "Open")
    assert "Ring twice" in store.last().text
    house.press(store, "I take it")
    assert trade.status(order_id) == "loading"


def test_changes_that_come_too_late_are_refused_and_become_a_new_order(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    kefir = trade.product()
    order_id = trade.submitted(rep, {kefir: 2})
    house.press(rep, "Change")
    house.press(rep, "Kefir")
    house.press(rep, "+1")
    house.press(rep, "To the order")
    house.press(rep, "Go on")
    open_card(house, store, order_id)
    house.press(store, "I take it")

    with house.refuses(rep, f"Order No. {order_id} has moved on and can no longer be changed."):
        rep.press("Save")

    assert f"Order No. {order_id} can no longer be changed. Make a new order of this" in rep.transcript()
    assert lines(house, order_id)[0][1] == 2000
    house.press(rep, "Make it a new order")
    house.press(rep, "Submit")
    newest = house.scalar(select(func.max(Order.id)))
    assert trade.status(newest) == "submitted"
    assert lines(house, newest)[0][1] == 3000
    with house.refuses(rep, f"Order No. {order_id} has moved on"):
        rep.press_data(f"edit_order.{order_id}.0")


def test_dropped_changes_leave_the_order_as_it_was(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    order_id = trade.submitted(rep, {trade.product(): 2})
    notices, before = len(store.messages()), house.fingerprint()["stock"]
    house.press(rep, "Change")
    house.press(rep, "Kefir")
    house.say(rep, "0")
    assert "Taken out." in rep.last().text
    house.press(rep, "Put back")
    house.press(rep, "Kefir")
    house.press(rep, "+10")
    house.press(rep, "To the order")

    house.press(rep, "Drop the changes")

    assert "The changes were dropped. The order stays as it was." in rep.last().text
    assert (trade.status(order_id), lines(house, order_id)[0][1]) == ("submitted", 2000)
    assert house.fingerprint()["stock"] == before
    assert len(store.messages()) == notices


def test_a_waiting_order_is_changed_and_goes_out_when_it_fits(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    store = house.staff("Stan", Role.STOREKEEPER)
    kefir = trade.product(on_hand=5)
    trade.submitted(rep, {kefir: 3})
    order_id = trade.review(rep, {kefir: 4})
    house.press(rep, "Submit")
    house.press(rep, "Back-order the rest")
    child_id = house.scalar(select(Order.id).where(Order.parent_id == order_id))
    house.press(rep, f"Order No. {child_id}")
    house.press(rep, "Change")
    house.press(rep, "Kefir")
    house.press(rep, "+1")
    house.press(rep, "To the order")
    house.press(rep, "Go on")

    house.press(rep, "Save")

    assert "The order waits for stock." in rep.last().text
    assert (trade.status(child_id), lines(house, child_id)[0][1]) == ("waiting", 3000)
    assert f"Order No. {child_id} was changed" not in store.transcript()
    house.press(rep, "Cancel the order")
    house.press(rep, "Yes, cancel it")
    assert (trade.status(child_id), reserved(house, kefir)) == ("cancelled", 5000)


@pytest.mark.parametrize("language", ["ru", "es"])
def test_the_difference_is_read_in_the_language_of_the_warehouse(house: House, texts: Texts, language: str) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    store = house.staff("Íñigo", Role.STOREKEEPER, language)
    kefir = trade.product()
    order_id = trade.submitted(rep, {kefir: 12})
    house.press(rep, "Change")
    house.press(rep, "Kefir")
    house.say(rep, "10")
    house.press(rep, "To the order")
    house.press(rep, "Go on")
    house.press(rep, "Save")

    told = store.last().text.replace("\u00a0", " ")
    words = {"ru": f"Заказ № {order_id} изменён", "es": f"El pedido n.º {order_id} ha cambiado"}[language]
    assert words in told
    unit = texts.unit("pcs", language).replace("\u00a0", " ")
    assert f"Kefir {trade.number}: 12 → 10 {unit}" in told
