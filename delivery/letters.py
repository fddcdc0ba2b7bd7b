"""The letter that brings an invoice or a credit note: text and HTML in the client's language, and the PDF."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

from services import countries
from services.invoice_document import Correction, DocumentLine
from services.mailing import Letter
from services.ways_out import NeverAgain, TryLater
from templates.environment import Texts

TEMPLATE: Final = "mail/invoice.html"
MOST_LINES: Final = 50
"""Of a longer invoice the rest stands in the PDF alone."""
_BANK: Final = ("bank_name", "bank_code", "bank_account", "correspondent_account")
_HEADER_LENGTH: Final = 200
_NAME_LENGTH: Final = 120
_FORBIDDEN_IN_NAMES: Final = '<>:"/\\|?*'
_NO_ADDRESS: Final = (ValueError, IndexError, HeaderParseError)
SENDER_PAUSE: Final = 60.0
"""Seconds until a sender that is no address is looked at again."""
_POLICY: Final = SMTP.clone(max_line_length=78)


def build(letter: Letter, pdf: bytes, texts: Texts, *, sender: str, now: datetime) -> EmailMessage:
    """Write the message of a letter. ``sender`` is the address of our mail account, ``now`` the Date.

    From shows the seller's name, Reply-To is the seller's own address. Every try has the same Message-ID, text and
    PDF, by which a repeat is known; the Date is the try's own. Raises NeverAgain where the recipient is no address,
    and TryLater where the sender is none: that is our setting to mend, and no fault of the letter's.
    """
    document = letter.document
    facts = _facts(letter)
    message = EmailMessage(policy=_POLICY)
    message["Message-ID"] = one_line(letter.message_id)
    message["Date"] = now
    message["Subject"] = one_line(texts.plain(TEMPLATE, "subject", letter.language, facts))
    message["From"] = _sender(sender, shown=str(document.seller["name"]))
    message["To"] = _recipient(letter.to, shown=str(document.buyer["contact"] or document.buyer["name"]))
    if letter.reply_to:
        _add_reply_to(message, letter.reply_to)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(texts.text(TEMPLATE, "text", letter.language, facts) + "\n")
    message.add_alternative(texts.block(TEMPLATE, "html", letter.language, facts) + "\n", subtype="html")
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=file_name(letter.pdf_name))
    message["Content-Language"] = letter.language
    _settle_boundaries(message)
    return message


def one_line(text: str) -> str:
    """A text that fits a header: no line ends, no control or direction characters, not too long."""
    kept = (" " if character.isspace() else character for character in text)
    visible = "".join(character for character in kept if unicodedata.category(character)[0] != "C")
    return " ".join(visible.split())[:_HEADER_LENGTH]


def file_name(name: str) -> str:
    """A name that every system can save a file under; ``invoice.pdf`` where nothing is left of it."""
    kept = "".join("_" if character in _FORBIDDEN_IN_NAMES else character for character in one_line(name))
    stem = kept.removesuffix(".pdf").strip(" .")[:_NAME_LENGTH].rstrip(" .")
    return f"{stem or 'invoice'}.pdf"


def _facts(letter: Letter) -> dict[str, Any]:
    document, seller = letter.document, letter.document.seller
    country = countries.profile(document.country)
    return {
        "label": document.label,
        "issue_date": document.issue_date,
        "due_date": document.due_date,
        "delivery_date": document.delivery_date,
        "lines": [_line(line) for line in document.lines[:MOST_LINES]],
        "more": max(len(document.lines) - MOST_LINES, 0),
        "taxes": document.taxes,
        "is_taxed": any(tax.vat_rate for tax in document.taxes),
        "net_minor": document.net_minor,
        "total_minor": document.total_minor,
        "currency": document.currency,
        "prices_include_vat": document.prices_include_vat,
        "buyer": one_line(str(document.buyer["contact"] or document.buyer["name"])),
        "seller": one_line(str(seller["name"])),
        "legal_name": one_line(str(seller["legal_name"] or seller["name"])),
        "director_phone": one_line(str(seller["director_phone"])),
        "seller_email": one_line(letter.reply_to),
        "bank": country.bank.value,
        "corrects": _corrected(document.corrects),
        "rectifies": country.rectifies,
        "zero_rate_is_exempt": country.zero_rate_is_exempt,
        **{name: one_line(str(seller[name])) for name in _BANK},
    }


def _corrected(corrects: Correction | None) -> dict[str, Any] | None:
    """Of a credit note: the invoice and why; None for an invoice."""
    return {**asdict(corrects), "reason": one_line(corrects.reason)} if corrects is not None else None


def _line(line: DocumentLine) -> dict[str, Any]:
    """A line as the letter shows it; its amount with or without VAT, as the prices are."""
    return {**asdict(line), "name": one_line(line.name), "article": one_line(line.article)}


def _address(address: str, *, shown: str) -> Address:
    """An address with a name. Raises ValueError for what is no address, such as one with a line end in it."""
    if one_line(address) != address or " " in address:
        raise ValueError("no address")
    parsed = Address(addr_spec=address)
    if not parsed.username or not parsed.domain:
        raise ValueError("no address")
    domain = parsed.domain if parsed.domain.isascii() else parsed.domain.encode("idna").decode()
    return Address(display_name=one_line(shown), username=parsed.username, domain=domain)


def on_the_wire(address: str) -> str:
    """The address as a server is told it, its domain in ASCII; as it is where it is no address."""
    try:
        return _address(address, shown="").addr_spec
    except _NO_ADDRESS:
        return address


def is_address(text: str) -> bool:
    """Tell whether this is an e-mail address alone, with no name around it."""
    try:
        _address(text, shown="")
    except _NO_ADDRESS:
        return False
    return True


def _sender(address: str, *, shown: str) -> Address:
    try:
        return _address(address, shown=shown)
    except _NO_ADDRESS:
        reason = f"MAIL_FROM, or else the company's address, is no e-mail address: {one_line(address)[:80]}"
        raise TryLater(reason, SENDER_PAUSE) from None


def _recipient(address: str, *, shown: str) -> Address:
    try:
        return _address(address, shown=shown)
    except _NO_ADDRESS:
        raise NeverAgain(f"not an e-mail address: {one_line(address)[:80]}") from None


def _add_reply_to(message: EmailMessage, address: str) -> None:
    """The seller's address; a broken one must not keep an invoice back."""
    try:
        message["Reply-To"] = _address(address, shown="")
    except _NO_ADDRESS:
        return


def _settle_boundaries(message: EmailMessage) -> None:
    """Give the parts boundaries made from the Message-ID, so that they are the same on every try."""
    seed = "".join(character for character in str(message["Message-ID"]) if character.isalnum())[-40:]
    for index, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{index}_{seed}")
