"""Amounts in words: the cases that such functions get wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.amount_words import MOST, in_words
from templates.environment import LANGUAGES

RUSSIAN = [
    (0, "Ноль рублей 00 копеек"),
    (1, "Ноль рублей 01 копейка"),
    (100, "Один рубль 00 копеек"),
    (202, "Два рубля 02 копейки"),
    (500, "Пять рублей 00 копеек"),
    (1111, "Одиннадцать рублей 11 копеек"),
    (1400, "Четырнадцать рублей 00 копеек"),
    (2121, "Двадцать один рубль 21 копейка"),
    (10100, "Сто один рубль 00 копеек"),
    (11200, "Сто двенадцать рублей 00 копеек"),
    (100000, "Одна тысяча рублей 00 копеек"),
    (200100, "Две тысячи один рубль 00 копеек"),
    (1100000, "Одиннадцать тысяч рублей 00 копеек"),
    (2100000, "Двадцать одна тысяча рублей 00 копеек"),
    (192345, "Одна тысяча девятьсот двадцать три рубля 45 копеек"),
    (100_000_000, "Один миллион рублей 00 копеек"),
    (200_000_205, "Два миллиона два рубля 05 копеек"),
    (100_000_000_000, "Один миллиард рублей 00 копеек"),
    (
        9_999_999_999,
        "Девяносто девять миллионов девятьсот девяносто девять тысяч девятьсот девяносто девять рублей 99 копеек",
    ),
    (-100, "Минус один рубль 00 копеек"),
]
SPANISH = [
    (0, "Cero euros con cero céntimos"),
    (1, "Cero euros con un céntimo"),
    (100, "Un euro con cero céntimos"),
    (200, "Dos euros con cero céntimos"),
    (1111, "Once euros con once céntimos"),
    (1600, "Dieciséis euros con cero céntimos"),
    (2121, "Veintiún euros con veintiún céntimos"),
    (3131, "Treinta y un euros con treinta y un céntimos"),
    (10000, "Cien euros con cero céntimos"),
    (10100, "Ciento un euros con cero céntimos"),
    (50000, "Quinientos euros con cero céntimos"),
    (100000, "Mil euros con cero céntimos"),
    (110100, "Mil ciento un euros con cero céntimos"),
    (2100000, "Veintiún mil euros con cero céntimos"),
    (192345, "Mil novecientos veintitrés euros con cuarenta y cinco céntimos"),
    (100_000_000, "Un millón de euros con cero céntimos"),
    (200_000_205, "Dos millones dos euros con cinco céntimos"),
    (100_000_000_000, "Mil millones de euros con cero céntimos"),
    (100_000_000_000_000, "Un billón de euros con cero céntimos"),
    (-2121, "Menos veintiún euros con veintiún céntimos"),
]
ENGLISH = [
    (0, "Zero euros and zero cents"),
    (101, "One euro and one cent"),
    (1111, "Eleven euros and eleven cents"),
    (2121, "Twenty-one euros and twenty-one cents"),
    (10100, "One hundred one euros and zero cents"),
    (192345, "One thousand nine hundred twenty-three euros and forty-five cents"),
    (100_000_000, "One million euros and zero cents"),
    (200_000_205, "Two million two euros and five cents"),
    (-100, "Minus one euro and zero cents"),
]


@pytest.mark.parametrize(("minor", "words"), RUSSIAN)
def test_roubles_in_russian(minor: int, words: str) -> None:
    assert in_words(minor, "RUB", locale="ru") == words


@pytest.mark.parametrize(("minor", "words"), SPANISH)
def test_euros_in_spanish(minor: int, words: str) -> None:
    assert in_words(minor, "EUR", locale="es") == words


@pytest.mark.parametrize(("minor", "words"), ENGLISH)
def test_euros_in_english(minor: int, words: str) -> None:
    assert in_words(minor, "EUR", locale="en") == words


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "words"),
    [
        (2205, "EUR", "ru", "Двадцать два евро 05 центов"),
        (2101, "USD", "ru", "Двадцать один доллар США 01 цент"),
        (2101, "RUB", "es", "Veintiún rublos con un kopek"),
        (100_000_000, "RUB", "es", "Un millón de rublos con cero kopeks"),
        (101, "USD", "es", "Un dólar estadounidense con un centavo"),
        (2101, "RUB", "en", "Twenty-one roubles and one kopeck"),
        (1205, "CHF", "en", "Twelve CHF 05/100"),
        (1205, "KZT", "ru", "Двенадцать KZT 05/100"),
        (1205, "JPY", "es", "Mil doscientos cinco JPY"),
        (1205, "KWD", "en", "One KWD 205/1000"),
        (100, "EUR", "de", "One euro and zero cents"),
    ],
)
def test_other_currencies(minor: int, currency: str, locale: str, words: str) -> None:
    assert in_words(minor, currency, locale=locale) == words


def test_beyond_all_names_there_are_no_words() -> None:
    assert in_words(MOST * 100 - 1, "RUB", locale="ru").startswith("Девятьсот девяносто девять квадриллионов")
    assert in_words(MOST * 100 - 1, "EUR", locale="es").startswith("Novecientos noventa y nueve mil novecientos")
    for locale in LANGUAGES:
        assert in_words(MOST * 100, "RUB", locale=locale) == ""


@given(
    st.integers(0, MOST * 100 - 1), st.integers(0, MOST * 100 - 1), st.sampled_from(LANGUAGES)
)  # no two amounts read the same
def test_the_words_tell_amounts_apart(one: int, other: int, locale: str) -> None:
    same = in_words(one, "EUR", locale=locale) == in_words(other, "EUR", locale=locale)

    assert same == (one == other)
    assert "  " not in in_words(one, "EUR", locale=locale)
