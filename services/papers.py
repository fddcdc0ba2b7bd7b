"""An order's papers, for its rep and for admins: the invoice and its credit notes, what became of their letters, and
another try.

``note_id``: which credit note is meant; 0: the invoice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.credit_notes import CreditNote
from db.models.files import File
from db.models.invoices import Invoice, MailRequest
from db.models.orders import Order
from services import audit, clients, credit_notes, emails, invoicing, mailing, orders
from services.actor import Actor, NotAllowed, Role
from services.errors import DomainError, Moved
from services.invoicing import NotBilledYet
from services.mailing import MailState, MailStatus, Paper

_SHOWN_LETTERS = 4


class PdfNotReady(DomainError):
    """The paper is being drawn at this moment. Facts: invoice (its number)."""


class LetterAsked(Moved):
    """Another letter was asked for since the button was made: the second of two taps. Facts: address."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What there is of one order, and one of its papers: ``note``, or the invoice where that is None. ``pdf`` is None
    while it is being drawn.

    ``notes``: all credit notes, the first one first. ``letters``: those with this paper, the newest first.
    ``version``: how many letters were asked for, which buttons carry. ``client_email``: what the client's card says
    today, empty if nothing.
    """

    order_id: int
    invoice: Invoice
    notes: list[CreditNote]
    note: CreditNote | None
    pdf: File | None
    letters: list[MailState]
    version: int
    client_id: int
    client_email: str

    @property
    def paper(self) -> Paper:
        """The one of them that this is about."""
        return self.note or self.invoice

    @property
    def note_id(self) -> int:
        """Which credit note this is about; 0: the invoice."""
        return self.note.id if self.note else 0

    @property
    def next_address(self) -> str:
        """Where another letter would go; empty if nowhere.

        Where the last one went, but to the client's address of today if there was none or it was refused.
        """
        last = self.letters[0] if self.letters else None
        if last is None or (last.status is MailStatus.REFUSED and self.client_email):
            return self.client_email
        return last.address


def of_order(session: Session, order_id: int, *, by: Actor, note_id: int = 0) -> Papers:
    """The papers of a billed order. Raises NotAllowed (also for ids that do not exist or belong together) or
    NotBilledYet.
    """
    order = _order(session, order_id, by, "papers.read")
    invoice = invoicing.find_of_order(session, order.id)
    if invoice is None or order.client is None:
        raise NotBilledYet(order=order.id)
    notes = credit_notes.of_order(session, order.id, by=by)
    note = next((one for one in notes if one.id == note_id), None)
    if note_id and note is None:
        raise NotAllowed(by=by, action="papers.read", subject=f"credit_note:{note_id}")
    paper = note or invoice
    return Papers(
        order_id=order.id,
        invoice=invoice,
        notes=notes,
        note=note,
        pdf=session.get(File, paper.pdf_file_id) if paper.pdf_file_id is not None else None,
        letters=mailing.list_letters(session, paper, most=_SHOWN_LETTERS),
        version=mailing.count_letters(session, paper),
        client_id=order.client.id,
        client_email=order.client.email,
    )


def pdf_of(session: Session, order_id: int, *, by: Actor, note_id: int = 0) -> File:
    """The kept paper, as often as it is wanted. Raises NotAllowed, NotBilledYet or PdfNotReady."""
    papers = of_order(session, order_id, by=by, note_id=note_id)
    if papers.pdf is None:
        raise PdfNotReady(invoice=papers.paper.label)
    return papers.pdf


def send(
    session: Session,
    order_id: int,
    version: int,
    address: str,
    *,
    by: Actor,
    now: datetime,
    keep: bool = False,
    note_id: int = 0,
) -> MailRequest:
    """Have the paper mailed to ``address``, also once more to where it went before: a letter of its own.

    ``version``: how many letters there were when the button was made. Letters that have not left yet are withdrawn.
    ``keep`` writes the address on the client's card. Locks the paper, its open letters, the client, the lane.
    Raises NotAllowed, NotBilledYet, PdfNotReady, EmailUnclear or LetterAsked, having changed nothing.
    """
    order = _order(session, order_id, by, "papers.send")
    paper = _lock_note(session, order, note_id, by=by) if note_id else _lock(session, order)
    if mailing.count_letters(session, paper) != version:
        raise LetterAsked(address=mailing.state_of(session, paper).address)
    if paper.pdf_file_id is None:
        raise PdfNotReady(invoice=paper.label)
    to = emails.parse(address)
    mailing.withdraw_open(session, paper, by=by, now=now)
    if keep and order.client_id is not None:
        clients.change(session, order.client_id, by=by, now=now, email=to)
    asked = mailing.request(session, paper, to, by=by, now=now)
    after = {"invoice": paper.label, "address": to}
    audit.write(session, by=by, action="mail.requested", subject=f"mail:{asked.id}", now=now, after=after)
    return asked


def _order(session: Session, order_id: int, by: Actor, action: str) -> Order:
    """The order, if the actor is its rep or an admin: a storekeeper who may see it has no business with its papers."""
    order = orders.get(session, order_id, by=by)
    if order.rep_id != by.person_id and Role.ADMIN not in by.roles:
        raise NotAllowed(by=by, action=action, subject=f"order:{order_id}")
    return order


def _lock(session: Session, order: Order) -> Invoice:
    query = select(Invoice).where(Invoice.order_id == order.id).with_for_update()
    invoice = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if invoice is None:
        raise NotBilledYet(order=order.id)
    return invoice


def _lock_note(session: Session, order: Order, note_id: int, *, by: Actor) -> CreditNote:
    query = select(CreditNote).where(CreditNote.id == note_id, CreditNote.order_id == order.id).with_for_update()
    note = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if note is None:
        raise NotAllowed(by=by, action="papers.send", subject=f"credit_note:{note_id}")
    return note
