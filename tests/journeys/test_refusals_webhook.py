"""What comes to the webhook from somebody who is not Telegram is turned away at the door."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from sandbox.client_chat import Chat
from services.actor import Role
from tests.journeys.house import SECRET, House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade

pytestmark = on("webhook")

HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
def rep(house: House) -> Chat:
    """Whom a forger would like to be."""
    return house.staff("Rita", Role.REP)


def update(rep: Chat, order_id: int) -> dict[str, Any]:
    """A submit, as Telegram would bring it."""
    person = {"id": rep.id, "is_bot": False, "first_name": "Rita"}
    message = {"message_id": rep.last().id, "chat": {"id": rep.id, "type": "private", "first_name": "Rita"}, "date": 0}
    query = {"id": "1", "from": person, "message": message, "chat_instance": "1", "data": f"submit.{order_id}.1"}
    return {"update_id": 1, "callback_query": query}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, None, 403),
        ({HEADER: "guess"}, None, 403),
        ({HEADER: SECRET.upper()}, None, 403),
        ({HEADER: SECRET + "é"}, None, 403),
        ({HEADER: SECRET}, b"not json", 400),
        ({HEADER: SECRET}, b"[]", 400),
        ({HEADER: SECRET}, b'{"update_id": "1"}', 400),
        ({HEADER: SECRET}, b'{"update_id": 1, "message": {"padding": "' + b"x" * 1_000_000 + b'"}}', 413),
    ],
)
def test_what_is_not_telegrams_is_turned_away(
    house: House, rep: Chat, headers: dict[str, str], body: bytes | None, status: int
) -> None:
    order_id = Trade(house).draft(rep, {Trade(house).product(): 1})
    house.settle()
    before, taken, since = house.fingerprint(), house.updates_taken(), house.now()

    answer = requests.post(
        f"http://127.0.0.1:{house.port}/telegram",
        data=json.dumps(update(rep, order_id)).encode() if body is None else body,
        headers={"Content-Type": "application/json"} | {name: value.encode() for name, value in headers.items()},
        timeout=5,
    )

    assert answer.status_code == status
    house.settle()
    assert (house.fingerprint(), house.updates_taken(), house.told(rep, since)) == (before, taken, [])


@pytest.mark.parametrize(
    "strange",
    [
        {"message": {"message_id": 1}},
        {"message": None},
        {"callback_query": {"id": "1", "from": {"id": "x"}}},
        {"inline_query": {"id": "1", "query": "milk"}},
        {"message": {"message_id": 1, "chat": {"id": -100, "type": "group"}, "from": {"id": 1}, "text": "/start"}},
        {},
    ],
)
def test_an_update_that_cannot_be_read_is_taken_off_telegrams_hands(house: House, strange: dict[str, Any]) -> None:
    house.settle()
    before, since = house.fingerprint(), house.now()

    answer = requests.post(
        f"http://127.0.0.1:{house.port}/telegram",
        json={"update_id": 2, **strange},
        headers={HEADER: SECRET},
        timeout=5,
    )

    assert answer.status_code == 200
    house.settle()
    assert house.fingerprint() == before
    assert house.box.requests(house.bot, since=since) == []


def test_the_health_of_the_house_is_shown(house: House) -> None:
    house.settle()

    answer = requests.get(f"http://127.0.0.1:{house.port}/healthz", timeout=5)

    assert answer.status_code == 200
    told = answer.json()
    assert (told["ok"], told["database"], told["outbox_pending"]) == (True, "ok", 0)
    assert house.bot.token.partition(":")[2] not in answer.text
