"""From rows of words to what one look at a ticket says. Pure: the same rows give the same answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from delivery.recognition import amounts, dates, goods, parties, totals
from delivery.recognition.reading import Reading
from delivery.recognition.vote import Answer
from delivery.recognition.words import Row

_MOST_TEXT: Final = 20_000
_MOST_ROWS: Final = 400
_MOST_ROW: Final = 200


def extract(rows: Sequence[Row], *, source: str, voice: str, currency: str | None) -> Answer:
    """What the rows say, and all that could be the total. ``currency`` is assumed where the rows name none.

    Whether the total may be believed is for ``vote`` to say.
    """
    texts = [row.text[:_MOST_ROW] for row in rows[:_MOST_ROWS]]
    said = totals.said(texts)
    likely = totals.find(said)
    text = "\n".join(texts)[:_MOST_TEXT]
    found = Reading(
        total_minor=likely[0].minor if likely else None,
        currency=amounts.currency(text) or currency,
        sold_on=dates.find_date(text),
        sold_at=dates.find_time(text),
        shop=parties.shop(texts),
        tax_id=parties.tax_id(texts),
        lines=goods.lines(said),
        text=text,
        source=source,
    )
    return Answer(found, likely, voice)
