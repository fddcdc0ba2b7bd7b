"""How many units of the categories that the company counts a ticket is about: typed, read, and what counts.

Quantities: thousandths of the base unit. The caller has locked the ticket.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Category
from db.models.tickets import Ticket, TicketUnits
from services import ticket_reading
from services.search import search_key

if TYPE_CHECKING:
    from services.ticket_matching import Match

_TOKEN: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?|[^\W\d_]+")
_SHORT: Final = 4
"""A word of fewer letters is compared whole; of longer ones the ending may differ (tubo, tubos)."""
_MOST: Final = 9999


def counted(session: Session) -> list[Category]:
    """The categories whose units the company counts, as they stand in the catalogue."""
    query = select(Category).where(Category.counts_units).order_by(Category.position, Category.id)
    return list(session.scalars(query))


def note_typed_anywhere(session: Session, ticket: Ticket, milli: int, word: str) -> None:
    """Units that were typed with no more than a word for them: of the first counted category that has it among its
    words, else of the first one that is counted at all, if there is one.
    """
    categories = counted(session)
    named = [category for category in categories if _is_one(search_key(word), _words(category))]
    for category in (named or categories)[:1]:
        note_typed(session, ticket, category.id, milli)


def note_typed(session: Session, ticket: Ticket, category_id: int, milli: int | None) -> int | None:
    """Let so many be typed of this category (None: take that back); returns what was typed before."""
    row = _row(session, ticket, category_id)
    before, row.typed_milli = row.typed_milli, milli
    _settle(row)
    session.flush()
    return before


def note_read(session: Session, ticket: Ticket, matches: Sequence[Match], *, counts: bool) -> None:
    """Count the units that were read, anew. ``counts``: the ticket is open, and what was read may be what counts."""
    categories = counted(session)
    found = _read(session, ticket, categories, matches) if categories else Counter()
    known = {row.category_id for row in ticket.units}
    for category_id in sorted(known | found.keys()):
        row = _row(session, ticket, category_id)
        row.read_milli = found.get(category_id)
        if counts:
            _settle(row)
    session.flush()


def _settle(row: TicketUnits) -> None:
    row.counts_milli = row.typed_milli if row.typed_milli is not None else row.read_milli


def _row(session: Session, ticket: Ticket, category_id: int) -> TicketUnits:
    row = next((row for row in ticket.units if row.category_id == category_id), None)
    if row is None:
        row = TicketUnits(ticket_id=ticket.id, category_id=category_id)
        ticket.units.append(row)
        session.flush()
    return row


def _read(session: Session, ticket: Ticket, categories: list[Category], matches: Sequence[Match]) -> Counter[int]:
    """By category: what its lines add up to, else the one figure that stands beside its words in the text."""
    belongs = _belongs(session, {category.id for category in categories})
    words = {category.id: _words(category) for category in categories}
    found: Counter[int] = Counter()
    for match in matches:
        category_id, milli = _of_line(match, belongs, words)
        if category_id is not None and milli:
            found[category_id] += milli
    text = ticket_reading.of(ticket).text
    for category_id, named in words.items():
        if category_id not in found and (beside := _beside(text, named)) is not None:
            found[category_id] = beside
    return found


def _of_line(match: Match, belongs: dict[int, int], words: dict[int, list[str]]) -> tuple[int | None, int | None]:
    """The category that a line's units are of, and how many."""
    if match.left_out:
        return None, None
    if match.product is not None and match.sure:
        return belongs.get(match.product.category_id), match.quantity_milli
    tokens = _TOKEN.findall(search_key(f"{match.line.name} {match.line.text}"))
    named = (category_id for category_id, ours in words.items() if any(_is_one(token, ours) for token in tokens))
    return next(named, None), match.line.pieces_milli


def _belongs(session: Session, counted_ids: set[int]) -> dict[int, int]:
    """By any category's id, the nearest above it (or itself) that is counted."""
    parents = {row[0]: row[1] for row in session.execute(select(Category.id, Category.parent_id))}
    belongs = {}
    for category_id in parents:
        above: int | None = category_id
        while above is not None and above not in counted_ids:
            above = parents.get(above)
        if above is not None:
            belongs[category_id] = above
    return belongs


def _words(category: Category) -> list[str]:
    return [word for word in (search_key(word) for word in category.unit_words.split(",")) if word]


def _is_one(token: str, words: Iterable[str]) -> bool:
    for word in words:
        if token == word or (len(word) >= _SHORT and token.startswith(word[:-1] if len(word) > _SHORT else word)):
            return True
    return False


def _beside(text: str, words: list[str]) -> int | None:
    """The whole figure that stands before or after one of the words, where there is just one such figure."""
    figures: set[tuple[int, int]] = set()
    for number, line in enumerate(text.splitlines()):
        tokens = _TOKEN.findall(search_key(line))
        for place, token in enumerate(tokens):
            if not _is_one(token, words):
                continue
            near = [tokens[at] for at in (place - 1, place + 1) if 0 <= at < len(tokens)]
            figures.update((number, int(one)) for one in near if one.isdigit() and 0 < int(one) <= _MOST)
    return 1000 * next(iter(figures))[1] if len(figures) == 1 else None
