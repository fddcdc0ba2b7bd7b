"""The rep says where the goods go: pins, addresses, maps that know them, are slow, refuse or talk nonsense."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from db.models.orders import Order
from sandbox.client_chat import Chat
from services.actor import Role
from tests.conftest import BACKENDS
from tests.journeys.house import House
from tests.journeys.houses import Houses
from tests.journeys.maps import Maps, running_maps
from tests.journeys.scenes import Trade

OTRADNOE = ("Отрадное, Москва, Россия", "RU", 55.8634, 37.6049)
HTML = (200, "<html><body>Please log in</body></html>")
TROUBLE = (500, "Internal Server Error")
LIMITED = (429, "Too Many Requests")


@pytest.fixture(scope="module", params=BACKENDS)
def mapped(request: pytest.FixtureRequest, houses: Houses) -> Iterator[tuple[House, Maps]]:
    """An installation with a geocoder and a router."""
    with running_maps() as maps:
        maps.road_m = 15_000.0
        services = {"GEOCODER": "nominatim", "GEOCODER_URL": maps.url, "ROUTER_URL": maps.url}
        yield houses.fresh("polling", request.param, **services), maps
        maps.open_gate.set()


@pytest.fixture
def house(mapped: tuple[House, Maps]) -> House:
    return mapped[0]


@pytest.fixture
def maps(mapped: tuple[House, Maps]) -> Maps:
    mapped[1].moods.clear()
    mapped[1].asked.clear()
    mapped[1].road_m = 15_000.0
    return mapped[1]


def order_of(house: House, order_id: int) -> Any:
    with house.database.reading() as session:
        return session.execute(
            select(Order.address, Order.latitude, Order.distance_m, Order.distance_source, Order.delivery_minor).where(
                Order.id == order_id
            )
        ).one()


def at_place(house: House, rep: Chat, trade: Trade) -> int:
    """A rep with an order of 10 kefir who is asked where it goes; returns the order's id."""
    order_id = trade.review(rep, {trade.product(): 10})
    house.press(rep, "Place")
    return order_id


def test_an_address_is_looked_for_shown_on_a_map_and_confirmed(house: House, maps: Maps) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    order_id = at_place(house, rep, trade)
    before = order_of(house, order_id)
    assert before[2:] == (15_000, "router", 15_000)
    maps.addresses["Отрадная 5"] = [("Zaragoza, España", "ES", 41.65, -0.88), OTRADNOE]
    maps.asked.clear()
    maps.road_m = 16_400.0

    maps.open_gate.clear()
    rep.say("  Отрадная   5 ")
    rep.wait_for("Looking for the address…")
    assert order_of(house, order_id) == before
    maps.open_gate.set()
    house.settle()

    assert maps.asked == [("Отрадная 5", "TelBot (office@example.org)")]
    shown = rep.last()
    assert "Отрадное, Москва, Россия" in shown.text
    assert "Москва: about 12.5 km by road" in shown.text
    assert "Delivery: ₽125.21" in shown.text
    assert shown.labels == ["Zaragoza, España · 3,181 km", "↩️ Back", "✅ Yes, there"]
    assert rep.messages()[-2].kind == "venue"
    assert order_of(house, order_id) == before

    house.press(rep, "Yes, there")
    assert order_of(house, order_id) == ("Отрадное, Москва, Россия", 55.8634, 16_400, "router", 16_400)
    rep.wait_for("Look the order over")
    house.press(rep, "Why this price?")
    told = rep.wait_for("Delivery: ₽164.00").text
    assert "16.4 km × ₽10.00 = ₽164.00 (by road, as the route planner says)" in told


def test_another_hit_and_the_address_that_is_known_by_now(house: House, maps: Maps) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    order_id = at_place(house, rep, trade)
    second = ("Мирный, Калуга, Россия", "RU", 54.51, 36.26)
    maps.addresses["Мирный"] = [("Мирный, Тверь, Россия", "RU", 56.86, 35.9), second]
    house.say(rep, "Мирный")
    assert "Мирный, Тверь" in rep.last().text

    house.press(rep, "Мирный, Калуга")

    assert "Мирный, Калуга, Россия" in rep.last().text
    assert [message.kind for message in rep.messages()].count("venue") == 2
    maps.asked.clear()
    house.say(rep, "мирный")
    assert maps.asked == []
    house.press(rep, "Мирный, Калуга")
    stale = rep.press("Yes, there")
    house.settle()
    assert order_of(house, order_id)[:2] == ("Мирный, Калуга, Россия", 54.51)
    before = order_of(house, order_id)
    stale.resend()
    house.settle()
    assert order_of(house, order_id) == before


def test_while_the_geocoder_is_in_trouble_the_towns_are_known(house: House, maps: Maps) -> None:
    rep, trade = house.staff("Рита", Role.REP, "ru"), Trade(house)
    order_id = trade.draft(rep, {trade.product(): 10})
    house.say(rep, "/cart")
    house.press(rep, "Оформить")
    house.press(rep, "Место")
    maps.moods += [LIMITED, HTML]

    rep.say("г. Тверь, Советская 5")
    shown = rep.wait_for("Это здесь?")
    house.settle()

    assert "Мне известен только город" in shown.text
    assert "г. Тверь, Советская 5" in shown.text
    house.press(rep, "Да, сюда")
    assert order_of(house, order_id)[:2] == ("г. Тверь, Советская 5", 56.8584)
    assert [asked for asked, _ in maps.asked].count("г. Тверь, Советская 5") == 2


def test_what_nobody_knows_needs_a_pin(house: House, maps: Maps) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    order_id = at_place(house, rep, trade)
    before = order_of(house, order_id)
    house.say(rep, "Nowhere at all")
    assert "I do not find this address." in rep.last().text
    assert rep.last().labels == ["↩️ Back"]
    maps.asked.clear()
    house.say(rep, "Nowhere at all")
    assert "I do not find this address." in rep.last().text
    assert maps.asked == []
    for typed in ("x", "🙂", "x" * 4096):
        with house.refuses(rep, "An address has 3 to 200 characters"):
            rep.say(typed)
    assert order_of(house, order_id) == before
    rep.send_location(55.77, 37.7)
    house.settle()
    assert order_of(house, order_id)[:2] == ("55.77000, 37.70000", 55.77)
    house.press(rep, "Place")
    house.say(rep, "https://maps.google.com/?q=55.81,37.51")
    assert order_of(house, order_id)[:2] == ("55.81000, 37.51000", 55.81)


def test_who_has_gone_on_meanwhile_gets_a_notice(house: House, maps: Maps) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    at_place(house, rep, trade)
    maps.addresses["Slow street"] = [OTRADNOE]
    maps.open_gate.clear()
    rep.say("Slow street")
    rep.wait_for("Looking for the address…")
    rep.say("/cart")
    rep.wait_for("Kefir")
    maps.open_gate.set()
    told = rep.wait_for("I have found the address “Slow street”.")
    house.settle()
    assert told.labels == ["📍 Place"]
    house.press(rep, "Place")
    house.say(rep, "Slow street")
    assert "Is it here?" in rep.last().text


def test_too_far_is_too_far_by_pin_and_by_address(house: House, maps: Maps) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    order_id = at_place(house, rep, trade)
    before = order_of(house, order_id)
    with house.refuses(rep, "That is 5"):
        rep.send_location(55.0, 140.0)
    assert "We deliver up to 1000 km." in rep.last().text
    with house.refuses(rep, "I cannot deliver to this point."):
        rep.send_location(0.0, 0.0)
    maps.addresses["Хабаровск"] = [("Хабаровск, Россия", "RU", 48.48, 135.07)]
    house.say(rep, "Хабаровск")
    assert "from the nearest warehouse, Казань. We deliver up to 1000 km." in rep.last().text
    assert rep.last().labels == ["↩️ Back"]
    for forged in ("place_yes.0-1.0", "place_yes.0.0", "place_hit.9-1.0", "place_yes.7-99999999999999.0"):
        rep.press_data(forged)
        house.settle()
    assert order_of(house, order_id) == before


def test_a_silent_router_leaves_the_price_as_it_was_reckoned(house: House, maps: Maps) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    order_id = at_place(house, rep, trade)
    house.press(rep, "Keep this place")
    rep.wait_for("Look the order over")
    house.press(rep, "Place")
    maps.moods += [TROUBLE, HTML]
    rep.send_location(55.9, 37.62)
    house.settle()
    assert order_of(house, order_id)[2:] == (16_567, "detour", 16_567)
    house.press(rep, "Why this price?")
    assert "16.6 km × ₽10.00 = ₽165.67 (reckoned from the straight line)" in rep.last().text


def test_a_road_that_is_longer_shows_on_the_review_and_never_in_a_submitted_order(house: House, maps: Maps) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    order_id = at_place(house, rep, trade)
    maps.open_gate.clear()
    rep.send_location(55.91, 37.63)
    rep.wait_for("The place is noted.")
    assert order_of(house, order_id).distance_source == "detour"
    stale = next(label for label in rep.last().labels if "Submit" in label)
    maps.road_m = 21_000.0
    maps.open_gate.set()
    house.settle()
    assert order_of(house, order_id)[2:] == (21_000, "router", 21_000)
    fresh = rep.last().labels[-1]
    assert "Submit" in fresh
    assert fresh != stale
    house.press(rep, "Submit")
    assert trade.status(order_id) == "submitted"
    assert order_of(house, order_id).distance_m == 21_000
