"""The way to what a ticket says: read as it is now, once, with typing; whatever goes wrong is an answer."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.events import Internal
from delivery import recognising
from delivery.recognising import RecognisingWay, not_at_all
from delivery.recognition.reading import Reading
from services import tickets
from services.files import FileStore
from services.jobs import Job
from services.lanes import Row
from services.tickets import ToRead
from services.ways_out import TryLater
from tests.builders import NOON, make_company, make_person, make_reading, make_ticket
from tests.delivery.test_fetching import picture

CHAT = "tg:1:5"


@dataclass
class Messenger:
    """Notes for whom typing is shown."""

    typed: list[str] = field(default_factory=list)
    fails: Exception | None = None
    seen: threading.Event = field(default_factory=threading.Event)

    def typing(self, chat_key: str) -> None:
        self.typed.append(chat_key)
        self.seen.set()
        if self.fails:
            raise self.fails


@dataclass
class Engine:
    """Says what it is told to, and notes what it was given."""

    says: Reading = field(default_factory=lambda: Reading(total_minor=12300, confident=True, source="tesseract"))
    given: list[tuple[list[bytes], tuple[str, ...], str | None]] = field(default_factory=list)
    until: threading.Event | None = None

    def __call__(self, pictures: Sequence[bytes], *, languages: Sequence[str], currency: str | None) -> Reading:
        self.given.append((list(pictures), tuple(languages), currency))
        if self.until is not None:
            assert self.until.wait(10)
        return self.says


@dataclass
class Desk:
    """The way with all around it."""

    store: FileStore
    messenger: Messenger = field(default_factory=Messenger)
    engine: Engine = field(default_factory=Engine)
    handed: list[Internal] = field(default_factory=list)

    @property
    def way(self) -> RecognisingWay:
        connectors = {"tg": self.messenger}
        return RecognisingWay(connectors, self.store, self.engine, self.handed.append, clock=lambda: NOON)  # type: ignore[arg-type]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(FileStore(tmp_path))


def row(ticket_id: int = 3, revision: int = 1) -> Row:
    facts = {"ticket_id": ticket_id, "revision": revision, "person_id": 5, "chat_key": CHAT}
    return Row(7, f"ocr:{ticket_id}", Job.READ_TICKET, facts, 0, NOON, secret=False)


def wanted(desk: Desk, *contents: bytes, wait_seconds: float = 0.0) -> ToRead:
    files = tuple((number, desk.store.put(content)) for number, content in enumerate(contents, start=1))
    return ToRead(files=files, languages=("es", "en"), currency="EUR", wait_seconds=wait_seconds)


def test_all_photos_are_read_together_and_what_they_say_is_handed_back(desk: Desk) -> None:
    photos = [picture("JPEG"), picture("PNG", (50, 60))]
    desk.engine.until = desk.messenger.seen

    assert desk.way.deliver(row(), wanted(desk, *photos)) == "tesseract"

    assert desk.engine.given == [(photos, ("es", "en"), "EUR")]
    assert set(desk.messenger.typed) == {CHAT}
    [told] = desk.handed
    assert (told.name, told.number) == ("ticket.read", 7)
    assert told.facts["reading"] == desk.engine.says.to_json()
    assert [(photo["file_id"], len(photo["picture_hash"])) for photo in told.facts["photos"]] == [(1, 16), (2, 16)]
    assert {name: told.facts[name] for name in ("ticket_id", "revision", "person_id", "chat_key")} == row().payload


def test_typing_goes_on_as_long_as_it_reads(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognising, "TYPING_SECONDS", 0.01)
    desk.engine.until = threading.Event()
    reader = threading.Thread(target=desk.way.deliver, args=(row(), wanted(desk, picture())))
    reader.start()
    while len(desk.messenger.typed) < 3:
        desk.messenger.seen.clear()
        assert desk.messenger.seen.wait(10)
    desk.engine.until.set()
    reader.join(10)

    assert len(desk.handed) == 1


def test_a_messenger_in_trouble_does_not_stop_the_reading(desk: Desk) -> None:
    desk.messenger.fails = TryLater("timeout")
    desk.engine.until = desk.messenger.seen

    desk.way.deliver(row(), wanted(desk, picture()))

    assert len(desk.handed) == 1


def test_while_more_photos_may_come_nothing_is_read(desk: Desk) -> None:
    with pytest.raises(TryLater) as later:
        desk.way.deliver(row(), wanted(desk, picture(), wait_seconds=1.5))

    assert later.value.seconds == 1.5
    assert (desk.engine.given, desk.handed, desk.messenger.typed) == ([], [], [])


def test_an_older_state_of_the_ticket_is_not_read(desk: Desk, session: Session) -> None:
    make_company(session)
    ticket = make_ticket(session, make_person(session), make_reading())
    ticket.revision, ticket.read_revision, ticket.due_at = 3, 1, NOON + timedelta(seconds=2)

    assert desk.way.prepare(session, row(ticket.id, 2)) is None
    now = desk.way.prepare(session, row(ticket.id, 3))
    assert now is not None
    assert (len(now.files), now.wait_seconds) == (1, 2.0)
    assert desk.way.deliver(row(), None) == ""
    assert desk.handed == []


def test_what_is_given_up_goes_on_by_hand(desk: Desk, session: Session) -> None:
    desk.way.given_up(row(), "a mistake of ours")

    [told] = desk.handed
    assert (told.facts["reading"]["trouble"], told.facts["photos"]) == ("took_too_long", [])


def test_a_photo_that_is_not_in_the_store_is_left_out(desk: Desk) -> None:
    there = wanted(desk, picture())
    lost = ToRead(files=(*there.files, (9, "0" * 64)), languages=("en",), currency="EUR", wait_seconds=0)

    desk.way.deliver(row(), lost)

    assert [len(pictures) for pictures, _, _ in desk.engine.given] == [1]


def test_only_so_many_bytes_are_read_together(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognising, "MOST_BYTES", 25)
    contents = [b"1" * 20, b"2" * 20, b"3"]

    desk.way.deliver(row(), wanted(desk, *contents))

    assert desk.engine.given[0][0] == contents[:1]
    assert [photo["file_id"] for photo in desk.handed[0].facts["photos"]] == [1, 2, 3], "they are all on file"


def test_where_recognition_is_off_the_answer_is_that() -> None:
    assert not_at_all([b"x"], languages=("en",), currency=None).trouble == "no_engine"


def test_what_was_handed_back_can_be_learnt(desk: Desk, session: Session) -> None:
    make_company(session)
    ticket = make_ticket(session, make_person(session), make_reading())
    ticket.revision, ticket.status = 2, "reading"
    desk.way.deliver(row(ticket.id, 2), desk.way.prepare(session, row(ticket.id, 2)))
    facts = desk.handed[0].facts

    for learnt in (True, False):
        known = tickets.learn(session, ticket.id, 2, facts["reading"], facts["photos"], now=NOON)
        assert (known is not None) is learnt
    assert (ticket.status, ticket.read_minor) == ("read", 12300)
