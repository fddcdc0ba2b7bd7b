"""A ranking as bars, one under the other: places, names and figures, the reader's own row marked.

Where figures are hidden there is neither a figure nor a bar that could be measured, the reader's own included: beside
others' bars it would have none to be compared with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from delivery.charts.sheet import (
    AMBER,
    BLUE,
    GREY,
    INK,
    INNER,
    LINE,
    MARGIN,
    MIDDLE_BLUE,
    RIGHT,
    TINT,
    TRACK,
    WIDTH,
    Sheet,
    Words,
)

TEMPLATE: Final = "charts/ranking.html"
_HEAD: Final = 200
_FOOT: Final = 40
_MEDALS: Final = {1: "#e0b100", 2: "#a8b2bd", 3: "#c98344"}
_INDENT: Final = 84
"""Where names begin, right of the places."""
_MANY: Final = 15
"""From so many rows on they are set closer."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """How rows are set: their height, the size of the letters, and the bar below them. Pixels."""

    height: int
    letters: int
    bar: int


_WIDE: Final = Setting(height=104, letters=42, bar=20)
_CLOSE: Final = Setting(height=72, letters=36, bar=10)
_PLAIN: Final = Setting(height=72, letters=40, bar=0)


def draw(words: Words, facts: dict[str, Any]) -> bytes:
    """A PNG of a ranking as ``services.charts`` freezes it."""
    rows: list[Row] = facts["rows"]
    is_open = all(row["value"] is not None for row in rows)
    setting = (_CLOSE if len(rows) > _MANY else _WIDE) if is_open else _PLAIN
    below = [facts["own"]] if facts["own"] else []
    gap = 30 if below else 0
    paper = Sheet(_HEAD + setting.height * (len(rows) + len(below)) + gap + _FOOT)
    _head(paper, words, facts, is_open=is_open)
    most = max((abs(row["value"]) for row in [*rows, *below] if row["value"] is not None), default=0)
    for number, row in enumerate([*rows, *below]):
        top = _HEAD + setting.height * number + (gap if number >= len(rows) else 0)
        _one(paper, top, setting, row, words("value", **facts, value=row["value"]) if row["value"] is not None else "")
        if is_open:
            _bar(paper, top, setting, row, most)
    if below:
        paper.box(MARGIN, _HEAD + setting.height * len(rows) + gap / 2 - 1, INNER, 2, LINE)
    return paper.png()


def _head(paper: Sheet, words: Words, facts: dict[str, Any], *, is_open: bool) -> None:
    paper.words(MARGIN, 92, words("title", **facts), 60, bold=True)
    said = [words("days", **facts), words("people", **facts), *([] if is_open else [words("hidden")])]
    paper.words(MARGIN, 148, " · ".join(said), 34, colour=GREY)


def _one(paper: Sheet, top: float, setting: Setting, row: Row, value: str) -> None:
    """A row's place, name and figure, on a tint where it is the reader's own."""
    if row["own"]:
        paper.box(0, top, WIDTH, setting.height, TINT)
    base = top + (setting.height + setting.letters * 0.68 - (setting.bar + 12 if setting.bar else 0)) / 2
    has_medal = row["place"] in _MEDALS
    middle = base - setting.letters * 0.34
    if has_medal:
        paper.disc(MARGIN + 26, middle, setting.letters * 0.66, _MEDALS[row["place"]])
    colour, size = INK if has_medal else GREY, setting.letters * 0.9
    paper.words(MARGIN + 26, base, str(row["place"]), size, bold=has_medal, colour=colour, side="center")
    used = paper.words(RIGHT, base, value, setting.letters, bold=True, side="right") if value else 0
    most = INNER - _INDENT - used - (30 if value else 0)
    paper.words(MARGIN + _INDENT, base, row["name"], setting.letters, most=most, bold=row["own"])


def _bar(paper: Sheet, top: float, setting: Setting, row: Row, most: int) -> None:
    """The row's bar on its track; what is below zero has a colour of its own."""
    x, y, long = MARGIN + _INDENT, top + setting.height - setting.bar - 10, INNER - _INDENT
    paper.bar(x, y, long, setting.bar, TRACK)
    if most and row["value"]:
        colour = AMBER if row["value"] < 0 else BLUE if row["own"] else MIDDLE_BLUE
        paper.bar(x, y, max(long * abs(row["value"]) / most, setting.bar), setting.bar, colour)
