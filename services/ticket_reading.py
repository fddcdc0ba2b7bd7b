"""What was read on a ticket, as the trade understands it: money in the minor units of the ticket's currency.

Recognition gives money in hundredths of whatever currency it saw, and may have missed anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from db.models.tickets import Ticket
from services import figures, money, units

MOST_LINES: Final = 100
"""Of a ticket: what is beyond is in its text."""
LONGEST_TEXT: Final = 20_000
"""Characters that are kept of one text."""
_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of goods. Quantity in thousandths of what the ticket counts; None: not read."""

    text: str
    article: str
    name: str
    quantity_milli: int | None
    price_minor: int | None
    sum_minor: int | None

    @property
    def pieces_milli(self) -> int | None:
        """How many it is about: as read, else sum by price, else one where it only costs something."""
        if self.quantity_milli is not None:
            return self.quantity_milli if self.quantity_milli > 0 else None
        if self.price_minor and self.sum_minor and self.sum_minor > 0 and self.sum_minor % self.price_minor == 0:
            return 1000 * (self.sum_minor // self.price_minor)
        if self.price_minor is None and self.sum_minor is None:
            return None
        return 1000


@dataclass(frozen=True, slots=True)
class Facts:
    """A reading. ``total_minor`` is believed only where ``confident``. ``foreign``: the code of a currency that is not
    the ticket's; no amounts are given then.
    """

    total_minor: int | None = None
    sold_on: date | None = None
    shop: str = ""
    fiscal_id: str = ""
    lines: tuple[Line, ...] = ()
    barcodes: tuple[str, ...] = ()
    text: str = ""
    source: str = ""
    confident: bool = False
    trouble: str = ""
    foreign: str = ""


def of(ticket: Ticket) -> Facts:
    """What was read on this ticket; nothing where it was not."""
    return read(ticket.reading, ticket.currency)


def read(reading: Mapping[str, Any], currency: str) -> Facts:
    """A reading as recognition hands it over (``delivery.recognition.reading``), or an empty one."""
    seen = str(reading.get("currency") or "").upper()
    foreign = seen if seen != currency else ""
    total = None if foreign else _amount(reading.get("total_minor"), currency)
    if total is not None and not 0 < total <= figures.LARGEST_MINOR:
        total = None
    day = reading.get("sold_on")
    return Facts(
        total_minor=total,
        sold_on=date.fromisoformat(day) if day else None,
        shop=_plain(reading.get("shop"))[:200],
        fiscal_id=_plain(reading.get("fiscal_id"))[:128],
        lines=tuple(_line(line, "" if foreign else currency) for line in (reading.get("lines") or ())[:MOST_LINES]),
        barcodes=tuple(_plain(code) for code in reading.get("barcodes") or ()),
        text=str(reading.get("text") or ""),
        source=str(reading.get("source") or ""),
        confident=bool(reading.get("confident")) and total is not None,
        trouble=_plain(reading.get("trouble"))[:32],
        foreign=foreign,
    )


def storable(value: Any) -> Any:
    """A reading, or a part of it, as every database can keep it: a code may hold any sign or figure of any length."""
    if isinstance(value, Mapping):
        return {str(name): storable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [storable(part) for part in value]
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()[:LONGEST_TEXT]
    return None if isinstance(value, int) and abs(value) > _LARGEST else value


def _line(line: Mapping[str, Any], currency: str) -> Line:
    return Line(
        text=_plain(line.get("text")),
        article=_plain(line.get("article"))[:64],
        name=_plain(line.get("name"))[:200],
        quantity_milli=_quantity(line.get("quantity_milli")),
        price_minor=_amount(line.get("price_minor"), currency),
        sum_minor=_amount(line.get("sum_minor"), currency),
    )


def _quantity(milli: int | None) -> int | None:
    """What nobody sells so much of was not read."""
    return milli if milli is not None and abs(milli) <= units.LARGEST_MILLI else None


def _amount(hundredths: int | None, currency: str) -> int | None:
    if hundredths is None or not currency:
        return None
    return money.round_half_up(Fraction(hundredths * 10 ** money.minor_digits(currency), 100))


def _plain(text: str | None) -> str:
    """On one line, without what PostgreSQL cannot store."""
    return " ".join((text or "").replace("\x00", "").split())
