"""getUpdates: offsets, waiting, conflicts, what a test may do to the stream."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import telebot
from telebot import apihelper, types

from sandbox import Box
from sandbox.client import Bot, Chat, ControlError
from tests.sandbox.conftest import Api

MENU = {"inline_keyboard": [[{"text": "Каталог", "callback_data": "c"}]]}


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


def test_updates_come_again_until_acknowledged(api: Api, chat: Chat) -> None:
    for word in "abc":
        chat.say(word)
    first = api("getUpdates")
    assert texts(first) == ["a", "b", "c"] == texts(api("getUpdates"))
    assert texts(api("getUpdates", limit=2)) == ["a", "b"]
    second = first[1]["update_id"]
    assert [update["update_id"] for update in first] == [second - 1, second, second + 1]
    assert texts(api("getUpdates", offset=second)) == ["b", "c"]
    assert texts(api("getUpdates", offset=-1)) == ["c"]
    assert texts(api("getUpdates")) == ["c"]
    assert api("getUpdates", offset=second + 2) == []


def test_long_polling_answers_at_once(api: Api, chat: Chat) -> None:
    with ThreadPoolExecutor() as pool:
        poll = pool.submit(api, "getUpdates", timeout=5)
        while chat.control("requests", method="getUpdates", limit=1)[0]["status"] != 0:
            pass
        began = time.monotonic()
        chat.say("x")
        assert texts(poll.result()) == ["x"]
    assert time.monotonic() - began < 1
    assert api("getUpdates", offset=-1, timeout=0)


def test_two_pollers_are_one_too_many(box: Box, api: Api, bot: Bot) -> None:
    other = Api(box, bot)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(api.refused, "getUpdates", timeout=5)
        while not first.done():
            other("getUpdates")
        assert first.result() == (
            "409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        )


def test_only_wanted_kinds_arrive_and_the_wish_is_kept(api: Api, chat: Chat) -> None:
    sent = api("sendMessage", text="x", reply_markup=MENU)["message_id"]
    api("getUpdates", allowed_updates=["message"])
    chat.press("Каталог", message_id=sent)
    chat.say("x")
    assert texts(api("getUpdates")) == ["x"]
    api("getUpdates", allowed_updates=[])
    chat.press("Каталог")
    assert "callback_query" in api("getUpdates")[-1]
    assert "unknown kind" in api.refused("getUpdates", allowed_updates=["smoke"])


def test_presses_and_messages_grow_too_old(box: Box, api: Api, chat: Chat) -> None:
    api("sendMessage", text="x", reply_markup=MENU)
    chat.press("Каталог")
    chat.say("x")
    try:
        box.advance(151)
        assert texts(api("getUpdates")) == ["x"]
        box.advance(86_400)
        assert api("getUpdates") == []
    finally:
        box.advance(-151 - 86_400)


def test_an_update_can_be_doubled_after_its_acknowledgement(api: Api, chat: Chat) -> None:
    chat.say("x")
    first = api("getUpdates")[0]
    api("getUpdates", offset=first["update_id"] + 1)
    assert chat.double_last() == first["update_id"]
    assert api("getUpdates", offset=first["update_id"] + 1) == [first]
    assert api("getUpdates", offset=first["update_id"] + 1) == []


def test_held_updates_wait(box: Box, api: Api, bot: Bot, chat: Chat) -> None:
    box.hold_updates(bot)
    chat.say("a")
    chat.say("b")
    assert api("getUpdates") == []
    box.wait_until_quiet(timeout=2, idle=0.02)
    box.release()
    assert texts(api("getUpdates")) == ["a", "b"]


def test_shuffled_updates_swap(box: Box, api: Api, bot: Bot, chat: Chat) -> None:
    box.shuffle_updates(bot, 3)
    for word in "ab":
        chat.say(word)
    assert api("getUpdates") == []
    chat.say("c")
    updates = api("getUpdates")
    assert texts(updates) != ["a", "b", "c"]
    assert sorted(texts(updates)) == ["a", "b", "c"]
    numbers = [update["update_id"] for update in updates]
    assert numbers == sorted(numbers)
    box.shuffle_updates(bot, 5)
    chat.say("d")
    box.release()
    assert texts(api("getUpdates"))[-1] == "d"
    with pytest.raises(ControlError, match="at least two"):
        box.shuffle_updates(bot, 1)


def test_telebot_can_drive_it(box: Box, bot: Bot, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apihelper, "API_URL", box.api_url + "/bot{0}/{1}")
    monkeypatch.setattr(apihelper, "FILE_URL", box.api_url + "/file/bot{0}/{1}")
    client = telebot.TeleBot(bot.token, threaded=False)

    @client.message_handler(commands=["start"])  # type: ignore[untyped-decorator]
    def start(message: types.Message) -> None:
        markup = types.InlineKeyboardMarkup([[types.InlineKeyboardButton("Каталог", callback_data="c")]])
        client.send_message(message.chat.id, "<b>Меню</b>", parse_mode="HTML", reply_markup=markup)

    @client.callback_query_handler(func=lambda _: True)  # type: ignore[untyped-decorator]
    def pressed(query: types.CallbackQuery) -> None:
        client.answer_callback_query(query.id, "Готово")
        client.edit_message_text("Товары", query.message.chat.id, query.message.message_id)
        client.send_document(query.message.chat.id, b"%PDF", visible_file_name="Счёт.pdf")

    polling = threading.Thread(target=client.polling, kwargs={"long_polling_timeout": 1, "non_stop": False})
    polling.start()
    try:
        press = chat.press("Каталог", timeout=5)
        assert press.answer() == {"text": "Готово", "show_alert": False, "url": None}
        box.wait_until_quiet()
        assert [message.words for message in chat.messages()] == ["/start", "Товары", ""]
        assert client.download_file(client.get_file(chat.last().file_id).file_path) == b"%PDF"
    finally:
        client.stop_polling()
        chat.say("bye")
        polling.join(5)


def test_updates_are_numbered_on_after_a_reset(box: Box, api: Api, bot: Bot, chat: Chat) -> None:
    chat.say("before")
    before = api("getUpdates")[0]["update_id"]

    box.reset()
    again = box.new_bot(bot.username, name=bot.name, token=bot.token)
    box.new_person("Анна").chat_with(again).say("after")

    [after] = api("getUpdates")
    assert after["update_id"] > before
