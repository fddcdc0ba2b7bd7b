from __future__ import annotations

from datetime import date

import pytest

from bot.buttons import pack
from bot.screens import calendar
from bot.screens.calendar import Choice
from bot.screens.screen import Stale

CHOICE = Choice(date(2026, 3, 3), date(2026, 5, 1), lambda day: day.weekday() < 6, date(2026, 3, 5))


def written(shown: date, choice: Choice = CHOICE, locale: str = "en") -> list[list[str]]:
    rows = calendar.rows(shown, choice, locale, day="day", month="days")
    return [[str(button.facts.get("cell", button.label)) for button in row] for row in rows]


def test_a_month_with_what_can_be_chosen() -> None:
    empty = calendar.NOTHING
    assert written(date(2026, 3, 10)) == [
        ["·", "March 2026", "next_page"],
        ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
        ["·", "3", "4", "•5•", "6", "7", "·"],
        ["9", "10", "11", "12", "13", "14", "·"],
        ["16", "17", "18", "19", "20", "21", "·"],
        ["23", "24", "25", "26", "27", "28", "·"],
        ["30", "31", empty, empty, empty, empty, empty],
    ]
    assert [row[0] for row in written(date(2026, 5, 1))] == ["previous_page", "Mo", empty]
    assert written(date(2026, 5, 1))[0] == ["previous_page", "May 2026", "·"]


@pytest.mark.parametrize(
    ("locale", "month", "first"),
    [("ru", "март 2026\u202fг.", "пн"), ("es", "marzo de 2026", "LU"), ("en", "March 2026", "Mo")],
)
def test_in_the_readers_language(locale: str, month: str, first: str) -> None:
    rows = written(date(2026, 3, 1), locale=locale)
    assert (rows[0][1], rows[1][0]) == (month, first)


def test_months_out_of_reach_give_way_to_the_nearest() -> None:
    assert written(date(1999, 1, 1))[0][1] == "March 2026"
    assert written(date(2999, 1, 1))[0][1] == "May 2026"


def test_buttons_carry_days_behind_the_screens_own_ids_and_fit() -> None:
    rows = calendar.rows(date(2026, 4, 1), CHOICE, "en", day="day", month="days", ids=(7,))
    buttons = [button for row in rows for button in row]
    assert {button.verb for button in buttons} == {"day", "days", "blank"}
    assert [button.ids for button in rows[0]] == [
        (7, date(2026, 3, 1).toordinal()),
        (),
        (7, date(2026, 5, 1).toordinal()),
    ]
    assert all(len(pack(button)) < 64 for button in buttons)
    assert {len(row) for row in rows[1:]} == {7}


def test_days_that_buttons_carry() -> None:
    assert calendar.day_of(date(2026, 3, 3).toordinal()) == date(2026, 3, 3)
    for ordinal in (0, -1, date.max.toordinal() + 1, 2**31 - 1):
        with pytest.raises(Stale):
            calendar.day_of(ordinal)
