"""The world moves on while somebody looks at a screen: goods, prices, people."""

from __future__ import annotations

from sqlalchemy import func, select, update

from db.models.invoices import Invoice
from db.models.orders import Order
from db.models.people import Account
from db.models.stock import Stock
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, load_all, only, open_card

pytestmark = on("polling")


def test_goods_that_another_rep_took_are_not_sold_twice(house: House) -> None:
    rep, other, trade = house.staff("Rita", Role.REP), house.staff("Olga", Role.REP), Trade(house)
    store = house.staff("Stan", Role.STOREKEEPER)
    kefir = trade.product(on_hand=10)
    order_id = trade.review(rep, {kefir: 8})
    trade.submitted(other, {kefir: 7})

    notices = len(store.messages())
    house.press(rep, "Submit")

    assert f"Kefir {trade.number}\nordered 8, there is 3 pcs" in rep.last().text
    assert trade.status(order_id) == "draft"
    assert len(store.messages()) == notices
    assert house.scalar(select(Stock.reserved_milli).where(Stock.product_id == kefir)) == 7000


def test_a_price_that_changed_is_shown_before_anything_is_submitted(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    kefir = trade.product(price_minor=10000)
    order_id = trade.review(rep, {kefir: 2})
    trade.change_product(kefir, price_minor=11000)
    notices = len(store.messages())

    house.press(rep, "Submit (₽292.05)")

    assert "Prices have changed meanwhile: ₽292.05 is now ₽312.05. Nothing was submitted" in rep.last().text
    assert trade.status(order_id) == "draft"
    assert house.scalar(select(Stock.reserved_milli).where(Stock.product_id == kefir)) == 0
    assert len(store.messages()) == notices
    house.press(rep, "Submit (₽312.05)")
    assert trade.status(order_id) == "submitted"
    assert house.scalar(select(Order.total_minor).where(Order.id == order_id)) == 31205


def test_a_product_that_was_hidden_meanwhile_is_not_sold(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    kefir = trade.product()
    trade.review(rep, {kefir: 2})
    trade.change_product(kefir, hidden=True)

    with house.refuses(rep, f"“Kefir {trade.number}” is not sold any more."):
        rep.press("Submit")


def test_only_one_storekeeper_gets_an_order(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    first, second = house.staff("Stan", Role.STOREKEEPER), house.staff("Vera", Role.STOREKEEPER)
    order_id = trade.submitted(rep, {trade.product(): 2})
    open_card(house, first, order_id)
    open_card(house, second, order_id)
    house.press(first, "I take it")

    with house.refuses(second, "Stan is loading this order already."):
        second.press("I take it")

    version = house.scalar(select(Order.version).where(Order.id == order_id))
    for verb in ("confirm", "release"):
        house.say(second, "/queue")
        with house.refuses(second, "This order is not yours."):
            second.press_data(f"{verb}.{order_id}.{version}")
        assert house.audits(second)[-1] == f"refused.loading.{verb}"
    load_all(house, first)
    assert trade.status(order_id) == "loaded"


def test_two_taps_in_one_moment_submit_and_bill_once(house: House) -> None:
    rep, store, trade = house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER), Trade(house)
    order_id = trade.review(rep, {trade.product(on_hand=5): 3})
    for chat, label in ((rep, "Submit"), (store, "Confirm the loading")):
        if chat is store:
            open_card(house, store, order_id)
            house.press(store, "I take it")
            house.press(store, "All is loaded")
        house.box.hold_updates(house.bot)
        tap = chat.press(label)
        tap.resend()
        house.box.release(house.bot)
        house.settle()
        assert "it was not done twice" in chat.transcript()

    assert trade.status(order_id) == "loaded"
    assert [action for action in house.audits(rep) if action == "order.submitted"] == ["order.submitted"]
    assert [action for action in house.audits(store) if action == "order.loaded"] == ["order.loaded"]
    assert house.scalar(select(func.count()).select_from(Invoice).where(Invoice.order_id == order_id)) == 1
    assert len(house.box.wait_for_mail(trade.address)) == 1


def test_two_storekeepers_who_press_at_the_same_time(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    chats = [house.staff(name, Role.STOREKEEPER) for name in ("Stan", "Vera", "Yuri")]
    order_id = trade.submitted(rep, {trade.product(): 2})
    for chat in chats:
        open_card(house, chat, order_id)
    house.box.hold_updates(house.bot)
    for chat in chats:
        chat.press("I take it")

    house.box.release(house.bot)
    house.settle()

    has_it = ["The order is yours. Load it and confirm." in chat.last().text for chat in chats]
    told_no = ["is loading this order already." in chat.last().text for chat in chats]
    assert sorted(has_it) == [False, False, True]
    assert told_no == [not has for has in has_it]
    claims = [action for chat in chats for action in house.audits(chat) if action == "order.loading"]
    assert len(claims) == 1


def test_where_there_is_no_storekeeper_the_admins_are_told(house: House) -> None:
    rep, admin, trade = house.staff("Rita", Role.REP), house.staff("Ada", Role.ADMIN), Trade(house)
    only(house, Role.STOREKEEPER)

    order_id = trade.submitted(rep, {trade.product(): 2})

    told = admin.last()
    assert "Nobody of this warehouse can be reached, so you are told:" in told.text
    assert f"New order No. {order_id}" in told.text
    assert "The order was submitted." in rep.last().text
    house.press(admin, "Open")
    assert f"Order No. {order_id}" in admin.last().text
    house.press(admin, "Cancel the order")
    house.press(admin, "Yes, cancel it")
    assert trade.status(order_id) == "cancelled"


def test_where_the_storekeeper_has_blocked_the_desk_the_admins_are_told(house: House) -> None:
    rep, admin, trade = house.staff("Rita", Role.REP), house.staff("Ada", Role.ADMIN), Trade(house)
    store = house.staff("Stan", Role.STOREKEEPER)
    only(house, Role.STOREKEEPER, store)
    store.block()
    house.settle()
    assert "Stan has blocked the bot and cannot be reached any more." in admin.last().text

    order_id = trade.submitted(rep, {trade.product(): 2})

    assert "Nobody of this warehouse can be reached" in admin.last().text
    assert f"No. {order_id}" not in store.transcript()
    store.unblock()
    house.settle()
    house.say(store, "/queue")
    while not any(f"№ {order_id} " in label for label in store.last().labels):
        house.press(store, "➡️")
    house.press(store, f"№ {order_id} ")
    assert f"Order No. {order_id}" in store.last().text


def test_a_chat_that_turns_out_to_be_blocked_is_not_written_to_again(house: House) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    store, other = house.staff("Stan", Role.STOREKEEPER), house.staff("Vera", Role.STOREKEEPER)
    store.block()
    house.settle()
    with house.database.transaction() as session:  # as if Telegram's note of it had been lost
        session.execute(update(Account).where(Account.external_id == str(store.id)).values(blocked_at=None))

    order_id = trade.submitted(rep, {trade.product(): 2})

    assert f"New order No. {order_id}" in other.last().text
    assert house.scalar(select(Account.blocked_at).where(Account.external_id == str(store.id))) is not None
    since = house.now()
    trade.submitted(rep, {trade.product(): 1})
    assert not [each for each in house.box.requests(house.bot, since=since) if each.status == 403]
