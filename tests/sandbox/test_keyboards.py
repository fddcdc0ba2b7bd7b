"""Keyboards: each limit and each slip by name."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import Chat
from tests.sandbox.conftest import Api

BUTTON = {"text": "x", "callback_data": "d"}


def inline(*buttons: Any) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


@pytest.mark.parametrize(
    ("markup", "refusal"),
    [
        (inline({"text": "x", "callback_data": "я" * 33}), "BUTTON_DATA_INVALID"),
        (inline({"text": "x", "callback_data": ""}), "BUTTON_DATA_INVALID"),
        (inline({"text": "x"}), "Text buttons are unallowed in the inline keyboard"),
        (inline({"text": " ", "callback_data": "d"}), "text must be non-empty"),
        (inline({"callback_data": "d"}), 'Can\'t find field "text"'),
        (inline({"text": "x", "callback_data": "d", "url": "http://ya.ru"}), "exactly one kind expected"),
        (inline({**BUTTON, "colour": "red"}), "unknown field colour"),
        (inline({**BUTTON, "style": "red"}), "invalid button style specified"),
        (inline({"text": "x", "url": "nowhere"}), "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"),
        (inline({"text": "x", "url": "http://localhost:80/"}), "Wrong HTTP URL"),
        (inline({"text": "x", "copy_text": {"text": "x" * 257}}), "BUTTON_COPY_TEXT_INVALID"),
        (inline({"text": "x", "web_app": {"url": "http://ya.ru"}}), "Only HTTPS links are allowed"),
        (inline({"text": "x", "url": "http://["}), "Wrong HTTP URL"),
        (inline("x"), "expected an Object"),
        (inline(*[BUTTON] * 9), "too many buttons in a row"),
        ({"inline_keyboard": [[BUTTON]] * 101}, "reply markup is too long"),
        ({"inline_keyboard": [BUTTON]}, "must be an Array of Arrays"),
        ({"inline_keyboard": [[BUTTON]], "resize_keyboard": True}, "unknown field in reply markup: resize_keyboard"),
        ({"keyboard": []}, "reply keyboard must have at least one button"),
        ({"keyboard": [["x"] * 13]}, "reply keyboard is too big"),
        ({"keyboard": [[{"text": "x", "callback_data": "d"}]]}, "unknown field callback_data"),
        (
            {"keyboard": [[{"text": "x", "request_contact": True, "request_location": True}]]},
            "at most one kind expected",
        ),
        ({"keyboard": [["x"]], "input_field_placeholder": "x" * 65}, "input_field_placeholder must have 1-64"),
        ({"keyboard": [["x"]], "resize_keyboard": "yes"}, "must be a Boolean"),
        ({"buttons": []}, "reply markup of no known kind: buttons"),
        ("nonsense", "must be an Object in valid JSON"),
    ],
)
def test_refused_keyboards(api: Api, chat: Chat, markup: Any, refusal: str) -> None:
    answer = api.refused("sendMessage", text="x", reply_markup=markup)
    assert answer.startswith("400 Bad Request: ")
    assert refusal in answer
    assert len(chat.messages()) == 1


@pytest.mark.parametrize(
    "markup",
    [
        inline({"text": "x", "callback_data": "я" * 32}),
        inline({**BUTTON, "style": "danger"}, {"text": "c", "copy_text": {"text": "x" * 256}}),
        inline({"text": "x", "url": "https://t.me/x"}, {"text": "s", "switch_inline_query": ""}),
        {"inline_keyboard": [[BUTTON] * 8] * 12},
        {"keyboard": [["x"] * 12], "is_persistent": True, "input_field_placeholder": "Что?"},
        {"force_reply": True, "input_field_placeholder": "x"},
        {"remove_keyboard": True},
    ],
)
def test_accepted_keyboards(api: Api, markup: dict[str, Any]) -> None:
    message = api("sendMessage", text="x", reply_markup=markup)
    assert message.get("reply_markup") == (markup if "inline_keyboard" in markup else None)


def test_an_empty_inline_keyboard_is_none(api: Api) -> None:
    assert "reply_markup" not in api("sendMessage", text="x", reply_markup={"inline_keyboard": []})


def test_an_edit_takes_inline_keyboards_only(api: Api) -> None:
    sent = api("sendMessage", text="x")["message_id"]
    answer = api.refused("editMessageText", message_id=sent, text="y", reply_markup={"keyboard": [["x"]]})
    assert answer == "400 Bad Request: inline keyboard expected"


def test_a_one_time_keyboard_hides_after_a_tap(api: Api, chat: Chat) -> None:
    api("sendMessage", text="x", reply_markup={"keyboard": [["Да"]], "one_time_keyboard": True})
    chat.tap("Да")
    assert chat.keyboard() is None
