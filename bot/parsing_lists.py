"""A typed list of goods, ``A-103 12; B-22 5 box``, as lines. Pure functions; each line keeps its words.

People write lists in many ways, and where two readings are possible (is ``AB 12 5`` the article AB 12 or AB?) all of
them are given, the likeliest first: only the catalogue can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.parsing import Quantity, parse_quantity, unit_codes
from services.quick_order import ListLine, Reading

LONGEST_LINE = 160
LONGEST_ARTICLE = 64
_NUMBER_COMMA = r"(?<=\d),(?=\d)"
_BETWEEN_LINES = re.compile(rf"[\n;]|(?!{_NUMBER_COMMA}),")
"""A comma between two figures may be that of 1,5: it parts no lines."""
_BULLET = re.compile(r"^(?:[•·*▪◦‣—–-]|\d{1,3}[.)])\s+")
_DASHES = "-‐‑‒–—―−"
_LONG_DASH = re.compile(r"\s*[‒–—―−]\s*")
_TIMES = re.compile(r"\s*[*×:=]\s*|(?<=\d)[xх](?=\d)", re.IGNORECASE)
_LEADING = re.compile(rf"^(?:[{_DASHES}:=*×]\s*|[xх]\s+|[xх](?=\d))+", re.IGNORECASE)
_TRAILING = re.compile(rf"(?:\s*[{_DASHES}:=*×]|\s+[xх]|(?<=\d)[xх])+$", re.IGNORECASE)
_CROSS = {"x", "х"}


def parse_list(text: str) -> list[ListLine]:
    """The lines of a text, without empty ones; a line that reads as no goods has no readings."""
    parts = (_BULLET.sub("", part.strip()) for part in _BETWEEN_LINES.split(text))
    return [ListLine(text=part, readings=tuple(_readings(part))) for part in parts if part.strip(" .")]


def _readings(line: str) -> list[Reading]:
    if len(line) > LONGEST_LINE:
        return []
    line = " ".join(re.sub(r"[\u00a0\u202f]", " ", line).split()).rstrip(".")
    pairs = [*_at(line, [match.span() for match in re.finditer(r"\s+", line)])]
    pairs += _at(line, [match.span() for match in _TIMES.finditer(line)])
    pairs += _at(line, [match.span() for match in _LONG_DASH.finditer(line)])
    found = dict.fromkeys(_reading(article, quantity) for article, quantity in pairs)
    if 0 < len(line) <= LONGEST_ARTICLE:
        found[Reading(line)] = None
    return list(found)


def _at(line: str, spans: list[tuple[int, int]]) -> Iterator[tuple[str, Quantity]]:
    """Article and quantity where the line is cut here: the article first, or else the quantity first."""
    cuts = [(line[:start], line[end:]) for start, end in spans]
    for before, after in cuts:
        yield from _pair(_TRAILING.sub("", before), _LEADING.sub("", after))
    for before, after in reversed(cuts):
        yield from _pair(_LEADING.sub("", after), _TRAILING.sub("", before))


def _pair(article: str, figure: str) -> Iterator[tuple[str, Quantity]]:
    quantity = parse_quantity(figure)
    if 0 < len(article) <= LONGEST_ARTICLE and quantity is not None and quantity.word.casefold() not in _CROSS:
        yield article, quantity


def _reading(article: str, quantity: Quantity) -> Reading:
    return Reading(article, quantity.amount, quantity.word, unit_codes(quantity.word) if quantity.word else frozenset())
