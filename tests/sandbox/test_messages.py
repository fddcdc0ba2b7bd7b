"""Sending, changing and removing messages; files; the profile; who may be written to."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from sandbox import Box, pictures
from sandbox.client import Bot, Chat, Person
from tests.sandbox.conftest import Api

MENU = {"inline_keyboard": [[{"text": "Каталог", "callback_data": "c"}]]}
NOT_MODIFIED = (
    "400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def upload(api: Api, method: str, field: str, name: str, content: bytes, **form: Any) -> Any:
    files = {field: (name, content)}
    data = {"chat_id": str(api.chat_id), **form}
    return api.session.post(f"{api.url}/{method}", data=data, files=files, timeout=20).json()


def test_who_may_be_written_to(box: Box, api: Api, anna: Person) -> None:
    stranger = box.new_person("Пётр")
    assert api.refused("sendMessage", chat_id=5, text="x") == "400 Bad Request: chat not found"
    assert api.refused("sendMessage", chat_id="@somebody", text="x") == "400 Bad Request: chat not found"
    never = api.refused("sendMessage", chat_id=stranger.id, text="x")
    assert never == "403 Forbidden: bot can't initiate conversation with a user"
    anna.deactivate()
    assert api.refused("sendMessage", text="x") == "403 Forbidden: user is deactivated"
    api.chat_id = None
    assert api.refused("sendMessage", text="x") == "400 Bad Request: chat_id is empty"


def test_tokens_and_methods(box: Box, api: Api) -> None:
    wrong = requests.get(f"{box.api_url}/bot1:abc/getMe", timeout=5)
    assert (wrong.status_code, wrong.json()["description"]) == (401, "Unauthorized")
    assert api.refused("sendGame") == "404 Not Found"
    assert api("GETME")["username"] == "telbot_demo_bot"


@pytest.mark.parametrize("how", ["query", "form", "json", "multipart"])
def test_parameters_come_in_any_way(api: Api, how: str) -> None:
    url = f"{api.url}/sendMessage"
    given = {"chat_id": str(api.chat_id), "text": "ю" * 4000, "reply_markup": '{"remove_keyboard": true}'}
    match how:
        case "query":
            response = requests.get(url, params=given, timeout=5)
        case "form":
            response = requests.post(url, data=given, timeout=5)
        case "json":
            response = requests.post(url, json=given, timeout=5)
        case _:
            response = requests.post(url, files={name: (None, value) for name, value in given.items()}, timeout=5)
    assert response.json()["result"]["text"] == "ю" * 4000


@pytest.mark.parametrize(
    ("method", "params", "refusal"),
    [
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendDocument", {}, "there is no document in the request"),
        ("sendDocument", {"document": "nonsense"}, "wrong file identifier/HTTP URL specified"),
        ("sendLocation", {"longitude": 1}, "latitude is empty"),
        ("sendLocation", {"latitude": 91, "longitude": 1}, "wrong latitude or longitude specified"),
        ("sendLocation", {"latitude": "north", "longitude": 1}, 'parameter "latitude" of sendLocation must be a Float'),
        ("sendVenue", {"latitude": 1, "longitude": 1, "address": "x"}, "title is empty"),
        ("sendContact", {"first_name": "x"}, "phone_number is empty"),
        ("sendChatAction", {"action": "flying"}, "wrong parameter action in request"),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": "x"}]}, "album must have 2-10 items"),
        ("editMessageText", {"message_id": 99, "text": "x"}, "message to edit not found"),
        ("editMessageText", {"text": "x"}, "message identifier is not specified"),
        ("editMessageText", {"message_id": 1, "text": "x"}, "message can't be edited"),
        ("deleteMessage", {"message_id": 99}, "message to delete not found"),
        ("deleteMessages", {"message_ids": [*range(101)]}, "too many message identifiers specified"),
        (
            "deleteMessages",
            {"message_ids": ["1"]},
            'parameter "message_ids" of deleteMessages must be an Array of Integers',
        ),
        ("setMessageReaction", {"message_id": 99}, "message to react not found"),
        ("setMessageReaction", {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "🦆"}]}, "REACTION_INVALID"),
        ("setMessageReaction", {"message_id": 1, "reaction": [{"type": "custom_emoji"}]}, "REACTION_INVALID"),
        (
            "setMessageReaction",
            {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "👍"}] * 2},
            "REACTIONS_TOO_MANY",
        ),
        ("getFile", {"file_id": "nonsense"}, "invalid file_id"),
        ("setMyCommands", {"commands": [{"command": "Старт", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "start", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("setMyCommands", {"commands": [], "language_code": "русский"}, "invalid language code specified"),
        (
            "setMyCommands",
            {"commands": [], "scope": {"type": "moon"}},
            "can't parse BotCommandScope: Unsupported type specified",
        ),
        ("setMyName", {"name": "x" * 65}, "name is too long: at most 64 characters"),
        ("setMyDescription", {"description": "x" * 513}, "description is too long: at most 512 characters"),
        (
            "setMyShortDescription",
            {"short_description": "x" * 121},
            "short_description is too long: at most 120 characters",
        ),
        ("setChatMenuButton", {"menu_button": {"type": "moon"}}, "can't parse menu button"),
        (
            "setChatMenuButton",
            {"menu_button": {"type": "web_app", "text": "x", "web_app": "https://x.ru"}},
            "menu button web_app URL is invalid: Only HTTPS links are allowed",
        ),
        (
            "setMessageReaction",
            {"message_id": 1, "reaction": [{"type": "emoji", "emoji": {}}]},
            "REACTION_INVALID",
        ),
        (
            "answerCallbackQuery",
            {"callback_query_id": "5"},
            "query is too old and response timeout expired or query ID is invalid",
        ),
    ],
)
def test_refused_calls(api: Api, method: str, params: dict[str, Any], refusal: str) -> None:
    assert api.refused(method, **params) == f"400 Bad Request: {refusal}"


def test_an_edit_that_changes_nothing_is_refused(api: Api) -> None:
    given = {"text": "<b>x</b>", "parse_mode": "HTML", "reply_markup": MENU}
    sent = api("sendMessage", **given)["message_id"]
    assert api.refused("editMessageText", message_id=sent, **given) == NOT_MODIFIED
    assert api.refused("editMessageReplyMarkup", message_id=sent, reply_markup=MENU) == NOT_MODIFIED
    bare = api("editMessageReplyMarkup", message_id=sent)
    assert "reply_markup" not in bare
    assert bare["text"] == "x"
    assert api("editMessageText", message_id=sent, text="x")["edit_date"]
    api("deleteMessage", message_id=sent)
    assert api.refused("editMessageText", message_id=sent, text="y") == "400 Bad Request: message to edit not found"


@pytest.mark.parametrize("markup", [{"keyboard": [["x"]]}, {"remove_keyboard": True}, {"force_reply": True}])
def test_a_message_that_brought_a_reply_keyboard_stays_as_it_is(api: Api, markup: dict[str, Any]) -> None:
    sent = api("sendMessage", text="x", reply_markup=markup)["message_id"]
    answer = api.refused("editMessageText", message_id=sent, text="y")
    assert answer == "400 Bad Request: message can't be edited"


def test_old_messages_stay(box: Box, api: Api, chat: Chat) -> None:
    sent = api("sendMessage", text="x")["message_id"]
    box.advance(48 * 3600 + 1)
    try:
        answer = api.refused("deleteMessage", message_id=sent)
        assert answer == "400 Bad Request: message can't be deleted for everyone"
        fresh = chat.say("secret")
        assert api("deleteMessages", message_ids=[sent, fresh, 999]) is True
        assert [message.id for message in chat.messages()] == [1, sent]
    finally:
        box.advance(-48 * 3600 - 1)


def test_a_press_is_answered_once_and_in_time(box: Box, api: Api, chat: Chat) -> None:
    api("sendMessage", text="x", reply_markup=MENU)
    first, second = chat.press("Каталог"), chat.press("Каталог")
    long = api.refused("answerCallbackQuery", callback_query_id=first.callback_query_id, text="😀" * 101)
    assert long == "400 Bad Request: MESSAGE_TOO_LONG"
    api("answerCallbackQuery", callback_query_id=first.callback_query_id, text="😀" * 100)
    assert "query is too old" in api.refused("answerCallbackQuery", callback_query_id=first.callback_query_id)
    box.settings(callback_ttl=0.0)
    assert "query is too old" in api.refused("answerCallbackQuery", callback_query_id=second.callback_query_id)
    assert second.answer(timeout=0) is None


def test_a_document_goes_up_and_comes_down_again(box: Box, api: Api, bot: Bot, chat: Chat) -> None:
    sent = upload(api, "sendDocument", "document", "Счёт.pdf", b"%PDF-1", caption="<b>№ 1</b>", parse_mode="HTML")
    document = sent["result"]["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == ("Счёт.pdf", "application/pdf", 6)
    described = api("getFile", file_id=document["file_id"])
    content = requests.get(f"{box.api_url}/file/bot{bot.token}/{described['file_path']}", timeout=5).content
    assert content == b"%PDF-1" == chat.download(document["file_id"])
    again = api("sendDocument", document=document["file_id"])["document"]
    assert again == document
    twin = upload(api, "sendDocument", "document", "b.pdf", b"%PDF-1")["result"]["document"]
    assert twin["file_unique_id"] == document["file_unique_id"]
    assert twin["file_id"] != document["file_id"]
    assert (
        api.refused("sendPhoto", photo=document["file_id"])
        == "400 Bad Request: can't use file of type Document as Photo"
    )
    assert requests.get(f"{box.api_url}/file/bot{bot.token}/documents/none", timeout=5).status_code == 404
    other = Api(box, box.new_bot("other_bot"))
    assert other.refused("getFile", file_id=document["file_id"]) == "400 Bad Request: invalid file_id"


def test_what_is_too_big(api: Api, chat: Chat) -> None:
    chat.send_file(bytes(20 * 1024 * 1024 + 1), "big.bin")
    big = chat.last().file_id
    assert api.refused("getFile", file_id=big) == "400 Bad Request: file is too big"
    refused = upload(api, "sendDocument", "document", "huge.bin", bytes(50 * 1024 * 1024 + 1))
    assert (refused["error_code"], refused["description"]) == (413, "Request Entity Too Large")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"no picture", "Bad Request: IMAGE_PROCESS_FAILED"),
        (pictures.png(21, 1), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        (pictures.png(9000, 1001), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        (pictures.png(2000, 1000), None),
    ],
)
def test_photos(api: Api, content: bytes, refusal: str | None) -> None:
    answer = upload(api, "sendPhoto", "photo", "p.png", content)
    if refusal:
        assert answer["description"] == refusal
        return
    sizes = answer["result"]["photo"]
    assert [size["width"] for size in sizes] == [90, 320, 800, 1280, 2000]
    assert api("sendPhoto", photo=sizes[0]["file_id"])["photo"] == sizes


def test_an_album_with_attached_files(api: Api) -> None:
    media = '[{"type":"document","media":"attach://a","caption":"x"},{"type":"document","media":"attach://b"}]'
    form = {"chat_id": str(api.chat_id), "media": media}
    files = {"a": ("a.txt", b"1"), "b": ("b.txt", b"2")}
    answer = api.session.post(f"{api.url}/sendMediaGroup", data=form, files=files, timeout=5).json()
    first, second = answer["result"]
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], second["document"]["file_name"]) == ("x", "b.txt")


def test_captions_and_media_can_be_edited(api: Api, chat: Chat) -> None:
    chat.send_file(b"x", "a.txt")
    chat.send_photo(pictures.png())
    document, photo = (message.file_id for message in chat.messages()[-2:])
    sent = api("sendDocument", document=document, caption="one")["message_id"]
    assert api("editMessageCaption", message_id=sent, caption="two")["caption"] == "two"
    assert api.refused("editMessageCaption", message_id=sent, caption="two") == NOT_MODIFIED
    assert api.refused("editMessageText", message_id=sent, text="x") == (
        "400 Bad Request: there is no text in the message to edit"
    )
    edited = api("editMessageMedia", message_id=sent, media={"type": "photo", "media": photo})
    assert edited["photo"]
    assert "document" not in edited


def test_places_contacts_copies_and_forwards(api: Api, chat: Chat) -> None:
    place = api("sendVenue", latitude=1.5, longitude=2, title="Склад", address="Ленина, 1")
    assert place["location"] == place["venue"]["location"] == {"latitude": 1.5, "longitude": 2}
    assert api("sendLocation", latitude=1, longitude=2)["location"]["latitude"] == 1
    assert api("sendContact", phone_number="+7", first_name="Я")["contact"]["phone_number"] == "+7"
    copy = api("copyMessage", chat_id=chat.id, from_chat_id=chat.id, message_id=1)
    assert chat.last().text == "/start"
    assert chat.last().id == copy["message_id"]
    forwarded = api("forwardMessage", chat_id=chat.id, from_chat_id=chat.id, message_id=1)
    assert forwarded["forward_origin"]["sender_user"]["id"] == chat.id


def test_the_profile(box: Box, api: Api, bot: Bot, chat: Chat) -> None:
    commands = [{"command": "start", "description": "Начать"}]
    api("setMyCommands", commands=commands, language_code="ru")
    assert api("getMyCommands", language_code="ru") == commands
    assert api("getMyCommands") == []
    scope = {"type": "chat", "chat_id": chat.id}
    api("setMyCommands", commands=commands, scope=scope)
    api("deleteMyCommands", scope=scope)
    assert api("getMyCommands", scope=scope) == []
    api("setMyShortDescription", short_description="коротко")
    assert api("getMyShortDescription", language_code="es") == {"short_description": "коротко"}
    api("setChatMenuButton", chat_id=chat.id, menu_button={"type": "commands"})
    assert api("getChatMenuButton", chat_id=chat.id) == {"type": "commands"}
    assert api("getChatMenuButton") == {"type": "default"}
    assert api("getChat", chat_id=chat.id)["first_name"] == "Анна"
    assert api("getChatMember", chat_id=chat.id, user_id=chat.id)["status"] == "member"
    api("setMyName", name="Новый")
    assert api("getMe")["first_name"] == "Новый"
    assert box.profile(bot)["commands"][0]["language_code"] == "ru"


def test_what_an_app_shows_of_the_bot(api: Api, bot: Bot, chat: Chat) -> None:
    assert (chat.menu(), chat.about()["name"]) == ({}, bot.name)
    api("setMyCommands", commands=[{"command": "any", "description": "Any"}])
    assert chat.menu() == {"any": "Any"}
    api("setMyCommands", commands=[{"command": "russian", "description": "Свой"}], language_code="ru")
    assert chat.menu() == {"russian": "Свой"}
    scope = {"type": "chat", "chat_id": chat.id}
    api("setMyCommands", commands=[{"command": "own", "description": "Own"}], scope=scope)
    assert chat.menu() == {"own": "Own"}
    api("setMyDescription", description="For all")
    api("setMyShortDescription", short_description="Коротко", language_code="ru")
    assert chat.about() == {"name": bot.name, "description": "For all", "short_description": "Коротко"}


@pytest.mark.parametrize(
    "disposition",
    [
        'form-data; name="document"; filename="Счёт; 1.pdf"',
        "form-data; name=document; filename=Счёт; 1.pdf",
        "form-data; name=\"document\"; filename*=utf-8''%D0%A1%D1%87%D1%91%D1%82%3B%201.pdf",
        "form-data; filename=Счёт; 1.pdf; name=document",
    ],
)
def test_file_names_in_any_writing(api: Api, disposition: str) -> None:
    fields = f'--b\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n{api.chat_id}\r\n'
    body = f"{fields}--b\r\nContent-Disposition: {disposition}\r\n\r\nx\r\n--y\r\n--b--\r\n".encode()
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = api.session.post(f"{api.url}/sendDocument", data=body, headers=headers, timeout=5).json()
    document = answer["result"]["document"]
    assert (document["file_name"], document["file_size"]) == ("Счёт; 1.pdf", len(b"x\r\n--y"))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"--b\r\n", "multipart/form-data; boundary=b"),
        (b"--b--", "multipart/form-data"),
        (b"--b\r\nX: y\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
    ],
)
def test_broken_bodies_are_refused(api: Api, body: bytes, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    answer = api.session.post(f"{api.url}/sendMessage", data=body, headers=headers, timeout=5)
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


def test_the_journal_keeps_requests_without_their_files(box: Box, api: Api, bot: Bot) -> None:
    upload(api, "sendDocument", "document", "a.txt", b"12345", caption="x")
    api.refused("sendMessage", text="")
    document, text = box.requests(bot, limit=2)
    assert document.params["document"] == {"file_name": "a.txt", "mime_type": "", "size": 5}
    assert document.params["chat_id"] == str(api.chat_id)
    assert document.answer["result"]["caption"] == "x"
    assert (text.method, text.status) == ("sendMessage", 400)
    assert box.requests(method="sendDocument") == [document]
    assert box.requests(since=document.number) == [text]
    box.settings(journal_limit=1)
    assert len(box.requests()) == 1
