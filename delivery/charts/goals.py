"""Goals as bars: what was reached, where the day should have brought it, where it leads, and the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from delivery.charts.sheet import (
    AMBER,
    BLUE,
    GREEN,
    GREY,
    INK,
    INNER,
    LINE,
    MARGIN,
    PALE_BLUE,
    RIGHT,
    TRACK,
    Sheet,
    Words,
)

TEMPLATE: Final = "charts/goals.html"
_HEAD: Final = 150
_EACH: Final = 336
_KEY: Final = 96
_BAR: Final = 50
_WIDEST: Final = 1.3
"""How far beyond the target a bar goes, as a part of the target."""

Goal = dict[str, Any]


def draw(words: Words, facts: dict[str, Any]) -> bytes:
    """A PNG of goals from top to bottom. ``facts``: the ISO day ``today``, and ``goals`` as ``services.charts``
    freezes them.
    """
    goals: Sequence[Goal] = facts["goals"]
    paper = Sheet(_HEAD + _EACH * len(goals) + _KEY)
    used = paper.words(RIGHT, 96, words("today", today=facts["today"]), 36, colour=GREY, side="right")
    paper.words(MARGIN, 96, words("title"), 60, most=INNER - used - 30, bold=True)
    for place, goal in enumerate(goals):
        _one(paper, words, _HEAD + _EACH * place, goal)
    _key(paper, words, _HEAD + _EACH * len(goals) + 30)
    return paper.png()


def _one(paper: Sheet, words: Words, top: float, goal: Goal) -> None:
    """A goal: its name and part reached, whose it is, the bar, and the figures in words."""
    standing = _colour(goal)
    used = paper.words(RIGHT, top + 44, words("part", goal=goal), 52, bold=True, colour=standing, side="right")
    paper.words(MARGIN, top + 44, words("name", goal=goal), 44, most=INNER - used - 30, bold=True)
    paper.words(MARGIN, top + 92, words("whose", goal=goal), 34, colour=GREY)
    _bar(paper, top + 130, goal)
    if goal["shown"]:
        paper.words(MARGIN, top + 230, words("achieved", goal=goal), 36)
    said = words("standing", goal=goal)
    used = paper.words(RIGHT, top + 278, said, 36, bold=True, colour=standing, side="right")
    if goal["forecast"] is not None and not goal["over"]:
        paper.words(MARGIN, top + 278, words("forecast", goal=goal), 36, most=INNER - used - 30, colour=GREY)


def _bar(paper: Sheet, top: float, goal: Goal) -> None:
    """The track up to the target, the forecast, what is done, and above it where the day should have brought it."""
    target, forecast = goal["target"], goal["forecast"] or 0
    scale: float = INNER / max(target, min(max(goal["achieved"], forecast), target * _WIDEST))

    def at(value: float) -> float:
        return min(max(value, 0) * scale, INNER)

    paper.bar(MARGIN, top, at(target), _BAR, TRACK)
    paper.bar(MARGIN, top, at(forecast), _BAR, PALE_BLUE)
    paper.bar(MARGIN, top, at(goal["achieved"]), _BAR, BLUE if goal["left"] else GREEN)
    paper.box(MARGIN + at(target) - 3, top - 8, 6, _BAR + 16, INK)
    if goal["left"] and not goal["over"] and 0 < goal["pace"] < target:
        paper.pointer(MARGIN + at(goal["pace"]), top + 6, 26, _colour(goal))


def _colour(goal: Goal) -> str:
    """Green where it goes well, or went well."""
    if goal["over"]:
        return AMBER if goal["left"] else GREEN
    return GREEN if goal["ahead"] >= 0 or not goal["left"] else AMBER


def _key(paper: Sheet, words: Words, y: float) -> None:
    """What the colours mean."""
    paper.box(MARGIN, y - 20, INNER, 2, LINE)
    x = float(MARGIN)
    for block, colour in (("key_done", BLUE), ("key_forecast", PALE_BLUE), ("key_pace", GREY), ("key_target", INK)):
        if block == "key_pace":
            paper.pointer(x + 15, y + 38, 26, colour)
        elif block == "key_target":
            paper.box(x + 12, y + 8, 6, 38, colour)
        else:
            paper.bar(x, y + 14, 30, 26, colour)
        x += 42 + paper.words(x + 42, y + 38, words(block), 32, colour=GREY) + 36
