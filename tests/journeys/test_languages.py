"""The desk speaks the language of whoever reads, from the first screen on."""

from __future__ import annotations

import pytest

from sandbox.client_chat import Chat
from services.actor import Role
from templates.environment import Texts
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import NEAR_MOSCOW, Trade, newest_order

pytestmark = on("webhook")

UNITS = {"ru": "10 шт. × 100,00 ₽", "es": "10 ud. × 100,00 ₽"}
"""How the line of an order reads; spaces before units and currencies do not break."""


class Teller:
    """Presses by what the desk's own texts say in one language."""

    def __init__(self, house: House, texts: Texts, language: str) -> None:
        self._house, self._texts, self.language = house, texts, language

    def label(self, screen: str, block: str) -> str:
        """A label that depends on nothing."""
        return self._texts.plain(f"messages/{screen}.html", block, self.language, {})

    def press(self, chat: Chat, screen: str, block: str) -> None:
        """Press the button of that name on that screen."""
        self._house.press(chat, self.label(screen, block))

    def submit(self, chat: Chat) -> None:
        """Press the main action, which is the last button; its label holds the sum."""
        assert chat.last().labels
        self._house.press(chat, chat.last().labels[-1])


@pytest.mark.parametrize("language", ["ru", "es"])
def test_the_story_in_the_language_of_the_staff(house: House, texts: Texts, language: str) -> None:
    teller, trade = Teller(house, texts, language), Trade(house)
    product_id, client_id = trade.product("Ñandú"), trade.client(language=language)
    rep = house.staff("Рита", Role.REP, language)
    store = house.staff("Íñigo", Role.STOREKEEPER, language)

    teller.press(rep, "shared", "new_order")
    house.press(rep, "Молочное")
    rep.press_data(f"product.{product_id}.0")
    house.settle()
    assert f"Ñandú {trade.number}" in rep.last().text
    house.press(rep, "+10")
    teller.press(rep, "product", "to_cart")
    rep.press_data("clients.0.0")
    house.settle()
    house.say(rep, trade.client_name(client_id))
    house.press(rep, trade.client_name(client_id))
    rep.send_location(*NEAR_MOSCOW)
    house.settle()
    house.press(rep, rep.last().labels[0])
    teller.press(rep, "review", "why")
    teller.submit(rep)

    order_id = house.scalar(newest_order())
    assert UNITS[language] in rep.last().text.replace("\u00a0", " ")
    assert texts.plain("messages/review.html", "submitted", language, {}) in rep.last().text
    teller.press(store, "notices", "open_loading")
    teller.press(store, "loading", "claim")
    teller.submit(store)
    teller.submit(store)
    [mail] = house.box.wait_for_mail(trade.address)
    house.settle()
    assert trade.status(order_id) == "loaded"
    assert texts.plain("mail/invoice.html", "regards", language, {}) in (mail.text or "")
    assert texts.plain("messages/shared.html", "menu", language, {}) in store.last().labels


def test_somebody_changes_the_language_and_keeps_it(house: House, texts: Texts) -> None:
    rep = house.staff("Rita", Role.REP, "es")
    assert texts.plain("messages/shared.html", "new_order", "es", {}) in rep.last().labels

    house.say(rep, "/language")
    assert rep.last().labels[:3] == ["Русский", "Español", "English"]
    house.press(rep, "English")

    assert "What shall we do?" in rep.last().text
    house.say(rep, "/orders")
    assert "My orders" in rep.last().text


def test_a_stranger_is_met_in_the_language_of_the_app(house: House, texts: Texts) -> None:
    nearest = {"ru": "ru", "uk-UA": "ru", "es-MX": "es", "de": "en", None: "en"}
    for code, language in nearest.items():
        nobody = house.box.new_person("Nobody", language_code=code).chat_with(house.bot)
        house.say(nobody, "/start")
        assert nobody.last().labels[0] == texts.plain("messages/welcome.html", "get_in_touch", language, {})


def test_a_stranger_chooses_a_language_that_the_chat_keeps(house: House) -> None:
    nobody = house.stranger("Nobody", "ru")
    house.say(nobody, "/language")
    house.press(nobody, "English")
    assert "This is the order desk." in nobody.last().text

    house.say(nobody, "hm")

    assert "I cannot use a text here." in nobody.last().text
