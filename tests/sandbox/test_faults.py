"""Faults of the Bot API on demand, and the pace."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from sandbox import Box
from sandbox.client import Bot, Chat
from sandbox.faults import Pace
from sandbox.refusals import Refused
from tests.sandbox.conftest import Api


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("kind", "options", "status"),
    [
        ("too_many", {"retry_after": 7}, 429),
        ("error", {"code": 500}, 500),
        ("error", {"code": 502}, 502),
        ("error", {"code": 503}, 503),
        ("error", {"code": 504}, 504),
        ("html", {"code": 502}, 502),
    ],
)
def test_an_error_before_or_after_the_effect(
    box: Box, api: Api, chat: Chat, *, kind: str, options: dict[str, Any], status: int, after: bool
) -> None:
    with box.fault(kind, after=after, method="sendMessage", **options) as fault:
        response = api.raw("sendMessage", text="x")
        assert fault.hits() == 1
        api("getMe")
    assert response.status_code == status
    if kind == "html":
        assert response.headers["Content-Type"].startswith("text/html")
        assert "<h1>502 Bad Gateway</h1>" in response.text
    elif kind == "too_many":
        assert response.json()["parameters"] == {"retry_after": 7}
        assert response.headers["Retry-After"] == "7"
    else:
        assert response.json()["error_code"] == status
    assert (chat.last().text == "x") is after
    api("sendMessage", text="y")


@pytest.mark.parametrize("after", [False, True])
def test_a_cut_connection(box: Box, api: Api, chat: Chat, *, after: bool) -> None:
    box.fault("cut", after=after, chat=chat, count=1)
    with pytest.raises(requests.ConnectionError):
        api.raw("sendMessage", text="x")
    assert (chat.last().text == "x") is after
    assert box.requests()[-1].status == 0
    api("sendMessage", text="y")


@pytest.mark.parametrize("after", [False, True])
def test_a_hanging_request(box: Box, api: Api, chat: Chat, *, after: bool) -> None:
    fault = box.fault("hang", after=after)
    with pytest.raises(requests.Timeout):
        api.session.post(f"{api.url}/sendMessage", json={"chat_id": chat.id, "text": "x"}, timeout=0.2)
    assert (chat.last().text == "x") is after
    fault.clear()
    box.wait_until_quiet(timeout=2, idle=0.02)


@pytest.mark.parametrize("after", [False, True])
def test_a_slow_request(box: Box, api: Api, *, after: bool) -> None:
    box.fault("slow", seconds=0.15, after=after, count=1)
    began = time.monotonic()
    api("sendMessage", text="x")
    assert time.monotonic() - began >= 0.15


def test_a_fault_strikes_only_its_chat_and_bot(box: Box, api: Api, bot: Bot, chat: Chat) -> None:
    boris = box.new_person("Борис").chat_with(bot)
    boris.say("/start")
    box.fault("error", chat=boris, code=503)
    api("sendMessage", text="x")
    assert api.raw("sendMessage", text="x", chat_id=boris.id).status_code == 503
    other = box.new_bot("other_bot")
    box.fault("error", bot=other)
    api("sendMessage", text="x")
    assert requests.get(f"{box.api_url}/bot{other.token}/getMe", timeout=5).status_code == 502
    box.clear_faults()
    api("sendMessage", text="x", chat_id=boris.id)


def test_count_and_chance_are_kept(box: Box, api: Api) -> None:
    box.fault("error", count=2)
    assert [api.raw("getMe").status_code for _ in range(3)] == [502, 502, 200]
    box.clear_faults()
    runs = []
    for _ in range(2):
        with box.fault("error", probability=0.5, seed=4):
            runs.append([api.raw("getMe").status_code for _ in range(20)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 502}


def test_the_pace_is_enforced_per_chat(box: Box, api: Api, chat: Chat) -> None:
    box.settings(pace=True)
    statuses = [api.raw("sendMessage", text="x").status_code for _ in range(20)]
    assert statuses[:3] == [200, 200, 200]
    assert statuses.count(429) >= 10
    last = api.raw("sendMessage", text="x")
    assert last.json()["parameters"] == {"retry_after": 1}
    api("answerCallbackQuery", callback_query_id=chat.press_data("x").callback_query_id)
    box.settings(pace=False)
    for _ in range(5):
        api("sendMessage", text="x")


def test_thirty_messages_a_second_are_enough_for_a_bot() -> None:
    pace = Pace()
    for chat_id in range(30):
        pace.check(1, chat_id, now=100.0)
    with pytest.raises(Refused, match="retry after 1"):
        pace.check(1, 30, now=100.0)
    pace.check(2, 30, now=100.0)
    pace.check(1, 30, now=100.04)
    with pytest.raises(Refused):
        pace.check(1, 31, now=100.04)
