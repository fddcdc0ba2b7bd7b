"""The lines of goods on a ticket: what, how many, for how much. Pure functions on rows of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from delivery.recognition.amounts import Amount, mend
from delivery.recognition.labels import Label
from delivery.recognition.reading import ReadLine
from delivery.recognition.totals import Said

_QUANTITY: Final = re.compile(
    r"(?<![\w.,/:])(\d{1,5})(?:[.,](\d{3}))?(?=\s?(?:[xXхХ*×@=≡]|шт|UNIT|PCS|UN|\s|$))", re.IGNORECASE
)
_ARTICLE: Final = re.compile(r"(?<![\w.,])(\d{5,14}|[A-Z]{1,4}-?\d{3,10})(?![\w.,])")
_NOT_NAME: Final = re.compile(r"[\s*=≡#@xXхХ×:;,.\-]+$|^[\s*=≡#@×:;,.\-]+")
_MOST_LINES: Final = 200
_ENDS: Final = (Label.TOTAL, Label.GRAND, Label.SUBTOTAL, Label.PAID)


def lines(rows: Sequence[Said]) -> tuple[ReadLine, ...]:
    """The lines of goods from the top down: rows with an amount above the first total.

    A row of figures alone takes its name from the row above it, or, where that has one of its own, from the row below.
    """
    end = next((row.number for row in rows if row.label in _ENDS and row.amounts), len(rows))
    above = [row for row in rows[:end] if row.label is None or row.label is Label.TAX]
    found = []
    for row, before, after in _with_neighbours(above):
        if row.amounts and row.amounts[-1].minor:
            found.append(_line(row, before, after))
    return tuple(found[:_MOST_LINES])


def _with_neighbours(rows: Sequence[Said]) -> list[tuple[Said, Said | None, Said | None]]:
    padded: list[Said | None] = [None, *rows, None]
    return [
        (row, before, after)
        for (before, row), after in zip(pairwise(padded[:-1]), padded[2:], strict=True)
        if row is not None
    ]


def _line(row: Said, before: Said | None, after: Said | None) -> ReadLine:
    total = row.amounts[-1].minor
    quantity, price = _quantity_and_price(row)
    name = _name(row.text[: row.amounts[0].start])
    if _letters(name) < 3:
        neighbour = next((each for each in (before, after) if each is not None and not each.amounts), None)
        name = _name(neighbour.text) if neighbour is not None else name
    article = _ARTICLE.search(row.words) or _ARTICLE.search(name)
    return ReadLine(
        text=row.text,
        article=article[1] if article else None,
        name=_name(name.replace(article[1], " ")) if article else name,
        quantity_milli=quantity,
        price_minor=price,
        sum_minor=total,
    )


def _quantity_and_price(row: Said) -> tuple[int | None, int | None]:
    """Those of which the product is the sum of the row; a quantity that was only guessed is not told."""
    total = row.amounts[-1].minor
    counts = _counts(row.text, row.amounts)
    for price in (amount.minor for amount in row.amounts[:-1]):
        for milli in counts:
            if price and abs(price * milli - total * 1000) <= 1000:
                return milli, price
    for milli in counts:
        if 1000 < milli <= 1_000_000 and _times(row.text, milli) and total * 1000 % milli == 0:
            return milli, total * 1000 // milli
    return None, None


def _counts(text: str, amounts: Sequence[Amount]) -> list[int]:
    """What may be a quantity, in thousandths."""
    mended = mend(text)
    taken = [(amount.start, amount.end) for amount in amounts]
    return [
        int(match[1]) * 1000 + int(match[2] or 0)
        for match in _QUANTITY.finditer(mended)
        if not any(match.start() < end and start < match.end() for start, end in taken)
    ]


def _times(text: str, milli: int) -> bool:
    return re.search(rf"(?:[*×]\s?{milli // 1000}|(?<!\d){milli // 1000}\s?[*×])(?!\d)", text) is not None


def _name(text: str) -> str:
    return _NOT_NAME.sub("", " ".join(text.split()))[:200]


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))
