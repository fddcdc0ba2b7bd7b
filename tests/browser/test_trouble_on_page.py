"""Each switch of the trouble panel does what it says, and TelBot copes. One installation for all of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, expect

from sandbox import running_sandbox
from sandbox.bot_process import BotProcess
from sandbox.client_chat import Chat
from sandbox.stage import Stage
from services.actor import Role
from tests.browser.screen import ChatOnPage, Screen
from tests.browser.windows import Windows
from tests.conftest import EmptyDatabases
from tests.journeys.house import ROOT, House, new_house
from tests.journeys.scenes import Trade

SOON = 30_000
"""Milliseconds for what is tried again after a pause."""


@dataclass
class Desk:
    """TelBot on a stage, and two of its people."""

    house: House
    rep: Chat
    store: Chat


@pytest.fixture(scope="module")
def desk(empty_databases: EmptyDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An installation that the sandbox itself runs, so that the page can kill it."""
    stage = Stage()
    with ExitStack() as ends:
        box = ends.enter_context(running_sandbox(stage=stage))
        ends.callback(stage.close)
        folder = tmp_path_factory.mktemp("trouble") / "desk"
        house = new_house(box, empty_databases.new("sqlite"), folder, "polling")
        ends.callback(house.database.dispose)
        command = [sys.executable, str(ROOT / "telbot_polling.py"), "poll"]
        stage.equip(process=BotProcess(command, cwd=folder, env=house.environment(), log=folder / "log.txt"))
        stage.start_bot()
        yield Desk(house, house.staff("Rita", Role.REP), house.staff("Stan", Role.STOREKEEPER))


@pytest.fixture
def screen(desk: Desk, windows: Windows) -> Iterator[Screen]:
    """The page with the panel open; all is well again at the end."""
    screen = Screen(windows.open(f"{desk.house.box.api_url}/"))
    screen.open_trouble()
    yield screen
    desk.house.box.clear_faults()
    desk.house.box.mail_up()
    desk.house.box.release()


def turn(screen: Screen, name: str, *, on: bool) -> Locator:
    """Turn a switch; returns its row."""
    row = screen.open_trouble().locator("label").filter(has_text=name)
    row.get_by_role("switch").click()
    expect(row.get_by_role("switch")).to_be_checked(checked=on)
    return row


def asks_for_the_menu(rep: ChatOnPage) -> None:
    """Say /menu where nothing of it is shown yet."""
    rep.say("/language")
    expect(rep.newest).to_contain_text("Español")
    rep.say("/menu")


def is_answered(rep: ChatOnPage) -> None:
    """The menu has come below what was said."""
    expect(rep.newest).to_contain_text("What shall we do?", timeout=SOON)


@pytest.mark.parametrize(
    "name", ["Slow", "Too many requests (429)", "Bad gateway (502)", "Cut after the effect", "Telegram is gone"]
)
def test_what_is_said_is_answered_in_spite_of_telegram(screen: Screen, name: str) -> None:
    rep = screen.chat("Rita")
    rep.say("/language")
    expect(rep.newest).to_contain_text("English")

    row = turn(screen, name, on=True)
    rep.say("/menu")
    expect(row).to_contain_text("struck", timeout=SOON)
    expect(screen.open_trouble()).to_contain_text("1 trouble is on.")
    if name == "Telegram is gone":
        expect(rep.newest).to_contain_text("/menu")
        screen.button("Make all well").click()
        expect(row.get_by_role("switch")).not_to_be_checked()
    is_answered(rep)


def test_what_was_held_is_answered_when_it_is_let_go(screen: Screen, desk: Desk) -> None:
    rep = screen.chat("Rita")
    turn(screen, "Hold all updates", on=True)
    since = desk.house.now()

    rep.say("/language")
    rep.say("/menu")
    desk.house.box.wait_until_quiet(bot=desk.house.bot)
    expect(rep.newest).to_contain_text("/menu")
    assert desk.house.told(desk.rep, since) == []

    turn(screen, "Hold all updates", on=False)
    is_answered(rep)
    first, second = desk.house.told(desk.rep, since)
    assert "language" in first
    assert "What shall we do?" in second


def test_what_was_said_to_a_dead_bot_is_answered_when_it_lives(screen: Screen, desk: Desk) -> None:
    rep, trouble = screen.chat("Rita"), screen.open_trouble()

    trouble.get_by_role("button", name="Kill").click()
    expect(trouble).to_contain_text("Killed")
    expect(trouble).to_contain_text("1 trouble is on.")
    rep.say("/menu")
    expect(rep.newest).to_contain_text("/menu")
    trouble.get_by_role("button", name="Start").click()

    expect(trouble).to_contain_text("started 2 times")
    is_answered(rep)
    expect(trouble).to_contain_text("All is well.")


def test_what_is_delivered_twice_counts_once(screen: Screen, desk: Desk) -> None:
    rep, trade = screen.chat("Rita"), Trade(desk.house)
    trade.review(desk.rep, {trade.product(): 2})
    rep.press("Submit (₽292.05)")
    rep.sees("The order was submitted")
    before = rep.log.get_by_role("article").count()

    trouble = screen.open_trouble()
    trouble.get_by_role("combobox", name="Whose last update").select_option("Rita")
    trouble.get_by_role("button", name="Redeliver").click()

    screen.says("The last update was delivered once more.")
    desk.house.settle()
    expect(rep.log.get_by_role("article")).to_have_count(before)
    expect(screen.chat("Stan").log.get_by_text(f"for Client {trade.number}")).to_have_count(0)


def test_the_clock_goes_forward_over_a_press_and_the_bot_goes_on(screen: Screen, desk: Desk) -> None:
    rep = screen.chat("Rita")
    asks_for_the_menu(rep)
    is_answered(rep)
    turn(screen, "Hold all updates", on=True)
    rep.press("New order")

    screen.open_trouble().get_by_role("button", name="+1 hour").click()
    screen.says("Telegram’s clock has gone forward.")
    turn(screen, "Hold all updates", on=False)
    rep.say("/help")

    expect(rep.newest).to_contain_text("/orders")


def order_is_loaded(screen: Screen, desk: Desk) -> Trade:
    """The storekeeper confirms, on the page, an order whose client has a mailbox."""
    trade = Trade(desk.house)
    trade.claimed(desk.rep, desk.store, {trade.product(): 2}, trade.client())
    store = screen.chat("Stan")
    store.press("All is loaded", "Confirm the loading")
    store.sees("Loading confirmed.")
    return trade


def letters_to(desk: Desk, trade: Trade) -> list[str]:
    return [mail.message_id for mail in desk.house.box.mail(trade.address)]


def test_mail_that_is_down_and_then_drops_what_it_took_delivers_the_letter(screen: Screen, desk: Desk) -> None:
    turn(screen, "Mail server is down", on=True)
    trade = order_is_loaded(screen, desk)
    rep = screen.chat("Rita")
    rep.sees(f"has not left for {trade.address} yet:")
    assert letters_to(desk, trade) == []

    dropped = turn(screen, "Dropped after the letter was taken", on=True)
    turn(screen, "Mail server is down", on=False)
    expect(dropped).to_contain_text("struck", timeout=SOON)
    rep.sees_no(f"the mail server has accepted it for {trade.address}.")
    turn(screen, "Dropped after the letter was taken", on=False)

    expect(rep.bubble(f"the mail server has accepted it for {trade.address}.")).to_be_visible(timeout=SOON)
    numbers = letters_to(desk, trade)
    assert len(numbers) >= 2
    assert len(set(numbers)) == 1
    screen.open_mailbox().open("TB-")


def test_mail_that_refuses_for_now_and_then_for_good_is_told(screen: Screen, desk: Desk) -> None:
    later = turn(screen, "Try again later (451)", on=True)
    trade = order_is_loaded(screen, desk)
    rep = screen.chat("Rita")
    expect(rep.bubble(f"has not left for {trade.address} yet:")).to_contain_text("Try again later")

    turn(screen, "Refused for good (550)", on=True)
    expect(later.get_by_role("switch")).not_to_be_checked()  # one refuses in place of the other

    told = rep.bubble(f"could not be mailed to {trade.address}:")
    expect(told).to_contain_text("No such mailbox", timeout=SOON)
    assert letters_to(desk, trade) == []
