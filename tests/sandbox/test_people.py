"""What people do and see: the client, the control interface, the updates that come of it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import requests

import sandbox
from sandbox import Box, pictures
from sandbox.client import Bot, Chat, ControlError, Person
from sandbox.control import ACTIONS
from tests.sandbox.conftest import Api

MENU = {"inline_keyboard": [[{"text": "Каталог", "callback_data": "c"}, {"text": "Корзина 1", "callback_data": "b1"}]]}


def only_update(api: Api) -> dict[str, Any]:
    updates = api("getUpdates")
    assert len(updates) == 1
    api("getUpdates", offset=updates[0]["update_id"] + 1)
    found: dict[str, Any] = updates[0]
    return found


def test_a_text_arrives_with_its_command_marked(api: Api, chat: Chat, anna: Person) -> None:
    number = chat.open_link("abc")
    message = only_update(api)["message"]
    assert message["message_id"] == number
    assert message["text"] == "/start abc"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"]["language_code"] == "ru"
    assert message["chat"] == {"id": anna.id, "type": "private", "first_name": "Анна", "last_name": "Ким"}


def test_everything_a_person_can_send_has_its_kind(api: Api, chat: Chat) -> None:
    picture = pictures.png(640, 480)
    chat.send_location(55.75, 37.62)
    chat.send_contact()
    chat.send_contact("+34911", first_name="José")
    chat.send_photo(picture, "фото")
    chat.send_file(b"%PDF", "накладная.pdf", "application/pdf", "вот")
    chat.send_voice()
    chat.send_sticker("😀")
    chat.send_album([picture, picture], "два")
    messages = [update["message"] for update in api("getUpdates")]
    location, own, foreign, photo, document, voice, sticker, first, second = messages
    assert location["location"] == {"latitude": 55.75, "longitude": 37.62}
    assert own["contact"]["user_id"] == chat.id
    assert own["contact"]["phone_number"] == "+79001234567"
    assert "user_id" not in foreign["contact"]
    assert [(size["width"], size["height"]) for size in photo["photo"]] == [(90, 68), (320, 240), (640, 480)]
    assert photo["caption"] == "фото"
    assert document["document"]["file_name"] == "накладная.pdf"
    assert voice["voice"]["mime_type"] == "audio/ogg"
    assert sticker["sticker"]["emoji"] == "😀"
    assert first["media_group_id"] == second["media_group_id"]
    assert first["caption"] == "два"
    assert "caption" not in second
    assert [message.kind for message in chat.messages()[1:]] == [
        "location", "contact", "contact", "photo", "document", "voice", "sticker", "photo", "photo",
    ]  # fmt: skip
    assert chat.download(chat.messages()[5].file_id or "") == b"%PDF"


def test_a_press_waits_for_its_button_and_hears_the_answer(api: Api, chat: Chat) -> None:
    post = threading.Timer(0.1, lambda: api("sendMessage", text="Меню", reply_markup=MENU))
    post.start()
    press = chat.press("Ката")
    post.join()
    query = only_update(api)["callback_query"]
    assert query["id"] == press.callback_query_id
    assert (query["data"], query["message"]["text"]) == ("c", "Меню")
    api("answerCallbackQuery", callback_query_id=query["id"], text="Готово", show_alert=True)
    assert press.answer() == {"text": "Готово", "show_alert": True, "url": None}


def test_a_press_takes_the_exact_label_on_the_newest_message(api: Api, chat: Chat) -> None:
    old = api("sendMessage", text="old", reply_markup=MENU)["message_id"]
    rows = [[{"text": "Каталог 2", "callback_data": "c2"}, {"text": "Каталог", "callback_data": "new"}]]
    api("sendMessage", text="new", reply_markup={"inline_keyboard": rows})
    assert chat.press("Каталог").data == "new"
    assert chat.press("Каталог", message_id=old).data == "c"
    assert chat.press("Корзина").data == "b1"


@pytest.mark.parametrize(("label", "reason"), [("Нет", "no visible message"), ("К", "several buttons")])
def test_a_press_that_finds_no_button_shows_the_chat(api: Api, chat: Chat, label: str, reason: str) -> None:
    api("sendMessage", text="Меню", reply_markup=MENU)
    with pytest.raises(ControlError, match=reason) as refused:
        chat.press(label, timeout=0.05)
    assert "[Каталог] [Корзина 1]" in str(refused.value)


def test_forged_data_and_a_press_on_a_deleted_message(api: Api, chat: Chat) -> None:
    sent = api("sendMessage", text="Меню", reply_markup=MENU)["message_id"]
    chat.press_data("forged")
    assert only_update(api)["callback_query"]["data"] == "forged"
    api("deleteMessage", message_id=sent)
    chat.press_data("late", message_id=sent)
    assert only_update(api)["callback_query"]["message"]["date"] == 0


def test_a_resent_tap_is_another_update_with_the_same_data(api: Api, chat: Chat) -> None:
    api("sendMessage", text="Меню", reply_markup=MENU)
    chat.press("Каталог").resend()
    first, second = api("getUpdates")
    assert first["update_id"] != second["update_id"]
    assert first["callback_query"]["id"] != second["callback_query"]["id"]
    assert first["callback_query"]["data"] == second["callback_query"]["data"]


def test_the_reply_keyboard_follows_the_bot(api: Api, chat: Chat) -> None:
    keyboard = [
        ["Каталог"],
        [{"text": "Мой номер", "request_contact": True}, {"text": "Где", "request_location": True}],
    ]
    api("sendMessage", text="k", reply_markup={"keyboard": keyboard, "resize_keyboard": True})
    rows = chat.keyboard()
    assert rows is not None
    assert [[button.label for button in row] for row in rows] == [["Каталог"], ["Мой номер", "Где"]]
    assert rows[1][0].request == "contact"
    chat.tap("Каталог")
    assert only_update(api)["message"]["text"] == "Каталог"
    chat.tap("номер")
    assert only_update(api)["message"]["contact"]["user_id"] == chat.id
    with pytest.raises(ControlError, match="send_location"):
        chat.tap("Где")
    api("sendMessage", text="k", reply_markup={"remove_keyboard": True})
    assert chat.keyboard() is None


def test_the_person_sees_formatting_edits_reactions_and_no_deleted_message(api: Api, chat: Chat) -> None:
    first = api("sendMessage", text="<b>раз</b> &amp; <i>два</i>", parse_mode="HTML")["message_id"]
    gone = api("sendMessage", text="gone")["message_id"]
    api("editMessageText", message_id=first, text="<b>три</b>", parse_mode="HTML")
    api("setMessageReaction", message_id=1, reaction=[{"type": "emoji", "emoji": "👍"}])
    api("deleteMessage", message_id=gone)
    started, edited = chat.messages()
    assert started.reactions == ["👍"]
    assert (edited.text, edited.html, edited.edited) == ("три", "<b>три</b>", True)
    assert chat.last() == edited
    assert chat.transcript() == "Анна #1 👍: /start\nTelBot #2 ✎: три"
    whole = chat.history()
    assert [(each.id, each.deleted_by, len(each.versions)) for each in whole] == [
        (1, None, 0),
        (2, None, 1),
        (3, "bot", 0),
    ]
    assert whole[1].versions[0]["wire"]["text"] == "раз & два"


def test_an_own_text_can_be_edited(api: Api, chat: Chat) -> None:
    chat.edit(1, "/start again")
    edited = only_update(api)["edited_message"]
    assert edited["text"] == "/start again"
    assert edited["edit_date"]


def test_blocking_tells_the_bot_and_stops_it(api: Api, chat: Chat) -> None:
    chat.block()
    change = only_update(api)["my_chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("member", "kicked")
    assert api.refused("sendMessage", text="x") == "403 Forbidden: bot was blocked by the user"
    with pytest.raises(ControlError, match="unblock first"):
        chat.say("x")
    chat.unblock()
    assert only_update(api)["my_chat_member"]["new_chat_member"]["status"] == "member"
    api("sendMessage", text="x")


def test_waiting_for_a_text_gives_the_transcript_when_in_vain(api: Api, chat: Chat) -> None:
    sent = api("sendMessage", text="Здравствуйте")["message_id"]
    assert chat.wait_for("Здрав").id == sent
    with pytest.raises(AssertionError, match="TelBot #2: Здравствуйте"):
        chat.wait_for("Здрав", timeout=0.05, after=sent)


def test_typing_is_shown_until_a_message_comes(api: Api, chat: Chat) -> None:
    api("sendChatAction", action="typing")
    assert chat.typing() == "typing"
    api("sendMessage", text="x")
    assert chat.typing() is None


def test_quiet_means_acknowledged(box: Box, api: Api, bot: Bot, chat: Chat) -> None:
    chat.say("x")
    with pytest.raises(AssertionError, match="1 updates to acknowledge"):
        box.wait_until_quiet(timeout=0.05)
    assert len(box.pending_updates(bot)) == 1
    update = api("getUpdates")[0]
    api("getUpdates", offset=update["update_id"] + 1)
    box.wait_until_quiet(timeout=2, idle=0.05)


@pytest.mark.parametrize(
    ("action", "arguments", "reason"),
    [
        ("say", {"bot_id": 1, "person_id": 1, "text": "x"}, "no bot 1"),
        ("say", {"bot_id": 1}, "missing: person_id, text"),
        ("new_bot", {"username": "b", "colour": 1}, "unknown: colour"),
        ("new_bot", {"username": 7}, "username has a wrong type"),
        ("fly", {}, "no such action"),
        ("settings", {"colour": 1}, "no setting 'colour'"),
        ("fault", {"kind": "flood"}, "unknown fault"),
        ("fault", {"kind": "slow", "colour": 1}, "a fault has no colour"),
        ("fault", {"kind": "slow", "count": "two"}, "count of a fault has a wrong type"),
        ("mail_fault", {"kind": "slow"}, "a mail fault is one of"),
    ],
)
def test_a_wrong_control_call_says_what_is_wrong(box: Box, action: str, arguments: dict[str, Any], reason: str) -> None:
    response = requests.post(f"{box.control_url}/{action}", json=arguments, timeout=5)
    assert response.status_code == 400
    assert reason in response.json()["error"]


def test_control_lists_its_actions_and_events(box: Box, api: Api, chat: Chat) -> None:
    listed = requests.get(box.control_url, timeout=5).json()["actions"]
    assert listed["say"] == ["bot_id", "person_id", "text", "reply_to"]
    since = box.change()
    api("sendMessage", text="x")
    assert box.wait_for_change(since) > since
    assert [event["event"] for event in box.events(since)] == ["sent"]


def test_the_readme_names_every_action() -> None:
    readme = (Path(sandbox.__file__).parent / "README.md").read_text(encoding="utf-8")
    assert [action for action in ACTIONS if f"`{action}`" not in readme] == []
