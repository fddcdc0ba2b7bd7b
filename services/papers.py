"""An order's papers, for its rep and for admins: the invoice, what became of its letters, and another try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.files import File
from db.models.invoices import Invoice, MailRequest
from db.models.orders import Order
from services import audit, clients, emails, invoicing, mailing, orders
from services.actor import Actor, NotAllowed, Role
from services.errors import DomainError, Moved
from services.mailing import MailState, MailStatus

_SHOWN_LETTERS = 4


class NotBilledYet(DomainError):
    """The order has no invoice. Facts: order (its id)."""


class PdfNotReady(DomainError):
    """The invoice is being drawn at this moment. Facts: invoice (its number)."""


class LetterAsked(Moved):
    """Another letter was asked for since the button was made: the second of two taps. Facts: address."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What there is of one order. ``pdf`` is None while it is being drawn.

    ``letters``: the newest first. ``version``: how many letters were asked for, which buttons carry.
    ``client_email``: what the client's card says today, empty if nothing.
    """

    order_id: int
    invoice: Invoice
    pdf: File | None
    letters: list[MailState]
    version: int
    client_id: int
    client_email: str

    @property
    def next_address(self) -> str:
        """Where another letter would go; empty if nowhere.

        Where the last one went, but to the client's address of today if there was none or it was refused.
        """
        last = self.letters[0] if self.letters else None
        if last is None or (last.status is MailStatus.REFUSED and self.client_email):
            return self.client_email
        return last.address


def of_order(session: Session, order_id: int, *, by: Actor) -> Papers:
    """The papers of a billed order. Raises NotAllowed (also for an id that does not exist) or NotBilledYet."""
    order = _order(session, order_id, by, "papers.read")
    invoice = invoicing.find_of_order(session, order.id)
    if invoice is None or order.client is None:
        raise NotBilledYet(order=order.id)
    return Papers(
        order_id=order.id,
        invoice=invoice,
        pdf=session.get(File, invoice.pdf_file_id) if invoice.pdf_file_id is not None else None,
        letters=mailing.list_letters(session, invoice.id, most=_SHOWN_LETTERS),
        version=mailing.count_letters(session, invoice.id),
        client_id=order.client.id,
        client_email=order.client.email,
    )


def pdf_of(session: Session, order_id: int, *, by: Actor) -> File:
    """The kept invoice, as often as it is wanted. Raises NotAllowed, NotBilledYet or PdfNotReady."""
    papers = of_order(session, order_id, by=by)
    if papers.pdf is None:
        raise PdfNotReady(invoice=papers.invoice.label)
    return papers.pdf


def send(
    session: Session, order_id: int, version: int, address: str, *, by: Actor, now: datetime, keep: bool = False
) -> MailRequest:
    """Have the invoice mailed to ``address``, also once more to where it went before: a letter of its own.

    ``version``: how many letters there were when the button was made. Letters that have not left yet are withdrawn.
    ``keep`` writes the address on the client's card. Locks the invoice, its open letters, the client, the lane.
    Raises NotAllowed, NotBilledYet, PdfNotReady, EmailUnclear or LetterAsked, having changed nothing.
    """
    order = _order(session, order_id, by, "papers.send")
    invoice = _lock(session, order)
    if mailing.count_letters(session, invoice.id) != version:
        raise LetterAsked(address=mailing.mail_state(session, order.id).address)
    if invoice.pdf_file_id is None:
        raise PdfNotReady(invoice=invoice.label)
    to = emails.parse(address)
    mailing.withdraw_open(session, invoice.id, by=by, now=now)
    if keep and order.client_id is not None:
        clients.change(session, order.client_id, by=by, now=now, email=to)
    asked = mailing.request(session, invoice, to, by=by, now=now)
    after = {"invoice": invoice.label, "address": to}
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
