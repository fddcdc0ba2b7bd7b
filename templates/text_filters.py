"""How figures, days and names are written in the reader's language. No float touches money or quantities."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol
from babel.units import format_unit
from jinja2 import Environment, TemplateNotFound, pass_context
from jinja2.runtime import Context

UNITS: Final = "messages/units.html"
_NARROW_SYMBOLS: Final = {"RUB": "₽", "USD": "$", "KZT": "₸", "UAH": "₴", "MXN": "$", "BRL": "R$"}
_NO_MINOR_UNIT: Final = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THOUSANDTHS: Final = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_JOINERS: Final = "\u200d\ufe0f"


class _NumberStyle(NamedTuple):
    """The signs a language writes numbers with."""

    group: str
    decimal: str


class _MoneyStyle(NamedTuple):
    """What stands around an amount in one currency and language."""

    prefix: str
    suffix: str
    negative_prefix: str
    negative_suffix: str


@lru_cache(maxsize=64)
def _locale(code: str) -> Locale:
    """Babel's data for a language; English where the code is unknown."""
    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=64)
def _number_style(code: str) -> _NumberStyle:
    locale = _locale(code)
    return _NumberStyle(
        _plain_space(get_group_symbol(locale)),
        get_decimal_symbol(locale),
    )


@lru_cache(maxsize=256)
def _money_style(code: str, currency: str) -> _MoneyStyle:
    locale = _locale(code)
    pattern = locale.currency_formats["standard"]
    symbol = currency_sign(currency, locale=code)
    around = [_plain_space(part.replace("¤", symbol)) for part in (*pattern.prefix, *pattern.suffix)]
    if symbol.isalpha() and not around[2]:  # a code such as CHF must not stick to its figure
        around[0], around[1] = f"{around[0]}\xa0", f"{around[1]}\xa0"
    return _MoneyStyle(around[0], around[2], around[1], around[3])


def _plain_space(text: str) -> str:
    """Narrow non-breaking spaces, which many fonts lack, as ordinary non-breaking ones."""
    return text.replace("\u202f", "\xa0")


def _grouped(whole: int, code: str) -> str:
    return f"{whole:,}".replace(",", _number_style(code).group)


def _decimal(value: Decimal, code: str) -> str:
    """A number with all its digits but no trailing zeros."""
    whole, _, fraction = f"{abs(value):f}".partition(".")
    fraction = fraction.rstrip("0")
    sign = "-" if value < 0 else ""
    return sign + _grouped(int(whole), code) + (_number_style(code).decimal + fraction if fraction else "")


def money(minor: int, currency: str, *, locale: str) -> str:
    """An amount in minor units of ``currency``: ``3 458,04 ₽``, ``3.458,04 €``, ``₽3,458.04``."""
    style = _money_style(locale, currency)
    prefix, suffix = (style.negative_prefix, style.negative_suffix) if minor < 0 else (style.prefix, style.suffix)
    return prefix + amount(abs(minor), currency, locale=locale) + suffix


def currency_sign(currency: str, *, locale: str) -> str:
    """``₽``, ``€``, or the code where people write the code."""
    return _NARROW_SYMBOLS.get(currency) or get_currency_symbol(currency, _locale(locale))


def amount(minor: int, currency: str, *, locale: str) -> str:
    """The same without the currency's sign, for the columns of a table: ``3 458,04``."""
    digits = minor_digits(currency)
    whole, fraction = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    tail = f"{_number_style(locale).decimal}{fraction:0{digits}d}" if digits else ""
    return sign + _grouped(whole, locale) + tail


def minor_digits(currency: str) -> int:
    """How many digits the minor unit has by ISO 4217: 2 for RUB and EUR, 0 for JPY.

    The same table as ``services.money``, which this package may not import (a test holds them together); Babel's
    says how people write small change today, and would move the point of amounts in dinars.
    """
    if currency in _NO_MINOR_UNIT:
        return 0
    if currency in _THOUSANDTHS:
        return 3
    return 4 if currency in {"CLF", "UYW"} else 2


def quantity(milli: int, factor_milli: int, decimals: int, *, locale: str) -> str:
    """Thousandths of the base unit as a number of units of ``factor_milli`` thousandths each: ``12``, ``1,5``.

    ``decimals`` is what the unit allows; a quantity that it does not divide is shown to the thousandth instead, as
    a figure must not look like another one. What is less than nothing has a minus, not a hyphen.
    """
    exact = Decimal(milli) / Decimal(factor_milli)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if rounded != exact:
        rounded = exact.quantize(Decimal("0.001"), ROUND_HALF_UP)
    return _decimal(rounded, locale).replace("-", "−")


def percent(rate: Decimal | str, *, locale: str) -> str:
    """A fraction as per cent: 0.2 is ``20 %``, 0.125 is ``12,5 %``."""
    pattern = _locale(locale).percent_formats[None]
    return _decimal(Decimal(rate) * 100, locale) + _plain_space(pattern.suffix[0])


def km(metres: int, *, locale: str) -> str:
    """A distance in kilometres, to 100 m."""
    value = (Decimal(metres) / 1000).quantize(Decimal("0.1"), ROUND_HALF_UP)
    shown = value.quantize(Decimal(1)) if value == value.to_integral() else value
    return _plain_space(format_unit(shown, "length-kilometer", length="short", locale=_locale(locale)))


def as_day(value: date | str) -> date:
    """A day from itself or from ISO text.

    A datetime is refused with TypeError: which day it is depends on the company's time zone.
    """
    if isinstance(value, datetime):
        raise TypeError("a moment is no day: turn it into the company's day first")
    return date.fromisoformat(value) if isinstance(value, str) else value


def long_date(value: date | str, form: str = "medium", *, locale: str) -> str:
    """A date by Babel's form (short, medium, long, full or a pattern): ``27 нояб. 2026 г.``."""
    return _plain_space(format_date(as_day(value), form, locale=_locale(locale)))


def day(value: date | str, *, locale: str) -> str:
    """A near day without its year: ``пт 27 нояб.``."""
    return long_date(value, "EEE d MMM", locale=locale)


def weekday(value: date | str, *, locale: str) -> str:
    """The name of the day of the week: ``пятница``."""
    return long_date(value, "EEEE", locale=locale)


def moment(value: datetime | str, time_zone: str, *, locale: str) -> str:
    """An aware moment (or its ISO text) as the clock of ``time_zone`` shows it, to the minute."""
    exact = datetime.fromisoformat(value) if isinstance(value, str) else value
    if exact.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be shown")
    local = exact.astimezone(ZoneInfo(time_zone))
    clock = format_datetime(local, "HH:mm", locale=_locale(locale))
    return f"{long_date(local.date(), locale=locale)}, {clock}"


def short(text: str, length: int) -> str:
    """At most ``length`` characters, the last of them ``…`` where something was cut."""
    whole = str(text)
    if len(whole) <= length:
        return whole
    return whole[: max(length - 1, 0)].rstrip().rstrip(_JOINERS) + "…"


def _in_reader_language(function: Callable[..., str]) -> Callable[..., str]:
    """A filter that is given the language of the render as ``locale``."""

    @pass_context
    def filtered(context: Context, *arguments: Any, **options: Any) -> str:
        return function(*arguments, locale=str(context["locale"]), **options)

    filtered.__name__, filtered.__doc__ = function.__name__, function.__doc__
    return filtered


def unit_name(environment: Environment, code: str, locale: str) -> str:
    """The short name of a unit (``шт.``) from the blocks of ``messages/units.html``; an unknown code stays as it is."""
    try:
        names = environment.get_template(UNITS)
    except TemplateNotFound:
        return code
    if code not in names.blocks:
        return code
    return html.unescape("".join(names.blocks[code](names.new_context({"locale": locale})))).strip()


@pass_context
def unit(context: Context, code: str) -> str:
    """The short name of a unit in the reader's language."""
    return unit_name(context.environment, code, str(context["locale"]))


FILTERS: Final[dict[str, Callable[..., str]]] = {
    "money": _in_reader_language(money),
    "currency_sign": _in_reader_language(currency_sign),
    "amount": _in_reader_language(amount),
    "quantity": _in_reader_language(quantity),
    "percent": _in_reader_language(percent),
    "km": _in_reader_language(km),
    "date": _in_reader_language(long_date),
    "day": _in_reader_language(day),
    "weekday": _in_reader_language(weekday),
    "moment": _in_reader_language(moment),
    "unit": unit,
    "short": short,
}
