"""Amounts of money as tickets of three languages print them, and as engines misread them. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MOST_MINOR: Final = 10**11

_SLIPS: Final = str.maketrans("OoОоQDlI|ЗзSsБбВBZz°", "00000011133556688220")
_LOOKS_NUMERIC: Final = re.compile(r"[\dOoОоQDlI|ЗзSsБбВBZz°]+(?:[.,'’‘`\-–][\dOoОоQDlI|ЗзSsБбВBZz°]+)+")
_SIGN: Final = r"RM|R\$|US\$|S/\.?|C\$|A\$|[$€£₽¥]|EUR|USD|GBP|RUB|RUR|ARS|MXN|MYR|РУБ\.?|руб\.?"
_CURRENCY: Final = re.compile(rf"(?<![A-Za-zА-я])({_SIGN})(?![A-Za-zА-я])", re.IGNORECASE)
_AMOUNT: Final = re.compile(
    r"""
    (?<![\d.,:/])
    (?P<minus>[-–]\s?|\()?
    (?:[=≡三＝#*]\s?)?
    (?:
        (?P<grouped>\d{1,3}(?:[.,'’ ]\d{3})+)(?P<gdec>[.,]\s?\d{2})
      | (?P<plain>\d{1,8})(?P<dec>(?:[.,]|\s[.,]|[.,]\s|-)\d{2})
    )
    (?P<after>\s?-|\))?
    (?![\d/%:]|[.,]\d|-\d|\s?%)
    """,
    re.VERBOSE,
)
_WHOLE: Final = re.compile(r"(?<![\d.,:/\-])(?P<whole>\d{1,3}(?:[.,'’ ]\d{3})+|\d{1,8})(?![\d/%:]|[.,\-]\d|\s?%)")


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in hundredths, and where in its text it stands. ``whole``: it was printed without hundredths."""

    minor: int
    start: int
    end: int
    whole: bool = False
    torn: bool = False
    """A space stands inside: the engine saw two pieces."""


def amounts(text: str, *, whole: bool = False) -> list[Amount]:
    """The amounts in a row of text from left to right; with ``whole`` also figures without hundredths."""
    mended = mend(text)
    found = [amount for match in _AMOUNT.finditer(mended) if (amount := _with_hundredths(match))]
    if whole:
        taken = [(amount.start, amount.end) for amount in found]
        found += [
            amount
            for match in _WHOLE.finditer(mended)
            if (amount := _without_hundredths(match))
            and not any(amount.start < end and start < amount.end for start, end in taken)
        ]
    return sorted(found, key=lambda amount: amount.start)


def mend(text: str) -> str:
    """Letters that engines see in figures turned back: ``l2.5O`` is ``12.50``. No character is added or taken away."""

    def mended(match: re.Match[str]) -> str:
        piece = match[0]
        figures = sum(map(str.isdigit, piece))
        zeros = sum(letter in "OoОо" for letter in piece)
        return piece.translate(_SLIPS) if figures and (figures + zeros) * 2 >= len(piece) - 1 else piece

    return _LOOKS_NUMERIC.sub(mended, text)


def currency(text: str) -> str | None:
    """The currency whose sign or code stands in the text; a bare ``$`` says too little. None where there is none."""
    names = {
        "RM": "MYR",
        "MYR": "MYR",
        "€": "EUR",
        "EUR": "EUR",
        "£": "GBP",
        "GBP": "GBP",
        "₽": "RUB",
        "RUB": "RUB",
        "RUR": "RUB",
        "РУБ": "RUB",
        "US$": "USD",
        "USD": "USD",
        "ARS": "ARS",
        "MXN": "MXN",
    }
    signs = [names.get(match[1].upper().rstrip(".")) for match in _CURRENCY.finditer(text)]
    known = [sign for sign in signs if sign]
    return max(known, key=known.count) if known else None


def marked(text: str) -> bool:
    """Whether a currency stands in the text."""
    return _CURRENCY.search(text) is not None


def _with_hundredths(match: re.Match[str]) -> Amount | None:
    units = re.sub(r"\D", "", match["grouped"] or match["plain"])
    decimals = match["gdec"] or match["dec"]
    minor = int(units) * 100 + int(re.sub(r"\D", "", decimals))
    if minor > MOST_MINOR:
        return None
    minus = match["minus"] or (match["after"] or "").strip() == "-"
    return Amount(-minor if minus else minor, match.start(), match.end(), torn=" " in decimals)


def _without_hundredths(match: re.Match[str]) -> Amount | None:
    minor = int(re.sub(r"\D", "", match["whole"])) * 100
    return Amount(minor, match.start(), match.end(), whole=True) if minor <= MOST_MINOR else None
