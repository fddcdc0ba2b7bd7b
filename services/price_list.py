"""Several prices at once, typed as a list: ``A-103 89,90; B-22 120``. The good lines are set, the others are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from db.models.catalogue import Product
from services import catalogue_search, figures, forms, product_admin
from services.actor import Actor, Role, require
from services.errors import DomainError
from services.search import article_key

MOST_LINES: Final = 300
_BETWEEN: Final = re.compile(r"[;\n]")
_SIGNS: Final = re.compile(r"\s*[=:–—]\s*$|\s+-\s*$")
"""What may stand between an article and its price."""


class PriceListTooLong(DomainError):
    """More lines than one message should have. Facts: largest."""


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line: ``readings`` are the pairs of article and price in minor units that it may mean."""

    text: str
    readings: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price that was set. Minor units of the company's currency."""

    article: str
    name: str
    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that nothing was done with: ``why`` is ``unclear``, ``unknown`` (no such article) or ``twice``."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a list."""

    changed: tuple[NewPrice, ...]
    same: int
    """Prices that were so already."""
    bad: tuple[BadLine, ...]


def parse(text: str, currency: str) -> list[PriceLine]:
    """The lines of a text. The price is what the line ends with; as it may have spaces (``A-1 1 234,50``), and an
    article too, all readings are given and the catalogue tells which one is meant.
    """
    lines = [" ".join(part.split()) for part in _BETWEEN.split(text)]
    return [PriceLine(line, tuple(_readings(line, currency))) for line in lines if line]


def _readings(line: str, currency: str) -> Iterator[tuple[str, int]]:
    if len(line) > 160:
        return
    for space in (found.start() for found in re.finditer(r"\s|(?<=[=:])", line)):
        article = _SIGNS.sub("", line[:space]).strip()
        price = figures.parse_money(line[space:], currency)
        if article and price is not None:
            yield article, price


def set_prices(session: Session, lines: list[PriceLine], *, by: Actor, now: datetime) -> Outcome:
    """Set the prices of all lines that are clear, each audited as old -> new; the others change nothing.

    Admins only. Locks the products in the order of their ids. Raises NotAllowed or PriceListTooLong.
    """
    require(by, Role.ADMIN, action="product.change", subject="product")
    if len(lines) > MOST_LINES:
        raise PriceListTooLong(largest=MOST_LINES)
    known = catalogue_search.by_articles(session, {article for line in lines for article, _ in line.readings})
    wanted: dict[int, int] = {}
    bad: list[BadLine] = []
    for line in lines:
        meant = {
            (known[key][0].id, price) for article, price in line.readings if (key := article_key(article)) in known
        }
        product_ids = {product_id for product_id, _ in meant}
        if len(meant) != 1 or product_ids & wanted.keys():
            bad.append(BadLine(line.text, _why(line, meant, twice=bool(product_ids & wanted.keys()))))
            continue
        wanted.update(meant)
    changed = [_set(session, product_id, wanted[product_id], by, now) for product_id in sorted(wanted)]
    new = tuple(one for one in changed if one.before_minor != one.after_minor)
    return Outcome(new, len(changed) - len(new), tuple(bad))


def _why(line: PriceLine, meant: set[tuple[int, int]], *, twice: bool) -> str:
    if twice:
        return "twice"
    return "unknown" if line.readings and not meant else "unclear"


def _set(session: Session, product_id: int, price_minor: int, by: Actor, now: datetime) -> NewPrice:
    product: Product = product_admin.lock(session, product_id, by=by)
    before = product.price_minor
    forms.save(session, product, {"price_minor": price_minor}, by=by, subject=f"product:{product.id}", now=now)
    return NewPrice(product.article, product.name, before, price_minor)
