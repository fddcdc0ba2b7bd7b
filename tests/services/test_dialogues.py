"""Where each chat stands, one event after another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.orm import Session

from db.session import Database
from services import dialogues

CHAT = "tg:1:5"


def test_a_chat_that_was_never_seen_begins_empty(session: Session) -> None:
    begun = dialogues.lock(session, CHAT)

    assert (begun.version, begun.language, begun.screen, begun.state, begun.slot, begun.asking) == (
        0, "", "", {}, 0, False,
    )  # fmt: skip


def test_what_is_saved_is_found(session: Session) -> None:
    known = dialogues.lock(session, CHAT)
    known.language, known.screen, known.slot, known.asking = "es", "cart", 3, True
    known.state = {"page": 2, "name": "Señor Ё", "deep": {"on": True}}

    dialogues.save(session, known)

    found = dialogues.lock(session, CHAT)
    assert (found.version, found.language, found.screen, found.slot, found.asking) == (1, "es", "cart", 3, True)
    assert found.state == {"page": 2, "name": "Señor Ё", "deep": {"on": True}}
    assert dialogues.language_of(session, CHAT) == "es"
    assert dialogues.language_of(session, "tg:1:6") == ""


def test_the_message_of_a_screen_is_noted_moved_and_forgotten(session: Session) -> None:
    assert dialogues.message_of(session, CHAT, 1) is None
    dialogues.note_message(session, CHAT, 1, "10")
    dialogues.note_message(session, CHAT, 1, "11")
    dialogues.note_message(session, CHAT, 2, "9")
    dialogues.note_message(session, "tg:1:6", 1, "99")

    assert [dialogues.message_of(session, CHAT, slot) for slot in (1, 2, 3)] == ["11", "9", None]
    assert dialogues.newest_message(session, CHAT) == 11

    dialogues.forget_message(session, CHAT, 1)
    assert dialogues.message_of(session, CHAT, 1) is None
    assert dialogues.newest_message(session, CHAT) == 9
    assert dialogues.message_of(session, "tg:1:6", 1) == "99"


def test_ids_that_are_no_numbers_are_nobodys_newest(session: Session) -> None:
    dialogues.note_message(session, CHAT, 1, "post-abc")

    assert dialogues.newest_message(session, CHAT) == 0


def test_the_events_of_one_chat_follow_one_another(database: Database) -> None:
    """Each reads what the one before has written: nothing is lost, from the very first event on."""

    def count(_: int) -> None:
        with database.transaction() as session:
            known = dialogues.lock(session, CHAT)
            known.slot += 1
            dialogues.save(session, known)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(40)))
    with database.reading() as session:
        found = dialogues.lock(session, CHAT)
    assert (found.slot, found.version) == (40, 40)
