"""Photos of a loading: an album leaves one screen below it, and what is kept is said where its order is shown."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.events import Internal, Kind
from db.models.messaging import dialogue, posted
from db.models.orders import OrderFile
from services import loading_photos
from services.jobs import Job
from tests.bot.hall import Hall
from tests.bot.talk import SOURCE, Talk


def send(talk: Talk, chat: int, kind: Kind, message_id: int) -> None:
    """Send a picture; what came of it is in the chat's lane."""
    talk.clear_outbox()
    event = talk.event(chat, kind, message_id=str(message_id), file_ref=f"AgAC{message_id}", file_name="ramp.png")
    talk.conversation.handle(event)


def fetched(talk: Talk, hall: Hall, order_id: int, number: int, **other: Any) -> None:
    """The job has fetched such a picture of Bob's."""
    bob = hall.desk.bob.id
    facts = {"purpose": loading_photos.PURPOSE, "person_id": bob, "chat_key": f"{SOURCE}:{bob}", "name": "ramp.png"}
    found = {"sha256": f"{number:064}", "content_type": "image/jpeg", "size": 9, "facts": {"order_id": order_id}}
    talk.clear_outbox()
    talk.conversation.hand_in(Internal("file.fetched", number, {**facts, **found, **other}))


def slot(talk: Talk, chat: int) -> int:
    """Which message is the living screen."""
    return int(talk.scalar(select(dialogue.c.slot).where(dialogue.c.chat_key == f"{SOURCE}:{chat}")))


def sent_as(talk: Talk, chat: int, message_id: int) -> None:
    """The living screen is in the chat now, as this message."""
    with talk.transaction() as session:
        values = {"chat_key": f"{SOURCE}:{chat}", "slot": slot(talk, chat), "message_id": str(message_id)}
        session.execute(posted.insert().values(**values))


def test_an_album_leaves_one_screen_below_it(talk: Talk, hall: Hall) -> None:
    bob, (order_id, _) = hall.desk.bob.id, hall.orders["loading"]
    talk.press(bob, "pick", order_id)
    sent_as(talk, bob, 20)
    before = slot(talk, bob)

    send(talk, bob, Kind.PHOTO, 21)
    assert slot(talk, bob) == before + 1
    send(talk, bob, Kind.PHOTO, 22)
    assert talk.kinds(bob) == ["chat.screen"], "the screen is just being sent, below all of it"
    sent_as(talk, bob, 24)
    send(talk, bob, Kind.FILE, 23)
    assert (talk.kinds(bob), slot(talk, bob)) == (["chat.screen"], before + 1)
    assert [kind for kind, _ in talk.left()].count(Job.FETCH_FILE) == 1
    send(talk, bob, Kind.PHOTO, 25)
    assert slot(talk, bob) == before + 2, "this one was sent below the screen"


def test_what_is_kept_is_said_on_the_screen_of_its_order_and_elsewhere_in_a_notice(talk: Talk, hall: Hall) -> None:
    bob, (order_id, _), (other_id, _) = hall.desk.bob.id, hall.orders["loading"], hall.orders["loaded"]
    for number, verb in enumerate(("pick", "dispatch", "loading"), start=1):
        talk.press(bob, verb, order_id)
        fetched(talk, hall, order_id, number)
        assert f"({number} of 10)" in talk.screen(bob)["html"]
        assert talk.kinds(bob) == ["chat.screen"]

    for number, where in ((4, ("loading", other_id)), (5, ("home",))):
        talk.press(bob, *where)
        fetched(talk, hall, order_id, number)
        [told] = [row["html"] for kind, row in talk.left(bob) if kind == "chat.notice"]
        assert f"The photo is kept with order No. {order_id} ({number} of 10)." in told
    assert len(talk.read(select(OrderFile).where(OrderFile.order_id == order_id))) == 5


def test_what_is_not_kept_is_not_said_to_be(talk: Talk, hall: Hall) -> None:
    bob, (order_id, _), (waiting_id, _) = hall.desk.bob.id, hall.orders["loading"], hall.orders["submitted"]
    talk.press(bob, "pick", order_id)
    for number in range(1, 12):
        fetched(talk, hall, order_id, number)

    [told] = [row["html"] for kind, row in talk.left(bob) if kind == "chat.notice"]
    assert "There are as many as can be kept already." in told
    assert "chat.screen" not in talk.kinds(bob)
    fetched(talk, hall, waiting_id, 12)
    [told] = [row["html"] for kind, row in talk.left(bob) if kind == "chat.notice"]
    assert "has changed meanwhile" in told
    assert len(talk.read(select(OrderFile))) == loading_photos.MOST
