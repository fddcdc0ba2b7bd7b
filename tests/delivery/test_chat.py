"""The way out to chats: edited in place or sent anew, noted, stripped, and no more written to whoever is gone."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.connectors.connector import Message, MessageGone, Upload
from bot.events import Internal, PressAnswer
from delivery.chat import KINDS, ChatWay, Courtesy, Pace
from services import dialogues
from services.files import FileStore
from services.lanes import Row
from services.pace import Limit
from services.ways_out import NeverAgain, TryLater, Unreachable
from tests.builders import NOON

CHAT = "tg:1:5"
SHOWN = {"html": "x", "rows": [], "slot": 2}


@dataclass
class Messenger:
    """Does what it is told, and says what it was told; ``fails`` is what a method raises instead."""

    fails: dict[str, Exception] = field(default_factory=dict)
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def _call(self, name: str, *said: Any) -> None:
        self.calls.append((name, *said))
        if name in self.fails:
            raise self.fails[name]

    def send(self, chat_key: str, message: Message) -> str:  # noqa: ARG002
        self._call("send", chat_key)
        return "20"

    def edit(self, chat_key: str, message_id: str, message: Message) -> None:  # noqa: ARG002
        self._call("edit", chat_key, message_id)

    def strip(self, chat_key: str, message_id: str) -> None:
        self._call("strip", chat_key, message_id)

    def delete(self, chat_key: str, message_id: str) -> None:
        self._call("delete", chat_key, message_id)

    def hush(self, chat_key: str, message: Message) -> str:  # noqa: ARG002
        self._call("hush", chat_key)
        return "21"

    def document(self, chat_key: str, upload: Upload, message: Message) -> str:
        self._call("document", chat_key, upload.name, upload.content, message["html"])
        return "22"

    def photo(self, chat_key: str, upload: Upload, message: Message) -> str:
        self._call("photo", chat_key, upload.name, upload.content, message["html"])
        return "23"

    def map(self, chat_key: str, message: Message) -> str:
        self._call("map", chat_key, message["latitude"], message["longitude"])
        return "24"

    def show_commands(self, chat_key: str, commands: Sequence[dict[str, str]]) -> None:
        self._call("commands", chat_key, commands)

    def react(self, chat_key: str, message_id: str, emoji: str) -> None:
        self._call("react", chat_key, message_id, emoji)

    def typing(self, chat_key: str) -> None:
        self._call("typing", chat_key)

    def fetch(self, file_ref: str, *, largest: int) -> bytes:
        self._call("fetch", file_ref, largest)
        return b""

    def tell_profile(self, what: str, language: str, value: Any) -> None:
        self._call("profile", what, language, value)

    def answer_press(self, press_id: str, text: str) -> None:
        self._call("answer", press_id, text)


@dataclass
class Desk:
    messenger: Messenger = field(default_factory=Messenger)
    handed: list[Internal] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = FileStore(Path(tempfile.mkdtemp()))
        self.way = ChatWay({"tg": self.messenger}, Pace(1.0, 5, 30.0), self.store, self.handed.append)

    def row(self, kind: str, **payload: Any) -> Row:
        return Row(7, f"chat:{CHAT}", kind, payload, 0, NOON, secret=False)

    def run(self, session: Session, kind: str, **payload: Any) -> str:
        row = self.row(kind, **payload)
        given = self.way.deliver(row, self.way.prepare(session, row))
        self.way.settle(session, row, given)
        return given


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_first_picture_is_sent_and_noted_the_next_edits_it(desk: Desk, session: Session) -> None:
    assert desk.run(session, "chat.screen", **SHOWN) == "20"
    assert dialogues.message_of(session, CHAT, 2) == "20"

    assert desk.run(session, "chat.screen", **SHOWN) == "20"
    assert desk.messenger.calls == [("send", CHAT), ("edit", CHAT, "20")]


def test_the_message_that_was_pressed_goes_before_what_is_noted(desk: Desk, session: Session) -> None:
    dialogues.note_message(session, CHAT, 2, "15")

    assert desk.run(session, "chat.screen", **SHOWN, message_id="16") == "16"

    assert desk.messenger.calls == [("edit", CHAT, "16")]
    assert dialogues.message_of(session, CHAT, 2) == "16"


def test_a_message_that_is_gone_is_sent_anew_and_noted(desk: Desk, session: Session) -> None:
    dialogues.note_message(session, CHAT, 2, "15")
    desk.messenger.fails["edit"] = MessageGone("gone")

    assert desk.run(session, "chat.screen", **SHOWN) == "20"

    assert desk.messenger.calls == [("edit", CHAT, "15"), ("send", CHAT)]
    assert dialogues.message_of(session, CHAT, 2) == "20"


def test_a_stripped_screen_is_forgotten_and_one_that_was_never_sent_needs_none(desk: Desk, session: Session) -> None:
    dialogues.note_message(session, CHAT, 1, "10")

    desk.run(session, "chat.strip", slot=1)
    desk.run(session, "chat.strip", slot=1)
    desk.run(session, "chat.strip", message_id="9")

    assert desk.messenger.calls == [("strip", CHAT, "10"), ("strip", CHAT, "9")]
    assert dialogues.message_of(session, CHAT, 1) is None


def test_the_others_do_what_they_are_called(desk: Desk, session: Session) -> None:
    desk.run(session, "chat.delete", message_id="3")
    desk.run(session, "chat.notice", html="x", rows=[])
    desk.run(session, "chat.prompt", html="x", ask={})
    desk.run(session, "chat.hush", html="x")

    assert desk.messenger.calls == [("delete", CHAT, "3"), ("send", CHAT), ("send", CHAT), ("hush", CHAT)]
    assert dialogues.newest_message(session, CHAT) == 0, "only screens are noted"


def test_whoever_cannot_be_reached_is_reported_once_per_row(desk: Desk, session: Session) -> None:
    desk.messenger.fails["send"] = Unreachable("Forbidden: bot was blocked by the user")

    with pytest.raises(Unreachable):
        desk.run(session, "chat.notice", html="x", rows=[])

    assert desk.handed == [Internal("chat.blocked", 7, {"chat_key": CHAT})]


@pytest.mark.parametrize("trouble", [TryLater("HTTP 502"), NeverAgain("Bad Request")])
def test_other_trouble_is_the_relays_to_sort(desk: Desk, session: Session, trouble: Exception) -> None:
    desk.messenger.fails["send"] = trouble

    with pytest.raises(type(trouble)):
        desk.run(session, "chat.screen", **SHOWN)

    assert desk.handed == []
    assert dialogues.message_of(session, CHAT, 2) is None


def test_the_pace_of_the_chat_and_of_all_notices(desk: Desk) -> None:
    own, all_notices = Limit(f"chat:{CHAT}", 1.0, 5), Limit("notices", 30.0, 30)
    expected = {
        "chat.screen": {own},
        "chat.prompt": {own},
        "chat.hush": {own},
        "chat.notice": {own, all_notices},
        "chat.document": {own},
        "chat.photo": {own},
        "chat.map": {own},
        "chat.strip": set(),
        "chat.delete": set(),
        "chat.commands": set(),
        "chat.react": set(),
    }

    assert {kind: set(desk.way.limits(desk.row(kind))) for kind in KINDS} == expected


def test_a_press_is_answered_and_trouble_with_that_is_nobodys_business() -> None:
    messenger = Messenger()
    courtesy = Courtesy(messenger)
    for trouble in ({}, {"answer": TryLater("HTTP 502")}, {"answer": NeverAgain("query is too old")}):
        messenger.fails = trouble
        courtesy.answer(PressAnswer("p1", "Noted"))
        courtesy._pool.submit(lambda: None).result(10)

    courtesy.stop()
    assert messenger.calls == [("answer", "p1", "Noted")] * 3


def test_a_screen_that_is_refused_for_good_is_handed_back_so_that_the_person_hears_of_it() -> None:
    desk = Desk()

    desk.way.given_up(desk.row("chat.screen", **SHOWN), "Bad Request: reply markup is too long")
    desk.way.given_up(desk.row("chat.notice", html="x"), "Bad Request: no")

    assert desk.handed == [Internal("chat.refused", 7, {"chat_key": CHAT})]


def test_whoever_cannot_be_reached_is_not_told_so_in_the_same_chat(session: Session) -> None:
    desk = Desk(Messenger(fails={"send": Unreachable("Forbidden: bot was blocked by the user")}))
    row = desk.row("chat.screen", **SHOWN)
    with pytest.raises(Unreachable) as gone:
        desk.way.deliver(row, desk.way.prepare(session, row))

    desk.way.given_up(row, gone.value.reason)

    assert [event.name for event in desk.handed] == ["chat.blocked"]


# files, places, menus


def stored(desk: Desk, name: str = "a.pdf", content_type: str = "application/pdf") -> dict[str, str]:
    """A file in the store, as rows name it."""
    return {"sha256": desk.store.put(b"12345"), "name": name, "content_type": content_type}


def test_a_document_and_a_photo_are_read_from_the_store(desk: Desk, session: Session) -> None:
    desk.run(session, "chat.document", **stored(desk), html="x", rows=[])
    desk.run(session, "chat.photo", **stored(desk, "a.png", "image/png"), html="", rows=[])

    assert desk.messenger.calls == [
        ("document", CHAT, "a.pdf", b"12345", "x"),
        ("photo", CHAT, "a.png", b"12345", ""),
    ]
    assert dialogues.newest_message(session, CHAT) == 0, "only screens are noted"


@pytest.mark.parametrize(
    ("content_type", "call"), [("application/pdf", "document"), ("image/png", "photo"), ("image/jpeg", "photo")]
)
def test_a_notice_with_a_file_has_the_text_as_caption(
    desk: Desk, session: Session, content_type: str, call: str
) -> None:
    desk.run(session, "chat.notice", html="Loaded", rows=[], file=stored(desk, "a", content_type))

    assert desk.messenger.calls == [(call, CHAT, "a", b"12345", "Loaded")]


def test_a_picture_that_the_messenger_does_not_show_goes_as_a_document(desk: Desk, session: Session) -> None:
    desk.messenger.fails["photo"] = NeverAgain("Bad Request: PHOTO_INVALID_DIMENSIONS")

    assert desk.run(session, "chat.photo", **stored(desk, "a.png"), html="", rows=[]) == "22"

    assert [call[0] for call in desk.messenger.calls] == ["photo", "document"]


def test_a_picture_for_whoever_is_gone_is_not_sent_twice(desk: Desk, session: Session) -> None:
    desk.messenger.fails["photo"] = Unreachable("Forbidden: bot was blocked by the user")

    with pytest.raises(Unreachable):
        desk.run(session, "chat.photo", **stored(desk, "a.png"), html="", rows=[])

    assert [call[0] for call in desk.messenger.calls] == ["photo"]


def test_a_file_that_is_not_in_the_store_is_never_again(desk: Desk, session: Session) -> None:
    with pytest.raises(NeverAgain, match="not in the store"):
        desk.run(session, "chat.document", sha256="0" * 64, name="a", content_type="x/y", html="", rows=[])


def test_a_place_and_a_menu(desk: Desk, session: Session) -> None:
    menu = [{"command": "help", "description": "Help"}]
    desk.run(session, "chat.map", latitude=1.5, longitude=2.5, html="", rows=[])
    desk.run(session, "chat.commands", commands=menu)

    assert desk.messenger.calls == [("map", CHAT, 1.5, 2.5), ("commands", CHAT, menu)]


def test_a_reaction_goes_under_its_message(desk: Desk) -> None:
    row = desk.row("chat.react", message_id="7", emoji="👀")

    assert desk.way.deliver(row, "7") == "7"
    assert desk.messenger.calls == [("react", CHAT, "7", "👀")]


@pytest.mark.parametrize("refusal", [NeverAgain("REACTION_INVALID"), Unreachable("blocked")])
def test_a_reaction_that_is_refused_is_let_be(desk: Desk, refusal: Exception) -> None:
    desk.messenger.fails["react"] = refusal

    assert desk.way.deliver(desk.row("chat.react", message_id="7", emoji="👀"), "7") == "7"


def test_a_reaction_is_tried_once_more_and_then_let_be(desk: Desk) -> None:
    desk.messenger.fails["react"] = TryLater("timeout")
    row = desk.row("chat.react", message_id="7", emoji="👀")

    with pytest.raises(TryLater):
        desk.way.deliver(row, "7")
    again = dataclasses.replace(row, attempts=1)
    assert desk.way.deliver(again, "7") == "7"
