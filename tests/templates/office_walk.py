"""What admins look after besides the company: orders, papers, figures, staff, trouble; for the walk over every text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from db.models.clients import Client
from db.models.files import File
from db.models.invoices import Invoice, MailRequest
from db.models.messaging import dead_letter, outbox
from services import access_admin, access_codes
from services.actor import Role
from services.jobs import Job
from tests.bot.talk import hasher

if TYPE_CHECKING:
    from tests.templates.test_every_text import Walk


def orders(walk: Walk) -> None:
    """By state, searched, and one with its whole history."""
    ann, hall = walk.hall.desk.ann.id, walk.hall
    walk.press(ann, "all_orders", 0)
    for state in range(6):
        walk.press(ann, "all_orders_only", state)
    for typed in (hall.client.name[:20], "nobody is called so"):
        walk.say(ann, typed)
    walk.press(ann, "all_orders", 1)
    for order, _ in hall.orders.values():
        walk.press(ann, "order", order)
        walk.press(ann, "order_history", order)


def papers(walk: Walk) -> None:
    """An invoice before it is drawn, without an address, mailed, and mailed elsewhere."""
    rita, (order, _) = walk.hall.desk.rita.id, walk.hall.orders["loaded"]
    walk.press(rita, "papers", order)
    with walk.talk.transaction() as session:
        file = File(sha256="1" * 64, name="p.pdf", content_type="application/pdf", size=1, created_at=walk.talk.clock())
        session.add(file)
        session.flush()
        session.execute(update(Invoice).where(Invoice.order_id == order).values(pdf_file_id=file.id))
    walk.press(rita, "papers", order)
    walk.press(rita, "paper_pdf", order)
    with walk.talk.transaction() as session:
        session.execute(update(Client).values(email="shop@example.com"))
    walk.press(rita, "papers", order)
    walk.press(rita, "mail_again", order, version=_letters(walk))
    for verb in ("mail_once", "mail_and_save"):
        walk.press(rita, "mail_address", order)
        for typed in ("no address", f"{verb}@example.com"):
            walk.say(rita, typed)
        walk.press(rita, verb, order, version=_letters(walk))
    with walk.talk.transaction() as session:
        session.execute(update(MailRequest).values(state="accepted", reason="550 <the copy> & never"))
    walk.press(rita, "papers", order)
    walk.press(rita, "mail_again", order, version=_letters(walk))


def figures(walk: Walk) -> None:
    """Every period and list, somebody's part of it, two dates, the file."""
    ann, rita, hall = walk.hall.desk.ann.id, walk.hall.desk.rita.id, walk.hall
    walk.say(ann, "/figures")
    for span in range(8):
        walk.press(ann, "figures_span", span, 0, 0)
    day = hall.day.toordinal() - 1
    for listed in range(1, 7):
        for basis in (0, 1):
            walk.press(ann, "figures", day, day, listed * 100 + basis * 10)
    walk.press(ann, "figures", day, day, 1, hall.client.id)
    walk.press(ann, "figures_file", day, day, 0, version=1)
    walk.press(ann, "figures_days", 0, 0)
    walk.say(ann, "in spring")
    walk.press(ann, "figures_first", 0, 0, day - 40)
    walk.press(ann, "figures_last", 0, 0, day - 40, day)
    walk.say(rita, "/figures")


def staff(walk: Walk) -> None:
    """Somebody's card with all that can be changed; passwords that nobody used; who has left."""
    ann, rob, kazan = walk.hall.desk.ann.id, walk.hall.rob, walk.hall.kazan.id
    walk.press(ann, "request_access", 2)
    walk.press(ann, "access_issue", version=walk.form(ann))
    walk.press(ann, "staff_member", walk.hall.boris.id)
    for pressed in (("staff_role", 0, 1), ("staff_warehouse", kazan, 0), ("staff_warehouse", 0, 1)):
        verb, *ids = pressed
        walk.press(ann, str(verb), walk.hall.boris.id, *(int(number) for number in ids))
    walk.press(ann, "staff_member", walk.hall.boris.id)
    walk.press(ann, "staff_reissue", walk.hall.boris.id, version=walk.form(ann))
    walk.press(ann, "staff_revoke", walk.hall.boris.id)
    walk.press(ann, "revoke", walk.hall.boris.id)
    walk.press(ann, "staff", 1, 0)
    walk.press(ann, "staff_member", rob.id)
    walk.press(ann, "staff_codes", 0)
    with walk.talk.transaction() as session:
        code = access_admin.issue(
            session, access_codes.prepare(hasher()), by=None, name=rob.name, role=Role.REP, warehouse_ids=(),
            valid_for=timedelta(days=1), now=walk.talk.clock(),
        ).id  # fmt: skip
    walk.press(ann, "staff_codes", 0)
    walk.press(ann, "code_withdraw", code)


def trouble(walk: Walk) -> None:
    """Rows of every kind that died, one that held a secret, and a message that nobody understood."""
    ann, now = walk.hall.desk.ann.id, walk.talk.clock()
    row = {
        "lane": "mail:1", "payload": {"request_id": 1}, "attempts": 9, "secret": False, "status": "dead",
        "created_at": now, "done_at": now, "last_error": "550 <no> & never" * 60,
    }  # fmt: skip
    kinds = (*Job, "chat.notice")
    with walk.talk.transaction() as session:
        ids = [
            session.execute(insert(outbox).values(**row, kind=kind).returning(outbox.c.id)).scalar_one()
            for kind in kinds
        ]
        secret = {**row, "secret": True, "kind": "chat.notice"}
        ids.append(session.execute(insert(outbox).values(**secret).returning(outbox.c.id)).scalar_one())
        letter = {"source": "tg:1", "update_id": 5, "chat_key": "tg:1:5", "raw": {}, "error": "oh <b>", "at": now}
        dead = session.execute(insert(dead_letter).values(**letter).returning(dead_letter.c.id)).scalar_one()
    walk.say(ann, "/menu")
    for page in range(3):
        walk.press(ann, "trouble", page)
    for number in ids:
        walk.press(ann, "trouble_row", number)
    walk.press(ann, "trouble_retry", ids[0])
    walk.press(ann, "trouble_retry_all", ids[1])
    walk.press(ann, "trouble_aside", ids[-1])
    walk.press(ann, "trouble_letter_aside", dead)


def _letters(walk: Walk) -> int:
    """How many letters were asked for: the version of the buttons that send one."""
    return int(walk.talk.scalar(select(func.count()).select_from(MailRequest)))


STORIES: tuple[Any, ...] = (orders, papers, figures, staff, trouble)
