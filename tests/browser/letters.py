"""Papers and letters to look at in the mailbox."""

from __future__ import annotations

import io
import smtplib
from email.message import EmailMessage
from urllib.parse import urlsplit

from pypdf import PdfWriter

from sandbox import Box

A4 = (595, 842)


def paper(pages: int = 1, size: tuple[float, float] = A4) -> bytes:
    """A PDF with so many empty pages; sizes in points."""
    writer, written = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(*size)
    writer.write(written)
    return written.getvalue()


def letter(subject: str = "Invoice TB-1", *, text: str = "Your invoice.", html: str = "") -> EmailMessage:
    """A letter from the sales desk to a shop."""
    message = EmailMessage()
    message["From"] = "Sales <sales@example.com>"
    message["To"] = "Shop <shop@example.org>"
    message["Subject"] = subject
    message["Message-ID"] = "<1@example.com>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def invoice() -> EmailMessage:
    """A letter with text, HTML and one page of PDF."""
    message = letter(html="<p>Your <b>invoice</b>.</p>")
    message.add_attachment(paper(), maintype="application", subtype="pdf", filename="TB-1.pdf")
    return message


def post(box: Box, message: EmailMessage) -> None:
    """Send a letter to the sandbox's mail server."""
    parts = urlsplit(box.smtp_url)
    with smtplib.SMTP(parts.hostname or "", parts.port or 0, timeout=5) as server:
        server.send_message(message)
