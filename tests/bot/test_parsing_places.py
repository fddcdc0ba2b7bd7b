from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parsing_places import parse_point


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("55.7601, 37.6402", (55.7601, 37.6402)),
        (" 55.7601 37.6402 ", (55.7601, 37.6402)),
        ("55.7601;37.6402", (55.7601, 37.6402)),
        ("55,7601 37,6402", (55.7601, 37.6402)),
        ("55,7601; 37,6402", (55.7601, 37.6402)),
        ("-12.04, -77.04", (-12.04, -77.04)),
        ("geo:55.76,37.64;u=35", (55.76, 37.64)),
        ("https://maps.google.com/?q=55.76,37.64", (55.76, 37.64)),
        ("https://www.google.com/maps/search/?api=1&query=55.76%2C37.64", (55.76, 37.64)),
        ("https://www.google.com/maps/place/x/@40.4153,-3.7089,17z/data=1", (40.4153, -3.7089)),
        ("https://yandex.ru/maps/?ll=37.64%2C55.76&z=16", (55.76, 37.64)),
        ("https://yandex.ru/maps/213/moscow/?ll=37.0,55.0&pt=131.88,43.11", (43.11, 131.88)),
        ("https://www.openstreetmap.org/?mlat=55.76&mlon=37.64#map=16/55.76/37.64", (55.76, 37.64)),
    ],
)
def test_points(text: str, point: tuple[float, float]) -> None:
    assert parse_point(text) == point


@pytest.mark.parametrize(
    "text",
    [
        "", "Тверь, Советская 5", "12", "12, 5", "5.5 7.5", "91.5, 10.25", "10.25, 181.5", "٥٥.٧٦ ٣٧.٦٤", "🙂, 🙂",
        "geo:", "geo:north,south", "https://maps.google.com/", "https://example.org/?q=shop", "https://yandex.ru/maps/?ll=1",
        "https://[broken", "ftp://example.org/?q=55.76,37.64", "55.7601, 37.6402 " * 200, "nan, nan",
    ],
)  # fmt: skip
def test_no_points(text: str) -> None:
    assert parse_point(text) is None


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    for typed in (text, f"https://yandex.ru/?{text}", f"geo:{text}", f"http://{text}"):
        point = parse_point(typed)
        assert point is None or (abs(point[0]) <= 90 and abs(point[1]) <= 180)
