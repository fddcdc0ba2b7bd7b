"""Less on the shelf than in the books: what was loaded is billed, the rest waits, newer promises give way."""

from __future__ import annotations

from sqlalchemy import select

from db.models.invoices import Invoice, InvoiceLine
from db.models.orders import Order
from db.models.stock import Stock, StockMovement
from services import stock
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade

pytestmark = on("polling")


def level(house: House, product_id: int) -> tuple[int, int]:
    with house.database.reading() as session:
        row = session.execute(
            select(Stock.on_hand_milli, Stock.reserved_milli).where(Stock.product_id == product_id)
        ).one()
        assert stock.list_drift(session) == []
    return row.on_hand_milli, row.reserved_milli


def test_what_is_not_there_is_not_billed_and_waits(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    kefir, bread = trade.product(on_hand=10), trade.product("Bread", price_minor=5000, on_hand=10)
    order_id = trade.claimed(rep, store, {kefir: 8, bread: 4})
    other = trade.submitted(rep, {kefir: 2})

    house.press(store, "8 pcs")
    house.press(store, "8 pcs")
    house.say(store, "5")
    for words in (
        "Loaded: 5 pcs. Why is it less?",
        "the books lose 5 pcs.",
        "1 other order that counts on it",
    ):
        assert words in store.last().text
    house.press(store, "The shelf has no more")
    assert "The shelf has no more: the books lose 5 pcs." in store.last().text
    house.press(store, "To the list")
    assert "loaded: 5 pcs" in store.last().text
    house.press(store, "The rest is loaded")
    assert f"Kefir {trade.number}: 5 of 8 pcs" in store.last().text
    assert "1 other order that counts on it will have to wait." in store.last().text
    house.press(store, "Confirm the loading")

    assert trade.status(order_id) == "loaded"
    assert trade.status(other) == "waiting"
    assert level(house, kefir) == (0, 0)
    assert level(house, bread) == (6000, 0)
    with house.database.reading() as session:
        order = session.get_one(Order, order_id)
        lines = {line.product_id: (line.ordered_milli, line.quantity_milli, line.total_minor) for line in order.lines}
        assert lines[kefir] == (8000, 5000, 50000)
        assert lines[bread] == (None, 4000, 20000)
        assert order.total_minor == 70000 + order.delivery_minor
        invoice = session.scalars(select(Invoice).where(Invoice.order_id == order_id)).one()
        assert invoice.total_minor == order.total_minor
        billed = session.execute(
            select(InvoiceLine.quantity_milli)
            .where(InvoiceLine.invoice_id == invoice.id)
            .order_by(InvoiceLine.position)
        ).all()
        assert [row.quantity_milli for row in billed] == [5000, 4000, 1000]
        child = session.scalars(select(Order).where(Order.parent_id == order_id)).one()
        assert (child.status, child.goods_minor, child.delivery_minor) == ("waiting", 30000, 0)
        moved = session.execute(
            select(StockMovement.delta_milli, StockMovement.cause)
            .where(StockMovement.product_id == kefir, StockMovement.order_id == order_id)
            .order_by(StockMovement.id)
        ).all()
        assert [tuple(row) for row in moved] == [(-5000, ""), (-5000, "short_pick")]
        child_id = child.id
    told = rep.transcript()
    assert f"Order No. {order_id}: not all was there." in told
    assert "5 of 8 pcs" in told
    assert f"The rest is order No. {child_id}, which waits for stock" in told
    assert f"Order No. {other} has to wait for stock." in told


def test_an_order_of_which_nothing_is_there_waits_and_comes_back_when_goods_come(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    kefir = trade.product(on_hand=10)
    order_id, newer, newest = (trade.submitted(rep, {kefir: count}) for count in (4, 3, 3))
    house.say(store, "/queue")
    house.say(store, str(order_id))

    house.press(store, "I take it")
    house.press(store, "4 pcs")
    house.press(store, "To the list")
    house.press(store, "4 pcs")
    house.press(store, "Nothing there")
    house.press(store, "To the list")
    house.press(store, "To the vehicle")
    assert "Nothing of it is loaded." in store.last().text
    assert "2 other orders that count on it will have to wait." in store.last().text
    assert "Confirm the loading" not in " ".join(store.last().labels)
    version = house.scalar(select(Order.version).where(Order.id == order_id))
    with house.refuses(store, f"Nothing of order No. {order_id} is loaded, so there is nothing to bill."):
        store.press_data(f"confirm.{order_id}.{version}")
    tap = house.press(store, "Nothing there: let it wait")

    assert "The order waits for stock now" in store.last().text
    assert [trade.status(one) for one in (order_id, newer, newest)] == ["waiting"] * 3
    assert level(house, kefir) == (0, 0)
    for one in (order_id, newer, newest):
        assert f"Order No. {one} has to wait for stock." in rep.transcript()
    with house.refuses(store, "This has changed meanwhile"):
        tap.resend()

    house.say(store, "/stock")
    house.say(store, f"Kefir {trade.number}")
    if "Warehouses" not in " ".join(store.last().labels):
        house.press(store, "Москва")
    house.press(store, "Goods in")
    house.say(store, "6, TTN 5")
    assert [trade.status(one) for one in (order_id, newer, newest)] == ["submitted", "waiting", "waiting"]
    house.press(store, "Found")
    house.say(store, "4, behind the door")
    assert [trade.status(one) for one in (order_id, newer, newest)] == ["submitted"] * 3
    assert f"The goods of order No. {newest} are there." in rep.transcript()
    house.press(store, "I have counted")
    house.say(store, "9, one fell off")
    assert [trade.status(one) for one in (order_id, newer, newest)] == ["submitted", "submitted", "waiting"]
    assert level(house, kefir) == (9000, 7000)


def test_what_stays_behind_is_no_correction(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    kefir = trade.product(on_hand=10)
    order_id = trade.claimed(rep, store, {kefir: 8})

    house.press(store, "8 pcs")
    house.press(store, "To the list")
    house.press(store, "8 pcs")
    house.say(store, "3 шт.")
    house.press(store, "It is there, but stays here")
    assert "The books stay as they are." in store.last().text
    house.press(store, "The shelf has no more")
    assert "the books lose 7 pcs." in store.last().text
    house.press(store, "It is there, but stays here")
    house.press(store, "To the list")
    house.press(store, "To the vehicle")
    house.press(store, "Confirm the loading")

    assert trade.status(order_id) == "loaded"
    assert level(house, kefir) == (7000, 5000)
    rest = house.scalar(select(Order.id).where(Order.parent_id == order_id))
    assert trade.status(rest) == "submitted", "the rest is there, so it does not wait"
    assert f"The rest is order No. {rest}, which is in the warehouse's queue" in rep.transcript()


def test_what_cannot_have_been_loaded_is_refused(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    order_id = trade.claimed(rep, store, {trade.product(): 2, trade.product("Bread"): 9})
    house.press(store, "1. 2 pcs")
    house.press(store, "1. 2 pcs")

    for words, answer in (
        ("3", "only 2 pcs were ordered, more is not loaded."),
        ("3️⃣", "I do not understand this quantity."),
        ("-1", "I do not understand this quantity."),
        ("1,5", "Only whole numbers: pcs cannot be divided."),
        ("1 box", "I do not understand this quantity."),
        ("9" * 4000, "I do not understand this quantity."),
    ):
        with house.refuses(store, answer):
            store.say(words)
    version = house.scalar(select(Order.version).where(Order.id == order_id))
    house.say(store, "/queue")
    with house.refuses(store, "Of 1 line it is not said whether it is loaded."):
        store.press_data(f"confirm.{order_id}.{version}")
    house.say(store, "/queue")
    with house.refuses(store, "This has changed meanwhile"):
        store.press_data(f"confirm.{order_id}.{version - 1}")
