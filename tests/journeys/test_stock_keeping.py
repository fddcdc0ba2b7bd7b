"""What comes in and what is found to be otherwise: receipts, lists, counts, and the admins' warning."""

from __future__ import annotations

from sqlalchemy import func, select

from db.models.catalogue import Product
from db.models.stock import Stock, StockMovement
from sandbox.client_chat import Chat
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade

pytestmark = on("polling")


def on_hand(house: House, product_id: int) -> int:
    return int(
        house.scalar(select(func.coalesce(func.sum(Stock.on_hand_milli), 0)).where(Stock.product_id == product_id))
    )


def open_place(house: House, chat: Chat, name: str) -> None:
    house.say(chat, "/stock")
    house.say(chat, name)
    if not any("Goods in" in label for label in chat.last().labels):
        house.press(chat, "Москва")


def article(house: House, product_id: int) -> str:
    return str(house.scalar(select(Product.article).where(Product.id == product_id)))


def test_a_receipt_a_count_and_what_was_spoilt(house: House) -> None:
    store, trade = house.staff("Stan", Role.STOREKEEPER, warehouse="Москва"), Trade(house)
    kefir = trade.product(on_hand=12)
    open_place(house, store, f"Kefir {trade.number}")
    assert "On the shelf: 12 pcs" in store.last().text

    house.press(store, "Goods in")
    house.say(store, "30, TTN 4711")
    assert "Booked: +30 pcs" in store.last().text
    assert "+30 → 42" in store.last().text
    assert "TTN 4711" in store.last().text
    house.press(store, "Damaged")
    house.say(store, "2; fell off the ramp")
    assert "Booked: −2 pcs" in store.last().text
    house.press(store, "I have counted")
    house.say(store, "40")
    assert "The count agrees with the books." in store.last().text
    house.press(store, "Goods in")
    house.say(store, "5000")
    assert "5,000 pcs? That is more than ten times what lies there." in store.last().text
    assert on_hand(house, kefir) == 40_000
    house.box.hold_updates(house.bot)
    tap = store.press("Book 5,000 pcs")
    tap.resend()
    house.box.release(house.bot)
    house.settle()

    assert on_hand(house, kefir) == 5_040_000
    rows = select(StockMovement.delta_milli, StockMovement.reason, StockMovement.cause, StockMovement.note)
    with house.database.reading() as session:
        moved = session.execute(rows.where(StockMovement.product_id == kefir).order_by(StockMovement.id)).all()
    assert [tuple(row) for row in moved[1:]] == [
        (30_000, "receipt", "", "TTN 4711"),
        (-2000, "adjustment", "damaged", "fell off the ramp"),
        (5_000_000, "receipt", "", ""),
    ]


def test_a_typed_list_is_looked_at_and_booked_once(house: House) -> None:
    store, trade = house.staff("Stan", Role.STOREKEEPER, warehouse="Москва"), Trade(house)
    kefir, bread = trade.product(on_hand=5), trade.product("Bread", on_hand=5)
    house.say(store, "/stock")

    house.say(
        store, f"{article(house, kefir)} 12; {article(house, bread)} 7; NO-SUCH-1 3; {article(house, bread)} 2 roll"
    )

    assert f"+12 pcs · Kefir {trade.number}" in store.last().text
    _, unread = store.last().text.split("Not understood, will not be booked:")
    assert "NO-SUCH-1 3\nI do not know this article." in unread
    assert f"{article(house, bread)} 2 roll\nIt is not sold by “roll”. The units are: pcs" in unread
    house.say(store, "TTN 99")
    tap = house.press(store, "Book 2 lines")
    assert "2 lines are booked." in store.last().text
    tap.resend()
    house.settle()
    assert (on_hand(house, kefir), on_hand(house, bread)) == (17_000, 12_000)
    papers = select(StockMovement.note).where(StockMovement.product_id == bread, StockMovement.note != "")
    assert house.scalar(papers) == "TTN 99"


def test_the_admins_are_warned_once_until_it_has_recovered(house: House) -> None:
    rep, admin, trade = house.staff("Rita", Role.REP), house.staff("Ada", Role.ADMIN), Trade(house)
    house.staff("Stan", Role.STOREKEEPER)
    kefir, bread = trade.product(on_hand=10), trade.product("Bread", on_hand=10)
    for product in (kefir, bread):
        trade.change_product(product, low_stock_milli=8000)

    def warnings() -> int:
        return admin.transcript().count("the limit is 8")

    trade.submitted(rep, {kefir: 3, bread: 4})
    assert warnings() == 2
    assert f"Kefir {trade.number}" in admin.last().text
    assert "Москва: 7 pcs free, the limit is 8" in admin.last().text
    trade.submitted(rep, {kefir: 1})
    assert warnings() == 2
    house.press(admin, "Running low")
    assert f"Bread {trade.number}" in admin.last().text

    open_place(house, admin, f"Kefir {trade.number}")
    house.press(admin, "Found")
    house.say(admin, "20")
    trade.submitted(rep, {kefir: 20})
    assert warnings() == 3


def test_bad_numbers_and_foreign_warehouses_book_nothing(house: House) -> None:
    store, trade = house.staff("Stan", Role.STOREKEEPER, warehouse="Москва"), Trade(house)
    kazan = house.staff("Kim", Role.STOREKEEPER, warehouse="Казань")
    rep = house.staff("Rita", Role.REP)
    kefir = trade.product(on_hand=3)
    open_place(house, store, f"Kefir {trade.number}")
    house.press(store, "Lost")
    for words, answer in (
        ("9", "by the books only 3 pcs lie there."),
        ("0", "That changes nothing, so nothing was booked."),
        ("-1", "I do not understand this quantity."),
        ("1️⃣", "I do not understand this quantity."),
        ("2 pallet", "I do not understand this quantity."),
        ("0.5", "Only whole numbers: pcs cannot be divided."),
    ):
        with house.refuses(store, answer):
            store.say(words)
    place = house.scalar(select(Stock.warehouse_id).where(Stock.product_id == kefir))
    for data in (f"book.{kefir}-{place}-0-5000.1", f"stock_at.{kefir}-{place}.0", f"stock_entry.{kefir}-{place}-0.0"):
        for chat in (kazan, rep):
            house.say(chat, "/menu")
            with house.refuses(chat, "You have no right to do this."):
                chat.press_data(data)
    house.say(store, "/menu")
    with house.refuses(store, "This has changed meanwhile"):
        store.press_data(f"book.{kefir}-{place}-0-5000.0")
