"""Rows that many screens have."""

from __future__ import annotations

from typing import Any

from bot.buttons import Button
from services.paging import Page


def pages(page: Page[Any], verb: str, *ids: int) -> list[Button]:
    """Back and forth through a list; ``verb`` gets ``ids`` and the page's number. Empty for a single page."""
    row = []
    if page.page > 0:
        row.append(Button("previous_page", verb, (*ids, page.page - 1)))
    if page.page + 1 < page.pages:
        row.append(Button("next_page", verb, (*ids, page.page + 1)))
    return row


def menu() -> list[Button]:
    """The way to the menu."""
    return [Button("menu", "home")]
