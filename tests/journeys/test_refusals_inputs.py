"""Whatever somebody sends that a screen has no use for: one answer that says so, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.client_chat import Chat
from sandbox.pictures import png
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade

pytestmark = on("webhook")

UNUSABLE: dict[str, tuple[str, Callable[[Chat], object]]] = {
    "long text": ("This is too long to search for: 100 characters at most.", lambda chat: chat.say("🐄" * 2048)),
    "command": ("I do not know this command.", lambda chat: chat.say("/frobnicate now")),
    "sticker": ("A nice sticker, but I need a button or words.", lambda chat: chat.send_sticker("🐄")),
    "voice": ("I cannot listen to voice messages.", lambda chat: chat.send_voice()),
    "file": ("I cannot use files here.", lambda chat: chat.send_file(b"a;b", "../../etc/price\u202ecsv.exe")),
    "photo": ("I cannot read photos yet.", lambda chat: chat.send_photo(png(40, 30), "13 milk, please")),
    "contact": ("I cannot use a contact here.", lambda chat: chat.send_contact()),
    "somebody's contact": ("I cannot use a contact here.", lambda chat: chat.send_contact("+34 600 000 000")),
    "place": ("I cannot use a place here.", lambda chat: chat.send_location(55.8, 37.5)),
}


OF_TICKETS = {"file", "photo"}
"""What a rep may send on any screen: it is one of a ticket."""


@pytest.fixture(scope="module")
def staff() -> dict[tuple[Path, Role], Chat]:
    """The rep and the storekeeper of each house, who get in once."""
    return {}


def at_the_menu(house: House, staff: dict[tuple[Path, Role], Chat], role: Role) -> Chat:
    if (house.folder, role) not in staff:
        staff[house.folder, role] = house.staff("Rita" if role is Role.REP else "Stan", role)
    house.say(staff[house.folder, role], "/menu")
    return staff[house.folder, role]


@pytest.fixture
def rep(house: House, staff: dict[tuple[Path, Role], Chat]) -> Chat:
    """A rep at the menu."""
    return at_the_menu(house, staff, Role.REP)


@pytest.fixture
def storekeeper(house: House, staff: dict[tuple[Path, Role], Chat]) -> Chat:
    """A storekeeper at the menu."""
    return at_the_menu(house, staff, Role.STOREKEEPER)


@pytest.mark.parametrize("what", UNUSABLE)
def test_what_the_menu_cannot_use_is_answered_once(
    house: House, staff: dict[tuple[Path, Role], Chat], what: str
) -> None:
    words, send = UNUSABLE[what]
    somebody = at_the_menu(house, staff, Role.STOREKEEPER if what in OF_TICKETS else Role.REP)
    menu = somebody.last()

    with house.refuses(somebody, words):
        send(somebody)

    assert "What shall we do?" in somebody.last().text
    assert somebody.last().labels == menu.labels, "the screen stands below, whole"
    assert [message.labels for message in somebody.messages() if message.id == menu.id] == [[]]


@pytest.mark.parametrize("typed", ["what do you sell?", "<b>{{ 7*7 }}</b> %s %(name)s &amp; ' OR 1=1 --"])
def test_what_is_typed_at_the_menu_is_looked_for_as_it_stands(house: House, rep: Chat, typed: str) -> None:
    with house.refuses(rep, "Nothing is called so. Try a shorter part of the name"):
        rep.say(typed)

    assert rep.last().text.startswith(f"🔍 {typed}\n")


def test_a_file_too_large_to_fetch_is_not_fetched(house: House, storekeeper: Chat) -> None:
    since = house.now()

    with house.refuses(storekeeper, "I cannot use files here."):
        storekeeper.send_file(bytes(30_000_000), "catalogue.xlsx")

    assert not house.box.requests(house.bot, method="getFile", since=since)


def test_an_album_is_answered_and_leaves_one_screen(house: House, storekeeper: Chat) -> None:
    house.settle()
    before = house.fingerprint()

    storekeeper.send_album([png(20, 20), png(30, 20), png(20, 30)], caption="the shelf")

    house.settle()
    assert "I cannot read photos yet." in storekeeper.last().text
    assert len([message for message in storekeeper.messages() if message.labels]) == 1
    assert house.fingerprint() == before


def test_an_edited_text_is_not_said_again(house: House, rep: Chat) -> None:
    trade = Trade(house)
    rep.press_data(f"product.{trade.product()}.0")
    house.settle()
    typed = house.say(rep, "3")
    assert "In the order: 3 pcs" in rep.last().text
    before, since = house.fingerprint(), house.now()

    rep.edit(typed, "5")

    house.settle()
    assert house.told(rep, since) == []
    assert house.fingerprint() == before


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("🥛🥛🥛", "I do not understand this quantity."),
        ("-3", "I do not understand this quantity."),
        ("٣", "I do not understand this quantity."),
        ("99999999999999999999", "I do not understand this quantity."),
        ("999999999", "A quantity goes from 0 to "),
        ("1,5", "Only whole numbers: pcs cannot be divided."),
        ("0.0001", "I do not understand this quantity."),
    ],
)
def test_a_quantity_that_cannot_be_is_refused(house: House, rep: Chat, typed: str, words: str) -> None:
    trade = Trade(house)
    rep.press_data(f"product.{trade.product()}.0")
    house.settle()

    with house.refuses(rep, words):
        rep.say(typed)

    assert "How many (pcs)? Press or type." in rep.last().text


@pytest.mark.parametrize("typed", ["1e9", "three"])
def test_a_word_at_a_product_is_looked_for_and_orders_nothing(house: House, rep: Chat, typed: str) -> None:
    rep.press_data(f"product.{Trade(house).product()}.0")
    house.settle()

    with house.refuses(rep, "Nothing is called so."):
        rep.say(typed)


def test_the_pin_of_a_broken_receiver_is_refused(house: House, rep: Chat) -> None:
    trade = Trade(house)
    trade.draft(rep, {trade.product(): 1})
    house.say(rep, "/cart")
    rep.press_data("place..0")
    house.settle()

    with house.refuses(rep, "I cannot deliver to this point. Please send another pin."):
        rep.send_location(0.0, 0.0)

    assert "Keep it, send another pin, or type an address." in rep.last().text


def test_a_forged_sunday_is_refused(house: House, rep: Chat) -> None:
    trade = Trade(house)
    trade.draft(rep, {trade.product(): 1})
    first = trade.day()
    sunday = first + timedelta(days=6 - first.weekday())

    for day in (sunday.toordinal(), first.toordinal() - 1, first.toordinal() + 400):
        house.say(rep, "/menu")
        with house.refuses(rep, "We do not deliver on that day. The earliest day is "):
            rep.press_data(f"day.{day}.0")

    for never in (0, 3652060, 999999999999999):
        house.say(rep, "/menu")
        with house.refuses(rep, "This button is out of date."):
            rep.press_data(f"day.{never}.0")


def test_a_stranger_who_floods_the_desk_is_not_heard_and_delays_nobody(house: House, rep: Chat) -> None:
    nobody = house.stranger("Nobody", "en")
    house.say(nobody, "/start")
    before, since = house.fingerprint(), house.now()

    for number in range(40):
        nobody.say(f"{number}?")
    rep.say("/orders")
    rep.wait_for("My orders")
    house.settle()

    heard = len(house.told(nobody, since))
    assert 15 <= heard <= 35, "20 at once and 2 per second"
    assert house.fingerprint() == before
    assert house.box.pending_updates(house.bot) == []
