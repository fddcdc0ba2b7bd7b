"""What is typed about goods on a shelf: how many, and after it a paper's number or what has happened."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from bot.parsing import is_unit_word, match_unit

_FIGURE = re.compile(
    r"(?P<figure>[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+(?![0-9])|[0-9]{1,9})(?:[.,](?P<part>[0-9]{1,3})(?![0-9]))?"
)
_WORD = re.compile(r"\s*(?P<word>[^\W\d_]{1,12})\.?(?!\w)")
_PARTING = " \t\r\n,;:-–—"


@dataclass(frozen=True, slots=True)
class StockEntry:
    """How many, in which unit (empty: the one that was asked in), and the words after it."""

    amount: Decimal
    unit: str = ""
    note: str = ""


def parse_entry(text: str, units: Collection[str]) -> StockEntry | None:
    """Read ``120``, ``5 box``, ``1,5 kg; TTN 4711`` or ``3 broken on the ramp``, with the units that there are.

    None for anything that is not clear: a unit that the product does not have, two figures with nothing between.
    """
    plain = text.strip()
    found = _FIGURE.match(plain)
    if found is None:
        return None
    amount = Decimal(re.sub(r"\s", "", found["figure"]) + f".{found['part'] or 0}")
    rest = plain[found.end() :]
    word = _WORD.match(rest)
    unit = ""
    if word is not None:
        unit = match_unit(word["word"], units) or ""
        if unit:
            rest = rest[word.end() :]
        elif is_unit_word(word["word"]):
            return None
    note = rest.lstrip(_PARTING)
    parting = rest[: len(rest) - len(note)]
    if note and (not parting or (note[0].isdigit() and not parting.strip(" "))):
        return None
    return StockEntry(amount, unit, note)
