"""A rep's several drafts, an order that is short, one that is changed, and its story: for the walk over every text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from db.models.orders import Order
from db.models.people import Person
from db.models.stock import Stock
from services import draft_list
from tests.builders import actor_of, make_draft, make_product, make_warehouse, receive, unit_of

if TYPE_CHECKING:
    from tests.templates.test_every_text import Walk

NOTE = "Ring twice & <wait> " * 10


def drafts(walk: Walk) -> None:
    """A second order is begun, looked at, deleted; lines are stepped through, noted, taken out and put back."""
    rita = walk.hall.desk.rita.id
    with walk.talk.transaction() as session:
        person = session.get_one(Person, rita)
        goods = [make_product(session, walk.hall.milk.name, warehouse=walk.hall.desk.warehouse) for _ in range(9)]
        draft_list.begin(session, by=actor_of(person), now=walk.talk.clock())
        draft = make_draft(session, person, dict.fromkeys(goods, 900), client=walk.hall.client).id
        units = [unit_of(one).id for one in goods]
    walk.press(rita, "new_draft")
    walk.press(rita, "drafts", 0)
    walk.press(rita, "ask_delete_draft", draft)
    walk.press(rita, "draft", draft)
    walk.say(rita, "/menu")
    walk.press(rita, "line", draft, units[1])
    walk.press(rita, "line_quantity", draft, units[1], 901_000)
    for typed in ("902", "3 kg"):
        walk.say(rita, typed)
    for unit in units:
        walk.press(rita, "line_note", draft, unit)
        walk.say(rita, NOTE[:200])
    walk.press(rita, "line_note", draft, units[1])
    walk.press(rita, "drop_line_note", draft, units[1])
    walk.press(rita, "take_out", draft, units[1])
    walk.press(rita, "put_back", draft, units[1], 900_000, 1)
    walk.press(rita, "line", draft, units[1])
    walk.say(rita, "0")
    walk.press(rita, "line", draft, 999_999)
    walk.press(rita, "review")
    walk.say(rita, NOTE)
    walk.press(rita, "drop_note", draft)
    walk.say(rita, NOTE * 4)
    walk.press(rita, "submit", draft, version=walk.version(draft))
    _short(walk, rita, draft)


def _short(walk: Walk, rita: int, draft: int) -> None:
    with walk.talk.transaction() as session:
        order = session.get_one(Order, draft)
        for number in range(3):
            name = f"{walk.hall.milk.name[:190]}{number}"
            other = make_warehouse(session, name, latitude=-50.0, longitude=number + 1.0)
            other.closed = True
            for line in order.lines:
                if line.product_id is not None:
                    session.add(Stock(warehouse_id=other.id, product_id=line.product_id, on_hand_milli=10**7))
    walk.press(rita, "submit", draft, version=walk.version(draft))
    walk.press(rita, "back_order", draft, version=walk.version(draft))
    child = walk.talk.scalar(select(Order.id).where(Order.parent_id == draft))
    walk.press(rita, "order", child)
    _changed(walk, rita, draft)
    walk.press(rita, "ask_cancel", draft)
    walk.say(rita, NOTE * 3)
    walk.press(rita, "cancel", draft, version=walk.version(draft))
    walk.press(rita, "story", draft)
    for number in range(4):
        walk.press(rita, "orders_only", number)
    for typed in (f"№ {draft}", walk.hall.client.name[:40], "zzz"):
        walk.say(rita, typed)
    walk.press(rita, "orders_found")


def _edit(walk: Walk, order: int) -> int:
    found = walk.talk.scalar(select(Order.id).where(Order.edits_id == order, Order.status == "draft"))
    return int(found)


def _changed(walk: Walk, rita: int, order: int) -> None:
    """Changed, saved, short again, dropped, and too late."""
    for save in ("save_edit", "drop_edit"):
        walk.press(rita, "edit_order", order)
        edit = _edit(walk, order)
        walk.press(rita, "drafts", 0)
        walk.press(rita, "ask_delete_draft", edit)
        walk.press(rita, "review")
        with walk.talk.transaction() as session:
            goods = [line for line in session.get_one(Order, edit).lines if line.kind == "goods"]
            lines = [(line.unit_id or 0, line.quantity_milli) for line in goods]
        for unit, milli in lines:
            walk.press(rita, "line_quantity", edit, unit, milli - 1000)
        walk.press(rita, "review")
        walk.say(rita, f"{save} {NOTE * 4}")
        walk.press(rita, save, edit, version=walk.version(edit))
    walk.press(rita, "story", order)
    _changed_for_more(walk, rita, order)


def _changed_for_more(walk: Walk, rita: int, order: int) -> None:
    """More is wanted than there is; then the order is being loaded already."""
    walk.press(rita, "edit_order", order)
    edit = _edit(walk, order)
    unit = walk.units(edit)[0]
    walk.press(rita, "line_quantity", edit, unit, 990_000)
    walk.press(rita, "cart")
    walk.press(rita, "review")
    walk.press(rita, "save_edit", edit, version=walk.version(edit))
    walk.press(rita, "cut", edit, version=walk.version(edit))
    walk.press(rita, "line_quantity", edit, unit, 990_000)
    walk.press(rita, "save_edit", edit, version=walk.version(edit))
    walk.press(rita, "back_order", edit, version=walk.version(edit))
    walk.press(rita, "edit_order", order)
    edit = _edit(walk, order)
    for line_unit in walk.units(edit):
        walk.press(rita, "take_out", edit, line_unit)
    walk.press(rita, "cart")
    walk.press(rita, "drop_edit", edit, version=walk.version(edit))
    walk.press(rita, "edit_order", order)
    edit = _edit(walk, order)
    walk.say(rita, "/menu")
    with walk.talk.transaction() as session:
        session.execute(update(Order).where(Order.id == order).values(revision=Order.revision + 1))
    walk.press(rita, "review")
    walk.press(rita, "detach_edit", edit, version=walk.version(edit))
    walk.press(rita, "delete_draft", edit, version=walk.version(edit))


def nothing_there(walk: Walk) -> None:
    """Nothing of an order is there: it waits as a whole, and is served when the goods come."""
    rita = walk.hall.desk.rita.id
    with walk.talk.transaction() as session:
        person = session.get_one(Person, rita)
        draft_list.begin(session, by=actor_of(person), now=walk.talk.clock())
        product = make_product(session, walk.hall.milk.name, on_hand=0, warehouse=walk.hall.desk.warehouse)
        order = make_draft(session, person, {product: 3}, client=walk.hall.client).id
    walk.press(rita, "review")
    walk.press(rita, "submit", order, version=walk.version(order))
    walk.press(rita, "back_order", order, version=walk.version(order))
    walk.press(rita, "edit_order", order)
    walk.press(rita, "line_quantity", _edit(walk, order), walk.units(order)[0], 2000)
    walk.press(rita, "review")
    edit = _edit(walk, order)
    walk.press(rita, "save_edit", edit, version=walk.version(edit))
    walk.press(rita, "edit_order", order)
    with walk.talk.transaction() as session:
        session.execute(update(Order).where(Order.id == order).values(status="submitted"))
        receive(session, product, 5, warehouse=walk.hall.desk.warehouse)


STORIES: tuple[Any, ...] = (drafts, nothing_there)
