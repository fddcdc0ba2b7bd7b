"""The way out for invoices and credit notes: drawn from frozen data outside any transaction, then mailed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

from bot.events import Internal
from delivery import invoice_pdf, letters, logo
from delivery.smtp import SmtpGateway
from delivery.ways import HandBack
from services import credit_document, invoice_document, mailing
from services.files import FileStore
from services.invoice_document import InvoiceDocument
from services.jobs import Job
from services.lanes import Row
from services.pace import Limit
from services.ways_out import TryLater
from templates.environment import Texts

NO_SENDER_PAUSE = 60.0


class _Kind(NamedTuple):
    """What a job draws: where its id stands, how it is read, and what is said of it when it is drawn."""

    key: str
    frozen: Callable[[Session, int], InvoiceDocument]
    drawn: str


_KINDS: Final = {
    Job.DRAW_INVOICE: _Kind("invoice_id", invoice_document.frozen, "invoice.drawn"),
    Job.DRAW_CREDIT_NOTE: _Kind("credit_note_id", credit_document.frozen, "credit.drawn"),
}


class DrawingWay:
    """Draws the PDF of an invoice or credit note, stores it, and hands back where it lies."""

    def __init__(self, texts: Texts, fonts: Path, store: FileStore, hand_back: HandBack) -> None:
        self._texts, self._fonts, self._store, self._hand_back = texts, fonts, store, hand_back

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        """Nobody limits our own drawing."""
        return ()

    def prepare(self, session: Session, row: Row) -> InvoiceDocument:
        """Read what the paper prints."""
        kind = _KINDS[Job(row.kind)]
        return kind.frozen(session, row.payload[kind.key])

    def deliver(self, row: Row, prepared: InvoiceDocument) -> str:
        """Draw and store. The same paper always gives the same bytes, so doing it twice is harmless."""
        pdf = invoice_pdf.draw(prepared, self._texts, self._fonts, self._logo(prepared.seller["logo_sha256"]))
        sha256 = self._store.put(pdf)
        kind = _KINDS[Job(row.kind)]
        facts = {
            kind.key: row.payload[kind.key],
            "name": f"{prepared.label}.pdf",
            "sha256": sha256,
            "size": len(pdf),
        }
        self._hand_back(Internal(kind.drawn, row.id, facts))
        return sha256

    def _logo(self, sha256: str) -> logo.Logo | None:
        """The logo that the company had; a paper without it is better than none."""
        try:
            return logo.prepare(self._store.read(sha256)) if sha256 else None
        except FileNotFoundError:
            return None

    def settle(self, session: Session, row: Row, provider_id: str) -> None:
        """What was learnt has gone through the conversation's door already."""

    def put_off(self, row: Row, reason: str) -> None:
        """Drawing needs nobody outside."""

    def given_up(self, row: Row, reason: str) -> None:
        """Tell the admins: something was billed or credited without a paper."""
        self._hand_back(Internal("gave_up", row.id, {"kind": row.kind, "reason": reason}))


class MailingWay:
    """Mails an invoice or credit note; what the mail server says comes back as an event."""

    def __init__(
        self,
        texts: Texts,
        gateway: SmtpGateway,
        store: FileStore,
        hand_back: HandBack,
        *,
        sender: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._texts, self._gateway, self._store, self._hand_back = texts, gateway, store, hand_back
        self._sender, self._clock = sender, clock

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        """The mail server says itself when it is too much."""
        return ()

    def prepare(self, session: Session, row: Row) -> mailing.Letter | None:
        """Read the letter; None if it is not wanted any more."""
        return mailing.letter(session, row.payload["request_id"])

    def deliver(self, row: Row, prepared: mailing.Letter | None) -> str:
        """Send the letter with the PDF; its Message-ID is the same on every try. One that was withdrawn stays here."""
        if prepared is None:
            return ""
        sender = self._sender or prepared.reply_to
        if not sender:
            raise TryLater("MAIL_FROM is not set and the company has no address", NO_SENDER_PAUSE)
        pdf = self._store.read(prepared.pdf_sha256)
        message = letters.build(prepared, pdf, self._texts, sender=sender, now=self._clock())
        copy_refused = self._gateway.send(message, copy_to=letters.on_the_wire(prepared.copy_to))
        self._tell("mail.accepted", row, copy_refused=copy_refused)
        return prepared.message_id

    def settle(self, session: Session, row: Row, provider_id: str) -> None:
        """What was learnt has gone through the conversation's door already."""

    def put_off(self, row: Row, reason: str) -> None:
        """The first time the rep is told that it takes longer."""
        self._tell("mail.delayed", row, reason=reason)

    def given_up(self, row: Row, reason: str) -> None:
        """The rep is told why."""
        self._tell("mail.refused", row, reason=reason)

    def _tell(self, name: str, row: Row, **facts: Any) -> None:
        self._hand_back(Internal(name, row.id, {"request_id": row.payload["request_id"], **facts}))
