"""Rows of buttons to walk through the catalogue's tree, for screens where a category is chosen."""

from __future__ import annotations

from bot.screens.screen import Turn
from services import catalogue

MOST_SHOWN = 12


def children(turn: Turn, at: int) -> list[tuple[int, str]]:
    """Ids and names of the categories below ``at`` (0: at the top), as many as fit."""
    found = catalogue.list_categories(turn.session, at or None, size=MOST_SHOWN)
    return [(child.id, child.name) for child in found.items]


def path(turn: Turn, at: int) -> list[str]:
    """The names of the categories from the top down to ``at``."""
    return [category.name for category in catalogue.list_path(turn.session, at)] if at else []


def above(turn: Turn, at: int) -> int:
    """The category that ``at`` lies in; 0 is the top."""
    return catalogue.list_path(turn.session, at)[-1].parent_id or 0 if at else 0
