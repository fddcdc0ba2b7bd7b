"""What one ticket says, as plain facts that go through JSON and come back the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any

NOT_A_PICTURE = "not_a_picture"
PDF = "pdf"
HEIC = "heic"
TOO_LARGE = "too_large"
BROKEN = "broken"
TOO_DARK = "too_dark"
BLURRED = "blurred"
NO_TEXT = "no_text"
NO_ENGINE = "no_engine"
TOOK_TOO_LONG = "took_too_long"
TROUBLES = (
    NOT_A_PICTURE,
    PDF,
    HEIC,
    TOO_LARGE,
    BROKEN,
    TOO_DARK,
    BLURRED,
    NO_TEXT,
    NO_ENGINE,
    TOOK_TOO_LONG,
)

FISCAL_CODE = "fiscal_code"
TESSERACT = "tesseract"
RAPIDOCR = "rapidocr"
NOBODY = "none"
SOURCES = (FISCAL_CODE, TESSERACT, RAPIDOCR, NOBODY)


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line of goods as it stands on the ticket. Quantities in thousandths, money in hundredths; None: not read."""

    text: str
    article: str | None
    name: str
    quantity_milli: int | None
    price_minor: int | None
    sum_minor: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one ticket says; everything may be missing. Money in hundredths of ``currency``, which may be unknown.

    ``fiscal_id`` is ``fn:i:fp`` of a Russian fiscal code, ``payment_code`` the whole text of a code to pay by,
    ``text`` everything that was recognised. ``confident``: the total may be believed (right in 98 of 100 cases).
    ``trouble``: what is wrong with the photo, one of ``TROUBLES``; what was found all the same is told too.
    """

    total_minor: int | None = None
    currency: str | None = None
    sold_on: date | None = None
    sold_at: time | None = None
    shop: str | None = None
    tax_id: str | None = None
    lines: tuple[ReadLine, ...] = ()
    fiscal_id: str | None = None
    barcodes: tuple[str, ...] = ()
    payment_code: str | None = None
    text: str = ""
    source: str = NOBODY
    confident: bool = False
    trouble: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values that JSON can carry; ``from_json`` gives the same reading back."""
        facts = asdict(self)
        facts["sold_on"] = self.sold_on.isoformat() if self.sold_on else None
        facts["sold_at"] = self.sold_at.isoformat() if self.sold_at else None
        facts["lines"] = [asdict(line) for line in self.lines]
        facts["barcodes"] = list(self.barcodes)
        return facts

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Reading:
        """The reading that ``to_json`` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            **{
                **facts,
                "sold_on": date.fromisoformat(facts["sold_on"]) if facts["sold_on"] else None,
                "sold_at": time.fromisoformat(facts["sold_at"]) if facts["sold_at"] else None,
                "lines": tuple(ReadLine(**line) for line in facts["lines"]),
                "barcodes": tuple(facts["barcodes"]),
            }
        )
