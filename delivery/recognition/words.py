"""Words with their places, and the rows that a ticket is read by: rebuilt from places, not from an engine's lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

_SAME_ROW: Final = 0.45
"""How much of the lower of two neighbours' heights must overlap."""
_LONG: Final = 5.0
"""How many times as long as high a piece of text must be to tell how it slopes."""
_AROUND: Final = 5
"""So many long pieces, the nearest above and below, tell the slope of a place."""
_STEEPEST: Final = 0.15


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of recognised text. Places in pixels from the top left, ``confidence`` from 0 to 1.

    ``slope``: by how many pixels it falls with each to the right; None where the engine does not tell.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float
    slope: float | None = None

    @property
    def height(self) -> float:
        """In pixels, of the letters alone where it slopes."""
        return max(self.bottom - self.top - abs(self.slope or 0.0) * self.width, 1.0)

    @property
    def width(self) -> float:
        """In pixels."""
        return self.right - self.left

    @property
    def across(self) -> float:
        """Where its middle is, from the left."""
        return (self.left + self.right) / 2

    @property
    def down(self) -> float:
        """Where its middle is, from the top."""
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Row:
    """Words that stand beside each other, from left to right."""

    words: list[Word] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words with single spaces between them."""
        return " ".join(word.text for word in self.words)

    @property
    def top(self) -> float:
        """Where its middle word begins, so that a slope counts for little."""
        return sorted(word.top for word in self.words)[len(self.words) // 2]

    @property
    def bottom(self) -> float:
        """Where its middle word ends."""
        return sorted(word.bottom for word in self.words)[len(self.words) // 2]

    @property
    def height(self) -> float:
        """Of its text, in pixels."""
        return self.bottom - self.top


def rows(words: Iterable[Word]) -> list[Row]:
    """The rows from the top down. A word joins the row whose last word to the left stands beside it.

    Comparing neighbours, not whole rows, follows paper that is askew; across a wide gap the long texts above and below
    tell how the paper is bent there.
    """
    known = sorted(words, key=lambda word: word.left)
    close = _joined(known, [], gap=2.0)
    return sorted(_joined(known, _slopes(close), gap=None), key=lambda row: row.top)


def _joined(words: Iterable[Word], slopes: Sequence[tuple[float, float]], *, gap: float | None) -> list[Row]:
    """Rows of words that stand beside each other, no more than ``gap`` times their height apart."""
    found: list[Row] = []
    for word in words:
        shared, beside = max(
            ((_beside(row.words[-1], word, slopes, gap), row) for row in found),
            key=lambda pair: pair[0],
            default=(0, None),
        )
        if beside is not None and shared >= _SAME_ROW:
            beside.words.append(word)
        else:
            found.append(Row([word]))
    return found


def _slopes(close: Iterable[Row]) -> list[tuple[float, float]]:
    """Where long pieces of text stand, from the top, and how they slope."""
    found = []
    for row in close:
        first, last = row.words[0], row.words[-1]
        if first is last and first.slope is not None and first.width >= _LONG * first.height:
            found.append((first.down, first.slope))
        elif last.across - first.across >= _LONG * max(first.height, last.height):
            found.append(((first.down + last.down) / 2, (last.down - first.down) / (last.across - first.across)))
    return [(down, slope) for down, slope in found if abs(slope) <= _STEEPEST]


def _slope_at(down: float, slopes: Sequence[tuple[float, float]]) -> float:
    """The usual slope of the long texts nearest to that height; level where there are too few."""
    if len(slopes) < _AROUND:
        return 0.0
    return median(slope for _, slope in sorted(slopes, key=lambda there: abs(there[0] - down))[:_AROUND])


def _beside(left: Word, right: Word, slopes: Sequence[tuple[float, float]], gap: float | None) -> float:
    """How much of the lower word's height both share; 0 where the right one does not begin after the left one."""
    lower = min(left.height, right.height)
    if right.left < left.left + left.width * 0.5 or (gap is not None and right.left - left.right > gap * lower):
        return 0.0
    falls = _slope_at(left.down, slopes) * (right.across - left.across)
    apart = abs(left.down + falls - right.down)
    return ((left.height + right.height) / 2 - apart) / lower


def mean_confidence(words: Sequence[Word]) -> float:
    """Of all characters, from 0 to 1."""
    characters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / characters if characters else 0.0
