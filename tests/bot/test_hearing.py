"""What a job found out is drawn where its person stands, and told where nobody stands there any more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from bot.events import Internal, Kind
from db.models.geography import KnownAddress, KnownRoad
from db.models.orders import Order
from db.models.tickets import Ticket
from tests.bot.hall import Hall
from tests.bot.talk import Talk
from tests.builders import make_reading

TVER = {"found": "Тверь", "latitude": 56.8584, "longitude": 35.9006}


def place_found(hall: Hall, address: str, hits: list[dict[str, Any]], number: int = 1) -> Internal:
    facts = {"address": address, "hits": hits, "source": "geocoder", "person_id": hall.desk.rita.id}
    return Internal("place.found", number, facts)


def test_the_screen_that_waits_is_drawn_anew_once(talk: Talk, hall: Hall) -> None:
    chat = hall.people["rita"]
    talk.press(chat, "place")
    talk.say(chat, "Тверь")
    assert "Looking for the address" in talk.screen(chat)["html"]
    talk.clear_outbox()

    event = place_found(hall, "Тверь", [TVER])
    handled = talk.conversation.hand_in(event)

    assert handled.lanes == [f"chat:tg:1:{chat}"]
    assert talk.kinds(chat) == ["chat.strip", "chat.map", "chat.screen"]
    assert "Is it here?" in talk.screen(chat)["html"]
    assert talk.conversation.hand_in(event).duplicate
    assert talk.scalar(select(KnownAddress.found)) == "Тверь"


def test_what_is_not_found_is_drawn_in_place(talk: Talk, hall: Hall) -> None:
    chat = hall.people["rita"]
    talk.press(chat, "place")
    talk.say(chat, "Nowhere")
    slot = talk.screen(chat)["slot"]
    talk.clear_outbox()

    talk.conversation.hand_in(place_found(hall, "Nowhere", []))

    assert talk.kinds(chat) == ["chat.screen"]
    assert talk.screen(chat)["slot"] == slot
    assert "message_id" not in talk.screen(chat)
    assert "I do not find this address." in talk.screen(chat)["html"]


def test_who_waits_for_something_else_gets_a_notice(talk: Talk, hall: Hall) -> None:
    chat = hall.people["rita"]
    talk.press(chat, "place")
    talk.say(chat, "Тверь")
    talk.clear_outbox()

    talk.conversation.hand_in(place_found(hall, "Клин", [TVER]))
    talk.conversation.hand_in(place_found(hall, "Nowhere", [], 2))

    told = [payload["html"] for _, payload in talk.left(chat)]
    assert talk.kinds(chat) == ["chat.notice", "chat.notice"]
    assert "I have found the address “Клин”" in told[0]
    assert "I do not find the address “Nowhere”" in told[1]


def test_who_may_not_see_the_screen_any_more_hears_nothing(talk: Talk, hall: Hall) -> None:
    chat = hall.people["rita"]
    talk.press(chat, "place")
    talk.say(chat, "Тверь")
    with talk.transaction() as session:
        person = session.merge(hall.desk.rita)
        person.roles = ["storekeeper"]
    talk.clear_outbox()
    talk.conversation.hand_in(place_found(hall, "Тверь", [TVER]))
    assert talk.kinds(chat) == ["chat.notice"]


def test_a_measured_road_changes_the_draft_and_the_review_that_shows_it(talk: Talk, hall: Hall) -> None:
    chat, (order_id, _version) = hall.people["rita"], hall.orders["draft"]
    talk.press(chat, "review")
    talk.clear_outbox()
    key = "55.7512,37.6184;55.7601,37.6402"
    facts = {"order_id": order_id, "person_id": hall.desk.rita.id, "key": key, "distance_m": 3100}

    talk.conversation.hand_in(Internal("road.found", 1, facts))

    assert talk.scalar(select(KnownRoad.distance_m)) == 3100
    assert talk.scalar(select(Order.distance_source).where(Order.id == order_id)) == "router"
    assert talk.kinds(chat) == ["chat.screen"]
    assert "3.1 km" in talk.screen(chat)["html"]
    talk.press(chat, "home")
    talk.clear_outbox()
    talk.conversation.hand_in(Internal("road.found", 2, facts))
    assert talk.left(chat) == []


def ticket_read(hall: Hall, talk: Talk, ticket_id: int, number: int = 1) -> Internal:
    facts = {"ticket_id": ticket_id, "revision": 1, "person_id": hall.desk.rita.id, "photos": []}
    return Internal("ticket.read", number, {**facts, "reading": make_reading(total_minor=12300)})


def send_photo(talk: Talk, chat: int, message_id: str = "6") -> int:
    """A photo that was fetched, and is to be read."""
    talk.say(chat, "/menu")
    talk.conversation.handle(talk.event(chat, Kind.PHOTO, message_id=message_id, file_ref=f"ref-{message_id}"))
    ticket_id = talk.scalar(select(func.max(Ticket.id)))
    fetched = {
        "purpose": "ticket", "person_id": chat, "chat_key": f"tg:1:{chat}", "facts": {"ticket_id": ticket_id},
        "sha256": f"{ticket_id:064x}", "name": "t.jpg", "content_type": "image/jpeg", "size": 9,
    }  # fmt: skip
    talk.conversation.hand_in(Internal("file.fetched", ticket_id, fetched))
    return int(ticket_id)


def test_a_ticket_is_drawn_anew_when_it_was_read(talk: Talk, hall: Hall) -> None:
    chat = hall.people["rita"]
    ticket_id = send_photo(talk, chat)
    assert ("chat.react", {"message_id": "6", "emoji": "👀"}) in talk.left(chat)
    assert [kind for kind, _ in talk.left()].count("ticket.read") == 1
    talk.clear_outbox()

    event = ticket_read(hall, talk, ticket_id)
    talk.conversation.hand_in(event)

    assert talk.kinds(chat) == ["chat.screen"]
    assert "₽123.00" in talk.screen(chat)["html"]
    assert talk.conversation.hand_in(event).duplicate


def test_a_ticket_that_nobody_looks_at_any_more_is_told_of_once(talk: Talk, hall: Hall) -> None:
    chat = hall.people["rita"]
    ticket_id = send_photo(talk, chat)
    talk.say(chat, "/menu")
    talk.clear_outbox()

    talk.conversation.hand_in(ticket_read(hall, talk, ticket_id))
    talk.conversation.hand_in(ticket_read(hall, talk, ticket_id, number=2))

    [(kind, notice)] = talk.left(chat)
    assert kind == "chat.notice"
    assert f"Ticket {ticket_id} is read" in notice["html"]
    assert notice["rows"][0][0]["data"] == f"ticket.{ticket_id}.0"


def test_a_photo_that_did_not_come_leaves_the_ticket_to_be_finished_by_hand(talk: Talk, hall: Hall) -> None:
    chat = hall.people["rita"]
    talk.say(chat, "/menu")
    talk.conversation.handle(talk.event(chat, Kind.PHOTO, message_id="6", file_ref="lost"))
    ticket_id = talk.scalar(select(func.max(Ticket.id)))
    asked = {"purpose": "ticket", "person_id": chat, "chat_key": f"tg:1:{chat}", "facts": {"ticket_id": ticket_id}}
    talk.clear_outbox()

    talk.conversation.hand_in(Internal("file.not_fetched", 1, {**asked, "reason": "too_large", "name": ""}))

    assert talk.kinds(chat) == ["chat.screen"]
    assert "The file is too large." in talk.screen(chat)["html"]
    assert talk.scalar(select(Ticket.status).where(Ticket.id == ticket_id)) == "read"
