"""Taking back what was sold: credit notes and voided sales, in every state; for the walk over every text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from db.models.credit_notes import CreditNote
from db.models.files import File
from db.models.invoices import MailRequest
from db.models.orders import Order, OrderLine
from services import mailing, ticket_orders
from services.ticket_tags import Tags
from tests.builders import actor_of, make_ticket, unit_of
from tests.services.desk import make_invoice

if TYPE_CHECKING:
    from tests.templates.test_every_text import Walk


def credits(walk: Walk) -> None:  # noqa: A001 - what they are called
    """Boxes are credited by lines, in bottles, with what is refused on the way; then all that stands."""
    ann, hall = walk.hall.desk.ann.id, walk.hall
    with walk.talk.transaction() as session:
        box = unit_of(hall.milk, "box")
        order = make_invoice(session, hall.desk, {box: 3, hall.milk: 2}, client=hall.client).order_id
        session.info.pop("announcements", None)
    [bottles, boxes] = [row.id for row in _goods(walk, order)]
    delivery = int(walk.talk.scalar(_lines(order).where(OrderLine.kind == "delivery")))
    walk.press(ann, "order", order)
    walk.press(ann, "credit", order)
    walk.press(ann, "credit_page", order, 0)
    walk.press(ann, "credit_line", order, boxes)
    for typed in ("1", "1 pcs", "as many as you like", "99", "0"):
        walk.say(ann, typed)
        walk.press(ann, "credit_line", order, boxes)
    walk.press(ann, "credit_set", order, boxes, 1000, 1)
    walk.press(ann, "credit_set", order, boxes, 12000, 2)
    walk.press(ann, "credit_line", order, boxes)
    walk.press(ann, "credit_set", order, bottles, 99000, 1)
    walk.press(ann, "credit_set", order, delivery, 1000, 0)
    walk.say(ann, "<b>Spoilt</b> & never")
    walk.press(ann, "credit_issue", order, version=walk.state(ann)["form"])
    walk.press(ann, "credit", order)
    walk.press(ann, "credit_line", order, boxes)
    for place in (1, 2):
        walk.press(ann, "credit_all", order, place)
    with walk.talk.transaction() as session:
        session.execute(update(Order).where(Order.id == order).values(version=Order.version + 1))
    walk.say(ann, "All of it")
    walk.press(ann, "credit_all", order, 1)
    walk.say(ann, "All of it")
    walk.press(ann, "credit_issue", order, version=walk.state(ann)["form"])
    walk.press(ann, "credit", order)
    for verb in ("order", "order_history", "papers", "story"):
        walk.press(ann, verb, order)
    papers(walk, order)


def papers(walk: Walk, order: int) -> None:
    """A credit note before it is drawn, kept, mailed, and what became of that."""
    ann = walk.hall.desk.ann.id
    note = int(walk.talk.scalar(select(func.max(CreditNote.id)).where(CreditNote.order_id == order)))
    walk.press(ann, "papers", order, note)
    with walk.talk.transaction() as session:
        row = insert(File).values(
            sha256="2" * 64, name="n.pdf", content_type="application/pdf", size=1, created_at=walk.talk.clock()
        )
        file = session.execute(row.returning(File.id)).scalar_one()
        session.execute(update(CreditNote).where(CreditNote.id == note).values(pdf_file_id=file))
    walk.press(ann, "papers", order, note)
    walk.press(ann, "paper_pdf", order, note)
    for verb in ("mail_once", "mail_and_save"):
        walk.press(ann, "mail_address", order, note)
        walk.say(ann, f"{verb}@example.com")
        walk.press(ann, verb, order, note, version=_letters(walk, note))
    for state in ("queued", "delayed", "refused", "accepted", "withdrawn"):
        with walk.talk.transaction() as session:
            asked = mailing.request(
                session, session.get_one(CreditNote, note), "shop@example.com", by=None, now=walk.talk.clock()
            )
            asked.state, asked.reason = state, "550 <no> & never"
        walk.talk.clear_outbox()
        walk.press(ann, "papers", order, note)


def voids(walk: Walk) -> None:
    """A recorded sale is voided; the rep looks at it after."""
    ann, rita = walk.hall.desk.ann, walk.hall.desk.rita
    with walk.talk.transaction() as session:
        ticket = make_ticket(session, rita, tags=Tags(amount_minor=150_000, client=walk.hall.client.name))
        ticket.client_id = walk.hall.client.id
        sale = ticket_orders.record_sale(
            session, ticket.id, ticket.version, reason="x", by=actor_of(rita), now=walk.talk.clock()
        ).id
        session.info.pop("announcements", None)
    walk.press(ann.id, "order", sale)
    walk.press(ann.id, "void", walk.hall.orders["loaded"][0])
    walk.press(ann.id, "void", sale)
    walk.say(ann.id, "x" * 301)
    walk.say(ann.id, "Typed <twice> & more")
    walk.press(ann.id, "void_sale", sale, version=walk.version(sale))
    for chat in (ann.id, rita.id):
        walk.press(chat, "order", sale)
        walk.press(chat, "story", sale)
    walk.press(ann.id, "order_history", sale)
    walk.press(ann.id, "all_orders_only", 6)
    walk.press(rita.id, "orders_only", 2)


def _lines(order: int) -> Any:
    return select(OrderLine.id).where(OrderLine.order_id == order).order_by(OrderLine.position)


def _goods(walk: Walk, order: int) -> list[Any]:
    return walk.talk.read(_lines(order).where(OrderLine.kind == "goods"))


def _letters(walk: Walk, note: int) -> int:
    """How many letters with the credit note were asked for."""
    count = select(func.count()).select_from(MailRequest).where(MailRequest.credit_note_id == note)
    return int(walk.talk.scalar(count))


STORIES: tuple[Any, ...] = (credits, voids)
