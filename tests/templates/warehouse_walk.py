"""The storekeeper's screens with whatever names: the queue, the loading line by line, the stock."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from bot.events import Kind
from db.models.catalogue import Product
from db.models.orders import Order
from db.models.people import Person
from services import loading_photos, stock_levels
from services.picking import goods_of
from tests.builders import make_product
from tests.services.desk import make_submitted


def loading(walk: Any) -> None:
    """A new order with two lines: everything that can be said of it until it leaves."""
    bob, hall = walk.hall.desk.bob.id, walk.hall
    order, lines = _new_order(walk)
    first, second = lines
    walk.press(bob, "queue", 0)
    walk.press(bob, "queue_of", 0, 1, 0, 0)
    walk.press(bob, "queue_warehouse", hall.kazan.id)
    walk.say(bob, "Nobody of this name")
    walk.say(bob, f"№ {order}")
    walk.press(bob, "pin", order)
    walk.press(bob, "claim", order, version=walk.version(order))
    _photograph(walk, bob, order, 1)
    walk.press(bob, "queue_of", 0, 0, 1, 0)
    walk.press(bob, "loading", order)
    _photograph(walk, bob, order, 2)
    walk.press(bob, "loading", order)
    walk.press(bob, "photo", order, 0)
    walk.press(bob, "loaded_line", order, first, 2000)
    walk.press(bob, "pick_line", order, first)
    walk.say(bob, "many")
    walk.say(bob, "1")
    walk.press(bob, "short_cause", order, first, 1000, 0)
    walk.press(bob, "short_cause", order, first, 1000, 1)
    walk.press(bob, "unmark_line", order, first)
    walk.press(bob, "pick_line", order, first)
    walk.press(bob, "short_line", order, first, 0)
    walk.press(bob, "dispatch", order)
    walk.press(bob, "short_line", order, second, 0)
    walk.press(bob, "dispatch", order)
    walk.press(bob, "loaded_line", order, second, 3000)
    _photograph(walk, bob, order, 3)
    walk.say(bob, "1, 2, 3")
    walk.say(bob, f"A123BC 77, {hall.milk.name.translate({ord(sign): None for sign in '0123456789,;-–—/'})}"[:60])
    walk.press(bob, "no_vehicle", order)
    walk.say(bob, "A123BC 77, Ivan Petrov")
    walk.press(bob, "pick", order)
    walk.press(bob, "dispatch", order)
    walk.press(bob, "confirm", order, version=walk.version(order))
    other, _ = _new_order(walk)
    walk.press(bob, "claim", other, version=walk.version(other))
    walk.press(bob, "load_rest", other)
    walk.press(bob, "release", other, version=walk.version(other))
    gone, lines = _new_order(walk)
    walk.press(bob, "claim", gone, version=walk.version(gone))
    for line in lines:
        walk.press(bob, "short_line", gone, line, 0)
    walk.press(bob, "dispatch", gone)
    walk.press(bob, "let_wait", gone, version=walk.version(gone))


def stock(walk: Any) -> None:
    """Found, received, counted, written off; by a list too; for one warehouse and for all."""
    ann, milk, place = walk.hall.desk.ann.id, walk.hall.milk, walk.hall.desk.warehouse.id
    article = walk.talk.scalar(select(Product.article).where(Product.id == milk.id))
    for pressed in (("stock",), ("stock_page", 1), ("stock_low",)):
        walk.press(ann, *pressed)
    walk.say(ann, "No such thing")
    walk.say(ann, walk.hall.milk.name[:30])
    walk.press(ann, "stock_of", milk.id)
    walk.press(ann, "stock_at", milk.id, place)
    for kind in range(5):
        walk.press(ann, "stock_entry", milk.id, place, kind)
    walk.say(ann, "several")
    walk.say(ann, f"5, {walk.hall.milk.name}")
    walk.press(ann, "stock_entry", milk.id, place, 0)
    walk.say(ann, "999 000")
    lies = _lies(walk, milk.id, place)
    walk.press(ann, "stock_entry", milk.id, place, 1)
    walk.say(ann, str(lies))
    walk.press(ann, "stock")
    walk.say(ann, f"{article} 5; NO-SUCH 3")
    walk.press(ann, "list_house", place)
    walk.say(ann, "TTN 4711")
    walk.press(ann, "list_book", place, version=_stamp(walk, milk.id, place))


STORIES = (loading, stock)


def _new_order(walk: Any) -> tuple[int, list[int]]:
    name = walk.hall.milk.name
    with walk.talk.transaction() as session:
        session.execute(update(Person).where(Person.id == walk.hall.desk.bob.id).values(warehouse_ids=[]))
        rita = session.get_one(Person, walk.hall.desk.rita.id)
        goods = {make_product(session, name, warehouse=walk.hall.desk.warehouse): count for count in (2, 3)}
        for draft in session.scalars(select(Order).where(Order.rep_id == rita.id, Order.status == "draft")):
            draft.status = "cancelled"
        order = make_submitted(session, walk.hall.desk, goods, client=walk.hall.client)
        return order.id, [line.id for line in goods_of(order)]


def _photograph(walk: Any, bob: int, order_id: int, number: int) -> None:
    """A photo is sent, fetched and kept."""
    walk.send(bob, Kind.PHOTO, file_ref=f"photo-{number}")
    walk.hear(
        "file.fetched", number, sha256=str(number) * 64, name="photo.jpg", content_type="image/jpeg", size=1,
        person_id=bob, chat_key=f"tg:1:{bob}", purpose=loading_photos.PURPOSE, facts={"order_id": order_id},
    )  # fmt: skip


def _lies(walk: Any, product_id: int, warehouse_id: int) -> int:
    with walk.talk.transaction() as session:
        return stock_levels.level(session, warehouse_id, product_id).on_hand_milli // 1000


def _stamp(walk: Any, product_id: int, warehouse_id: int) -> int:
    with walk.talk.transaction() as session:
        return stock_levels.stamp(session, warehouse_id, [product_id])
