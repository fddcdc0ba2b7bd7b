"""The day and the time that a ticket prints: day first, or ISO. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time
from typing import Final

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "JAN ENE ЯНВ", "FEB ФЕВ", "MAR MÄR МАР", "APR ABR АПР", "MAY MAI МАЙ МАЯ", "JUN ИЮН",
            "JUL ИЮЛ", "AUG AGO АВГ", "SEP SET СЕН", "OCT OKT ОКТ", "NOV НОЯ", "DEC DIC DEZ ДЕК",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_YEAR: Final = r"(20\d\d|\d\d)"
_DAY_FIRST: Final = re.compile(rf"(?<!\d)(\d{{1,2}})\s?([./\-])\s?(\d{{1,2}})\s?\2\s?{_YEAR}(?=\D|\d?\d:|$)")
_ISO: Final = re.compile(r"(?<!\d)(20\d\d)([./\-])(\d{1,2})\2(\d{1,2})(?=\D|\d\d:|$)")
_NAME: Final = r"([A-ZА-ЯÄ]{3})[A-ZА-ЯÄ]*"
_DAY_NAME: Final = re.compile(
    rf"(?<!\d)(\d{{1,2}})[\s.\-/,]*(?:DE\s)?{_NAME}[\s.\-/,']*(?:DE\s)?{_YEAR}(?=\D|\d\d:|$)", re.IGNORECASE
)
_NAME_DAY: Final = re.compile(
    rf"{_NAME}[\s.\-/]*(\d{{1,2}})(?:ST|ND|RD|TH)?[\s,.\-/]+{_YEAR}(?=\D|\d\d:|$)", re.IGNORECASE
)
_TIME: Final = re.compile(
    r"(?<![\d:])([01]?\d|2[0-3])\s?:\s?([0-5]\d)(?:\s?:\s?([0-5]\d))?(?!\d)\s*([AP])?\.?(?(4)M)", re.IGNORECASE
)
_OLDEST: Final = 2000
_SLIPS: Final = str.maketrans("OoОоIl|", "0000111")


def find_date(text: str) -> date | None:
    """The first day that the text tells; None where there is none."""
    return next(_dates(text), None) or next(_dates(_mended(text)), None)


def find_time(text: str) -> time | None:
    """The first time of day that the text tells; None where there is none."""
    match = _TIME.search(_mended(re.sub(r"(\d[./\-]\d\d[./\-](?:20\d\d|\d\d))(\d\d:)", r"\1 \2", text)))
    if match is None:
        return None
    hour = int(match[1])
    if match[4]:
        hour = hour % 12 + (12 if match[4].upper() == "P" else 0) if hour <= 12 else hour
    return time(hour, int(match[2]), int(match[3] or 0))


def _mended(text: str) -> str:
    """Letters beside figures that engines took for figures, turned back."""
    text = re.sub(r"(?<![\w.])0(?=[A-Za-z]{2})", "O", text)
    return re.sub(r"(?<=\d)[OoОоIl|]|[OoОоIl|](?=\d)", lambda match: match[0].translate(_SLIPS), text)


def _dates(text: str) -> Iterator[date]:
    for match in _ISO.finditer(text):
        yield from _day(match[1], match[3], match[4])
    for match in _DAY_FIRST.finditer(text):
        yield from _day(match[4], match[3], match[1])
    for match in _DAY_NAME.finditer(text):
        yield from _day(match[3], _MONTHS.get(match[2].upper()), match[1])
    for match in _NAME_DAY.finditer(text):
        yield from _day(match[3], _MONTHS.get(match[1].upper()), match[2])
    for match in _DAY_FIRST.finditer(text):
        if int(match[3]) > 12:
            yield from _day(match[4], match[1], match[3])


def _day(year: str, month: str | int | None, day: str) -> Iterator[date]:
    if month is None:
        return
    full = int(year) + (2000 if len(year) == 2 else 0)
    try:
        found = date(full, int(month), int(day))
    except ValueError:
        return
    if found.year >= _OLDEST:
        yield found
