"""The ways out for invoices: the logo that the company had, and letters that are wanted no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from bot.events import Internal
from delivery.invoices import DrawingWay, MailingWay
from delivery.smtp import SmtpGateway
from services.files import FileStore
from services.lanes import Row
from services.mailing import Letter
from templates.environment import Texts
from tests.delivery.papers import SELLER, make_invoice

TEXTS = Texts.load()
FONTS = Path(__file__).resolve().parents[2] / "fonts"
NOON = datetime(2026, 11, 27, 9, tzinfo=UTC)
ROW = Row(7, "pdf:3", "invoice.draw", {"invoice_id": 3, "request_id": 5}, 0, NOON, secret=False)


class Post(SmtpGateway):
    """Keeps what it is given."""

    def __init__(self, copy_refused: str = "") -> None:
        super().__init__("smtp://127.0.0.1:1")
        self.sent: list[tuple[EmailMessage, str]] = []
        self._copy_refused = copy_refused

    def send(self, message: EmailMessage, *, copy_to: str = "") -> str:
        self.sent.append((message, copy_to))
        return self._copy_refused


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path)


def drawn(store: FileStore, logo_sha256: str) -> tuple[bytes, Internal]:
    """The PDF of an invoice with this logo, and what was handed back."""
    told: list[Internal] = []
    way = DrawingWay(TEXTS, FONTS, store, told.append)
    sha256 = way.deliver(ROW, make_invoice(seller=SELLER | {"logo_sha256": logo_sha256}))
    return store.read(sha256), told[0]


def pictures(pdf: bytes) -> int:
    return len(PdfReader(BytesIO(pdf)).pages[0].images)


def test_the_invoice_bears_the_logo_of_its_day(store: FileStore) -> None:
    out = BytesIO()
    Image.new("RGBA", (300, 100), (0, 0, 90, 255)).save(out, "PNG")

    pdf, told = drawn(store, store.put(out.getvalue()))

    assert pictures(pdf) == 1
    assert (told.name, told.facts["name"], told.facts["size"]) == ("invoice.drawn", "TB-2026-000042.pdf", len(pdf))


@pytest.mark.parametrize("kept", [b"", b"broken \x89PNG"])
def test_a_logo_that_is_gone_or_broken_keeps_no_invoice_back(store: FileStore, kept: bytes) -> None:
    pdf, _ = drawn(store, store.put(kept) if kept else "ab" * 32)

    assert pictures(pdf) == 0
    assert pdf == drawn(store, "")[0]


def letter(store: FileStore) -> Letter:
    """One with a copy for the company."""
    return Letter(
        "<1@x>", "shop@example.com", "büro@ёлка.example", "", "en", make_invoice(), store.put(b"%PDF"), "a.pdf"
    )


def mailing_way(store: FileStore, post: Post, told: list[Internal]) -> MailingWay:
    return MailingWay(TEXTS, post, store, told.append, sender="desk@example.org", clock=lambda: NOON)


def test_a_withdrawn_letter_stays_here(store: FileStore) -> None:
    post, told = Post(), list[Internal]()

    assert mailing_way(store, post, told).deliver(ROW, None) == ""

    assert (post.sent, told) == ([], [])


def test_why_the_copy_was_refused_is_handed_back(store: FileStore) -> None:
    post, told = Post("copy refused: 550"), list[Internal]()

    mailing_way(store, post, told).deliver(ROW, replace(letter(store), copy_to="office@ёлка.example"))

    ((message, copy_to),) = post.sent
    assert copy_to == "office@xn--80atc1g.example"
    assert message["Cc"] is None
    assert message["Bcc"] is None
    assert [(event.name, event.facts) for event in told] == [
        ("mail.accepted", {"request_id": 5, "copy_refused": "copy refused: 550"})
    ]
