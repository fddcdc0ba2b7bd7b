"""The storekeeper's round: the queue, the card, line by line onto the vehicle, photo, confirmation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from db.models.files import File
from db.models.invoices import Invoice
from db.models.orders import Order, OrderFile, OrderLine
from db.models.people import Person
from sandbox.client_chat import Chat
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, open_card

pytestmark = on("polling")

JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300"
    "080606070605080707070909080a0c140d0c0b0b0c1912130f141d1a1f1e1d1a1c1c20242e2720222c231c1c2837292c30313434341f27"
    "393d38323c2e333432ffc0000b080001000101011100ffc4001f0000010501010101010100000000000000000102030405060708090a0b"
    "ffc400b5100002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433"
    "627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a"
    "838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2"
    "e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffda0008010100003f00fbd3ffd9"
)


def card_of(house: House, store: Chat, order_id: int) -> str:
    house.say(store, "/queue")
    house.say(store, str(order_id))
    return store.last().text


def note(house: House, order_id: int, **values: object) -> None:
    """What the rep would have said of the order."""
    with house.database.transaction() as session:
        session.execute(update(Order).where(Order.id == order_id).values(**values))


def read_the_card(house: House, store: Chat, trade: Trade, order_id: int) -> None:
    """Found by its number: when, what, who, and where on the map."""
    card = card_of(house, store, order_id)
    for words in ("09:00–13:00", "Ring twice", f"Client {trade.number}", "Rita · +7 900 111-22-33", "19 pcs"):
        assert words in card, card
    map_button, pin_button = store.last().buttons[0]
    assert map_button.url == "https://www.openstreetmap.org/?mlat=55.800000&mlon=37.500000#map=17/55.800000/37.500000"
    house.press(store, pin_button.label)
    sent = [request for request in house.box.requests(house.bot) if request.method in {"sendVenue", "sendLocation"}]
    assert (float(sent[-1].params["latitude"]), float(sent[-1].params["longitude"])) == (55.8, 37.5)


def test_an_order_is_picked_line_by_line_and_leaves_with_vehicle_driver_and_photo(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    goods = {trade.product(name): count for name, count in (("Kefir", 2), ("Cheese", 5), ("Bread", 12))}
    order_id = trade.submitted(rep, goods)
    note(house, order_id, delivery_window="09:00-13:00", note="Ring twice")
    with house.database.transaction() as session:
        session.execute(update(Person).where(Person.id == house.actor(rep).person_id).values(phone="+7 900 111-22-33"))

    read_the_card(house, store, trade, order_id)
    house.press(store, "I take it")
    assert "0 of 3 loaded" in store.last().text
    house.press(store, "2 pcs · Kefir")
    assert "1 of 3 loaded" in store.last().text
    house.press(store, "2 pcs · Kefir")
    house.press(store, "Undo")
    assert "0 of 3 loaded" in store.last().text
    house.kill()
    house.start()
    for words in ("1. 2 pcs", "2. 5 pcs"):
        house.press(store, words)
    assert "2 of 3 loaded" in store.last().text
    house.press(store, "The rest is loaded")
    assert "3 lines, all is loaded." in store.last().text

    house.say(store, "a 123 bc 77, Ivan Petrov")
    assert "Vehicle: A 123 BC 77" in store.last().text
    assert "Driver: Ivan Petrov" in store.last().text
    sent = store.send_album([JPEG, JPEG + b"2", JPEG + b"3"])
    house.settle()
    assert [message.id for message in store.messages() if message.id > sent[-1]] == [store.last().id]
    assert f"The photo is kept with order No. {order_id} (3 of 10)." in store.last().text
    house.press(store, "Confirm the loading")

    assert "Loading confirmed. Invoice " in store.last().text
    assert trade.status(order_id) == "loaded"
    row = select(Order.vehicle, Order.driver).where(Order.id == order_id)
    with house.database.reading() as session:
        assert tuple(session.execute(row).one()) == ("A 123 BC 77", "Ivan Petrov")
        photos = session.execute(select(File.content_type).join(OrderFile).where(OrderFile.order_id == order_id)).all()
    assert [photo.content_type for photo in photos] == ["image/jpeg"] * 3
    house.press(store, "3 photos")
    assert any(request.method == "sendPhoto" for request in house.box.requests(house.bot, since=0))
    house.say(store, "/menu")
    store.send_photo(JPEG + b"4")
    house.settle()
    assert "(4 of 10)" not in store.transcript(), "it is not known what it is a photo of"

    again = trade.claimed(rep, store, {next(iter(goods)): 1})
    house.press(store, "All is loaded")
    house.press(store, "A 123 BC 77 · Ivan Petrov")
    house.press(store, "Confirm the loading")
    assert house.scalar(select(Order.vehicle).where(Order.id == again)) == "A 123 BC 77"


def test_the_queue_is_filtered_by_day_by_whose_and_by_words(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    kefir = trade.product(on_hand=100)
    today = datetime.now(ZoneInfo("Europe/Moscow")).date()  # the company's day, which may be another than ours
    clients = [trade.client(), trade.client()]
    ids = [trade.submitted(rep, {kefir: count}, clients[0]) for count in (1, 2, 3)]
    for order_id, ahead in zip(ids, (0, 1, 5), strict=True):
        note(house, order_id, delivery_date=today + timedelta(days=ahead))

    house.say(store, "/queue")
    house.say(store, trade.client_name(clients[0]))
    shown = store.last().text
    assert all(f"№ {order_id} " in shown for order_id in ids), shown
    assert [shown.index(f"№ {order_id} ") for order_id in ids] == sorted(shown.index(f"№ {one} ") for one in ids)
    house.press(store, "Tomorrow")
    assert f"№ {ids[1]} " in store.last().text
    assert f"№ {ids[0]} " not in store.last().text
    house.press(store, "Later")
    assert f"№ {ids[2]} " in store.last().text
    house.press(store, "All 3")
    house.press(store, "Only mine")
    assert "Nothing is found" in store.last().text
    house.press(store, "End the search")
    house.say(store, f"№ {ids[1]}")
    assert f"Order No. {ids[1]}" in store.last().text
    house.press(store, "I take it")
    house.say(store, "/queue")
    house.press(store, "Only mine")
    assert f"№ {ids[1]} " in store.last().text
    assert f"№ {ids[0]} " not in store.last().text
    house.say(store, "no such client at all")
    assert "Nothing is found" in store.last().text


def test_what_is_put_back_begins_anew(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    store, other = house.staff("Stan", Role.STOREKEEPER), house.staff("Vera", Role.STOREKEEPER)
    order_id = trade.claimed(rep, store, {trade.product(): 2, trade.product("Bread"): 3})
    house.press(store, "2 pcs")
    house.press(store, "Put it back")
    assert "The order is back in the queue." in store.last().text

    open_card(house, other, order_id)
    house.press(other, "I take it")

    assert "0 of 2 loaded" in other.last().text
    marks = select(OrderLine.loaded_milli).where(OrderLine.order_id == order_id)
    with house.database.reading() as session:
        assert set(session.scalars(marks)) == {None}


def test_a_storekeeper_who_is_let_go_in_the_middle_picks_nothing_more(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    order_id = trade.claimed(rep, store, {trade.product(): 2, trade.product("Bread"): 3})
    with house.database.transaction() as session:
        session.get_one(Person, house.actor(store).person_id).revoked_at = datetime.now(UTC)

    with house.refuses(store, "You have no right to do this."):
        store.press("2 pcs")

    assert house.scalar(select(Invoice.id).where(Invoice.order_id == order_id)) is None


def test_a_stranger_to_the_warehouse_neither_sees_nor_picks(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    foreign = house.staff("Kim", Role.STOREKEEPER, warehouse="Казань")
    order_id = trade.claimed(rep, store, {trade.product(): 2})
    line_id = house.scalar(select(OrderLine.id).where(OrderLine.order_id == order_id, OrderLine.kind == "goods"))
    house.say(foreign, "/queue")
    assert f"№ {order_id} " not in foreign.last().text

    for data in (
        f"loaded_line.{order_id}-{line_id}-2000.0",
        f"load_rest.{order_id}.0",
        f"pick.{order_id}.0",
        f"dispatch.{order_id}.0",
        f"vehicle.{order_id}-{order_id}.0",
        f"photo.{order_id}-0.0",
        f"pin.{order_id}.0",
    ):
        house.say(foreign, "/queue")
        with house.refuses(foreign, "You have no right to do this."):
            foreign.press_data(data)


@pytest.mark.parametrize("language", ["ru", "es"])
def test_the_pick_list_in_the_language_of_the_storekeeper(house: House, language: str) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    store = house.staff("Íñigo", Role.STOREKEEPER, language)
    order_id = trade.submitted(rep, {trade.product(): 2, trade.product("Bread"): 12})
    house.say(store, "/queue")
    house.say(store, str(order_id))
    house.press(store, store.last().labels[-1])

    words = {"ru": "Загружено: 0 из 2", "es": "Cargado: 0 de 2"}
    assert words[language] in store.last().text
    house.press(store, store.last().labels[0])
    house.press(store, store.last().labels[-1])
    house.press(store, store.last().labels[-1])
    assert trade.status(order_id) == "loaded"
