"""Trouble with Telegram itself: what had to be said is said, and said once wherever that can be known."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from sqlalchemy import select

from db.models.messaging import outbox
from sandbox.client_chat import Chat
from services.actor import Role
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade, load_all

pytestmark = on("polling")


@pytest.fixture
def rep(house: House) -> Chat:
    """A rep who looks at a product."""
    chat = house.staff("Rita", Role.REP)
    chat.press_data(f"product.{Trade(house).product()}.0")
    house.settle()
    return chat


FAULTS: dict[str, dict[str, Any]] = {
    "too many": {"kind": "too_many", "retry_after": 1},
    "server error": {"kind": "error", "code": 500},
    "page of a proxy": {"kind": "html", "code": 502},
    "cut before the effect": {"kind": "cut"},
    "cut after the effect": {"kind": "cut", "after": True},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_edit_that_fails_is_made_up_for(house: House, rep: Chat, fault: str) -> None:
    messages = len(rep.messages())
    struck = house.box.fault(method="editMessageText", chat=rep, count=1, **FAULTS[fault])

    house.press(rep, "+10")

    assert struck.hits() == 1
    assert "In the order: 10 pcs" in rep.last().text
    assert len(rep.messages()) == messages
    assert len(rep.history()[-1].versions) <= 3


@pytest.mark.parametrize("fault", ["too many", "page of a proxy"])
def test_a_message_that_fails_is_sent_once_in_the_end(house: House, rep: Chat, fault: str) -> None:
    typed = rep.last().id
    house.box.fault(method="sendMessage", chat=rep, count=1, **FAULTS[fault])

    house.say(rep, "3")

    assert len([message for message in rep.messages() if message.from_bot and message.id > typed]) == 1
    assert "In the order: 3 pcs" in rep.last().text


def test_a_message_cut_after_the_effect_may_come_twice_but_is_done_once(house: House, rep: Chat) -> None:
    typed = rep.last().id
    house.box.fault("cut", after=True, method="sendMessage", chat=rep, count=1)

    house.say(rep, "3")

    shown = [message for message in rep.messages() if message.from_bot and message.id > typed]
    assert len(shown) == 2, "nobody can know that the first one arrived"
    assert "In the order: 3 pcs" in rep.last().text
    house.press(rep, "+1")
    assert "In the order: 4 pcs" in rep.last().text


def test_updates_come_through_a_polling_that_fails(house: House, rep: Chat) -> None:
    struck = house.box.fault("html", method="getUpdates", bot=house.bot, count=2)

    house.say(rep, "3")

    assert "In the order: 3 pcs" in rep.last().text
    house.say(rep, "5")
    assert struck.hits() >= 1
    assert "In the order: 5 pcs" in rep.last().text


def test_a_screen_that_the_person_deleted_is_sent_anew(house: House, rep: Chat) -> None:
    screen = rep.last()
    stepper = screen.buttons[0][0].data
    assert stepper is not None
    gone = requests.post(
        f"{house.box.api_url}/bot{house.bot.token}/deleteMessage",
        json={"chat_id": rep.id, "message_id": screen.id},
        timeout=5,
    )
    assert gone.json()["result"] is True

    rep.press_data(stepper, message_id=screen.id)
    house.settle()

    assert rep.last().id > screen.id
    assert "In the order: " in rep.last().text
    house.press(rep, "+1")
    assert len([message for message in rep.messages() if message.labels]) == 1


def test_a_chat_that_was_blocked_is_heard_again_after_it_comes_back(house: House, rep: Chat) -> None:
    trade, store = Trade(house), house.staff("Stan", Role.STOREKEEPER)
    trade.submitted(rep, {trade.product(): 2})
    house.press(store, "Open")
    rep.block()
    house.settle()
    since = house.now()

    house.press(store, "I take it")

    assert house.told(rep, since) == []
    assert not house.scalar(
        select(outbox.c.id).where(outbox.c.lane == f"chat:{house.chat_key(rep)}", outbox.c.status == "pending")
    )
    rep.unblock()
    house.settle()
    load_all(house, store)
    rep.wait_for(f"the mail server has accepted it for {trade.address}.")
    house.say(rep, "/menu")
    assert "What shall we do?" in rep.last().text
