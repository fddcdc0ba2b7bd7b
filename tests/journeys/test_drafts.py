"""Several orders begun at once: each keeps what it has, on every device and after any pause."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from db.models.orders import Order, OrderLine
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import NEAR_MOSCOW, Trade

pytestmark = on("polling")


def drafts(house: House, rep: object) -> int:
    person = house.actor(rep).person_id  # type: ignore[arg-type]
    return int(house.scalar(select(func.count()).select_from(Order).where(
        Order.rep_id == person, Order.status == "draft")))  # fmt: skip


def test_a_rep_keeps_two_orders_begun_and_switches_between_them(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    kefir, milk = trade.product(), trade.product("Milk")
    first = trade.draft(rep, {kefir: 2})
    house.say(rep, "/cart")
    house.press(rep, "Another order")
    rep.press_data(f"product.{milk}.0")
    house.settle()
    house.press(rep, "+1")
    house.say(rep, "/cart")
    assert f"Milk {trade.number}" in rep.last().text
    assert "Kefir" not in rep.last().text

    house.press(rep, "1 other order")

    assert "Orders begun" in rep.last().text
    assert "No client yet" in rep.last().text
    house.press(rep, f"Client {trade.number}")
    assert f"Kefir {trade.number}" in rep.last().text
    house.press(rep, "Check out")
    house.press(rep, "Submit")
    assert trade.status(first) == "submitted"
    house.say(rep, "/cart")
    assert f"Milk {trade.number}" in rep.last().text
    assert drafts(house, rep) == 1


def test_from_the_review_anything_can_be_changed(house: House) -> None:
    rep, trade, other = house.staff("Rita", Role.REP), Trade(house), Trade(house)
    order_id = trade.review(rep, {trade.product(): 2})
    other.client()
    house.press(rep, "Goods")
    house.press(rep, f"Kefir {trade.number}")
    house.press(rep, "+1")
    house.press(rep, "To the order")
    house.press(rep, "Check out (₽392.05)")
    assert "3 pcs × ₽100.00 = ₽300.00" in rep.last().text

    house.press(rep, "Client")
    house.say(rep, f"Client {other.number}")
    house.press(rep, f"Client {other.number}")
    rep.send_location(55.7512, 37.6284)
    house.settle()
    assert f"Client {other.number}" in rep.last().text
    assert "📍 55.75120, 37.62840" in rep.last().text

    house.press(rep, "Place")
    rep.send_location(*NEAR_MOSCOW)
    house.settle()
    assert "📍 55.80000, 37.50000" in rep.last().text
    house.press(rep, "Day")
    later = trade.day() + timedelta(days=7)
    rep.press_data(f"day.{later.toordinal()}.0")
    house.settle()
    house.say(rep, "Ring twice")
    assert "📝 Ring twice" in rep.last().text
    house.press(rep, "Remove the note")
    assert "Ring twice" not in rep.last().text

    house.press(rep, "Submit (₽392.05)")

    assert trade.status(order_id) == "submitted"
    with house.database.reading() as session:
        order = session.get_one(Order, order_id)
        assert order.client is not None
        assert (order.client.name, order.note, order.latitude) == (f"Client {other.number}", "", NEAR_MOSCOW[0])
        assert order.delivery_date == later


def test_a_draft_is_deleted_only_when_asked_twice(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    order_id = trade.draft(rep, {trade.product(): 2})
    house.say(rep, "/drafts")
    house.press(rep, "🗑")
    assert "Delete this order for good?" in rep.last().text
    house.press(rep, "No, keep it")
    assert drafts(house, rep) == 1
    house.press(rep, "🗑")
    version = house.scalar(select(Order.version).where(Order.id == order_id))
    with house.refuses(rep, "This has changed meanwhile"):
        rep.press_data(f"delete_draft.{order_id}.{version - 1}")

    house.press(rep, "Yes, delete it")

    assert "The order was deleted." in rep.last().text
    assert drafts(house, rep) == 0
    assert house.scalar(select(func.count()).select_from(OrderLine).where(OrderLine.order_id == order_id)) == 0
    with house.refuses(rep, "This order is not yours."):
        rep.press_data(f"draft.{order_id}.0")


def test_there_are_not_more_than_twenty(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    first = trade.draft(rep, {trade.product(): 1})
    with house.database.transaction() as session:
        known = session.get_one(Order, first)
        for _ in range(19):
            session.add(Order(
                status="draft", rep_id=known.rep_id, client_id=known.client_id, currency="RUB",
                prices_include_vat=True, created_at=known.created_at, touched_at=known.created_at,
            ))  # fmt: skip
    house.say(rep, "/drafts")

    with house.refuses(rep, "You have 20 orders begun, which is as many as there may be."):
        rep.press("Another order")

    house.press(rep, "➡️")
    assert len([label for label in rep.last().labels if "🗑" in label]) == 6


def test_orders_are_found_by_state_number_and_client(house: House) -> None:
    rep, trade, other = house.staff("Rita", Role.REP), Trade(house), Trade(house)
    first, second = trade.submitted(rep, {trade.product(): 1}), other.submitted(rep, {other.product(): 2})
    house.press(rep, "Cancel the order")
    house.press(rep, "Yes, cancel it")
    house.press(rep, "My orders")
    assert f"№ {first}" in rep.last().text
    assert f"№ {second}" in rep.last().text

    house.press(rep, "Open")
    assert f"№ {second}" not in rep.last().text
    house.press(rep, "Cancelled")
    assert f"№ {first}" not in rep.last().text
    assert f"№ {second}" in rep.last().text
    house.press(rep, "Loaded")
    assert "There are none of these." in rep.last().text
    house.press(rep, "All")
    house.say(rep, f"Client {trade.number}")
    assert f"№ {first}" in rep.last().text
    assert f"№ {second}" not in rep.last().text
    house.say(rep, f"No. {second}")
    assert f"№ {second}" in rep.last().text
    house.say(rep, "zzz\U0001f600" * 800)
    assert "Nothing is found." in rep.last().text
    house.press(rep, "Forget the search")
    assert f"№ {first}" in rep.last().text
