"""Lists that are shown page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

PAGE_SIZE = 6
"""What fits a phone."""

PAGES_AHEAD = 50
"""How far a list is counted beyond the page that is shown, so that a page costs the same in a huge list."""

_LAST = 1_000_000
"""A page that no list has: what a forged button asks for is cut to it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list."""

    items: tuple[T, ...]
    page: int
    """Counted from 0."""
    pages: int
    """How many there are, at least 1."""
    more: bool = False
    """There are more than ``pages``: the list goes on so far that the rest was not counted."""


def page_of_all(items: Sequence[T], *, page: int, size: int = PAGE_SIZE) -> Page[T]:
    """One page of what is known whole; a page after the last becomes the last."""
    pages = max(1, -(-len(items) // size))
    page = min(max(page, 0), pages - 1)
    return Page(tuple(items[page * size : (page + 1) * size]), page, pages)


def page_of(session: Session, query: Select[*tuple[Any, ...]], *, page: int, size: int = PAGE_SIZE) -> Page[Any]:
    """Read one page of an ordered query as rows; a page after the last (the list shrank) becomes the last.

    Cost: the rows up to the page, in the query's index, and at most ``PAGES_AHEAD`` pages after it.
    """
    page = min(max(page, 0), _LAST)
    limit = size * PAGES_AHEAD
    ahead = _count(session, query.offset(page * size).limit(limit + 1))
    if not ahead and page:
        total = _count(session, query)
        page = max(total - 1, 0) // size
        ahead = total - page * size
    rows = session.execute(query.offset(page * size).limit(size)).all() if ahead else []
    pages = page + max(1, -(-min(ahead, limit) // size))
    return Page(tuple(rows), page, pages, more=ahead > limit)


def _count(session: Session, query: Select[*tuple[Any, ...]]) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
