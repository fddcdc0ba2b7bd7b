"""Where the goods go, as the screens say it."""

from __future__ import annotations

from sqlalchemy import select

from bot.events import Kind
from db.models.orders import Order
from services import places
from tests.bot.hall import Hall
from tests.bot.talk import Talk
from tests.builders import NOON

SOVETSK = [
    {"found": "Советск", "latitude": 55.0839, "longitude": 21.8785},
    {"found": "Советск", "latitude": 53.9339, "longitude": 37.6316},
]


def test_places_of_one_name_are_told_apart_by_how_far_they_are(talk: Talk, hall: Hall) -> None:
    chat = hall.people["rita"]
    with talk.transaction() as session:
        places.learn(session, "Советск", SOVETSK, places.TOWNS, now=NOON)
    talk.press(chat, "place")
    talk.say(chat, "Советск")

    [shown] = [payload for kind, payload in talk.left(chat) if kind == "chat.map"]
    assert (shown["title"], shown["address"]) == ("Советск", "55.08390, 21.87850")
    labels = [button["label"] for row in talk.screen(chat)["rows"] for button in row]
    assert labels == ["Советск · 202 km", "↩️ Back", "✅ Yes, there"]


def test_a_place_of_the_map_brings_its_address(talk: Talk, hall: Hall) -> None:
    chat, (order_id, _version) = hall.people["rita"], hall.orders["draft"]
    talk.press(chat, "place")

    where = talk.event(chat, Kind.PLACE, latitude=55.77, longitude=37.65, text="Лавка, Покровка, 1")
    talk.conversation.handle(where)

    query = select(Order.address, Order.latitude).where(Order.id == order_id)
    assert talk.read(query) == [("Лавка, Покровка, 1", 55.77)]
