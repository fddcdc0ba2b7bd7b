"""The book of clients and its forms, without a messenger: what journeys pass by."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.events import Kind
from db.models.clients import Client, Place
from db.models.messaging import dialogue
from services import clients
from tests.bot.hall import Hall
from tests.bot.talk import Talk, fingerprint
from tests.bot.test_desk_flows import buttons, data_of
from tests.builders import NOON, actor_of

OUT_OF_DATE = "This button is out of date."


def state_of(talk: Talk, chat: int) -> dict[str, Any]:
    """What the chat's screen remembers."""
    return dict(talk.scalar(select(dialogue.c.state).where(dialogue.c.chat_key == f"tg:1:{chat}")))


def send(talk: Talk, chat: int, kind: Kind, **content: Any) -> None:
    """Send something that is no text."""
    talk.conversation.handle(talk.event(chat, kind, message_id="6", **content))


def press(talk: Talk, chat: int, words: str) -> None:
    """Press the one button with these words on the newest screen."""
    talk.press_data(chat, data_of(talk.screen(chat), words))


@pytest.fixture
def rita(hall: Hall) -> int:
    """Her chat."""
    return hall.desk.rita.id


def test_the_name_that_was_not_found_is_the_first_answer(talk: Talk, rita: int) -> None:
    talk.press(rita, "client_book", 0)
    talk.say(rita, "Birch  House")
    press(talk, rita, "New client")

    assert state_of(talk, rita)["values"] == {"name": "Birch House"}
    press(talk, rita, "Keep")
    assert "Birch House · 2 of 7" in talk.screen(rita)["html"]
    talk.press(rita, "client_book", 0)
    talk.say(rita, "+7 495")
    press(talk, rita, "New client")
    assert state_of(talk, rita)["values"] == {}, "figures are no name"


def test_an_answer_is_taken_away_changed_and_kept(talk: Talk, rita: int) -> None:
    talk.press(rita, "client_new", 0)
    talk.say(rita, "Birch House")
    talk.say(rita, "500100732259")
    press(talk, rita, "Back")
    assert "Now: <b>500100732259</b>" in talk.screen(rita)["html"]

    press(talk, rita, "Take it away")

    assert "3 of 7" in talk.screen(rita)["html"]
    assert state_of(talk, rita)["values"]["tax_id"] == ""


def test_a_pin_is_taken_at_the_question_for_the_address_too_and_nowhere_else(talk: Talk, rita: int) -> None:
    talk.press(rita, "client_new", 0)
    send(talk, rita, Kind.PLACE, latitude=10.0, longitude=20.0)
    assert "I cannot use a place here." in talk.screen(rita)["html"]
    talk.say(rita, "Birch House")
    send(talk, rita, Kind.CONTACT, phone="79161234567")
    assert "I cannot use a contact here." in talk.screen(rita)["html"]
    for _ in range(4):
        press(talk, rita, "Skip")

    send(talk, rita, Kind.PLACE, latitude=10.0, longitude=20.0)

    assert state_of(talk, rita)["pin"] == [10.0, 20.0]
    press(talk, rita, "Keep")
    press(talk, rita, "Save the client")
    assert talk.read(select(Place.latitude, Place.longitude).where(Place.latitude == 10.0)) == [(10.0, 20.0)]
    assert talk.scalar(select(Client.name).order_by(Client.id.desc()).limit(1)) == "Birch House"


def test_the_buttons_of_another_form_do_nothing(talk: Talk, rita: int) -> None:
    talk.press(rita, "client_new", 0)
    talk.say(rita, "Birch House")
    skip = data_of(talk.screen(rita), "Skip")
    talk.press(rita, "home")
    talk.press(rita, "client_new", 0)
    before = fingerprint(talk.reading)

    talk.press_data(rita, skip)

    assert OUT_OF_DATE in talk.screen(rita)["html"]
    assert "1 of 7" in talk.screen(rita)["html"]
    assert fingerprint(talk.reading) == before


def test_saving_answers_to_the_review_that_was_seen(talk: Talk, rita: int) -> None:
    talk.press(rita, "client_new", 0)
    talk.say(rita, "Birch House")
    for _ in range(6):
        press(talk, rita, "Skip")
    save = data_of(talk.screen(rita), "Save the client")
    press(talk, rita, "Country")
    talk.say(rita, "Spain")
    press(talk, rita, "Phone")
    talk.say(rita, "612 34 56 78")

    talk.press_data(rita, save)

    assert OUT_OF_DATE in talk.screen(rita)["html"]
    assert "Spain" in talk.screen(rita)["html"]
    assert "+34 612 34 56 78" in talk.screen(rita)["html"]
    press(talk, rita, "Save the client")
    saved = select(Client.country, Client.phone_key).where(Client.name == "Birch House")
    assert talk.read(saved) == [("ES", "34612345678")]


def test_a_new_client_from_the_order_becomes_the_orders(talk: Talk, hall: Hall, rita: int) -> None:
    talk.press(rita, "clients", 0)
    press(talk, rita, "New client")
    talk.say(rita, hall.client.name)
    assert "Do we know this client already?" in talk.screen(rita)["html"]
    press(talk, rita, "It is this one")

    assert "Where shall we deliver?" in talk.screen(rita)["html"]


def test_an_admin_keeps_the_book_but_sells_nothing(talk: Talk, hall: Hall) -> None:
    ann = hall.desk.ann.id
    talk.press(ann, "clients", 0)
    assert state_of(talk, ann)["choosing"] is False
    before = fingerprint(talk.reading)
    for verb in ("client", "client_order"):
        talk.press(ann, verb, hall.client.id)
        assert "You have no right to do this" in talk.screen(ann)["html"]
    assert fingerprint(talk.reading) == before

    talk.press(ann, "client_card", hall.client.id)

    labels = [label for label, _ in buttons(talk.screen(ann))]
    assert any("Edit" in label for label in labels)
    assert not any("Order for" in label or "Repeat" in label for label in labels)


def test_a_value_is_cleared_only_in_the_version_that_was_seen(talk: Talk, hall: Hall, rita: int) -> None:
    talk.press(rita, "client_edit", hall.client.id)
    press(talk, rita, "E-mail")
    clear = data_of(talk.screen(rita), "Take it away")
    with talk.transaction() as session:
        clients.change(session, hall.client.id, by=actor_of(hall.desk.ann), now=NOON, contact="Boris")

    talk.press_data(rita, clear)

    assert "This has changed meanwhile" in talk.screen(rita)["html"]
    email = select(Client.email).where(Client.id == hall.client.id)
    assert talk.scalar(email) == "shop@example.com"
    press(talk, rita, "Take it away")
    assert talk.scalar(email) == ""
    assert "no e-mail: invoices are kept" in talk.screen(rita)["html"]


def test_the_map_comes_once_above_the_card(talk: Talk, hall: Hall, rita: int) -> None:
    talk.press(rita, "client_card", hall.client.id)
    talk.clear_outbox()

    talk.press(rita, "client_map", hall.client.id)

    kinds = talk.kinds(rita)
    assert kinds.count("chat.map") == 1
    assert kinds.index("chat.map") < kinds.index("chat.screen")
    with talk.transaction() as session:
        session.execute(Place.__table__.delete().where(Place.client_id == hall.client.id))  # type: ignore[attr-defined]
    talk.clear_outbox()
    talk.press(rita, "client_map", hall.client.id)
    assert "chat.map" not in talk.kinds(rita)
