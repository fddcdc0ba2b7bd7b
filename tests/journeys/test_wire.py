"""What the messenger itself shows of the desk: name, descriptions, menus of commands; and files that are not taken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sandbox.client import Box
from services import fetching
from services.actor import Role
from tests.conftest import BACKENDS
from tests.journeys.house import House
from tests.journeys.houses import Houses, on

PROFILE = ("setMyName", "setMyDescription", "setMyShortDescription", "setMyCommands")
STRANGERS = {
    "ru": {"help": "что я умею", "language": "другой язык"},
    "es": {"help": "lo que sé hacer", "language": "otro idioma"},
    "en": {"help": "what I can do", "language": "another language"},
}
MENU = {"ru": "меню", "es": "el menú", "en": "the menu"}


def times_told(house: House) -> dict[str, int]:
    """How often the bot has told its messenger each thing about itself; not the menus of single chats."""
    asked = [each for method in PROFILE for each in house.box.requests(house.bot, method=method)]
    return {method: sum(each.method == method and "scope" not in each.params for each in asked) for method in PROFILE}


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_bot_introduces_itself_once_in_three_languages(houses: Houses, box: Box, backend: str) -> None:
    with box.fault("too_many", method="setMyName", retry_after=1, count=1) as limit:
        house = houses.fresh("polling", backend)
        readers = {language: house.stranger("Nobody", language) for language in STRANGERS}
        readers["en"].say("/start")
        readers["en"].wait_for("This is the order desk")
        house.settle()
        assert limit.hits() == 1, "waited for, and tried again"
    assert times_told(house) == {**dict.fromkeys(PROFILE, 3), "setMyName": 4}

    told = {language: chat.about() for language, chat in readers.items()}
    assert [about["name"].rpartition(" · ")[2] for about in told.values()] == ["Заказы", "Pedidos", "Orders"]
    assert "пароль" in told["ru"]["description"]
    assert "contraseña" in told["es"]["short_description"]
    assert "password" in told["en"]["description"]
    assert {language: chat.menu() for language, chat in readers.items()} == STRANGERS
    assert house.stranger("Somebody", "de").menu() == STRANGERS["en"]

    house.stop()
    house.start()
    house.say(readers["en"], "/start")
    assert times_told(house)["setMyName"] == 4
    assert sum(times_told(house).values()) == 13


@on("webhook")
def test_the_menu_of_commands_follows_login_role_language_and_revocation(house: House) -> None:
    admin = house.staff("Ann Wire", Role.ADMIN, "en")
    for language, menu in MENU.items():
        fresh = house.issue(f"Rita {language}", Role.REP)
        rep = house.stranger(f"Rita {language}", language)
        house.say(rep, "/start")
        assert rep.menu() == STRANGERS[language]

        rep.open_link(fresh.link)
        house.settle()
        shown = rep.menu()
        assert (next(iter(shown)), shown["menu"]) == ("menu", menu)
        assert {"cart", "orders"} < set(shown)
        assert "queue" not in shown
        assert list(shown)[-2:] == ["help", "language"]

    house.say(rep, "/language")
    house.press(rep, "Español")
    assert rep.menu()["menu"] == "el menú"

    rep.open_link(house.issue("Rita en", Role.STOREKEEPER).link)
    house.settle()
    assert {"cart", "queue"} < set(rep.menu())

    admin.press_data(f"revoke.{house.actor(rep).person_id}.0")
    house.settle()
    assert rep.menu() == STRANGERS["es"], "at once, before the next press"
    house.say(rep, "/cart")
    assert rep.menu() == STRANGERS["es"]


@on("webhook")
@pytest.mark.parametrize(
    ("language", "taken"),
    [("en", "The logo was not taken."), ("ru", "Логотип не принят."), ("es", "No se ha aceptado")],
)
def test_a_file_that_cannot_be_taken_is_said_in_the_readers_language(house: House, language: str, taken: str) -> None:
    admin = house.staff("Ann File", Role.ADMIN, language)
    by, now = house.actor(admin), datetime.now(UTC)
    admin.send_file(b"<html>no picture</html>", "logo.png", "image/png")
    house.settle()
    ref = admin.history()[-2].file_id or ""
    big = house.stranger("Big", "en")
    big.send_file(b"x" * (fetching.LARGEST + 1), "big.png")
    house.settle()
    too_big = next(message.file_id for message in big.history() if message.file_id)

    with house.database.transaction() as session:
        for each, name in ((ref, "logo.png"), (too_big or "", "big.png"), ("forged", "forged.png")):
            fetching.request(session, "logo", each, chat_key=house.chat_key(admin), by=by, now=now, name=name)
    house.settle()

    told = [message.text for message in admin.messages() if taken in message.text]
    assert len(told) == 3
    assert all(any(name in text for text in told) for name in ("logo.png", "big.png", "forged.png"))
