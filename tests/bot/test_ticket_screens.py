"""Tickets in the chat: what is theirs wherever it comes, what belongs to which ticket, and whose they are."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.events import Kind
from db.models.orders import Order
from db.models.tickets import Ticket
from services.ticket_states import Status
from tests.bot.hall import Hall
from tests.bot.talk import Talk, fingerprint
from tests.bot.test_every_verb import VERBS

OF_A_TICKET = sorted(
    verb for verb in VERBS if verb.startswith("ticket_") and verb not in {"ticket_review", "ticket_reviews"}
)
NEWEST = select(func.max(Ticket.id))


def photo(talk: Talk, chat: int, **content: object) -> None:
    event = talk.event(chat, Kind.PHOTO, **{"message_id": "6", "file_ref": "AgAC1", **content})  # type: ignore[arg-type]
    talk.conversation.handle(event)


@pytest.mark.parametrize("where", ["/menu", "/orders", "/clients", "/cart", "/tickets"])
def test_a_text_with_tags_is_a_ticket_wherever_it_is_typed(talk: Talk, hall: Hall, where: str) -> None:
    rita = hall.people["rita"]
    talk.say(rita, where)

    talk.say(rita, "@amount 15 @client nobody")

    assert "“nobody” — which client is this?" in talk.screen(rita)["html"]
    assert talk.scalar(select(Ticket.typed_minor).where(Ticket.id == NEWEST.scalar_subquery())) == 1500


def test_a_text_with_tags_of_somebody_who_sells_nothing_is_a_text(talk: Talk, hall: Hall) -> None:
    before = talk.scalar(NEWEST)
    for name in ("bob", "ann", "stranger"):
        talk.say(hall.people[name], "@amount 15 @client nobody")

    assert talk.scalar(NEWEST) == before


def test_a_mention_is_no_ticket(talk: Talk, hall: Hall) -> None:
    before = talk.scalar(NEWEST)

    talk.say(hall.people["rita"], "@milk")

    assert talk.scalar(NEWEST) == before


@pytest.mark.parametrize(
    ("content", "taken"),
    [
        ({"content_type": "image/png", "file_name": "x.png"}, True),
        ({"content_type": "image/heic", "file_name": "x.heic"}, True),
        ({"content_type": "application/pdf", "file_name": "x.pdf"}, True),
        ({"content_type": "application/octet-stream", "file_name": "x"}, True),
        ({"content_type": "", "file_name": "IMG.JPG"}, True),
        ({"content_type": "text/csv", "file_name": "x.csv"}, False),
        ({"content_type": "application/zip", "file_name": "x.zip"}, False),
        ({"content_type": "", "file_name": ""}, False),
    ],
)
def test_of_files_those_that_may_be_photos_are_taken(
    talk: Talk,
    hall: Hall,
    content: dict[str, str],
    taken: bool,  # noqa: FBT001 - a row of a table
) -> None:
    rita, before = hall.people["rita"], talk.scalar(NEWEST)
    talk.say(rita, "/menu")

    talk.conversation.handle(talk.event(rita, Kind.FILE, message_id="6", file_ref="ref", **content))

    assert (talk.scalar(NEWEST) > before) is taken
    assert ("I cannot use files here" in talk.screen(rita)["html"]) is not taken


def test_a_photo_on_a_screen_that_wants_one_is_that_screen_s(talk: Talk, hall: Hall) -> None:
    ann, before = hall.people["ann"], talk.scalar(NEWEST)
    talk.press(ann, "logo")

    photo(talk, ann)

    assert talk.scalar(NEWEST) == before
    assert [payload["purpose"] for kind, payload in talk.left() if kind == "file.fetch"] == ["logo"]


def test_a_figure_alone_is_the_sum_of_the_ticket_that_is_shown(talk: Talk, hall: Hall) -> None:
    rita = hall.people["rita"]
    talk.press(rita, "ticket", hall.ticket_id)

    talk.say(rita, "1 234,50 ₽")
    assert talk.scalar(select(Ticket.typed_minor).where(Ticket.id == hall.ticket_id)) == 123_450

    talk.say(rita, "milk 1234")
    assert talk.scalar(select(Ticket.typed_minor).where(Ticket.id == hall.ticket_id)) == 123_450


def test_tags_below_a_ticket_correct_it_and_are_kept(talk: Talk, hall: Hall) -> None:
    rita = hall.people["rita"]
    talk.press(rita, "ticket_amount", hall.ticket_id)

    talk.say(rita, "@note two boxes @date 01.03 @amount 170")

    with talk.reading() as session:
        known = session.get_one(Ticket, hall.ticket_id)
        assert (known.note, known.typed_minor, known.typed_on.isoformat()) == ("two boxes", 17000, "2026-03-01")  # type: ignore[union-attr]
        assert "two boxes" in known.caption
    assert talk.scalar(NEWEST) == hall.ticket_id


def test_the_thumb_goes_under_the_message_that_the_ticket_came_with(talk: Talk, hall: Hall) -> None:
    rita = hall.people["rita"]
    talk.say(rita, "@amount 15", message_id="77")
    ticket_id = talk.scalar(NEWEST)
    talk.press(rita, "ticket_this_client", ticket_id, hall.client.id)
    talk.clear_outbox()
    version = talk.scalar(select(Ticket.version).where(Ticket.id == ticket_id))

    talk.press(rita, "ticket_record", ticket_id, version=version)
    assert ("chat.react", {"message_id": "77", "emoji": "👍"}) in talk.left(rita)
    talk.clear_outbox()

    talk.press(rita, "ticket_record", ticket_id, version=version)
    assert "chat.react" not in talk.kinds(rita)
    assert talk.scalar(select(func.count()).select_from(Order).where(Order.kind == "sale")) == 1


@pytest.mark.parametrize("verb", OF_A_TICKET)
def test_the_right_role_is_not_enough_for_somebody_else_s_ticket(talk: Talk, hall: Hall, verb: str) -> None:
    before = fingerprint(talk.reading)

    talk.press(hall.rob.id, verb, *VERBS[verb].ids(hall, 1), version=1)

    assert fingerprint(talk.reading) == before
    screen = talk.screen(hall.rob.id)["html"]
    assert "You have no right" in screen
    assert "Milk" not in screen


@pytest.mark.parametrize("status", [Status.DRAFTED, Status.RECORDED, Status.DISCARDED])
@pytest.mark.parametrize("verb", OF_A_TICKET)
def test_what_has_ended_stays_as_it_is(talk: Talk, hall: Hall, verb: str, status: Status) -> None:
    rita = hall.people["rita"]
    with talk.transaction() as session:
        known = session.get_one(Ticket, hall.ticket_id)
        known.status, known.order_id = status.value, hall.orders["submitted"][0]
        version = known.version
    before = fingerprint(talk.reading)

    handled = talk.press(rita, verb, *VERBS[verb].ids(hall, 1), version=version)

    assert handled.answer is not None
    assert fingerprint(talk.reading) == before
