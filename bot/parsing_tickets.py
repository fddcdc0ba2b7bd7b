"""What somebody says of a ticket, in a caption or a text: ``@monto 1500 @cliente Juan Pérez @tubos 5``.

Pure functions, which never guess: a value that could be read in two ways is named back as unclear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services import money
from services.figures import LARGEST_MINOR
from services.ticket_tags import Tags
from services.units import LARGEST_MILLI

LONGEST_CLIENT, LONGEST_NOTE = 200, 500
AMOUNT, CLIENT, UNITS, NOTE, DAY = "amount", "client", "units", "note", "day"
_NAMES = {
    AMOUNT: "monto total importe suma precio amount sum price сумма сума итого итог цена",
    CLIENT: "cliente client customer клиент покупатель",
    UNITS: "tubos tubo unidades unidad uds units unit tubes tube pcs "
    "шт штук штуки штука тюбики тюбиков тюбика тюбик туб тубы",
    NOTE: "nota note comment заметка примечание комментарий",
    DAY: "fecha date day дата день",
}
_TAGS = {name: kind for kind, names in _NAMES.items() for name in names.split()}
"""What a tag means, by its name in small letters without accents."""
_TAG = re.compile(r"(?<![\w@.])@([^\W\d_]{1,30})")
_AROUND = " \t\r\n\u00a0\u202f,;:="
_DASH = re.compile(r"^[-–—]\s+")
_SPACES = "[ \u00a0\u202f]"
_CURRENCY = r"(?:₽|€|\$|£|₸|руб(?:\.|лей|ля|ль)?|р\.?(?!\w)|mxn|eur(?:os?)?|usd|rub|gbp|kzt|byn|ars|cop|pesos?|евро)"
_FIGURE = rf"[0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}}(?![0-9]))+(?:[.,][0-9]{{1,2}}(?![0-9]))?|[0-9][0-9.,'’]*"
_AMOUNT = re.compile(rf"{_CURRENCY}?\s*(?P<figure>{_FIGURE})(?:[.,]?-(?!\S))?\s*{_CURRENCY}?", re.IGNORECASE)
_QUANTITY = re.compile(rf"(?P<figure>{_FIGURE})")
_MORE_FIGURES = re.compile(r"[^\w]*[0-9]")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,'’ \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*")
_DAY = re.compile(
    r"(?P<day>[0-9]{1,2})[./-](?P<month>[0-9]{1,2})(?:[./-](?P<year>[0-9]{4}|[0-9]{2}))?(?![0-9])"
    r"|(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])"
)
_WORDS_OF_DAYS = {"hoy": 0, "today": 0, "сегодня": 0, "ayer": 1, "yesterday": 1, "вчера": 1, "позавчера": 2}


def has_tags(text: str) -> bool:
    """Tell whether the text has a tag that we know; a mention of somebody is none."""
    return any(_plain(found[1]) in _TAGS for found in _TAG.finditer(text))


def parse_tags(text: str, *, currency: str, today: date) -> Tags:
    """The values of the tags, in any order and on any number of lines.

    ``currency`` says how many digits small change has, ``today`` which year a day without one belongs to. A tag that
    stands twice with different values is unclear.
    """
    values: dict[str, Any] = {}
    unknown: list[str] = []
    unclear: list[str] = []
    word = ""
    for name, said in _pieces(text):
        kind = _TAGS.get(_plain(name))
        if kind is None:
            unknown.append(name)
            continue
        value = _value(kind, said, currency, today)
        if value is None or values.get(kind, value) != value:
            unclear.append(name)
            continue
        values[kind] = value
        word = _plain(name) if kind == UNITS else word
    return Tags(
        amount_minor=values.get(AMOUNT),
        units_milli=values.get(UNITS),
        units_word=word,
        client=values.get(CLIENT),
        note=values.get(NOTE),
        day=values.get(DAY),
        unknown=tuple(dict.fromkeys(unknown)),
        unclear=tuple(dict.fromkeys(unclear)),
    )


def parse_amount(text: str, currency: str) -> int | None:
    """An amount in minor units, with or without its currency: ``1500``, ``1.500,00 €``, ``1,500.5``, ``1 500 руб.``.

    A comma or point before three last digits parts thousands, for no ticket has thousandths. None for nothing, for
    zero, for too much, and for what could be two figures.
    """
    found = _AMOUNT.match(_bare(text))
    if found is None or _MORE_FIGURES.match(_bare(text)[found.end() :]):
        return None
    return _minor(found["figure"], currency)


def parse_bare_amount(text: str, currency: str) -> int | None:
    """The same where nothing but an amount was typed."""
    found = _AMOUNT.fullmatch(text.strip())
    return _minor(found["figure"], currency) if found else None


def parse_units(text: str) -> int | None:
    """How many, in thousandths: ``5``, ``5 шт.``, ``1 200``, ``2,5``. None like ``parse_amount``."""
    found = _QUANTITY.match(_bare(text))
    if found is None or _MORE_FIGURES.match(_bare(text)[found.end() :]):
        return None
    exact = _exact(found["figure"], largest_fraction=2)
    if exact is None:
        return None
    milli = int(exact * 1000)
    return milli if 0 < milli <= LARGEST_MILLI else None


def parse_past_day(text: str, today: date) -> date | None:
    """A day up to today: ``12.05``, ``12/05/2026``, ``2026-05-12``, ``вчера``. Without a year, the latest such day."""
    plain = _bare(text)
    first = _plain(next(iter(plain.split()), ""))
    if first in _WORDS_OF_DAYS:
        return today - timedelta(days=_WORDS_OF_DAYS[first])
    found = _DAY.match(plain)
    if found is None or _MORE_FIGURES.match(plain[found.end() :]):
        return None
    try:
        if found["iso"]:
            return _up_to(date.fromisoformat(found["iso"]), today)
        day, month, year = int(found["day"]), int(found["month"]), found["year"]
        if year:
            return _up_to(date(int(year) + (2000 if len(year) == 2 else 0), month, day), today)
        return _latest(day, month, today)
    except ValueError:
        return None


def _latest(day: int, month: int, today: date) -> date | None:
    """The latest such day up to today; the 29th of February may be some years ago."""
    for year in range(today.year, today.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None


def _up_to(day: date, today: date) -> date | None:
    return day if day <= today else None


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Each tag's name and what is said after it, up to the next one."""
    found = list(_TAG.finditer(text))
    ends = [following.start() for following in found[1:]]
    for one, end in zip(found, [*ends, len(text)], strict=False):
        yield one[1], _bare(text[one.end() : end])


def _bare(text: str) -> str:
    """Without what parts a value from its tag; a minus stays, for it is the value's."""
    return _DASH.sub("", text.strip(_AROUND))


def _value(kind: str, said: str, currency: str, today: date) -> Any:
    if kind == AMOUNT:
        return parse_amount(said, currency)
    if kind == UNITS:
        return parse_units(said.lstrip("."))
    if kind == DAY:
        return parse_past_day(said, today)
    return " ".join(said.split())[: LONGEST_CLIENT if kind == CLIENT else LONGEST_NOTE] or None


def _minor(figure: str, currency: str) -> int | None:
    digits = money.minor_digits(currency)
    exact = _exact(figure, largest_fraction=digits)
    if exact is None:
        return None
    minor = int(exact.scaleb(digits))
    return minor if 0 < minor <= LARGEST_MINOR else None


def _exact(figure: str, *, largest_fraction: int) -> Decimal | None:
    """The figure without what parts its thousands; None where that cannot be told from a fraction."""
    whole = figure.rstrip(".,'’")
    if _GROUPED.fullmatch(whole) and largest_fraction < 3:
        return Decimal(re.sub(r"[^0-9]", "", whole)) if not whole.startswith("0") else None
    start, mark, fraction = _last_mark(whole)
    if not mark:
        return Decimal(whole) if whole.isdigit() and len(whole) <= 12 else None
    if not (start.isdigit() or _GROUPED.fullmatch(start)) or mark in start or len(start) > 16:
        return None
    if not 1 <= len(fraction) <= largest_fraction:
        return None
    return Decimal(f"{re.sub(r'[^0-9]', '', start)}.{fraction}")


def _last_mark(figure: str) -> tuple[str, str, str]:
    """What stands before the last comma or point, that sign, and what stands after it."""
    at = max(figure.rfind("."), figure.rfind(","))
    return (figure[:at], figure[at], figure[at + 1 :]) if at >= 0 else (figure, "", "")


def _plain(word: str) -> str:
    """A word in small letters, without accents."""
    parts = unicodedata.normalize("NFKD", word.casefold())
    return unicodedata.normalize("NFC", "".join(sign for sign in parts if not unicodedata.combining(sign)))
