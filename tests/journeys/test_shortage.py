"""The warehouse has not all of it: the rep sees what is short and cuts the order, or lets the rest wait."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select

from db.models.company import Warehouse
from db.models.orders import Order, OrderLine
from db.models.stock import Reservation, Stock
from sandbox.client_chat import Chat
from services import back_orders, stock
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, open_card

pytestmark = on("polling")


def quantity(house: House, order_id: int) -> int:
    goods = select(OrderLine.quantity_milli).where(OrderLine.order_id == order_id, OrderLine.kind == "goods")
    return int(house.scalar(goods))


def reserved(house: House, product_id: int) -> int:
    return int(house.scalar(select(Stock.reserved_milli).where(Stock.product_id == product_id)))


def receive(house: House, store: Chat, product_id: int, count: int) -> None:
    """A delivery comes in, and who waits is served."""
    by, now = house.actor(store), datetime.now(UTC)
    with house.database.transaction() as session:
        moscow = session.scalars(select(Warehouse.id).where(Warehouse.name == "Москва")).one()
        stock.receive(session, moscow, product_id, count * 1000, by=by, now=now)
        back_orders.serve(session, moscow, [product_id], by=by, now=now)
        session.info["announcements"] = []  # what is told is another test's


def test_a_short_order_is_cut_to_what_is_there(house: House) -> None:
    rep, other, trade = house.staff("Rita", Role.REP), house.staff("Olga", Role.REP), Trade(house)
    store = house.staff("Stan", Role.STOREKEEPER)
    kefir = trade.product(on_hand=10)
    order_id = trade.review(rep, {kefir: 8})
    trade.submitted(other, {kefir: 7})
    notices = len(store.messages())

    house.press(rep, "Submit")

    shown = rep.last()
    assert "Москва has not all of it. Nothing was submitted." in shown.text
    assert f"Kefir {trade.number}\nordered 8, there is 3 pcs" in shown.text
    assert shown.labels[-2:] == ["✂️ Cut to what is there", "🕒 Back-order the rest"]
    assert trade.status(order_id) == "draft"
    house.press(rep, "Cut to what is there")
    assert "The order was cut to what is there." in rep.last().text
    assert (trade.status(order_id), quantity(house, order_id), reserved(house, kefir)) == ("draft", 3000, 7000)
    assert len(store.messages()) == notices
    house.press(rep, "Submit")
    assert (trade.status(order_id), reserved(house, kefir)) == ("submitted", 10_000)
    assert f"New order No. {order_id}" in store.last().text


def test_the_rest_of_a_short_order_waits_and_is_loaded_when_the_goods_come(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    kefir = trade.product(on_hand=4)
    order_id = trade.review(rep, {kefir: 10})
    house.press(rep, "Submit")
    assert "There now: ₽" in rep.last().text
    assert "The rest: ₽600.00" in rep.last().text
    tap = rep.press("Back-order the rest")
    tap.resend()
    house.settle()
    child_id = house.scalar(select(Order.id).where(Order.parent_id == order_id))
    assert house.scalar(select(func.count()).select_from(Order).where(Order.parent_id == order_id)) == 1
    assert (trade.status(order_id), trade.status(child_id)) == ("submitted", "waiting")
    assert (quantity(house, order_id), quantity(house, child_id)) == (4000, 6000)
    assert f"The rest is order No. {child_id} · 🕒 waits for stock" in rep.last().text
    assert f"No. {child_id}" not in store.transcript()

    house.press(rep, f"Order No. {child_id}")
    assert f"The rest of order No. {order_id}." in rep.last().text
    assert "Delivery" not in rep.last().text
    receive(house, store, kefir, 6)

    assert trade.status(child_id) == "submitted"
    assert reserved(house, kefir) == 10_000
    house.press(rep, "Refresh")
    assert "waits for the warehouse" in rep.last().text
    house.press(rep, "History")
    assert "🕒 waits for stock · Rita" in rep.last().text


def test_an_order_of_which_nothing_is_there_waits_as_a_whole(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    kefir = trade.product(on_hand=5)
    first = trade.submitted(rep, {kefir: 5})
    order_id = trade.review(rep, {kefir: 4})
    house.press(rep, "Submit")
    assert "Nothing of it is there." in rep.last().text
    assert not [label for label in rep.last().labels if "Cut" in label]

    house.press(rep, "Let it wait for stock")

    assert "The order waits for stock. You will be told when the goods are there." in rep.last().text
    assert trade.status(order_id) == "waiting"
    assert f"No. {order_id}" not in store.transcript()
    assert house.scalar(select(func.count()).select_from(Reservation).join(OrderLine).where(
        OrderLine.order_id == order_id)) == 0  # fmt: skip
    house.say(rep, "/orders")
    house.say(rep, f"№ {first}")
    house.press(rep, f"№ {first}")
    house.press(rep, "Cancel the order")
    house.say(rep, "The shop has closed")
    assert "The shop has closed" in rep.last().text
    house.press(rep, "Yes, cancel it")
    assert trade.status(order_id) == "submitted"
    assert f"The goods of order No. {order_id} are there." in rep.transcript()
    told = store.transcript()
    assert "The shop has closed" in told
    assert f"New order No. {order_id}" in told
    open_card(house, store, order_id)
    house.press(store, "I take it")
    assert trade.status(order_id) == "loading"


def test_a_choice_made_for_an_older_draft_does_nothing(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    kefir = trade.product(on_hand=4)
    order_id = trade.review(rep, {kefir: 10})
    house.press(rep, "Submit")
    version = house.scalar(select(Order.version).where(Order.id == order_id))

    before = house.fingerprint()
    for verb in ("cut", "back_order"):
        toast = rep.press_data(f"{verb}.{order_id}.{version - 1}").answer()
        house.settle()
        assert toast is not None
        assert "This has changed meanwhile, so nothing was done." in toast["text"]
        assert house.fingerprint() == before

    assert (trade.status(order_id), quantity(house, order_id)) == ("draft", 10_000)
