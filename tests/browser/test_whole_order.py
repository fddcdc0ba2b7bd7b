"""A whole order by clicking on the page only: from the first password to the invoice in the mailbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sandbox.process import running_sandbox
from tests.browser.screen import ChatOnPage, Screen, is_drawn
from tests.browser.windows import DESKTOP, PHONE, Device, Windows
from tests.conftest import EmptyDatabases
from tests.journeys.house import House
from tests.journeys.houses import Houses

PIN = (55.80, 37.50)
"""9,2 km from the warehouse in Moscow."""
TOTAL = "₽1,249.05"
"""13 × 89,00 for the milk and 92,05 for the delivery."""


@pytest.fixture
def house(empty_databases: EmptyDatabases, tmp_path: Path) -> Iterator[House]:
    """TelBot on a sandbox of its own; nobody has been in."""
    with running_sandbox() as box:
        houses = Houses(box, empty_databases, tmp_path)
        yield houses.fresh("polling", "sqlite")
        houses.close()


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=lambda device: device.name)
def test_an_order_from_the_first_password_to_the_invoice(house: House, windows: Windows, device: Device) -> None:
    for name, about in (("Ada", "admin"), ("Rita", "rep"), ("Stan", "storekeeper")):
        house.box.new_person(name, language_code="en", about=about)
    house.box.offer_place("A yard by the canal", *PIN, "Moscow, north-west")
    printed = re.search(r"Password: (\S+)", house.run("telbot_polling.py", "admin"))
    assert printed is not None
    screen = Screen(windows.open(f"{house.box.api_url}/", device))

    admin_gives_access(screen, printed[1])
    rep_builds_the_order(screen.chat("Rita"))
    rep_says_where_and_when(screen, screen.chat("Rita"))
    storekeeper_loads(screen.chat("Stan"))
    screen.chat("Rita").sees("the mail server has accepted it for lavka@example.org")
    the_letter_is_there(screen)


def admin_gives_access(screen: Screen, password: str) -> None:
    """The password from the server lets the admin in; the links are opened by those whom they are for."""
    admin = screen.chat("Ada")
    admin.start()
    admin.sees("+7 495 000-00-00")
    admin.say(password)
    admin.sees("Welcome, Ada!")
    admin.sees_no(password)
    give_access(screen, "Rita")
    give_access(screen, "Stan", "Storekeeper", "Москва")


def give_access(screen: Screen, name: str, *choices: str) -> None:
    """The admin issues a link, and somebody opens it."""
    admin = screen.chat("Ada")
    admin.say("/menu")
    admin.press("Give access")
    admin.sees("Name: type it, please")
    admin.say(name)
    for choice in choices:
        admin.press(choice)
        expect(admin.inline(f"✅ {choice}")).to_be_visible()
    admin.press(f"Issue for {name}")
    link = admin.sees(re.compile(rf"{name}.*t\.me/", re.DOTALL))
    link.locator("button.link", has_text="t.me/").click()
    expect(screen.dialog).to_contain_text("Who opens the link?")
    screen.dialog.get_by_role("button", name=name).click()
    screen.chat(name).sees(f"Welcome, {name}!")


def rep_builds_the_order(rep: ChatOnPage) -> None:
    """By buttons, one message being edited, and by a typed list."""
    rep.press("New order", "Молочное", "Молоко 3,2", "+10")
    rep.sees("In the order: 10 pcs")
    rep.press("+1")
    rep.sees("In the order: 11 pcs")
    rep.say("M-1 13")
    rep.sees("Молоко 3,2 % — 13 pcs")
    expect(rep.log.locator(".inline-keyboard")).to_have_count(1)  # the old screen has no buttons any more


def rep_says_where_and_when(screen: Screen, rep: ChatOnPage) -> None:
    """The client by a part of the name, the place by the picker, the first day; then the order is sent."""
    rep.press("₽1,157.00", "Client")
    rep.sees("Which client?")
    rep.say("покровк")
    rep.press("Лавка на Покровке")
    rep.sees("Where shall we deliver?")
    rep.keyboard.get_by_role("button").first.click()
    expect(screen.dialog).to_contain_text("Send a place")
    screen.dialog.get_by_role("button", name="A yard by the canal").click()
    expect(screen.dialog).to_have_count(0)
    rep.sees("55.80000, 37.50000")
    expect(rep.keyboard).to_be_hidden()
    rep.log.locator(".inline-keyboard").last.get_by_role("button").first.click()
    rep.sees("Delivery: ₽92.05 (9.2 km)", f"Total: {TOTAL}")
    rep.press(f"Submit ({TOTAL})")
    rep.sees("The order was submitted. The warehouse has been told.")


def storekeeper_loads(store: ChatOnPage) -> None:
    """Notice, card, claim, confirm."""
    store.sees("New order No. 1")
    store.press("Open")
    store.sees("13 pcs · Молоко 3,2 % M-1")
    store.press("I take it")
    store.sees("The order is yours")
    store.press("All is loaded", "Confirm the loading")
    store.sees("Loading confirmed. Invoice TB-")


def the_letter_is_there(screen: Screen) -> None:
    """Its paper is shown in the page, its headers on demand."""
    letter = screen.open_mailbox().open("TB-")
    expect(letter).to_contain_text("lavka@example.org")
    page = letter.get_by_role("img", name=re.compile(r"TB-\d+-000001\.pdf"))
    is_drawn(page.first)
    headers = letter.locator("dt", has_text="Message-ID")
    expect(headers).to_be_hidden()
    letter.get_by_text("All headers").click()
    expect(headers).to_be_visible()
