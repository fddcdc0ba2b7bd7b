"""The letters of pictures: PT Sans, and DejaVu Sans, which matplotlib carries, for what PT Sans lacks.

No string is taken for markup or mathematics, and none leaves boxes where a letter is missing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final

from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.textpath import TextToPath

_FAMILIES: Final = ["PT Sans", "DejaVu Sans"]
_SPACES: Final = re.compile(" {2,}")
_OF_EM: Final = 100
"""The size that widths are measured at."""


@lru_cache(maxsize=4)
def load(folder: Path) -> None:
    """Make the fonts in ``folder`` known to matplotlib, once per process."""
    for path in sorted(folder.resolve().glob("PTSans-*.ttf")):
        fontManager.addfont(path)


def face(*, bold: bool) -> FontProperties:
    """The typeface in one of its two weights, with what stands in for its missing letters."""
    return FontProperties(family=_FAMILIES, weight="bold" if bold else "normal")


@lru_cache(maxsize=2)
def letters(*, bold: bool) -> frozenset[str]:
    """All that can be drawn."""
    weight = "bold" if bold else "normal"
    faces = [fontManager.findfont(FontProperties(family=[name], weight=weight)) for name in _FAMILIES]
    return frozenset(chr(code) for path in faces for code in get_font(path).get_charmap())


def clean(words: str, *, bold: bool) -> str:
    """Only what can be drawn: line ends are spaces, emoji and marks without a shape go, letters without are ``?``."""
    known = letters(bold=bold)
    kept = [_visible(character, known) for character in unicodedata.normalize("NFC", words)]
    return _SPACES.sub(" ", "".join(kept)).strip()


def _visible(character: str, known: frozenset[str]) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if category[0] == "C":
        return ""
    if character in known:
        return character
    plain = unicodedata.normalize("NFKC", character)  # a letter in fancy dress
    if plain != character and known.issuperset(plain):
        return plain
    return "?" if category[0] in "LN" else ""


def width(words: str, size: float, *, bold: bool) -> float:
    """How wide clean words are, in the unit of ``size``."""
    return _ems(words, bold) * size / _OF_EM


@lru_cache(maxsize=2048)
def _ems(words: str, bold: bool) -> float:  # noqa: FBT001 - a key of the cache
    if not words:
        return 0.0
    properties = face(bold=bold)
    properties.set_size(_OF_EM)
    measured, _, _ = TextToPath().get_text_width_height_descent(words, properties, ismath=False)
    return float(measured)


def fitting(words: str, size: float, most: float, *, bold: bool) -> str:
    """Clean words, cut at the end with ``…`` where they are wider than ``most``."""
    whole = clean(words, bold=bold)
    if width(whole, size, bold=bold) <= most:
        return whole
    short, long = 0, len(whole)
    while long - short > 1:
        middle = (short + long) // 2
        if width(f"{whole[:middle].rstrip()}…", size, bold=bold) <= most:
            short = middle
        else:
            long = middle
    return f"{whole[:short].rstrip()}…"
