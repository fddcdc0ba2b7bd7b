"""What people type, as values. Pure functions: each gives None for what it cannot understand, and never guesses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_QUANTITY = re.compile(
    r"(?P<figure>\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,9})(?:[.,](?P<part>\d{1,3}))?"
    r"(?:\s*(?P<word>[^\W\d_]{1,12})\.?)?"
)
"""A figure, grouped by spaces or not, at most three decimals after comma or point, and maybe a unit's name."""


_WORDS = {
    "pcs": "шт штк штука штуки штук ед pc pcs piece pieces ea u ud uds unidad unidades pza pzas pieza piezas",
    "kg": "кг кило килограмм килограмма килограммов kg kgs kilo kilos kilogram kilograms kilogramo kilogramos",
    "g": "г гр грамм грамма граммов g gr grs gram grams gramo gramos",
    "l": "л литр литра литров l lt lts liter liters litre litres litro litros",
    "m": "м метр метра метров m mt mts meter meters metre metres metro metros",
    "pack": "пак пач пачка пачки пачек уп упак упаковка упаковки упаковку упаковок "
    "pk pack packs packet packets paq paqs paquete paquetes",
    "box": "кор короб короба коробов коробка коробки коробку коробок ящ ящик ящика ящиков box boxes bx ctn case cases "
    "cj cja cjs caj caja cajas",
    "pallet": "пал палл паллет паллета паллеты паллету паллетов палет палета палеты палету поддон поддона поддонов "
    "plt pal pallet pallets palet palets palé palés pale pales",
}
_CODES = {word: code for code, words in _WORDS.items() for word in words.split()}
"""What people call the units, in the languages of the chat: by the word, the unit's code."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure, and the word for a unit that was typed with it, if any."""

    amount: Decimal
    word: str = ""


def match_unit(word: str, codes: Iterable[str]) -> str | None:
    """Which of these units the word means: its code itself, or what people call it."""
    meant = unit_codes(word)
    return next((code for code in codes if code.casefold() in meant), None)


def unit_codes(word: str) -> frozenset[str]:
    """The codes, in small letters, of units that the word may mean."""
    plain = word.casefold()
    return frozenset({plain, _CODES.get(plain, plain)})


def is_unit_word(word: str) -> bool:
    """Tell whether people call some unit so."""
    return word.casefold().rstrip(".") in _CODES


def parse_quantity(text: str) -> Quantity | None:
    """How many: ``12``, ``1,5``, ``1 200``, ``3 шт.``. Signs, other scripts' digits and emoji are not understood."""
    found = _QUANTITY.fullmatch(text.strip())
    if found is None or (not text.isascii() and any(char.isdigit() and not char.isascii() for char in text)):
        return None
    figure = re.sub(r"\s", "", found["figure"])
    return Quantity(Decimal(f"{figure}.{found['part'] or 0}"), found["word"] or "")
