"""An amount in words, as papers give it so that nobody can add a digit: in Russian, Spanish and English.

Russian papers leave the kopecks in figures (``Две тысячи два рубля 05 копеек``), the others write them out. A
currency without names here is called by its code, its minor part as a fraction: ``Twelve CHF 05/100``.
"""

# ruff: noqa: SIM905 - the names of numbers are read more easily as words

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from templates.text_filters import minor_digits

MOST: Final = 10**18
"""Amounts of so many whole units and more have no words here."""


class _Noun(NamedTuple):
    """A thing that is counted. ``forms``: for 1, for 2 to 4, for the rest; Spanish and English use the outer two."""

    forms: tuple[str, str, str]
    feminine: bool = False


class _Money(NamedTuple):
    major: _Noun
    minor: _Noun


_RU_TENS: Final = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split()
_RU_TEENS: Final = (
    "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
).split()
_RU_HUNDREDS: Final = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот".split()
_RU_DIGITS: Final = "ноль один два три четыре пять шесть семь восемь девять".split()
_RU_SCALES: Final = (
    _Noun(("тысяча", "тысячи", "тысяч"), feminine=True),
    _Noun(("миллион", "миллиона", "миллионов")),
    _Noun(("миллиард", "миллиарда", "миллиардов")),
    _Noun(("триллион", "триллиона", "триллионов")),
    _Noun(("квадриллион", "квадриллиона", "квадриллионов")),
)
_ES_SMALL: Final = (
    "cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiún veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve"
).split()
_ES_TENS: Final = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_ES_HUNDREDS: Final = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
).split()
_EN_SMALL: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_EN_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_EN_SCALES: Final = "thousand million billion trillion quadrillion".split()

_NAMES: Final = {
    "ru": {
        "RUB": _Money(_Noun(("рубль", "рубля", "рублей")), _Noun(("копейка", "копейки", "копеек"), feminine=True)),
        "EUR": _Money(_Noun(("евро", "евро", "евро")), _Noun(("цент", "цента", "центов"))),
        "USD": _Money(
            _Noun(("доллар США", "доллара США", "долларов США")),
            _Noun(("цент", "цента", "центов")),
        ),
    },
    "es": {
        "RUB": _Money(_Noun(("rublo", "", "rublos")), _Noun(("kopek", "", "kopeks"))),
        "EUR": _Money(_Noun(("euro", "", "euros")), _Noun(("céntimo", "", "céntimos"))),
        "USD": _Money(
            _Noun(("dólar estadounidense", "", "dólares estadounidenses")),
            _Noun(("centavo", "", "centavos")),
        ),
        "MXN": _Money(_Noun(("peso mexicano", "", "pesos mexicanos")), _Noun(("centavo", "", "centavos"))),
    },
    "en": {
        "RUB": _Money(_Noun(("rouble", "", "roubles")), _Noun(("kopeck", "", "kopecks"))),
        "EUR": _Money(_Noun(("euro", "", "euros")), _Noun(("cent", "", "cents"))),
        "USD": _Money(_Noun(("US dollar", "", "US dollars")), _Noun(("cent", "", "cents"))),
        "GBP": _Money(_Noun(("pound sterling", "", "pounds sterling")), _Noun(("penny", "", "pence"))),
    },
}


def in_words(minor: int, currency: str, *, locale: str) -> str:
    """An amount in minor units of ``currency`` as a sentence begins, empty for ``MOST`` whole units and more.

    A language that we do not write in gets English.
    """
    language = locale if locale in _NAMES else "en"
    digits = minor_digits(currency)
    whole, part = divmod(abs(minor), 10**digits)
    if whole >= MOST:
        return ""
    names = _NAMES[language].get(currency)
    if names is None:
        text = f"{_SPELL[language](whole)} {currency}" + (f" {part:0{digits}d}/{10**digits}" if digits else "")
    else:
        text = _TOGETHER[language](whole, part, names)
    sign = {"ru": "минус ", "es": "menos "}.get(language, "minus ") if minor < 0 else ""
    return (sign + text)[:1].upper() + (sign + text)[1:]


def _russian_money(whole: int, part: int, names: _Money) -> str:
    major = f"{_russian(whole, feminine=names.major.feminine)} {_russian_form(whole, names.major)}"
    return f"{major} {part:02d} {_russian_form(part, names.minor)}"


def _russian_form(count: int, noun: _Noun) -> str:
    """рубль, рубля, рублей: 11 to 14 are as 5, else the last digit says."""
    if count % 100 in range(11, 15) or count % 10 not in range(1, 5):
        return noun.forms[2]
    return noun.forms[0] if count % 10 == 1 else noun.forms[1]


def _russian(number: int, *, feminine: bool = False) -> str:
    if number == 0:
        return _RU_DIGITS[0]
    words: list[str] = []
    for power in range(len(_RU_SCALES), 0, -1):
        group, scale = number // 1000**power % 1000, _RU_SCALES[power - 1]
        if group:
            words += [*_russian_group(group, feminine=scale.feminine), _russian_form(group, scale)]
    return " ".join([*words, *_russian_group(number % 1000, feminine=feminine)])


def _russian_group(number: int, *, feminine: bool) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = [_RU_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest in range(10, 20):
        return [*words, _RU_TEENS[rest - 10]]
    tens, digit = divmod(rest, 10)
    if tens:
        words.append(_RU_TENS[tens - 2])
    if digit:
        gendered = {1: "одна", 2: "две"} if feminine else {}
        words.append(gendered.get(digit, _RU_DIGITS[digit]))
    return words


def _spanish_money(whole: int, part: int, names: _Money) -> str:
    # «un millón de euros», but «un millón cien euros»
    between = " de " if whole >= 10**6 and whole % 10**6 == 0 else " "
    major = f"{_spanish(whole)}{between}{_one_or_many(whole, names.major)}"
    return f"{major} con {_spanish(part)} {_one_or_many(part, names.minor)}"


def _spanish(number: int) -> str:
    """As it stands before a masculine noun: «un», «veintiún». The long scale: un billón is 10¹²."""
    if number < 10**6:
        return _spanish_below_a_million(number)
    words: list[str] = []
    for size, one, many in ((10**12, "billón", "billones"), (10**6, "millón", "millones")):
        count, number = divmod(number, size)
        if count:
            words += [_spanish_below_a_million(count), one if count == 1 else many]
    return " ".join([*words, _spanish_below_a_million(number)] if number else words)


def _spanish_below_a_million(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    words = []
    if thousands:
        words = ["mil"] if thousands == 1 else [_spanish_below_a_thousand(thousands), "mil"]
    if rest or not thousands:
        words.append(_spanish_below_a_thousand(rest))
    return " ".join(words)


def _spanish_below_a_thousand(number: int) -> str:
    if number == 100:  # «cien» alone, «ciento uno» with more
        return "cien"
    hundreds, rest = divmod(number, 100)
    words = [_ES_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest >= len(_ES_SMALL):
        tens, digit = divmod(rest, 10)
        words.append(_ES_TENS[tens - 3] + (f" y {_ES_SMALL[digit]}" if digit else ""))
    elif rest or not hundreds:
        words.append(_ES_SMALL[rest])
    return " ".join(words)


def _english_money(whole: int, part: int, names: _Money) -> str:
    major = f"{_english(whole)} {_one_or_many(whole, names.major)}"
    return f"{major} and {_english(part)} {_one_or_many(part, names.minor)}"


def _english(number: int) -> str:
    if number == 0:
        return _EN_SMALL[0]
    words: list[str] = []
    for power in range(len(_EN_SCALES), -1, -1):
        group = number // 1000**power % 1000
        if group:
            words.append(_english_below_a_thousand(group))
            words += [_EN_SCALES[power - 1]] if power else []
    return " ".join(words)


def _english_below_a_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = [f"{_EN_SMALL[hundreds]} hundred"] if hundreds else []
    if rest >= len(_EN_SMALL):
        tens, digit = divmod(rest, 10)
        words.append(_EN_TENS[tens - 2] + (f"-{_EN_SMALL[digit]}" if digit else ""))
    elif rest:
        words.append(_EN_SMALL[rest])
    return " ".join(words)


def _one_or_many(count: int, noun: _Noun) -> str:
    return noun.forms[0] if count == 1 else noun.forms[2]


_SPELL: Final[dict[str, Callable[[int], str]]] = {"ru": _russian, "es": _spanish, "en": _english}
_TOGETHER: Final[dict[str, Callable[[int, int, _Money], str]]] = {
    "ru": _russian_money,
    "es": _spanish_money,
    "en": _english_money,
}
