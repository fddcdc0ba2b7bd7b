"""Tickets in every state, for the walk over every text: read, unreadable, corrected, recorded, questioned, accepted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.events import Kind
from db.models.catalogue import Product
from db.models.people import Person
from db.models.tickets import Ticket
from delivery.recognition.reading import TROUBLES
from services import fetching, ticket_settings
from services.ticket_tags import Tags
from tests.builders import actor_of, make_reading, make_ticket

if TYPE_CHECKING:
    from typing import Any

    from tests.templates.test_every_text import Walk


def settings(walk: Walk) -> None:
    """What an admin sets: tolerance, languages, whose units are counted."""
    ann, category = walk.hall.desk.ann.id, walk.hall.category.id
    walk.press(ann, "company")
    walk.press(ann, "tickets_setup")
    walk.press(ann, "tickets_rate", 10)
    for typed in ("7,5 %", "many", "90"):
        walk.say(ann, typed)
    for number in (0, 1, 2):
        walk.press(ann, "tickets_language", number, 1)
    for number in (0, 1, 2):
        walk.press(ann, "tickets_language", number, 0)
    walk.press(ann, "category_edit", category)
    walk.press(ann, "category_units", category)
    walk.say(ann, "tubos, tubes & <b>, тюбик")
    walk.press(ann, "category_units", category)
    walk.press(ann, "units_stop", category)
    walk.press(ann, "category_units", category)
    walk.say(ann, walk.hall.milk.name[:100])


def corrections(walk: Walk) -> None:
    """A ticket that was read: every field, typed well and badly; every line; the client found and written down."""
    rita, number = walk.hall.desk.rita.id, walk.hall.ticket_id
    for typed in ("/menu", "/tickets", "/ticket"):
        walk.say(rita, typed)
    for verb in ("ticket_photo", "ticket_lines"):
        walk.press(rita, verb, number, 0)
    for verb in ("ticket_ask_discard", "ticket_amount"):
        walk.press(rita, verb, number)
    for typed in ("?!", "200"):
        walk.say(rita, typed)
    walk.press(rita, "ticket_amount", number)
    walk.press(rita, "ticket_day", number)
    for typed in ("soon", "28.02"):
        walk.say(rita, typed)
    walk.press(rita, "ticket_note", number)
    walk.say(rita, walk.hall.milk.name * 2)
    walk.press(rita, "ticket_note", number)
    _lines(walk, number)
    _units(walk, number)
    _client(walk, number)


def _units(walk: Walk, number: int) -> None:
    rita, category = walk.hall.desk.rita.id, walk.hall.category.id
    walk.press(rita, "ticket_units", number, category)
    for typed in ("?!", "77"):
        walk.say(rita, typed)
    walk.press(rita, "ticket_units", number, category)


def _lines(walk: Walk, number: int) -> None:
    rita = walk.hall.desk.rita.id
    walk.press(rita, "ticket_line", number, 1)
    for typed in ("nothing is called so <b>", walk.hall.milk.name[:100]):
        walk.say(rita, typed)
    sold = select(Product.id).where(Product.hidden.is_(False), Product.name == walk.hall.milk.name[:200])
    walk.press(rita, "ticket_product", number, 1, walk.talk.scalar(sold.limit(1)))
    walk.press(rita, "ticket_leave_out", number, 1)


def _client(walk: Walk, number: int) -> None:
    rita = walk.hall.desk.rita.id
    walk.press(rita, "ticket_client", number, 0)
    walk.press(rita, "ticket_client", number, 1)
    for typed in ("nobody is called so <b>", "shop"):
        walk.say(rita, typed)
    walk.press(rita, "client_new", 0, number)
    walk.press(rita, "ticket_any_client", number)
    walk.press(rita, "ticket_this_client", number, walk.hall.client.id)


def recorded(walk: Walk) -> None:
    """Recorded with a reason, questioned; another one accepted; as orders in lists and on their cards."""
    rita, ann, first = walk.hall.desk.rita.id, walk.hall.desk.ann.id, walk.hall.ticket_id
    second = _read(walk, total_minor=12300)
    walk.say(rita, "@amount 456")
    for number in (first, second):
        walk.press(rita, "ticket_this_client", number, walk.hall.client.id)
        walk.press(rita, "ticket", number)
        if number == second:
            walk.say(rita, "456")
            _units(walk, second)
            walk.press(rita, "ticket", second)
        walk.press(rita, "ticket_record", number, version=_version(walk, number))
        walk.say(rita, walk.hall.milk.name * 2)
        walk.press(rita, "ticket", number)
    walk.say(ann, "/menu")
    walk.press(ann, "ticket_reviews", 0)
    walk.press(ann, "ticket_review", first)
    walk.press(ann, "review_photo", first, 0)
    walk.press(ann, "review_ask", first, version=_version(walk, first))
    walk.say(ann, walk.hall.milk.name * 2)
    walk.press(ann, "review_accept", second, version=_version(walk, second))
    for number in (first, second):
        walk.press(ann, "ticket_review", number)
        walk.press(rita, "ticket", number)
        order = _ticket(walk, number).order_id
        walk.press(rita, "order", order)
        walk.press(rita, "story", order)
        walk.press(ann, "order", order)
        walk.press(ann, "order_history", order)
    for verb in ("orders", "tickets"):
        walk.press(rita, verb, 0)
    walk.press(ann, "all_orders", 0)
    walk.press(rita, "client_card", walk.hall.client.id)


def drafted(walk: Walk) -> None:
    """Draft orders: with lines of which some are not known, and with none at all."""
    rita = walk.hall.desk.rita.id
    name = walk.hall.milk.name[:150]
    lines = [(name, 2000, 8900, 17800), *((f"{name} <{at}>", 3000, 100, 500) for at in range(9))]
    many = _read(walk, *lines, total_minor=10_000)
    for number in (many, _read(walk, trouble="no_text"), _read(walk, *lines[1:2], total_minor=10_000)):
        walk.press(rita, "ticket", number)
        walk.press(rita, "ticket_lines", number, 1)
        walk.press(rita, "ticket_draft", number, version=_version(walk, number))
        walk.press(rita, "ticket", number)
    walk.press(rita, "tickets", 0)


def troubles(walk: Walk) -> None:
    """Everything that can be wrong with a photo; an album; a sum that is not sure; tags that nobody understands."""
    rita = walk.hall.desk.rita.id
    for trouble in TROUBLES:
        walk.press(rita, "ticket", _read(walk, trouble=trouble))
    unsure = _read(walk, total_minor=12300, confident=False)
    walk.press(rita, "ticket", unsure)
    walk.press(rita, "ticket_take_amount", unsure)
    walk.press(rita, "ticket", _read(walk, total_minor=12300, currency="EUR"))
    walk.say(rita, "@sum many @client <b>Nobody</b> @juan")
    for photo in range(2):
        walk.send(rita, Kind.PHOTO, file_ref=f"album-{photo}", album="5", text="@note <i>")
    with walk.talk.transaction() as session:
        ticket = session.scalars(select(Ticket).order_by(Ticket.id.desc()).limit(1)).one()
        ticket_id, asked = ticket.id, {"facts": {"ticket_id": ticket.id}, "purpose": fetching.TICKET, "name": "x"}
    for at, reason in enumerate(fetching.REASONS):
        told: dict[str, Any] = {**asked, "person_id": rita, "chat_key": f"tg:1:{rita}", "reason": reason}
        walk.hear("file.not_fetched", 900 + at, **told)
    for verb in ("ticket_done", "ticket_join"):
        walk.press(rita, verb, ticket_id)
    walk.press(rita, "ticket_discard", ticket_id, version=_version(walk, ticket_id))
    with walk.talk.transaction() as session:
        at = walk.talk.clock() - timedelta(days=400)
        old = Tags(amount_minor=100, day=at.date())
        old_id = make_ticket(session, session.get_one(Person, rita), tags=old, now=at).id
    walk.press(rita, "ticket_this_client", old_id, walk.hall.client.id)
    walk.press(rita, "ticket_record", old_id, version=_version(walk, old_id))


STORIES = (settings, corrections, recorded, drafted, troubles)


def _read(walk: Walk, *lines: tuple[str, int, int, int], **over: Any) -> int:
    """One more ticket of Rita's, with this reading; its picture is like that of the last one."""
    with walk.talk.transaction() as session:
        rita = session.get_one(Person, walk.hall.desk.rita.id)
        ticket_settings.count_units(
            session, walk.hall.category.id, "tubos", by=actor_of(walk.hall.desk.ann), now=walk.talk.clock()
        )
        reading = make_reading(*lines, **{"shop": walk.hall.milk.name, "text": "5 tubos", **over})
        return make_ticket(session, rita, reading, content="the same", picture_hash="f0f0f0f0f0f0f0f0").id


def _ticket(walk: Walk, number: int) -> Ticket:
    with walk.talk.reading() as session:
        return session.get_one(Ticket, number)


def _version(walk: Walk, number: int) -> int:
    return _ticket(walk, number).version
