"""Telegram's updates of all kinds as neutral events; what is nobody's deed in a private chat is left out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.connectors.telegram import Telegram
from bot.events import Incoming, Kind, Sender

NOWHERE = "http://127.0.0.1:1"
TOKEN = "77:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
PERSON = {"id": 501, "first_name": "Нина", "last_name": "Ким", "username": "nina", "language_code": "ru"}
CHAT = {"id": 501, "type": "private"}


@pytest.fixture(scope="module")
def telegram() -> Telegram:
    """A connector that reaches nobody: reading needs nobody."""
    return Telegram(TOKEN, NOWHERE)


def message(**content: Any) -> dict[str, Any]:
    return {"update_id": 9, "message": {"message_id": 3, "from": PERSON, "chat": CHAT, "date": 1, **content}}


def read(telegram: Telegram, update: Any) -> Incoming:
    found = telegram.read(update)
    assert found is not None
    return found


def test_a_text_with_everything_around_it(telegram: Telegram) -> None:
    update = message(text="hello")

    assert read(telegram, update) == Incoming(
        source="tg:77",
        update_id=9,
        chat_key="tg:77:501",
        sender=Sender("tg", "501", "Нина Ким", "nina", "ru"),
        kind=Kind.TEXT,
        text="hello",
        message_id="3",
        raw=update,
    )


def test_half_a_surrogate_pair_becomes_a_question_mark(telegram: Telegram) -> None:
    update = message(text="a\ud83d")
    update["message"]["from"] = {**PERSON, "first_name": "\ude00", "last_name": ""}

    found = read(telegram, update)

    assert (found.text, found.sender.name) == ("a?", "?")


@pytest.mark.parametrize("number", [2**63, -1])
def test_a_number_that_no_table_can_hold_is_left_out(telegram: Telegram, number: int) -> None:
    assert telegram.read({**message(text="x"), "update_id": number}) is None


def test_nesting_without_end_is_cut(telegram: Telegram) -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]

    assert read(telegram, message(text="hi", entities=deep)).text == "hi"


def test_nul_which_postgresql_keeps_in_no_text_is_left_out(telegram: Telegram) -> None:
    found = read(telegram, message(text="he\x00llo", entities=[{"type": "b\x00old"}]))

    assert found.text == "hello"
    assert found.raw["message"]["entities"] == [{"type": "bold"}]


def test_signs_that_turn_the_rest_of_the_line_around_are_left_out(telegram: Telegram) -> None:
    found = read(telegram, message(text="Caf\u202ee \u2067No\u2069ir \U0001f468\u200d\U0001f373 \u05e9\u200f"))

    assert found.text == "Cafe Noir \U0001f468\u200d\U0001f373 \u05e9\u200f"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"text": "/menu"}, Kind.COMMAND),
        ({"text": "/start abc"}, Kind.COMMAND),
        ({"text": " /menu"}, Kind.TEXT),
        ({"photo": [{"file_id": "x"}]}, Kind.PHOTO),
        ({"document": {"file_id": "x"}}, Kind.FILE),
        ({"animation": {"file_id": "x"}, "document": {"file_id": "x"}}, Kind.FILE),
        ({"sticker": {"file_id": "x"}}, Kind.STICKER),
        ({"voice": {"file_id": "x"}}, Kind.VOICE),
        ({"video": {"file_id": "x"}}, Kind.OTHER),
        ({"video_note": {}}, Kind.OTHER),
        ({"audio": {}}, Kind.OTHER),
        ({"poll": {}}, Kind.OTHER),
        ({"dice": {}}, Kind.OTHER),
        ({"venue": {}, "location": {"latitude": 1, "longitude": 2}}, Kind.PLACE),
    ],
)
def test_kinds_of_messages(telegram: Telegram, content: dict[str, Any], kind: Kind) -> None:
    assert read(telegram, message(**content)).kind is kind


def test_a_place_a_contact_and_a_caption(telegram: Telegram) -> None:
    place = read(telegram, message(location={"latitude": 55.75, "longitude": 37.61}))
    pin = {"latitude": 55.75, "longitude": 37.61}
    venue = read(telegram, message(location=pin, venue={"location": pin, "title": "Лавка", "address": "Покровка, 1"}))
    contact = read(telegram, message(contact={"phone_number": "+79001234567", "first_name": "N"}))
    own = {"phone_number": "+79001234567", "first_name": "N", "user_id": PERSON["id"]}
    photo = read(telegram, message(photo=[], caption="milk"))

    assert (place.latitude, place.longitude) == (55.75, 37.61)
    assert (venue.kind, venue.latitude, venue.text) == (Kind.PLACE, 55.75, "Лавка, Покровка, 1")
    assert (contact.kind, contact.phone, contact.is_own_phone) == (Kind.CONTACT, "+79001234567", False)
    assert read(telegram, message(contact=own)).is_own_phone
    assert not read(telegram, message(contact=own | {"user_id": 4711})).is_own_phone
    assert photo.text == "milk"


def test_of_a_photo_the_largest_size_and_of_a_document_all_that_is_said(telegram: Telegram) -> None:
    sizes = [
        {"file_id": "small", "width": 90, "height": 60, "file_size": 900},
        {"file_id": "large", "width": 1280, "height": 960, "file_size": 90_000},
        {"file_id": "middle", "width": 320, "height": 240},
    ]
    photo = read(telegram, message(photo=sizes))
    document = {"file_id": "x", "file_name": "Н" * 300, "mime_type": "text/csv", "file_size": 12}
    file = read(telegram, message(document=document, caption="prices"))
    bare = read(telegram, message(document={"file_id": "y"}))

    assert (photo.file_ref, photo.file_size, photo.content_type) == ("large", 90_000, "image/jpeg")
    assert (file.file_ref, file.file_size, file.content_type, file.text) == ("x", 12, "text/csv", "prices")
    assert file.file_name == "Н" * 255
    assert (bare.file_ref, bare.file_name, bare.file_size, bare.content_type) == ("y", "", 0, "")
    assert read(telegram, message(photo=[])).file_ref == ""


def test_a_press(telegram: Telegram) -> None:
    query = {"id": "4711", "from": PERSON, "data": "order.1.0", "message": {"message_id": 8, "chat": CHAT, "date": 0}}

    pressed = read(telegram, {"update_id": 9, "callback_query": query})

    assert (pressed.kind, pressed.data, pressed.press_id, pressed.message_id) == (Kind.PRESS, "order.1.0", "4711", "8")


@pytest.mark.parametrize(("status", "kind"), [("kicked", Kind.BLOCKED), ("member", Kind.UNBLOCKED)])
def test_blocking_and_coming_back(telegram: Telegram, status: str, kind: Kind) -> None:
    member = {"chat": CHAT, "from": PERSON, "date": 1, "new_chat_member": {"status": status}}

    assert read(telegram, {"update_id": 9, "my_chat_member": member}).kind is kind


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": 9},
        {"update_id": 9, "edited_message": message(text="x")["message"]},
        {"update_id": 9, "poll": {}},
        {"update_id": 9, "message": None},
        {"update_id": 9, "message": []},
        {"update_id": 9, "message": "text"},
        {"update_id": "nine", "message": message(text="x")["message"]},
        {"message": message(text="x")["message"]},
        message(),
        message(pinned_message={}),
        message(new_chat_title="x"),
        {**message(text="x"), "message": {"message_id": 1, "chat": CHAT, "text": "x"}},
        {**message(text="x"), "message": {"from": PERSON, "chat": CHAT, "text": "x"}},
        message(text="x", chat={"id": -5, "type": "group"}),
        message(text="x", chat={"id": -5, "type": "supergroup"}),
        message(text="x", chat={"type": "private"}),
        message(text="x", **{"from": {"first_name": "nobody"}}),
        message(text="x", **{"from": {"id": "me", "first_name": "x"}}),
        message(text="x", **{"from": {"id": 1, "first_name": 5}}),
        message(location={"latitude": "north"}),
        message(location={}),
        message(contact={}),
        {"update_id": 9, "callback_query": {"id": "1", "from": PERSON, "data": "x"}},
        {"update_id": 9, "callback_query": {"id": "1", "from": PERSON, "inline_message_id": "y", "data": "x"}},
        {"update_id": 9, "callback_query": None},
        {"update_id": 9, "my_chat_member": {"chat": CHAT, "from": PERSON}},
    ],
)
def test_what_is_nobodys_deed_in_a_private_chat(telegram: Telegram, update: Any) -> None:
    assert telegram.read(update) is None


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    ["message_id", "from", "chat", "text", "location", "contact", "photo", "data", "id", "message"]
)


@given(kind=st.sampled_from(["message", "callback_query", "my_chat_member"]), body=st.dictionaries(fields, json))
def test_never_raises(telegram: Telegram, kind: str, body: Any) -> None:
    assert telegram.read({"update_id": 9, kind: body}) is None


def test_long_and_odd_names_are_cut(telegram: Telegram) -> None:
    person = {"id": 1, "first_name": "я" * 300, "username": "u" * 99}

    sender = read(telegram, message(text="x", **{"from": person})).sender

    assert (len(sender.name), len(sender.username), sender.language) == (200, 64, "")


def test_photos_that_were_sent_together_have_the_same_album(telegram: Telegram) -> None:
    together = read(telegram, message(photo=[{"file_id": "x"}], media_group_id="13370"))
    alone = read(telegram, message(photo=[{"file_id": "x"}]))
    strange = read(telegram, message(photo=[{"file_id": "x"}], media_group_id="9" * 500))

    assert (together.album, alone.album, len(strange.album)) == ("13370", "", 64)
