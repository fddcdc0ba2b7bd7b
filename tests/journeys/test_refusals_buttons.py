"""Buttons that come twice, too late, from nowhere, or from somebody who may not press them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.screens import registry
from db.models.orders import Order
from sandbox.client_chat import Chat
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import MODES, on
from tests.journeys.scenes import Trade, load_all, open_card

SCREENS = registry.load()
NOT_YOURS = "This order is not yours."
NO_RIGHT = "You have no right to do this."
OUT_OF_DATE = "This button is out of date. Here is how things stand now."
CHANGED = "This has changed meanwhile, so nothing was done."


HEAVY = {"submit", "product", "claim", "confirm", "queue", "revoke", "access_issue", "credit_issue", "settle_close"}


def verbs_closed_to(role: Role | None) -> list[str]:
    """A button of each screen that somebody of this role (None: a stranger) may not see, and those that do most.

    ``tests/bot/test_every_verb.py`` presses all of them.
    """
    closed = {
        verb: screen.name
        for verb, (screen, _) in sorted(SCREENS.presses.items())
        if screen.roles and (role is None or role not in screen.roles)
    }
    return sorted({*{name: verb for verb, name in closed.items()}.values(), *(HEAVY & set(closed))})


def version(house: House, order_id: int) -> int:
    """The version of an order now."""
    return int(house.scalar(select(Order.version).where(Order.id == order_id)))


@pytest.fixture
def rep(house: House) -> Chat:
    """A rep at the menu."""
    return house.staff("Rita", Role.REP)


@pytest.fixture
def store(house: House) -> Chat:
    """A storekeeper of all warehouses."""
    return house.staff("Stan", Role.STOREKEEPER)


# the same update twice, the same tap twice


@on(*MODES)
def test_an_update_that_comes_twice_is_taken_once(house: House, rep: Chat, store: Chat) -> None:
    trade = Trade(house)
    rep.press_data(f"product.{trade.product()}.0")
    house.settle()
    for deed in (lambda: rep.say("3"), lambda: rep.press("+10"), lambda: rep.say("/orders"), rep.send_voice):
        deed()
        house.settle()
        before, since, taken = house.fingerprint(), house.now(), house.updates_taken()
        rep.double_last()
        house.settle()
        assert (house.told(rep, since), house.fingerprint(), house.updates_taken()) == ([], before, taken)

    trade.claimed(rep, store, {trade.product(): 2})
    load_all(house, store)
    before, since = house.fingerprint(), house.now()
    store.double_last()
    house.settle()
    assert (house.told(store, since), house.fingerprint()) == ([], before)
    assert len(house.box.mail(trade.address)) == 1


@on("webhook")
def test_a_stepper_that_comes_again_sets_the_same_quantity(house: House, rep: Chat) -> None:
    trade = Trade(house)
    rep.press_data(f"product.{trade.product()}.0")
    house.settle()
    tap = house.press(rep, "+10")
    assert "In the order: 10 pcs" in rep.last().text
    since, shown = house.now(), rep.last().text

    again = tap.resend()

    assert again.answer() is not None
    house.settle()
    assert (house.told(rep, since), rep.last().text) == ([], shown)
    assert house.scalar(select(Order.goods_minor).where(Order.rep_id == house.actor(rep).person_id)) == 100000


@on("webhook")
def test_a_submit_that_comes_again_makes_no_second_order(house: House, rep: Chat, store: Chat) -> None:
    trade = Trade(house)
    order_id = trade.review(rep, {trade.product(): 2})
    tap = house.press(rep, "Submit")
    notices = len(store.messages())

    with house.refuses(rep, f"Order No. {order_id} has been submitted already; it was not done twice."):
        tap.resend()

    assert len(store.messages()) == notices


@on("webhook")
def test_a_claim_that_comes_again_claims_nothing(house: House, rep: Chat, store: Chat) -> None:
    trade = Trade(house)
    order_id = trade.submitted(rep, {trade.product(): 2})
    open_card(house, store, order_id)
    tap = house.press(store, "I take it")

    with house.refuses(store, f"You have order No. {order_id} already. Load it and confirm."):
        tap.resend()

    assert "0 of 1 loaded" in store.last().text


@on("webhook")
def test_a_confirmation_that_comes_again_bills_nothing(house: House, rep: Chat, store: Chat) -> None:
    trade = Trade(house)
    order_id = trade.claimed(rep, store, {trade.product(): 2})
    house.press(store, "All is loaded")
    tap = house.press(store, "Confirm the loading")

    with house.refuses(store, f"Order No. {order_id} was confirmed before; it was not done twice."):
        tap.resend()

    assert len(house.box.mail(trade.address)) == 1


# too late


@on("webhook")
def test_a_button_of_an_old_message_gets_a_notice_and_a_fresh_screen(house: House, rep: Chat) -> None:
    trade = Trade(house)
    order_id = trade.review(rep, {trade.product(): 2})
    old = rep.last()
    submit = old.buttons[-1][0].data
    assert submit is not None
    house.say(rep, "/cart")

    with house.refuses(rep, CHANGED):
        rep.press_data(submit, message_id=old.id)

    assert rep.last().id > old.id
    assert trade.status(order_id) == "draft"


@on("webhook")
def test_a_button_made_before_another_device_changed_the_order_is_refused(house: House, rep: Chat) -> None:
    trade = Trade(house)
    kefir = trade.product()
    client_id = trade.client()
    order_id = trade.review(rep, {kefir: 2}, client_id)
    trade.draft(rep, {kefir: 90}, client_id)

    with house.refuses(rep, CHANGED):
        rep.press("Submit")

    assert trade.status(order_id) == "draft"
    assert "90 pcs" in rep.last().text


@on("webhook")
def test_a_stepper_of_an_order_that_was_submitted_is_refused(house: House, rep: Chat) -> None:
    trade = Trade(house)
    rep.press_data(f"product.{trade.product()}.0")
    house.settle()
    stepper = rep.last().buttons[0][0]
    order_id = trade.submitted(rep, {trade.product(): 2})
    assert stepper.data is not None
    assert str(order_id) in stepper.data

    with house.refuses(rep, f"Order No. {order_id} was submitted or cancelled already and cannot be changed here."):
        rep.press_data(stepper.data)


@on("webhook")
def test_cancelling_what_is_being_loaded_is_refused(house: House, rep: Chat, store: Chat) -> None:
    trade = Trade(house)
    order_id = trade.claimed(rep, store, {trade.product(): 2})

    with house.refuses(rep, f"This cannot be done with order No. {order_id} any more."):
        rep.press_data(f"cancel.{order_id}.{version(house, order_id)}")

    with house.refuses(rep, CHANGED):
        rep.press_data(f"cancel.{order_id}.{version(house, order_id) - 1}")


# from nowhere

NOT_OURS = (
    "x",
    "submit",
    "submit.1",
    "submit..0",
    "submit.-1.0",
    "submit.1.0.0",
    "submit.1.9999999999",
    "SUBMIT.1.0",
    "submit.999999999999999.0",
    "submit.٣.0",
    "продать.1.0",
    "no_such_verb.1.0",
    "set_quantity.1-1--5.0",
    "set_quantity.1-1.0",
    "set_quantity.0-1-1000.0",
    "category.-1.0",
    "language.17.0",
    "submit.1.0\n",
    "🐄🐄🐄.1.0",
    '\'; DROP TABLE "order"; --',
)


@on("webhook")
def test_data_that_no_button_of_ours_carries_is_refused(house: House, rep: Chat) -> None:
    for data in NOT_OURS:
        house.say(rep, "/menu")
        with house.refuses(rep, OUT_OF_DATE):
            toast = rep.press_data(data).answer()
        assert toast is not None
        assert toast["text"].endswith(OUT_OF_DATE)


@on("webhook")
def test_well_formed_data_about_what_is_not_there_is_refused(house: House, rep: Chat) -> None:
    Trade(house).draft(rep, {Trade(house).product(): 1})
    for data, words in {
        "product.2147483647.0": "This product is not sold any more.",
        "unit.2147483647-1.0": "This product is not sold any more.",
        "category.2147483647-0.0": "This category is gone.",
        "client.2147483647.0": "This client is gone.",
        "order.2147483647.0": NO_RIGHT,
        "submit.2147483647.1": NOT_YOURS,
        "cancel.2147483647.1": NOT_YOURS,
        "clear.2147483647.1": NOT_YOURS,
        "set_quantity.2147483647-1-1000.0": NOT_YOURS,
    }.items():
        house.say(rep, "/menu")
        with house.refuses(rep, words):
            rep.press_data(data)


@on("webhook")
def test_a_page_that_no_list_has_shows_the_last_one(house: House, rep: Chat) -> None:
    house.settle()
    before = house.fingerprint()
    for verb in ("orders", "clients"):
        rep.press_data(f"{verb}.2147483647.0")
        house.settle()
        assert rep.last().labels
    assert house.fingerprint() == before


@on("webhook")
def test_another_reps_order_is_refused_and_written_down(house: House, rep: Chat) -> None:
    trade, owner = Trade(house), house.staff("Olga", Role.REP)
    order_id = trade.review(owner, {trade.product(): 2})
    seen, unit = version(house, order_id), 1
    for data, action, words in (
        (f"order.{order_id}.0", "order.read", NO_RIGHT),
        (f"submit.{order_id}.{seen}", "order.submit", NOT_YOURS),
        (f"cancel.{order_id}.{seen}", "order.cancel", NOT_YOURS),
        (f"clear.{order_id}.{seen}", "cart.clear", NOT_YOURS),
        (f"set_quantity.{order_id}-{unit}-5000.0", "cart.set_quantity", NOT_YOURS),
    ):
        house.say(rep, "/menu")
        with house.refuses(rep, words):
            rep.press_data(data)
        assert house.audits(rep)[-1] == f"refused.{action}"


# from somebody who may not


@on("webhook")
def test_a_rep_who_presses_what_belongs_to_others_is_refused_and_written_down(house: House, rep: Chat) -> None:
    verbs = verbs_closed_to(Role.REP)
    assert {"claim", "confirm", "queue", "revoke", "access_issue"} <= set(verbs)
    for verb in verbs:
        house.say(rep, "/menu")
        with house.refuses(rep, NO_RIGHT):
            rep.press_data(f"{verb}.1.1")
        assert house.audits(rep)[-1] == f"refused.screen.{SCREENS.presses[verb][0].name}"


@on("webhook")
def test_a_stranger_who_presses_what_belongs_to_staff_is_refused_and_written_down(house: House) -> None:
    verbs = verbs_closed_to(None)
    assert {"submit", "product", "claim", "revoke"} <= set(verbs)
    for verb in verbs:
        nobody = house.stranger("Nobody", "en")
        house.say(nobody, "/start")
        with house.refuses(nobody, NO_RIGHT):
            nobody.press_data(f"{verb}.1.1")
        assert "This is the order desk." in nobody.last().text
        assert house.audits(nobody) == [f"refused.screen.{SCREENS.presses[verb][0].name}"]


@on("webhook")
def test_a_storekeeper_of_another_warehouse_is_refused(house: House, rep: Chat) -> None:
    trade, kazan = Trade(house), house.staff("Timur", Role.STOREKEEPER, warehouse="Казань")
    order_id = trade.submitted(rep, {trade.product(): 2})
    assert f"No. {order_id}" not in kazan.transcript()
    seen = version(house, order_id)
    for data in (
        f"loading.{order_id}.0",
        f"claim.{order_id}.{seen}",
        f"confirm.{order_id}.{seen}",
        f"release.{order_id}.{seen}",
    ):
        house.say(kazan, "/menu")
        with house.refuses(kazan, NO_RIGHT):
            kazan.press_data(data)
        assert house.audits(kazan)[-1].startswith("refused.")


@on("webhook")
@pytest.mark.parametrize("deed", ["press", "text", "command"])
def test_somebody_whose_access_was_taken_away_is_refused_at_once(house: House, deed: str) -> None:
    trade, admin = Trade(house), house.staff("Ada", Role.ADMIN)
    name = f"Aa {trade.number}"
    rep = house.staff(name, Role.REP)
    rep.press_data(f"product.{trade.product()}.0")
    house.settle()
    deeds: dict[str, Callable[[], object]] = {
        "press": lambda: rep.press("+10"),
        "text": lambda: rep.say("3"),
        "command": lambda: rep.say("/orders"),
    }
    house.press(admin, "Staff")
    house.press(admin, name)
    house.press(admin, "Take access away")
    assert f"Take all access away from {name}?" in admin.last().text
    house.press(admin, "Yes, take access away")
    assert "Access was taken away." in admin.last().text
    assert "Without access since" in admin.last().text

    with house.refuses(rep, NO_RIGHT):
        deeds[deed]()

    assert "This is the order desk." in rep.last().text
    assert house.audits(rep)[-1].startswith("refused.screen.")
    with house.refuses(rep, "I cannot use a text here."):
        rep.say("what now?")
