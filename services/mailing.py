"""Invoices and credit notes by e-mail: what was asked for, and what became of it. ``accepted`` is what the mail
server said.

A resend is a new request; every retry of a request carries the same Message-ID, so that a mail server can tell
a repeat.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from db.models.credit_notes import CreditNote
from db.models.files import File
from db.models.invoices import Invoice, MailRequest
from db.models.orders import Order
from services import audit, company, credit_document, files, invoice_document, outbox
from services.actor import Actor
from services.announcements import Audience, announce
from services.invoice_document import InvoiceDocument
from services.jobs import Job

Paper = Invoice | CreditNote
"""What is mailed. The letters of an invoice are not those of its credit notes."""

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,118}[a-z0-9])?")
_FALLBACK_DOMAIN = "telbot.invalid"
_REASON_LENGTH = 500


class MailStatus(StrEnum):
    """What became of a paper's mail."""

    NONE = "none"
    """Nothing is billed yet."""
    NO_ADDRESS = "no_address"
    """The client has no e-mail: the paper is kept, not sent."""
    QUEUED = "queued"
    DELAYED = "delayed"
    """The mail server would not take it for now; it is tried again."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """For ever."""
    WITHDRAWN = "withdrawn"
    """It had not left when it was sent to another address instead."""


_OPEN = {MailStatus.QUEUED, MailStatus.DELAYED}


@dataclass(frozen=True, slots=True)
class MailState:
    """The state of a letter for screens; ``reason`` says why it is delayed or refused.

    Of an accepted one it says why the company's own copy was refused; ``at`` is when it was asked for.
    """

    status: MailStatus
    address: str = ""
    reason: str = ""
    at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """All that the sender needs. ``reply_to`` is the company's address, empty if it has none.

    ``copy_to`` gets the same letter without standing in it; empty: nobody does.
    """

    message_id: str
    to: str
    copy_to: str
    reply_to: str
    language: str
    document: InvoiceDocument
    pdf_sha256: str
    pdf_name: str


def hand_over(session: Session, paper: Paper, *, now: datetime) -> None:
    """Have a paper that was just drawn mailed; where the client has no e-mail, the order's rep gets it instead.

    Announces ``invoice_kept`` or ``credit_note_kept`` with the PDF. Locks the letter's lane.
    """
    if paper.buyer["email"]:
        request(session, paper, paper.buyer["email"], by=None, now=now)
        return
    pdf = session.scalars(select(File).where(File.id == paper.pdf_file_id)).one()
    rep_id = session.scalars(select(Order.rep_id).where(Order.id == paper.order_id)).one()
    announce(
        session,
        Audience(person_id=rep_id),
        "credit_note_kept" if isinstance(paper, CreditNote) else "invoice_kept",
        file=files.as_document(pdf),
        order_id=paper.order_id,
        client=paper.buyer["name"],
        invoice=paper.label,
        note_id=_note_id(paper),
    )


def request(session: Session, paper: Paper, address: str, *, by: Actor | None, now: datetime) -> MailRequest:
    """Ask for one letter with this paper to ``address``, and a copy for the company where it wants one.

    ``by``: None for what was drawn just now. Locks the letter's lane.
    """
    note_id = _note_id(paper)
    asked = MailRequest(
        invoice_id=paper.invoice_id if isinstance(paper, CreditNote) else paper.id,
        credit_note_id=note_id or None,
        address=address,
        copy_to=_copy_to(session, address),
        requested_by=by.person_id if by else None,
        message_id=f"<{uuid.uuid4()}@{_domain(paper.seller['email'])}>",
        state=MailStatus.QUEUED,
        requested_at=now,
    )
    session.add(asked)
    session.flush()
    item = outbox.Item(lane=f"mail:{asked.id}", kind=Job.MAIL_INVOICE, payload={"request_id": asked.id})
    outbox.put(session, [item], now=now)
    return asked


def withdraw_open(session: Session, paper: Paper, *, by: Actor, now: datetime) -> None:
    """Let the paper's letters that have not left yet stay here. Locks the requests, in id order.

    One that is on the wire in this very moment arrives all the same, and is then accepted.
    """
    query = select(MailRequest).where(_of(paper), MailRequest.state.in_(sorted(_OPEN)))
    for asked in session.scalars(query.order_by(MailRequest.id).with_for_update()).all():
        before = {"state": MailStatus(asked.state).value}
        asked.state, asked.settled_at = MailStatus.WITHDRAWN, now
        subject, after = f"mail:{asked.id}", {"state": MailStatus.WITHDRAWN.value}
        audit.write(session, by=by, action="mail.withdrawn", subject=subject, now=now, before=before, after=after)


def letter(session: Session, request_id: int) -> Letter | None:
    """Read all that the letter is made of; None if it was withdrawn.

    Raises NoResultFound if there is no such request, or no PDF yet.
    """
    asked = session.get_one(MailRequest, request_id)
    paper = _paper_of(session, asked)
    pdf = session.scalars(select(File).where(File.id == paper.pdf_file_id)).one()
    if asked.state == MailStatus.WITHDRAWN:
        return None
    is_note = isinstance(paper, CreditNote)
    return Letter(
        message_id=asked.message_id,
        to=asked.address,
        copy_to=asked.copy_to,
        reply_to=paper.seller["email"],
        language=paper.language,
        document=(credit_document if is_note else invoice_document).frozen(session, paper.id),
        pdf_sha256=pdf.sha256,
        pdf_name=pdf.name,
    )


def note_delayed(session: Session, request_id: int, reason: str, *, now: datetime) -> None:
    """Write down that the letter has to wait, and tell the rep the first time. Locks the request.

    Announces ``mail_delayed``. Changes nothing once the letter is accepted or refused.
    """
    asked = _lock(session, request_id)
    if asked.state not in _OPEN:
        return
    first = asked.state == MailStatus.QUEUED
    asked.state, asked.reason = MailStatus.DELAYED, _short(reason)
    if first:
        _tell(session, asked, "mail_delayed", now=now, reason=asked.reason)


def note_accepted(session: Session, request_id: int, *, now: datetime, copy_refused: str = "") -> None:
    """Write down that the mail server took the letter, once, and tell the rep. Locks the request.

    Announces ``mail_accepted``. A letter refused before may be accepted after an admin's retry.
    ``copy_refused``: why the company's own copy was not taken, which is no fault of the letter.
    """
    asked = _lock(session, request_id)
    if asked.state == MailStatus.ACCEPTED:
        return
    asked.state, asked.reason, asked.settled_at = MailStatus.ACCEPTED, _short(copy_refused), now
    _tell(session, asked, "mail_accepted", now=now)


def note_refused(session: Session, request_id: int, reason: str, *, now: datetime) -> None:
    """Write down that the letter will never be taken, once, and tell the rep. Locks the request.

    Announces ``mail_refused``. Changes nothing once the letter is accepted.
    """
    asked = _lock(session, request_id)
    if asked.state not in _OPEN:
        return
    asked.state, asked.reason, asked.settled_at = MailStatus.REFUSED, _short(reason), now
    _tell(session, asked, "mail_refused", now=now, reason=asked.reason)


def mail_state(session: Session, order_id: int) -> MailState:
    """What became of the newest letter with the order's invoice, as far as it is known."""
    invoice = session.scalars(select(Invoice).where(Invoice.order_id == order_id)).one_or_none()
    if invoice is None:
        return MailState(MailStatus.NONE)
    return state_of(session, invoice)


def state_of(session: Session, paper: Paper) -> MailState:
    """What became of the newest letter with this paper, as far as it is known."""
    newest = list_letters(session, paper, most=1)
    if newest:
        return newest[0]
    address = paper.buyer["email"]
    return MailState(MailStatus.QUEUED if address else MailStatus.NO_ADDRESS, address)


def list_letters(session: Session, paper: Paper, *, most: int) -> list[MailState]:
    """What became of the paper's newest letters, the newest first."""
    query = select(MailRequest).where(_of(paper)).order_by(MailRequest.id.desc()).limit(most)
    return [
        MailState(MailStatus(asked.state), asked.address, asked.reason, asked.requested_at)
        for asked in session.scalars(query)
    ]


def count_letters(session: Session, paper: Paper) -> int:
    """How often the paper was asked to be mailed: the version of its mail, for buttons."""
    return session.scalar(select(func.count()).select_from(MailRequest).where(_of(paper))) or 0


def _of(paper: Paper) -> ColumnElement[bool]:
    """Which requests are for this paper."""
    if isinstance(paper, CreditNote):
        return MailRequest.credit_note_id == paper.id
    return and_(MailRequest.invoice_id == paper.id, MailRequest.credit_note_id.is_(None))


def _paper_of(session: Session, asked: MailRequest) -> Paper:
    if asked.credit_note_id is not None:
        return session.get_one(CreditNote, asked.credit_note_id)
    return session.get_one(Invoice, asked.invoice_id)


def _note_id(paper: Paper) -> int:
    """The id of a credit note; 0 of an invoice."""
    return paper.id if isinstance(paper, CreditNote) else 0


def _copy_to(session: Session, address: str) -> str:
    """The company's address, where it wants copies and is not written to anyway."""
    seller = company.get(session)
    wanted = seller.mail_copy and seller.email.casefold() != address.casefold()
    return seller.email if wanted else ""


def _lock(session: Session, request_id: int) -> MailRequest:
    query = select(MailRequest).where(MailRequest.id == request_id).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def _tell(session: Session, asked: MailRequest, name: str, *, now: datetime, **facts: Any) -> None:
    """Announce to the order's rep and leave an audit row."""
    paper = _paper_of(session, asked)
    rep_id = session.scalars(select(Order.rep_id).where(Order.id == paper.order_id)).one()
    known = {"order_id": paper.order_id, "invoice": paper.label, "note_id": _note_id(paper), "address": asked.address}
    facts = {**known, **facts}
    announce(session, Audience(person_id=rep_id), name, **facts)
    action = f"mail.{MailStatus(asked.state).value}"
    audit.write(session, by=None, action=action, subject=f"mail:{asked.id}", now=now, after=facts)
    session.flush()


def _short(reason: str) -> str:
    return " ".join(reason.split())[:_REASON_LENGTH]


def _domain(address: str) -> str:
    """The part after the @ where it fits a Message-ID, which is plain ASCII."""
    domain = address.rpartition("@")[2].casefold()
    return domain if _DOMAIN.fullmatch(domain) else _FALLBACK_DOMAIN
