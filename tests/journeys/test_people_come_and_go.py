"""Somebody leaves with an order in their hands; somebody else would like to come in."""

from __future__ import annotations

from sandbox.client_chat import Chat
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, load_all, open_card


def dismiss(house: House, admin: Chat, name: str) -> None:
    """Take somebody's access away; the name is one of the first in the alphabet."""
    house.press(admin, "Staff")
    house.press(admin, name)
    house.press(admin, "Take access away")
    house.press(admin, "Yes, take access away")
    assert "Access was taken away." in admin.last().text


@on("webhook")
def test_an_order_of_somebody_who_leaves_is_loaded_by_the_next(house: House) -> None:
    trade = Trade(house)
    name = f"Aa keeper {trade.number}"
    admin, rep = house.staff("Ada", Role.ADMIN), house.staff("Rita", Role.REP)
    leaver, stayer = house.staff(name, Role.STOREKEEPER), house.staff("Stan", Role.STOREKEEPER)
    order_id = trade.submitted(rep, {trade.product(): 2})
    open_card(house, leaver, order_id)
    house.press(leaver, "I take it")
    assert trade.status(order_id) == "loading"

    dismiss(house, admin, name)

    assert trade.status(order_id) == "submitted"
    assert f"Order No. {order_id} was put back into the queue by Ada." in rep.transcript()
    with house.refuses(leaver, "You have no right to do this."):
        leaver.press("All is loaded")
    open_card(house, stayer, order_id)
    house.press(stayer, "I take it")
    load_all(house, stayer)
    assert trade.status(order_id) == "loaded"


@on("webhook")
def test_a_stranger_who_asks_waits_on_the_admins_list_until_it_is_done(house: House) -> None:
    name = f"Zoe {Trade(house).number}"
    admin, nobody = house.staff("Ada", Role.ADMIN), house.stranger(name, "en")
    house.say(nobody, "/start")
    house.press(nobody, "Ask to be contacted")
    house.say(admin, "/menu")

    house.press(admin, "Requests (")
    while name not in admin.last().text:
        house.press(admin, "➡️")
    done = next(button.data for row in admin.last().buttons for button in row if button.label.endswith(f"Done: {name}"))
    assert done is not None
    admin.press_data(done)
    house.settle()
    assert "The request is done." in admin.last().text
    assert name not in admin.last().text

    with house.refuses(admin, "This request is done already."):
        admin.press_data(done)
