"""Days and times of day as tickets print them."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.recognition import dates


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("29/06/2018 8:26:57 AM", date(2018, 6, 29)),
        ("16.11.14 16:12", date(2014, 11, 16)),
        ("19-04-1818:04", date(2018, 4, 19)),
        ("29/06/20188:26:57AM", date(2018, 6, 29)),
        ("2016/05/01", date(2016, 5, 1)),
        ("2024-01-31T15:30", date(2024, 1, 31)),
        ("24 Mar 18 09:12:41 PM", date(2018, 3, 24)),
        ("24Mar1809:12:41PM", date(2018, 3, 24)),
        ("22 MAY 2018", date(2018, 5, 22)),
        ("OCT 3, 2016", date(2016, 10, 3)),
        ("3 de mayo de 2024", date(2024, 5, 3)),
        ("31 января 2024", date(2024, 1, 31)),
        ("12/25/2023", date(2023, 12, 25)),
        ("Date; 0ct 3.2016 12:16:25 PM", date(2016, 10, 3)),
        ("O1/02/2O24", date(2024, 2, 1)),
    ],
)
def test_days(text: str, day: date) -> None:
    assert dates.find_date(text) == day


@pytest.mark.parametrize("text", ["", "99/99/2024", "31/02/2024", "TEL 03-51221701", "1.234,56", "GST 000683900928"])
def test_no_day(text: str) -> None:
    assert dates.find_date(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("8:26:57 AM", time(8, 26, 57)),
        ("09:12:41PM", time(21, 12, 41)),
        ("12:05 AM", time(0, 5)),
        ("12:05 PM", time(12, 5)),
        ("16.11.14 16:12", time(16, 12)),
        ("19-04-1818:04", time(18, 4)),
        ("Time: 10:51:00", time(10, 51)),
        ("25:61", None),
        ("", None),
    ],
)
def test_times(text: str, moment: time | None) -> None:
    assert dates.find_time(text) == moment


@given(
    day=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    form=st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%y", "%Y-%m-%d", "%d %b %Y", "%b %d, %Y"]),
    after=st.sampled_from(["", " 12:30", " TOTAL"]),
)
def test_every_way_of_writing_is_read_back(day: date, form: str, after: str) -> None:
    assert dates.find_date(day.strftime(form) + after) == day


@given(st.text(max_size=60))
def test_any_text_is_looked_through(text: str) -> None:
    found = dates.find_date(text), dates.find_time(text)

    assert isinstance(found[0], date | None)
    assert isinstance(found[1], time | None)
