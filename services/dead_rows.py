"""What could not leave, or could not be understood: to be looked at and, once the cause is mended, tried again.

Admins do it in chat, whoever runs the server at the command line. What a row holds stays unsaid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from db.models.credit_notes import CreditNote
from db.models.invoices import Invoice, MailRequest
from db.models.messaging import dead_letter, lane, outbox
from db.session import Transaction
from services import audit
from services.actor import Actor, Role, require
from services.errors import DomainError
from services.jobs import Job

LONGEST_ERROR = 200
ASIDE = "aside"
"""The status of a dead row that an admin has looked at and wants to see no more."""
MOST_AT_ONCE = 200
"""Of one kind, tried again by one press."""


class CannotRetry(SystemExit):
    """What was typed names no row that can be tried again; unless somebody minds, the process ends with why."""


class NotDead(DomainError):
    """There is no such row, or it is not dead (any more). Facts: row (its id), status (empty: there is none)."""


class ContentGone(DomainError):
    """The row held a password or a link, which was blanked when it died. Facts: row (its id)."""


@dataclass(frozen=True, slots=True)
class DeadRow:
    """A row of the outbox that was given up; what it holds stays unsaid."""

    id: int
    kind: str
    lane: str
    error: str
    died_at: datetime
    secret: bool = False
    order_id: int | None = None
    """The order that it is about, where it is about one."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An update that failed for good; what it holds stays unsaid."""

    id: int
    source: str
    chat_key: str
    error: str
    died_at: datetime


_DEAD = text("outbox.status = 'dead'")
"""In the words of the index."""
_ROW = (outbox.c.id, outbox.c.kind, outbox.c.lane, outbox.c.last_error, outbox.c.done_at, outbox.c.secret)
_LETTER = (dead_letter.c.id, dead_letter.c.source, dead_letter.c.chat_key, dead_letter.c.error, dead_letter.c.at)


def list_rows(session: Session) -> list[DeadRow]:
    """What was given up, oldest first."""
    found = session.execute(select(*_ROW).where(_DEAD).order_by(outbox.c.id))
    return [DeadRow(*row) for row in found]


def list_letters(session: Session) -> list[DeadLetter]:
    """Updates that failed for good, oldest first."""
    return [DeadLetter(*row) for row in session.execute(select(*_LETTER).order_by(dead_letter.c.id))]


def count(session: Session, *, by: Actor) -> int:
    """How much trouble waits to be looked at; for admins."""
    _require(by)
    rows = session.scalar(select(func.count()).select_from(outbox).where(_DEAD)) or 0
    return rows + (session.scalar(select(func.count()).select_from(dead_letter)) or 0)


def find(session: Session, row_id: int, *, by: Actor) -> DeadRow:
    """One dead row and what it is about; for admins. Raises NotAllowed or NotDead."""
    _require(by)
    row = session.execute(select(*_ROW, outbox.c.status, outbox.c.payload).where(outbox.c.id == row_id)).first()
    if row is None or row.status != "dead":
        raise NotDead(row=row_id, status=row.status if row else "")
    order_id = _order_of(session, row.kind, row.payload)
    return DeadRow(row.id, row.kind, row.lane, row.last_error, row.done_at, row.secret, order_id)


def _order_of(session: Session, kind: str, payload: dict[str, int]) -> int | None:
    if kind == Job.MAIL_INVOICE:
        of_request = select(Invoice.order_id).join(MailRequest, MailRequest.invoice_id == Invoice.id)
        return session.scalar(of_request.where(MailRequest.id == payload.get("request_id", 0)))
    if kind == Job.DRAW_INVOICE:
        return session.scalar(select(Invoice.order_id).where(Invoice.id == payload.get("invoice_id", 0)))
    if kind == Job.DRAW_CREDIT_NOTE:
        return session.scalar(select(CreditNote.order_id).where(CreditNote.id == payload.get("credit_note_id", 0)))
    return None


def retry(session: Session, row_id: int, *, now: datetime, by: Actor | None = None) -> str:
    """Let a dead row leave after all, as if it had been written now; returns its lane. ``by``: an admin in chat;
    None: the command line.

    Locks the lane, then the row. Raises NotAllowed, NotDead or ContentGone, having changed nothing.
    """
    if by is not None:
        _require(by)
    key = session.scalar(select(outbox.c.lane).where(outbox.c.id == row_id))
    if key is None:
        raise NotDead(row=row_id, status="")
    known = session.scalar(select(lane.c.key).where(lane.c.key == key).with_for_update())
    row = session.execute(select(outbox).where(outbox.c.id == row_id).with_for_update()).one()
    if row.status != "dead":
        raise NotDead(row=row_id, status=row.status)
    if row.secret:
        raise ContentGone(row=row_id)
    if known is None:
        session.execute(insert(lane).values(key=key))
    session.execute(update(lane).where(lane.c.key == key).values(due_at=now))
    again = {"status": "pending", "attempts": 0, "created_at": now, "done_at": None, "last_error": ""}
    session.execute(update(outbox).where(outbox.c.id == row_id).values(**again))
    session.info.setdefault("lanes", set()).add(str(key))
    _write_down(session, "outbox.retried", f"outbox:{row_id}", row.last_error, by=by, now=now)
    return str(key)


def retry_kind(session: Session, kind: str, *, by: Actor, now: datetime) -> int:
    """Let the oldest dead rows of one kind leave after all, those whose content is gone left out; how many.

    For admins. Locks their lanes and rows in the order of the lanes. Raises NotAllowed.
    """
    _require(by)
    dead = select(outbox.c.id).where(_DEAD, outbox.c.kind == kind, outbox.c.secret.is_(False))
    rows = session.scalars(dead.order_by(outbox.c.lane, outbox.c.id).limit(MOST_AT_ONCE)).all()
    for row_id in rows:
        retry(session, row_id, by=by, now=now)
    return len(rows)


def put_aside(session: Session, row_id: int, *, by: Actor, now: datetime) -> None:
    """Show a dead row no more; it stays in the table. For admins. Raises NotAllowed or NotDead."""
    row = find(session, row_id, by=by)
    dead = (outbox.c.id == row_id) & (outbox.c.status == "dead")
    session.execute(update(outbox).where(dead).values(status=ASIDE))
    _write_down(session, "outbox.put_aside", f"outbox:{row_id}", row.error, by=by, now=now)


def put_letter_aside(session: Session, letter_id: int, *, by: Actor, now: datetime) -> None:
    """Forget an update that failed for good: whoever sent it was told then. For admins.

    Raises NotAllowed or NotDead.
    """
    _require(by)
    error = session.scalar(delete(dead_letter).where(dead_letter.c.id == letter_id).returning(dead_letter.c.error))
    if error is None:
        raise NotDead(row=letter_id, status="")
    _write_down(session, "dead_letter.put_aside", f"dead_letter:{letter_id}", error, by=by, now=now)


def _require(by: Actor) -> None:
    require(by, Role.ADMIN, action="trouble.read", subject="outbox")


def _write_down(session: Session, action: str, subject: str, error: str, *, by: Actor | None, now: datetime) -> None:
    before, after = (
        {"status": "dead", "error": error[:LONGEST_ERROR]},
        {"status": "pending" if action.endswith("retried") else ASIDE},
    )
    audit.write(session, by=by, action=action, subject=subject, now=now, origin="cli", before=before, after=after)
    session.flush()


def report(reading: Transaction) -> str:
    """Both lists for the command line, one thing a line."""
    with reading() as session:
        rows, dead_letters = list_rows(session), list_letters(session)
    lines = [_line(row.id, row.died_at, row.kind, row.lane, row.error) for row in rows]
    letters = [
        _line(letter.id, letter.died_at, letter.source, letter.chat_key, letter.error) for letter in dead_letters
    ]
    if lines:
        lines = ["Could not leave (retry <row> lets one try again):", *lines]
    if letters:
        lines += ["Updates that failed for good:", *letters]
    return "\n".join(lines) or "Nothing is dead."


def retry_one(transaction: Transaction, row_id: str, *, now: datetime) -> str:
    """What ``retry`` does, for the command line: from the word that was typed to what is printed."""
    if not (row_id.isascii() and row_id.isdigit()):
        raise CannotRetry("Say the number of the row, as `dead` shows it.")
    try:
        with transaction() as session:
            return f"Row {row_id} leaves again, in lane {retry(session, int(row_id), now=now)}."
    except NotDead as refusal:
        status = refusal.facts["status"]
        why = f"Row {row_id} is not dead but {status}." if status else f"There is no row {row_id}."
        raise CannotRetry(f"{why} `dead` lists those that can be tried again.") from None
    except ContentGone:
        raise CannotRetry(f"Row {row_id} held a password or link, which is gone: make a new one.") from None


def _line(number: int, died_at: datetime, *words: str) -> str:
    """Columns apart by two blanks; an error may hold line ends, and is cut."""
    columns = [
        f"{number}",
        f"{died_at:%Y-%m-%d %H:%M} UTC",
        *(" ".join(word.split())[:LONGEST_ERROR] for word in words),
    ]
    return "  " + "  ".join(columns)
