"""Every request that the journeys made is one that the official description of the Bot API knows.

This module runs last: what it looks at was asked for by all other journeys of the run.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from services.actor import Role
from tests.journeys.description import Description
from tests.journeys.house import House
from tests.journeys.houses import on
from tests.journeys.scenes import Trade


@pytest.fixture(scope="module")
def description() -> Description:
    """The official description, in the file that the environment names."""
    named = os.environ.get("BOTAPI_SPEC")
    if not named or not Path(named).is_file():
        pytest.skip("BOTAPI_SPEC names no official description of the Bot API")
    return Description(json.loads(Path(named).read_text(encoding="utf-8")))


@on("polling")
def test_every_request_of_all_journeys_is_as_the_description_says(house: House, description: Description) -> None:
    rep, trade = house.staff("Rita", Role.REP), Trade(house)
    trade.submitted(rep, {trade.product(): 1})
    rep.press_data("place..0")
    house.settle()

    asked = house.box.requests()

    methods = Counter(request.method for request in asked)
    assert {"getUpdates", "sendMessage", "editMessageText", "answerCallbackQuery", "deleteMessage"} <= set(methods)
    faults = Counter(fault for request in asked for fault in description.faults(request.method, request.params))
    assert not faults


BUTTON = {"text": "Go", "callback_data": "go.1.0"}


@pytest.mark.parametrize(
    ("method", "params", "fault"),
    [
        ("sendMesage", {}, "there is no method sendMesage"),
        ("sendMessage", {"chat_id": "1"}, "sendMessage needs text"),
        ("sendMessage", {"chat_id": "1", "text": "Hi", "colour": "red"}, "sendMessage has no colour"),
        ("sendMessage", {"chat_id": "1", "text": ""}, "sendMessage.text has 0 characters, not 1 to 4096"),
        ("sendMessage", {"chat_id": "1", "text": "🐄" * 2049}, "sendMessage.text has 4098 characters, not 1 to 4096"),
        ("editMessageText", {"chat_id": "1", "message_id": "x", "text": "Hi"}, "message_id is no Integer: 'x'"),
        ("sendMessage", {"chat_id": "1", "text": "Hi", "disable_notification": "1"}, "is no Boolean: '1'"),
        ("answerCallbackQuery", {"callback_query_id": "7", "text": "x" * 201}, "has 201 characters, not 0 to 200"),
    ],
)
def test_what_the_description_does_not_know_is_found(
    description: Description, method: str, params: dict[str, Any], fault: str
) -> None:
    [found] = description.faults(method, params)

    assert fault in found


@pytest.mark.parametrize(
    ("button", "faults"),
    [
        (BUTTON, []),
        ({**BUTTON, "callback_data": "й" * 32}, []),
        ({**BUTTON, "callback_data": "й" * 32 + "x"}, ["callback_data has 65 bytes, not 1 to 64"]),
        ({**BUTTON, "data": "x"}, ["InlineKeyboardButton has no data"]),
        ({"callback_data": "x"}, ["InlineKeyboardButton needs text"]),
    ],
)
def test_what_is_wrong_inside_a_keyboard_is_found(
    description: Description, button: dict[str, str], faults: list[str]
) -> None:
    markup = json.dumps({"inline_keyboard": [[button]]})

    found = description.faults("sendMessage", {"chat_id": "1", "text": "Hi", "reply_markup": markup})

    assert len(found) == len(faults)
    assert all(expected in fault for expected, fault in zip(faults, found, strict=True))
