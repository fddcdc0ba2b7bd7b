"""Figures that people type, as exact values. Pure; each gives None for what it cannot understand, and never guesses.

Only the digits 0-9 count as digits: neither emoji nor other scripts' figures are understood.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from services import money

LARGEST_MINOR: Final = 999_999_999
"""The largest amount that can be typed, in minor units: 9,999,999.99 where they are hundredths."""

_SPACES = "[ \u00a0\u202f]"
_FIGURE = re.compile(rf"([0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}}){{1,3}}|[0-9]{{1,12}})(?:[.,]([0-9]{{1,6}}))?")
_BOTH_MARKS = re.compile(r"([0-9]{1,3}(?:([.,'’])[0-9]{3})(?:\2[0-9]{3}){0,2})([.,])([0-9]{1,4})")
"""``1.234,50`` and ``1,234.50``: clear only because both marks are there."""
_GROUPED = re.compile(r"[0-9]{1,3}([.,'’])[0-9]{3}(?:\1[0-9]{3}){1,3}")
"""``1.500.000``: a fraction has no second mark."""
_THOUSAND_OR_FRACTION = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
"""``1.500``: half of the world writes one and a half thousand so, the other half one and a half."""
_SIGNS = {"RUB": r"₽|руб(?:\.|лей|ля|ль)?|р\.?", "EUR": "€|euros?|евро", "USD": r"\$", "GBP": "£"}
"""What people write for a currency beside its code."""
_WEIGHT = re.compile(r"(?P<figure>[0-9.,\s\u00a0\u202f]+?)\s*(?P<word>кг|kg|г|гр|g|gr)?\.?", re.IGNORECASE)
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.hч]([0-9]{2}))?")
_DAY = r"[0-9]{1,2}[./][0-9]{1,2}(?:[./](?:[0-9]{4}|[0-9]{2}))?|[0-9]{4}-[0-9]{2}-[0-9]{2}"
_SPAN = re.compile(rf"({_DAY})(?:\s*(?:[–—-]|\.\.\.?|…)\s*({_DAY}))?")
_COORDINATES = re.compile(
    r"(-?[0-9]{1,3}(?:[.][0-9]{1,15})?)\s*[,; ]\s*(-?[0-9]{1,3}(?:[.][0-9]{1,15})?)"
    r"|(-?[0-9]{1,3},[0-9]{1,15})\s*[; ]\s*(-?[0-9]{1,3},[0-9]{1,15})"
)
_LONGEST_SPAN = 366
_LONGEST_FIGURE = 60
"""No weight needs more characters; a text without end would be read for long."""


def parse_money(text: str, currency: str, *, largest: int = LARGEST_MINOR) -> int | None:
    """An amount in minor units: ``1 234,50``, ``1234.5``, ``1.234,50 €``, ``89``. Zero is an amount.

    None for more decimals than the currency has, ``12,345,6``, a sign, an emoji, another currency's name, or more
    than ``largest``; for ``1.234`` too where it could be a thousand or a fraction.
    """
    sign = f"(?:{_SIGNS.get(currency, currency)}|{re.escape(currency)})"
    bare = re.sub(rf"^{sign}\s*|\s*{sign}$", "", text.strip(), count=1, flags=re.IGNORECASE)
    exact = parse_decimal(bare, decimals=money.minor_digits(currency))
    if exact is None:
        return None
    minor = exact.scaleb(money.minor_digits(currency))
    if minor != minor.to_integral_value() or minor > largest:
        return None
    return int(minor)


def parse_decimal(text: str, *, decimals: int) -> Decimal | None:
    """A figure of 0 or more with at most so many digits after comma or point. None for ``1.500`` where ``decimals`` is
    less than three: it could be a thousand or a fraction.
    """
    exact = _figure(text.strip())
    if decimals < 3 and _THOUSAND_OR_FRACTION.fullmatch(text.strip()):
        return None
    if exact is None or exact != exact.quantize(Decimal(1).scaleb(-decimals)):
        return None
    return exact


def parse_percent(text: str) -> Decimal | None:
    """Per cent as a fraction: ``22``, ``22 %`` and ``22,0%`` are 0.22. At most two decimals, at most 100."""
    exact = parse_decimal(text.strip().removesuffix("%").rstrip(), decimals=2)
    return None if exact is None or exact > 100 else money.plain_rate(exact / 100)


def parse_whole(text: str) -> int | None:
    """A whole number of 0 or more, at most twelve digits."""
    exact = parse_decimal(text, decimals=0)
    return None if exact is None else int(exact)


def parse_grams(text: str, *, bare: str = "g") -> int | None:
    """A weight in grams: ``1,5 кг``, ``250 г``. ``bare``: the unit, ``g`` or ``kg``, of a figure without one."""
    found = _WEIGHT.fullmatch(text.strip()) if len(text) <= _LONGEST_FIGURE else None
    exact = _figure(found["figure"].strip()) if found else None
    if found is None or exact is None:
        return None
    word = (found["word"] or bare).casefold()
    grams = exact * 1000 if word in {"кг", "kg"} else exact
    return int(grams) if grams == grams.to_integral_value() else None


def parse_clock(text: str) -> int | None:
    """A time of the day as minutes after midnight: ``16:00``, ``16.00``, ``9``."""
    found = _CLOCK.fullmatch(text.strip().casefold())
    if found is None:
        return None
    hours, minutes = int(found[1]), int(found[2] or 0)
    return hours * 60 + minutes if hours < 24 and minutes < 60 else None


def parse_windows(text: str) -> list[tuple[int, int]] | None:
    """Windows of the day as pairs of minutes after midnight, the earliest first: ``9-13, 13-18``, ``9:00–13:30``.

    None where one is not understood, ends before it begins, or overlaps another.
    """
    windows = []
    for part in (part for part in re.split(r"[,;\n]", text) if part.strip()):
        ends = [parse_clock(end) for end in re.split(r"\s*[–—-]\s*", part.strip())]
        if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0] >= ends[1]:
            return None
        windows.append((ends[0], ends[1]))
    windows.sort()
    overlapping = any(before[1] > after[0] for before, after in pairwise(windows))
    return windows if windows and not overlapping else None


def parse_days(text: str, *, today: date) -> list[date] | None:
    """Days: ``31.12``, ``1.01-8.01.2027``, ``2026-12-31``, several with commas; each once, the earliest first.

    A day without a year is the next one to come. None where one is not understood, or a span is over a year.
    """
    days: set[date] = set()
    for part in (part.strip() for part in re.split(r"[,;\n]", text) if part.strip()):
        found = _SPAN.fullmatch(part)
        start = _day(found[1], not_before=today) if found else None
        if found is None or start is None:
            return None
        end = _day(found[2], not_before=start) if found[2] else start
        if end is None or not 0 <= (end - start).days < _LONGEST_SPAN:
            return None
        days.update(start + timedelta(days=number) for number in range((end - start).days + 1))
    return sorted(days) or None


def parse_coordinates(text: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees: ``55.7512, 37.6184``; ``55,7512 37,6184``.

    None outside the globe, and at 0, 0: a broken receiver.
    """
    found = _COORDINATES.fullmatch(text.strip())
    if found is None:
        return None
    latitude, longitude = (float(part.replace(",", ".")) for part in found.groups() if part is not None)
    on_globe = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
    return (latitude, longitude) if on_globe else None


def _figure(text: str) -> Decimal | None:
    both = _BOTH_MARKS.fullmatch(text)
    if both is not None and both[2] != both[3]:
        return Decimal(f"{re.sub(r'[^0-9]', '', both[1])}.{both[4]}")
    if _GROUPED.fullmatch(text):
        return Decimal(re.sub(r"[^0-9]", "", text))
    found = _FIGURE.fullmatch(text)
    if found is None:
        return None
    return Decimal(f"{re.sub(_SPACES, '', found[1])}.{found[2] or 0}")


def _day(text: str, *, not_before: date) -> date | None:
    """One day; without a year the first such day that is not before ``not_before``."""
    parts = [int(part) for part in re.split(r"[./-]", text)]
    if "-" in text:
        return _date(*parts)
    if len(parts) == 3:
        year = parts[2] if parts[2] >= 100 else 2000 + parts[2]
        return _date(year, parts[1], parts[0])
    coming = [_date(not_before.year + ahead, parts[1], parts[0]) for ahead in range(5)]  # 29.02 comes every fourth year
    return next((day for day in coming if day is not None and day >= not_before), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
